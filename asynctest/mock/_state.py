"""What a mock holds, and how the standard methods get to see it.

unittest.mock gives each new mock some twenty attributes. Ours start with an
empty ``__dict__``: what a mock has not been told is a class attribute, and the
few things that must be a mock's own are made when they are first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import _stdlib
from ._records import Calls, Log

__all__ = [
    "LazyCalls",
    "LazyChildren",
    "LazyLog",
    "LazySignature",
    "call_args_of",
    "call_count_of",
    "called_of",
    "mock_calls_of",
    "recorded",
    "recorded_await",
]


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


def call_count_of(mock: Any) -> Any:
    """Get ``mock.call_count``."""
    if mock._mock_delegate is not None:
        return mock._mock_delegate.call_count
    log = mock._mock_record
    return log.ahead + len(log.records)


def called_of(mock: Any) -> Any:
    """Get ``mock.called``."""
    if mock._mock_delegate is not None:
        return mock._mock_delegate.called
    log = mock._mock_record
    return len(log.records) > log.called_from


def call_args_of(mock: Any) -> Any:
    """Get ``mock.call_args``."""
    if mock._mock_delegate is not None:
        return mock._mock_delegate.call_args
    log = mock._mock_record
    record, call = log.latest
    if log.told is None and record is not None and record is log.records[-1]:
        return call
    return log.last


def mock_calls_of(mock: Any) -> Any:
    """Get ``mock.mock_calls``."""
    if mock._mock_delegate is not None:
        return mock._mock_delegate.mock_calls
    log = mock._mock_record
    return log.all_calls if log.everything is None else log.everything


def recorded(name: str, part: str, getter: Callable[[Any], Any] | None = None) -> property:
    """Make a public attribute that is read from the record of calls.

    The mock behind a function made by ``create_autospec`` keeps none of it
    itself: the function has plain attributes, as unittest.mock's does. Tests
    read some of these attributes all the time; those have a getter of their own.
    """

    def get(mock: Any) -> Any:
        if mock._mock_delegate is not None:
            return getattr(mock._mock_delegate, name)
        return getattr(mock._mock_record, part)

    def set(mock: Any, value: Any) -> None:
        if mock._mock_delegate is not None:
            setattr(mock._mock_delegate, name, value)
        else:
            setattr(mock._mock_record, part, value)

    return property(getter or get, set)


def recorded_await(part: str) -> property:
    """Make a public attribute that is read from the record of awaits."""

    def get(mock: Any) -> Any:
        return getattr(mock._mock_awaits, part)

    def set(mock: Any, value: Any) -> None:
        setattr(mock._mock_awaits, part, value)

    return property(get, set)
