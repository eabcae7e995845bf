"""What a mock holds, and how the standard methods get to see it.

unittest.mock gives each new mock some twenty attributes. Ours start with an
empty ``__dict__``: what a mock has not been told is a class attribute, and the
few things that must be a mock's own are made when they are first asked for.
"""

from __future__ import annotations

from typing import Any

from . import _stdlib
from ._records import Calls, Log

__all__ = ["LazyCalls", "LazyChildren", "LazyLog", "LazySignature", "Recorded"]


class LazyChildren:
    """The dictionary of a mock's children."""

    def __get__(self, mock: Any, owner: type | None = None) -> Any:
        if mock is None:
            return self
        return mock.__dict__.setdefault("_mock_children", {})


class LazyCalls:
    """The record of a mock's calls."""

    def __get__(self, mock: Any, owner: type | None = None) -> Any:
        if mock is None:
            return self
        return mock.__dict__.setdefault("_mock_record", Calls())


class LazyLog:
    """The record of a coroutine mock's awaits."""

    def __get__(self, mock: Any, owner: type | None = None) -> Any:
        if mock is None:
            return self
        return mock.__dict__.setdefault("_mock_awaits", Log())


class LazySignature:
    """The signature calls are compared by, worked out when one is compared."""

    def __get__(self, mock: Any, owner: type | None = None) -> Any:
        if mock is None:
            return self
        state = mock.__dict__
        source = state.get("_spec_callable")
        found = None if source is None else _stdlib.signature_of(*source)
        return state.setdefault("_spec_signature", found and found[1])


class Recorded:
    """A public attribute read from a record.

    The mock behind a function made by ``create_autospec`` keeps none of it
    itself: the function has plain attributes, as unittest.mock's does.
    """

    def __init__(self, record: str, part: str, *, delegated: bool = True) -> None:
        self.record = record
        self.delegated = delegated
        self.part = part

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, mock: Any, owner: type | None = None) -> Any:
        if mock is None:
            return self
        if self.delegated and mock._mock_delegate is not None:
            return getattr(mock._mock_delegate, self.name)
        return getattr(getattr(mock, self.record), self.part)

    def __set__(self, mock: Any, value: Any) -> None:
        if self.delegated and mock._mock_delegate is not None:
            setattr(mock._mock_delegate, self.name, value)
        else:
            setattr(getattr(mock, self.record), self.part, value)
