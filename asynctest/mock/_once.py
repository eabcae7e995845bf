"""A side effect that gives one value, then others."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

__all__ = ["return_once"]


def return_once(value: Any, then: Any = None) -> Iterator[Any]:
    """Make a side effect that gives ``value`` once, and ``then`` ever after.

    Exceptions, classes or instances, are raised.

    >>> from asynctest.mock import Mock, return_once
    >>> connect = Mock(side_effect=return_once(ConnectionError("try again"), then="ok"))
    >>> connect()
    Traceback (most recent call last):
    ...
    ConnectionError: try again
    >>> connect(), connect()
    ('ok', 'ok')
    """
    yield value
    yield from itertools.repeat(then)
