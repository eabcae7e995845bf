"""AsyncMock: the standard library's, as cheap as our other mocks."""

from __future__ import annotations

from collections.abc import Coroutine
from sys import _getframe
from types import FrameType
from typing import TYPE_CHECKING, Any
from unittest import mock as stdlib

from .._ports.coroutine_mark import coroutine_marks
from . import _stdlib
from ._callable import Mock
from ._records import NO_KWARGS
from ._state import LazyLog, recorded_await

__all__ = ["AsyncMock", "name_after_caller", "pass_for_coroutine_function"]


async def _coroutine_function(*args: Any, **kwargs: Any) -> None:
    """Lend its code to all mocks, so that inspect knows what they are."""


def pass_for_coroutine_function(kind: Any) -> None:
    """Give a class what inspect and asyncio look for in a coroutine function."""
    for attribute in ("__code__", "__defaults__", "__kwdefaults__"):
        setattr(kind, attribute, getattr(_coroutine_function, attribute))
    for mark, sign in coroutine_marks().items():
        setattr(kind, mark, _OnMocks(sign))


class _OnMocks:
    """An attribute of the mocks of a class that the class itself does not have."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __get__(self, mock: Any, owner: type | None = None) -> Any:
        if mock is None:
            raise AttributeError("this class is no coroutine function, its mocks are")
        return self.value


def name_after_caller(coroutine: Any, mock: Any, caller: FrameType) -> Coroutine[Any, Any, Any]:
    """Name a coroutine after the mock and the line that called it.

    That name is what Python's warning shows if the coroutine is never awaited.
    Asking Python to note where coroutines are made would take longer than all
    the rest of the call.
    """
    coroutine.__qualname__ = (
        f"{mock._mock_name or type(mock).__name__}"
        f" (called at {caller.f_code.co_filename}:{caller.f_lineno})"
    )
    return coroutine  # type: ignore[no-any-return]


class AsyncMock(Mock, stdlib.AsyncMock):
    """unittest.mock's AsyncMock: the outcome is decided when it is awaited.

    Its attributes and its default result are AsyncMocks. For a mock that
    decides when it is called, see CoroutineMock.
    """

    __name__ = "AsyncMock"  # of its mocks: inspect takes no object without for a function
    _mock_has_magic = True
    _mock_async_class: Any = None
    _mock_awaits = LazyLog()

    if not TYPE_CHECKING:
        await_count = recorded_await("count")
        await_args = recorded_await("last")
        await_args_list = recorded_await("public")

    def __call__(self, /, *args: Any, **kwargs: Any) -> Coroutine[Any, Any, Any]:
        self._mock_tell((args, kwargs or NO_KWARGS))
        return name_after_caller(_stdlib.decide_later(self, args, kwargs), self, _getframe(1))

    def _mock_child_class(self, name: Any) -> Any:
        methods = self._mock_methods
        if name in _stdlib.SYNC_MAGICS or (methods and name in methods):
            return self._mock_method_class
        return AsyncMock

    _mock_method_class: Any = None  # set in _family.py

    def _mock_forget(self) -> None:
        super()._mock_forget()
        self.__dict__.pop("_mock_awaits", None)


pass_for_coroutine_function(AsyncMock)
AsyncMock._mock_coroutine_class = AsyncMock
