"""`patch` and its variants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, overload
from unittest import mock
from unittest.mock import DEFAULT

from .._errors import AsynctestValueError, MisuseError, say
from ._family import CoroutineMock, MagicMock
from ._layers import undo_all
from ._patcher import AttributePatcher, DictPatcher, MockPatcher, Patcher
from ._scope import GLOBAL, PatchScope

__all__ = ["patch"]

T = TypeVar("T")
M = TypeVar("M")

_Dict = dict


class _Patch:
    """Replace something for the time of a test.

    ``target`` says what: ``"package.module.name"``, looked up each time the
    patch is put in force. Name the place where the tested code *looks it up*:
    after ``from client import fetch`` in ``shop``, that is ``"shop.fetch"``.

        >>> import os
        >>> with patch("os.getcwd", return_value="/home"):
        ...     os.getcwd()
        '/home'

    Without ``new`` a mock is made: a `CoroutineMock` in the place of a
    coroutine function, a `MagicMock` in any other. ``with`` gives it, and a
    decorated function gets it as one more positional argument, the lowest
    decorator's first. Other keywords go to the mock.

        >>> @patch("os.getpid")
        ... @patch("os.getcwd")
        ... def test(getcwd, getpid):
        ...     getpid.return_value = 7
        ...     return os.getpid()
        >>> test()
        7

    Decorated, it works on functions, coroutine functions, generator functions
    and asynchronous generator functions, and on classes, whose methods
    starting with ``patch.TEST_PREFIX`` are decorated, inherited ones included.
    Calling a coroutine or generator function patches nothing yet: the patch
    begins with the first step and ends, always, with the last: return,
    exception, cancellation, closing, garbage collection. ``scope`` says
    what happens at pauses:

    * `GLOBAL`: the patch stays in force; other tasks that run meanwhile see it.
    * `LIMITED`: it is in force only while the decorated coroutine or generator
      itself executes. Tasks that it starts see the original.

    Each call has a replacement of its own. Calls may overlap and end in any
    order: when the last has ended, the original is back.

    ``with patch(...)`` and ``async with patch(...)`` do the same. `start` and
    `stop` do without a block; ``patch.stopall()`` ends all that were started.

    ``spec``, ``spec_set`` (what the mock imitates; ``True`` for the original)
    and ``autospec`` (the same, also for attributes and signatures) restrict
    the mock. ``new_callable`` makes it. ``create=True`` allows a target that
    does not exist.

    Raises AttributeError if the target does not exist, TypeError for a target
    or arguments that cannot work, ValueError for ``new_callable`` together with
    ``new`` or ``autospec``, and RuntimeError for likely misspellings of
    ``autospec`` and ``spec_set`` (``unsafe=True`` allows them).
    """

    def __init__(self) -> None:
        #: The patches that were started and not yet stopped, oldest first.
        self.started: list[Patcher[Any]] = []
        self._prefix: str | None = None

    @property
    def TEST_PREFIX(self) -> str:
        """Which methods of a decorated class are tests.

        Set it once, for all forms of patch. Until then (and after ``del``) it is
        what `unittest.mock.patch` says: ``"test"``, unless somebody has set that.
        """
        return mock.patch.TEST_PREFIX if self._prefix is None else self._prefix

    @TEST_PREFIX.setter
    def TEST_PREFIX(self, prefix: str) -> None:
        self._prefix = prefix

    @TEST_PREFIX.deleter
    def TEST_PREFIX(self) -> None:
        self._prefix = None

    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        target: str,
        new: T,
        spec: Any = None,
        create: bool = False,
        spec_set: Any = None,
        autospec: Any = None,
        new_callable: None = None,
        scope: PatchScope = GLOBAL,
        *,
        unsafe: bool = False,
    ) -> Patcher[T]: ...

    @overload
    def __call__(
        self,
        target: str,
        *,
        spec: Any = None,
        create: bool = False,
        spec_set: Any = None,
        autospec: Any = None,
        new_callable: Callable[..., M],
        scope: PatchScope = GLOBAL,
        unsafe: bool = False,
        **kwargs: Any,
    ) -> MockPatcher[M]: ...

    @overload
    def __call__(
        self,
        target: str,
        *,
        spec: Any = None,
        create: bool = False,
        spec_set: Any = None,
        autospec: Any = None,
        new_callable: None = None,
        scope: PatchScope = GLOBAL,
        unsafe: bool = False,
        **kwargs: Any,
    ) -> MockPatcher[MagicMock | CoroutineMock]: ...

    def __call__(
        self,
        target: str,
        new: Any = DEFAULT,
        spec: Any = None,
        create: bool = False,
        spec_set: Any = None,
        autospec: Any = None,
        new_callable: Callable[..., Any] | None = None,
        scope: PatchScope = GLOBAL,
        *,
        unsafe: bool = False,
        **kwargs: Any,
    ) -> Any:
        path, name = _split(target)
        kind = MockPatcher if new is DEFAULT else AttributePatcher
        return kind(
            self,
            scope,
            None,
            path,
            name,
            new,
            spec,
            create,
            spec_set,
            autospec,
            new_callable,
            kwargs,
            unsafe,
        )

    @overload
    def object(
        self,
        target: Any,
        attribute: str,
        new: T,
        spec: Any = None,
        create: bool = False,
        spec_set: Any = None,
        autospec: Any = None,
        new_callable: None = None,
        scope: PatchScope = GLOBAL,
        *,
        unsafe: bool = False,
    ) -> Patcher[T]: ...

    @overload
    def object(
        self,
        target: Any,
        attribute: str,
        *,
        spec: Any = None,
        create: bool = False,
        spec_set: Any = None,
        autospec: Any = None,
        new_callable: Callable[..., M],
        scope: PatchScope = GLOBAL,
        unsafe: bool = False,
        **kwargs: Any,
    ) -> MockPatcher[M]: ...

    @overload
    def object(
        self,
        target: Any,
        attribute: str,
        *,
        spec: Any = None,
        create: bool = False,
        spec_set: Any = None,
        autospec: Any = None,
        new_callable: None = None,
        scope: PatchScope = GLOBAL,
        unsafe: bool = False,
        **kwargs: Any,
    ) -> MockPatcher[MagicMock | CoroutineMock]: ...

    def object(
        self,
        target: Any,
        attribute: str,
        new: Any = DEFAULT,
        spec: Any = None,
        create: bool = False,
        spec_set: Any = None,
        autospec: Any = None,
        new_callable: Callable[..., Any] | None = None,
        scope: PatchScope = GLOBAL,
        *,
        unsafe: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Replace ``attribute`` of an object for the time of a test.

        It takes the same arguments as `patch`, after the object itself and the
        name of its attribute.

            >>> class Client:
            ...     async def fetch(self): ...
            >>> with patch.object(Client, "fetch") as fetch:
            ...     isinstance(fetch, CoroutineMock)
            True

        Raises what `patch` raises; TypeError if ``target`` is a string.
        """
        if type(target) is str:
            raise MisuseError(
                say(
                    f"{target!r} must be the actual object to be patched, not a str",
                    todo=f'For an import path there is patch("{target}.{attribute}").',
                )
            )
        kind = MockPatcher if new is DEFAULT else AttributePatcher
        return kind(
            self,
            scope,
            target,
            None,
            attribute,
            new,
            spec,
            create,
            spec_set,
            autospec,
            new_callable,
            kwargs,
            unsafe,
        )

    def multiple(
        self,
        target: Any,
        spec: Any = None,
        create: bool = False,
        spec_set: Any = None,
        autospec: Any = None,
        new_callable: Callable[..., Any] | None = None,
        scope: PatchScope = GLOBAL,
        **kwargs: Any,
    ) -> MockPatcher[_Dict[str, Any]]:
        """Replace several attributes of one object, or of what a string imports.

        Each keyword names an attribute and gives its replacement; `DEFAULT`
        asks for a mock. The mocks are passed by keyword to a decorated
        function, and ``with`` gives a dictionary of them.

            >>> import os
            >>> with patch.multiple("os", getcwd=DEFAULT, sep="|") as mocks:
            ...     sorted(mocks), os.sep
            (['getcwd'], '|')

        If one cannot be replaced, none is. The other arguments are those of
        `patch`, for all. Raises ValueError without any attribute.
        """
        if not kwargs:
            raise AsynctestValueError(
                say(
                    "patch.multiple() was given nothing to patch",
                    todo="Supply at least one keyword argument, such as name=DEFAULT.",
                )
            )
        owner, path = (None, target) if type(target) is str else (target, None)
        patchers: list[MockPatcher[_Dict[str, Any]]] = []
        for name, new in kwargs.items():
            patcher: MockPatcher[_Dict[str, Any]] = MockPatcher(
                self,
                scope,
                owner,
                path,
                name,
                new,
                spec,
                create,
                spec_set,
                autospec,
                new_callable,
                {},
            )
            patcher.attribute_name = name
            patchers.append(patcher)
        first, *first.additional_patchers = patchers
        return first

    @overload
    def dict(
        self,
        in_dict: str,
        values: Mapping[Any, Any] | Iterable[tuple[Any, Any]] = (),
        clear: bool = False,
        scope: PatchScope = GLOBAL,
        **kwargs: Any,
    ) -> DictPatcher[Any]: ...

    @overload
    def dict(
        self,
        in_dict: T,
        values: Mapping[Any, Any] | Iterable[tuple[Any, Any]] = (),
        clear: bool = False,
        scope: PatchScope = GLOBAL,
        **kwargs: Any,
    ) -> DictPatcher[T]: ...

    def dict(
        self,
        in_dict: Any,
        values: Mapping[Any, Any] | Iterable[tuple[Any, Any]] = (),
        clear: bool = False,
        scope: PatchScope = GLOBAL,
        **kwargs: Any,
    ) -> DictPatcher[Any]:
        """Change what is in a dictionary, or any mapping, for the time of a test.

        ``in_dict`` may be a string to import it from. ``values`` and other
        keywords are set; ``clear=True`` empties it first. At the end the
        content is again what it was: what the test itself has added goes too.

            >>> settings = {"debug": False}
            >>> with patch.dict(settings, debug=True):
            ...     settings["more"] = 1
            >>> settings
            {'debug': False}

        With `LIMITED`, what the test writes is hidden during its pauses too,
        and is there again when it goes on.
        """
        return DictPatcher(self, scope, in_dict, _Dict(values, **kwargs), clear)

    def stopall(self) -> None:
        """Stop all patches that were started, the latest first.

        Those that were started with `unittest.mock.patch` are stopped too.
        """
        undo_all([*self.started], Patcher.stop)
        mock.patch.stopall()


def _split(target: Any) -> tuple[str, str]:
    try:
        where, name = target.rsplit(".", 1)
    except (TypeError, ValueError, AttributeError):
        raise MisuseError(
            say(
                f"need a valid target to patch; you supplied {target!r}",
                todo='Write it as "package.module.name", or use patch.object(owner, "name").',
            )
        ) from None
    return where, name


patch = _Patch()
