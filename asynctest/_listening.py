"""Listening to what would otherwise only be logged or printed.

Each ear is put in the place of a hook of the interpreter or of the loop while a
test runs. Whatever it hears still goes where it usually goes, except what the
interpreter or a test runner would merely print a second time. Small objects
rather than closures: the collection at the end of each test looks at them all.
"""

from __future__ import annotations

import logging
import sys
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Any, ClassVar

from . import _ports as ports
from ._cancelling import watch_cancellations

__all__ = ["EARS"]

_log = logging.getLogger("asyncio")
_Undo = Callable[[], None]
_Tell = Callable[..., bool]
_lock = threading.RLock()


class _LoopEar:
    """Hears what reaches the loop's exception handler, unless the test listens itself.

    A test listens if it has set a handler of its own or asserts on the log of
    asyncio.
    """

    __slots__ = ("loop", "other", "tell")

    def __init__(self, loop: AbstractEventLoop, tell: _Tell) -> None:
        self.loop, self.tell = loop, tell
        self.other: Any = None

    def start(self) -> _Undo | None:
        if not ports.is_complete(self.loop):
            return None
        self.other = vars(self.loop).get("call_exception_handler")
        return ports.shadow(self.loop, "call_exception_handler", self)

    def __call__(self, context: dict[str, Any]) -> None:
        if self.loop.get_exception_handler() is None and not ports.is_being_asserted(_log):
            self.tell(context)
        if self.other is not None:
            self.other(context)
        else:  # looked up now: tests replace the method of the class
            type(self.loop).call_exception_handler(self.loop, context)


class _SharedEar:
    """Listens at a hook that all threads of the process share.

    The hook is taken when the first test begins to listen and given back when the
    last one has ended, in whatever order tests in several threads do that. Of
    several, the one that was begun last in the same thread is told.
    """

    __slots__ = ("tell", "thread")

    listening: ClassVar[list[_SharedEar]]
    usual: ClassVar[Callable[..., Any]]
    quiet: ClassVar[bool] = False

    def __init__(self, loop: AbstractEventLoop, tell: _Tell) -> None:
        self.tell = tell
        self.thread = threading.get_ident()

    def start(self) -> _Undo:
        with _lock:
            if not self.listening:
                self.take()
            self.listening.append(self)
        return self.stop

    def stop(self) -> None:
        with _lock:
            self.listening.remove(self)
            if not self.listening:
                self.give_back()

    @classmethod
    def hear(cls, what: Any) -> bool:
        """Tell the test that it concerns; say whether it has found fault with it."""
        ears = cls.listening
        if len(ears) > 1:
            thread = threading.get_ident()
            ears = [ear for ear in ears if ear.thread == thread]
        return bool(ears) and ears[-1].wants(what) and ears[-1].tell(what)

    def wants(self, what: Any) -> bool:
        return True

    @classmethod
    def take(cls) -> None:
        raise NotImplementedError

    @classmethod
    def give_back(cls) -> None:
        raise NotImplementedError


class _ThreadEar(_SharedEar):
    """Hears what ends a thread that was started after this one began to listen."""

    __slots__ = ("before",)
    listening: ClassVar[list[_SharedEar]] = []

    def start(self) -> _Undo:
        self.before = threading.enumerate()
        return super().start()

    def wants(self, args: threading.ExceptHookArgs) -> bool:
        return args.thread not in self.before and args.exc_type is not SystemExit

    @classmethod
    def hook(cls, args: threading.ExceptHookArgs) -> None:
        if not cls.hear(args) or not cls.quiet:
            cls.usual(args)

    @classmethod
    def take(cls) -> None:
        cls.usual, threading.excepthook = threading.excepthook, cls.hook
        cls.quiet = cls.usual is threading.__excepthook__ or _is_a_runners(cls.usual)

    @classmethod
    def give_back(cls) -> None:
        if threading.excepthook == cls.hook:
            threading.excepthook = cls.usual


class _FinaliserEar(_SharedEar):
    """Hears exceptions that the interpreter can raise nowhere; warnings made errors go on."""

    __slots__ = ()
    listening: ClassVar[list[_SharedEar]] = []

    def wants(self, args: Any) -> bool:
        return not isinstance(args.exc_value, Warning)

    @classmethod
    def hook(cls, args: Any) -> None:
        if not cls.hear(args) or not cls.quiet:
            cls.usual(args)

    @classmethod
    def take(cls) -> None:
        cls.usual, sys.unraisablehook = sys.unraisablehook, cls.hook
        cls.quiet = cls.usual is sys.__unraisablehook__ or _is_a_runners(cls.usual)

    @classmethod
    def give_back(cls) -> None:
        if sys.unraisablehook == cls.hook:
            sys.unraisablehook = cls.usual


class _CoroutineEar(_SharedEar):
    """Hears of coroutines that die unstarted, unless the test filters or records warnings."""

    __slots__ = ("state",)
    listening: ClassVar[list[_SharedEar]] = []
    undo: ClassVar[_Undo]

    def start(self) -> _Undo:
        self.state = ports.WarningsState()
        return super().start()

    def wants(self, coro: Any) -> bool:
        return not self.state.changed

    @classmethod
    def hook(cls, coro: Any) -> None:
        if not cls.hear(coro):
            cls.usual(coro)

    @classmethod
    def take(cls) -> None:
        cls.usual, cls.undo = ports.on_unawaited(cls.hook)

    @classmethod
    def give_back(cls) -> None:
        cls.undo()


class _CancellationEar:
    """Hears of tasks being cancelled."""

    __slots__ = ("loop", "tell")

    def __init__(self, loop: AbstractEventLoop, tell: _Tell) -> None:
        self.loop, self.tell = loop, tell

    def start(self) -> _Undo:
        return watch_cancellations(self.loop, self.tell)


EARS: tuple[tuple[str, Any], ...] = (
    ("on_loop_exception", _LoopEar),
    ("on_thread_exception", _ThreadEar),
    ("on_unraisable", _FinaliserEar),
    ("on_unawaited", _CoroutineEar),
    ("on_cancelled", _CancellationEar),
)
"""What hears for which hook of a check."""


def _is_a_runners(hook: Any) -> bool:
    """Say whether a hook is pytest's, which would report what we report."""
    function = getattr(hook, "func", hook)
    return (getattr(function, "__module__", "") or "").startswith("_pytest.")
