"""The family: the two magic classes, and whose child is what.

============================ =================== ====================
class                        child and result    asynchronous child
============================ =================== ====================
NonCallableMock              Mock                CoroutineMock
NonCallableMagicMock         MagicMock           CoroutineMock
Mock, MagicMock              the same class      CoroutineMock
CoroutineMock                MagicMock           CoroutineMock
============================ =================== ====================

A Mock's method whose result is an asynchronous context manager by the spec
gives a MagicMock, so that ``async with client.get(url)`` works.

An asynchronous child stands for an attribute that is a coroutine function
according to the spec, and for ``__aenter__``, ``__aexit__`` and ``__anext__``.
"""

from __future__ import annotations

from unittest import mock as stdlib

from . import _types
from ._asyncmock import AsyncMock
from ._callable import Mock
from ._coroutine import CoroutineMock
from ._noncallable import NonCallableMock

__all__ = [
    "AsyncMock",
    "CoroutineMock",
    "MagicMock",
    "Mock",
    "NonCallableMagicMock",
    "NonCallableMock",
    "PropertyMock",
]


class NonCallableMagicMock(NonCallableMock, stdlib.NonCallableMagicMock):
    """A mock with magic methods that cannot be called."""

    _mock_has_magic = True


class MagicMock(Mock, stdlib.MagicMock):
    """A mock with magic methods, each of which is a mock as well.

    >>> m = MagicMock()
    >>> m.__len__.return_value = 3
    >>> len(m), m.__len__.called
    (3, True)

    ``async with`` and ``async for`` work: ``__aenter__``, ``__aexit__`` and
    ``__anext__`` are CoroutineMocks, and ``__aiter__.return_value`` may be any
    iterable, asynchronous or not.

    >>> import asyncio
    >>> async def test():
    ...     m.__aiter__.return_value = ["a", "b"]
    ...     return [item async for item in m]
    >>> asyncio.run(test())
    ['a', 'b']
    """

    _mock_has_magic = True


class PropertyMock(Mock, stdlib.PropertyMock):
    """A mock to be set on a class (or ``type(m)``) as a property."""


NonCallableMock._mock_result_class = Mock
NonCallableMagicMock._mock_result_class = MagicMock
CoroutineMock._mock_result_class = MagicMock
PropertyMock._mock_result_class = MagicMock
NonCallableMock._mock_context_class = MagicMock
AsyncMock._mock_method_class = MagicMock
NonCallableMock._mock_coroutine_class = CoroutineMock
CoroutineMock._mock_coroutine_class = CoroutineMock
Mock._mock_async_class = CoroutineMock

PropertyMock.__module__ = "asynctest.mock"
for _kind in (NonCallableMock, NonCallableMagicMock, Mock, MagicMock, CoroutineMock, AsyncMock):
    _kind.__module__ = "asynctest.mock"  # Python's error messages show it
    _types.pool(_kind, _kind._mock_namespace(None))
del _kind
