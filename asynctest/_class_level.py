"""Set-up and tear-down of a whole class, which may be coroutines.

They run on a loop of the class, made when it is first needed and closed after
the last class clean-up. It does not run while tests run: what needs a running
loop between tests does not belong here.

unittest calls ``setUpClass`` and drops what it returns, and a subclass need
not call ``super()``. So every definition of these two methods is wrapped when
its class is made.
"""

from __future__ import annotations

import functools
import inspect
import sys
import unittest
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from . import _backstage
from ._errors import MisuseError, say
from ._settings import declared_on, merge

__unittest = True  # unittest leaves our frames out of tracebacks

__all__ = ["ClassLevel", "enter_async"]

LEANS_ON = ("unittest.case:TestCase()._class_cleanups",)

_T = TypeVar("_T")


class ClassLevel(unittest.TestCase):
    """The part of a test case that concerns its class."""

    loop_factory: ClassVar[Callable[[], AbstractEventLoop] | None] = None
    """Makes the loop, instead of ``asyncio.new_event_loop``; a plain function will do."""

    _class_stage: ClassVar[_backstage.Stage | None] = None
    _class_step: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in ("setUpClass", "tearDownClass"):
            _wrap(cls, name)

    if not TYPE_CHECKING:  # has the signature of unittest's

        @functools.wraps(unittest.TestCase.__init__)
        def __init__(self, *args, **kwargs):
            _backstage.enter()  # before the set-up of modules and classes
            super().__init__(*args, **kwargs)

    @classmethod
    async def asyncSetUpClass(cls) -> None:
        """Set the class up, on the loop of the class; runs after ``setUpClass``."""

    @classmethod
    async def asyncTearDownClass(cls) -> None:
        """Tear the class down, on the loop of the class; runs before ``tearDownClass``."""

    @classmethod
    def addClassCleanup(cls, function: Any, /, *args: Any, **kwargs: Any) -> None:
        """Add a function, which may be a coroutine function, to run after tearDownClass."""
        super().addClassCleanup(cls._call_at_class_level, function, *args, **kwargs)

    @classmethod
    def addAsyncClassCleanup(cls, function: Any, /, *args: Any, **kwargs: Any) -> None:
        """Add a coroutine function to run on the loop of the class after tearDownClass."""
        cls.addClassCleanup(function, *args, **kwargs)

    @classmethod
    async def enterAsyncClassContext(cls, cm: AbstractAsyncContextManager[_T]) -> _T:
        """Enter an async context manager that is left after tearDownClass.

        Use it in ``asyncSetUpClass``. Raises TypeError if it is not one.
        """
        return await enter_async(cm, cls.addAsyncClassCleanup)

    @classmethod
    def _call_at_class_level(cls, function: Any, /, *args: Any, **kwargs: Any) -> None:
        result = function(*args, **kwargs)
        if inspect.isawaitable(result):
            cls._class_level_stage().caller.run(result)

    @classmethod
    def _class_level_stage(cls) -> _backstage.Stage:
        """Return the stage of this very class; its closing is the last clean-up."""
        stage = vars(cls).get("_class_stage")
        if stage is None:
            stage = _backstage.Stage(
                cls.__qualname__, merge(declared_on(cls)), make_loop=loop_maker(cls)
            )
            stage.open()
            cls._class_stage = stage
            cls._class_cleanups.insert(0, (cls._close_class_stage, (), {}))  # type: ignore[attr-defined]
        return stage

    @classmethod
    def _close_class_stage(cls) -> None:
        stage, cls._class_stage = vars(cls)["_class_stage"], None
        stage.close()


def loop_maker(owner: Any) -> Callable[[], AbstractEventLoop] | None:
    """Find ``loop_factory``, a plain function or a method of ``owner``."""
    if owner.loop_factory is None:
        return None
    raw = inspect.getattr_static(owner, "loop_factory")
    if inspect.isfunction(raw) and not inspect.signature(raw).parameters:
        return raw
    factory: Callable[[], AbstractEventLoop] = owner.loop_factory
    return factory


async def enter_async(cm: AbstractAsyncContextManager[_T], add: Callable[..., None]) -> _T:
    """Enter an async context manager and add its exit as a clean-up."""
    cls = type(cm)
    try:
        enter, leave = cls.__aenter__, cls.__aexit__
    except AttributeError:
        raise MisuseError(
            f"{cls.__module__}.{cls.__qualname__} is not an async context manager: it lacks "
            "__aenter__ or __aexit__. For a plain one use enterContext."
        ) from None
    result = await enter(cm)
    add(leave, cm, None, None, None)
    return result


def _wrap(cls: type[ClassLevel], name: str) -> None:
    """Wrap what ``cls.NAME`` is now, unless a base did; also if a mixin defines it."""
    raw = inspect.getattr_static(cls, name)
    if isinstance(raw, classmethod | staticmethod) and not hasattr(raw, "_asynctest_wraps"):
        wrapper: Any = classmethod(_wrapper(name, raw))
        wrapper._asynctest_wraps = raw
        setattr(cls, name, wrapper)


def _wrapper(name: str, raw: Any) -> Callable[..., Any]:
    @functools.wraps(raw.__func__)
    def step(cls: type[ClassLevel]) -> Any:
        _backstage.enter()  # in case that the test cases were made elsewhere
        users = raw.__get__(None, cls)
        if cls._class_step == name:  # reached through super() by a subclass
            result = users()
            if inspect.isawaitable(result) and not _backstage.is_loop_running():
                return cls._class_level_stage().caller.run(result)
            return result
        cls._class_step = name
        try:
            _refuse_async_module_hooks(cls)
            for function in _in_order(cls, name, users):
                _play(cls, function)
        finally:
            cls._class_step = ""

    return step


def _in_order(cls: type[ClassLevel], name: str, users: Any) -> list[Any]:
    half = cls.asyncSetUpClass if name == "setUpClass" else cls.asyncTearDownClass
    written = half.__func__ is not getattr(ClassLevel, half.__name__).__func__  # type: ignore[attr-defined]
    halves = [users, half] if written else [users]
    return halves if name == "setUpClass" else halves[::-1]


def _play(cls: type[ClassLevel], function: Any) -> None:
    """Call one half; only a coroutine needs the loop of the class."""
    if inspect.iscoroutinefunction(function):
        cls._class_level_stage().caller.call(function)
    else:
        cls._call_at_class_level(function)


def _refuse_async_module_hooks(cls: type) -> None:
    module = sys.modules.get(cls.__module__)
    for name in ("setUpModule", "tearDownModule"):
        hook = getattr(module, name, None)
        if inspect.iscoroutinefunction(hook) or inspect.isasyncgenfunction(hook):
            place = _backstage.place_of(hook)
            raise MisuseError(
                say(
                    f"{name} of {cls.__module__} is a coroutine function, which nobody awaits.",
                    [f"defined at {place}"] if place else [],
                    "Make it a plain function that calls asyncio.run(), or use asyncSetUpClass.",
                )
            )
