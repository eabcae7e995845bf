"""ThreadingMock: wait in one thread for calls made in another.

The standard library has it from Python 3.13 on; ours then is a subclass of that.
"""

from __future__ import annotations

import threading
from typing import Any
from unittest import mock as stdlib

from ._family import MagicMock

__all__ = ["ThreadingMock"]

_standard: Any = getattr(stdlib, "ThreadingMock", object)
_AS_CONSTRUCTED: Any = object()


class ThreadingMock(MagicMock, _standard):  # type: ignore[misc]
    """A MagicMock to wait for in a thread, while others call it.

    ``timeout`` is in seconds and holds for its children too; ``DEFAULT_TIMEOUT``,
    a class attribute, is the one of mocks made without. None waits for ever.

    >>> import threading
    >>> from asynctest.mock import ThreadingMock
    >>> done = ThreadingMock(timeout=10)
    >>> threading.Timer(0, done, ["result"]).start()
    >>> done.wait_until_any_call_with("result")
    """

    DEFAULT_TIMEOUT: float | None = None

    def __init__(self, /, *args: Any, timeout: float | None = _AS_CONSTRUCTED, **kwargs: Any):
        given = self.DEFAULT_TIMEOUT if timeout is _AS_CONSTRUCTED else timeout
        self.__dict__["_mock_wait_timeout"] = given
        self.__dict__["_mock_finished"] = []
        self.__dict__["_mock_changed"] = threading.Condition()
        super().__init__(*args, **kwargs)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        result = super().__call__(*args, **kwargs)
        with self._mock_changed:
            self._mock_finished.append((args, kwargs))
            self._mock_changed.notify_all()
        return result

    def _get_child_mock(self, /, **kw: Any) -> Any:
        child = super()._get_child_mock(**kw)
        if isinstance(child, ThreadingMock):
            child.__dict__["_mock_wait_timeout"] = self._mock_wait_timeout
        return child

    def _mock_forget(self) -> None:
        super()._mock_forget()
        self.__dict__["_mock_finished"] = []

    def wait_until_called(self, *, timeout: float | None = _AS_CONSTRUCTED) -> None:
        """Wait until a call has ended; AssertionError after ``timeout`` seconds."""
        seconds = self._mock_wait_timeout if timeout is _AS_CONSTRUCTED else timeout
        with self._mock_changed:
            if not self._mock_changed.wait_for(lambda: self._mock_finished, seconds):
                name = self._mock_name or "mock"
                raise AssertionError(f"{name} was not called before timeout({seconds}).")

    def wait_until_any_call_with(self, /, *args: Any, **kwargs: Any) -> None:
        """Wait until a call with these arguments has ended; AssertionError after the timeout."""
        expected = (args, kwargs)
        with self._mock_changed:
            if not self._mock_changed.wait_for(
                lambda: any(expected == call for call in self._mock_finished),
                self._mock_wait_timeout,
            ):
                arguments = repr(stdlib.call(*args, **kwargs)).removeprefix("call")
                raise AssertionError(f"{self._mock_name or 'mock'}{arguments} call not found")
