"""mock_open: a file that is not there, for ``with`` and for ``async with``."""

from __future__ import annotations

import io
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any
from unittest.mock import DEFAULT

from ._coroutine import CoroutineMock
from ._family import MagicMock

__all__ = ["mock_open"]

_ASYNC_NAMES = ["__aenter__", "__aexit__", "__aiter__", "__anext__"]
_FILE_NAMES = sorted({*dir(io.TextIOWrapper), *dir(io.BytesIO), *_ASYNC_NAMES})
_OPEN_NAMES = sorted(dir(open))
_COROUTINES = (
    "close",
    "flush",
    "read",
    "readline",
    "readlines",
    "seek",
    "tell",
    "truncate",
    "write",
    "writelines",
)


def mock_open(mock: Any = None, read_data: str | bytes = "") -> Any:
    """Make a mock of ``open``; files opened with it contain ``read_data``.

    >>> from asynctest.mock import mock_open
    >>> opened = mock_open(read_data="first\\nsecond\\n")
    >>> with opened("settings") as file:
    ...     file.readline(), list(file)
    ('first\\n', ['second\\n'])

    Every call of the mock gives the same handle, ``opened.return_value``, and
    reads from the beginning. What its ``read`` and the like are told to return
    comes before the data. ``mock`` is the mock to prepare, a MagicMock if None.

    It also stands in for ``aiofiles.open``: in ``async with``, or awaited, the
    handle gives a file whose methods are CoroutineMocks that pass on to those of
    the handle.

    >>> import asyncio
    >>> async def test():
    ...     async with opened("settings") as file:
    ...         return await file.readline(), [line async for line in file]
    >>> asyncio.run(test())
    ('first\\n', ['second\\n'])
    """
    if mock is None:
        mock = MagicMock(name="open", spec=_OPEN_NAMES)
    content = _Content(read_data)
    mock.side_effect = content.rewind
    mock.return_value = content.handle
    return mock


class _Content:
    """The data of a file, how far it has been read, and the handle to read it with."""

    def __init__(self, data: str | bytes) -> None:
        self.data = data
        self.stream: Any = None
        self.file: Any = None
        self.rewind()
        self.handle = self._make_handle()

    def rewind(self, *args: Any, **kwargs: Any) -> Any:
        """Start again from the beginning; the side effect of opening."""
        is_bytes = isinstance(self.data, bytes)
        self.stream = io.BytesIO(self.data) if is_bytes else io.StringIO(self.data)  # type: ignore[arg-type]
        return DEFAULT

    def _make_handle(self) -> Any:
        handle = MagicMock(spec=_FILE_NAMES)
        handle.write.return_value = None
        for name in ("read", "readline", "readlines"):
            getattr(handle, name).return_value = None
            getattr(handle, name).side_effect = self._reader(name)
        handle.__enter__.return_value = handle
        handle.__exit__.side_effect = self._exit
        handle.__iter__.side_effect = self._lines
        handle.__next__.side_effect = self._next
        handle.__aenter__.side_effect = self._enter_async
        handle.__aiter__.side_effect = self._lines_async
        handle.__aexit__.side_effect = self._exit
        type(handle).__await__ = lambda handle: self._opened().__await__()
        return handle

    def _reader(self, name: str) -> Any:
        def read(*args: Any, **kwargs: Any) -> Any:
            if getattr(self.handle, name).return_value is not None:
                return DEFAULT
            return getattr(self.stream, name)(*args, **kwargs)

        return read

    def _lines(self) -> Iterator[Any]:
        while True:
            try:
                yield self._next()
            except StopIteration:
                return

    def _next(self) -> Any:
        line = self.handle.readline.return_value
        return next(self.stream) if line is None else line

    async def _lines_async(self) -> AsyncIterator[Any]:
        for line in self._lines():
            yield line

    def _exit(self, *exc_info: Any) -> None:
        if sys.version_info >= (3, 13):  # the standard mock_open closes since then
            self.handle.close()

    async def _opened(self) -> Any:
        return self._enter_async()

    def _enter_async(self) -> Any:
        if self.file is None:
            self.file = MagicMock(spec=_FILE_NAMES)
            for name in _COROUTINES:
                setattr(self.file, name, CoroutineMock(side_effect=getattr(self.handle, name)))
            self.file.__aenter__.return_value = self.file
            self.file.__aexit__.side_effect = self._exit
            self.file.__aiter__.side_effect = self._lines_async
        return self.file
