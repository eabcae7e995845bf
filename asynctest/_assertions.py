"""Assertions about what an awaitable raises or warns."""

from __future__ import annotations

import re
import unittest
from collections.abc import Awaitable
from typing import Any, TypeVar

__unittest = True  # unittest leaves our frames out of tracebacks

__all__ = ["AsyncAssertions"]

_T = TypeVar("_T")
_Raises = type[BaseException] | tuple[type[BaseException], ...]
_Warns = type[Warning] | tuple[type[Warning], ...]


class AsyncAssertions(unittest.TestCase):
    """The asynchronous counterparts of ``assertRaises`` and ``assertWarns``."""

    async def assertAsyncRaises(self, exception: _Raises, awaitable: Awaitable[Any]) -> None:
        """Fail unless awaiting raises ``exception``; other exceptions pass through.

        >>> import asynctest
        >>> class Limits(asynctest.TestCase):
        ...     async def test_rejects(self):
        ...         async def withdraw(): raise ValueError("too much")
        ...         await self.assertAsyncRaises(ValueError, withdraw())
        """
        with self.assertRaises(exception):
            await awaitable

    async def assertAsyncRaisesRegex(
        self, exception: _Raises, regex: str | re.Pattern[str], awaitable: Awaitable[Any]
    ) -> None:
        """Like ``assertAsyncRaises``; the message must also match ``regex``."""
        with self.assertRaisesRegex(exception, regex):
            await awaitable

    async def assertAsyncWarns(self, warning: _Warns, awaitable: Awaitable[_T]) -> _T:
        """Fail unless awaiting triggers ``warning``; return the awaited result."""
        with self.assertWarns(warning):
            return await awaitable

    async def assertAsyncWarnsRegex(
        self, warning: _Warns, regex: str | re.Pattern[str], awaitable: Awaitable[_T]
    ) -> _T:
        """Like ``assertAsyncWarns``; the message must also match ``regex``."""
        with self.assertWarnsRegex(warning, regex):
            return await awaitable
