"""Overhearing: what the interpreter and asyncio say when nobody else listens.

Checked on 3.11 to 3.15: a coroutine that dies unstarted is handed to
``warnings._warn_unawaited_coroutine``, whatever the filters say. There is no
public hook that is given the coroutine itself.
"""

from __future__ import annotations

import logging
import warnings
from asyncio import Future, StreamReaderProtocol
from collections.abc import Callable, Iterable
from typing import Any

__all__ = [
    "ResourceFilter",
    "Standin",
    "WarningsState",
    "for_shown_warnings",
    "for_unawaited",
    "has_failed",
    "has_unseen_exception",
    "is_being_asserted",
    "is_closing_of",
    "shadow",
]

LEANS_ON = (
    "warnings:_showwarnmsg",
    "warnings:_warn_unawaited_coroutine",
    "asyncio.futures:Future()._exception",
    "asyncio.futures:Future()._log_traceback",
    "asyncio.streams:StreamReaderProtocol()._closed",
    "unittest._log:_CapturingHandler",
)

_Call = Callable[..., Any]


def shadow(owner: Any, name: str, ours: _Call) -> Callable[[], None]:
    """Put a function before a method of one object; return what takes it away again.

    An attribute of the object, not of its class, so that other loops stay as
    they are, and what the user puts there wins.
    """
    before = vars(owner).get(name)
    setattr(owner, name, ours)

    def undo() -> None:
        if vars(owner).get(name) is not ours:
            return
        if before is None:
            delattr(owner, name)
        else:
            setattr(owner, name, before)

    return undo


class Standin:
    """A function of ours that takes the place of a module's, for a while, and again."""

    __slots__ = ("_name", "_names", "ours", "usual")

    def __init__(self, module: Any, name: str, ours: _Call) -> None:
        self._names, self._name, self.ours = vars(module), name, ours
        self.usual: _Call = self._names[name]

    @staticmethod
    def take_places(standins: Iterable[Standin]) -> None:
        """Have each stand there from now on."""
        for each in standins:
            names, name = each._names, each._name
            each.usual = names[name]
            names[name] = each.ours

    @staticmethod
    def give_back(standins: Iterable[Standin]) -> None:
        """Put back what was there, unless somebody else has put something since."""
        for each in standins:
            names, name = each._names, each._name
            if names[name] is each.ours:
                names[name] = each.usual


def for_unawaited(hear: _Call) -> Standin:
    """Make what is handed each coroutine that dies unstarted."""
    return Standin(warnings, "_warn_unawaited_coroutine", hear)


def for_shown_warnings(hear: _Call) -> Standin:
    """Make what is handed each warning that passes the filters."""
    return Standin(warnings, "_showwarnmsg", hear)


_HIDES = ("ignore", None, ResourceWarning, None, 0)  # the last filter the interpreter begins with
_SHOWS = ("always", None, ResourceWarning, None, 0)


class ResourceFilter:
    """Lets those ResourceWarnings through that the interpreter hides unless told otherwise.

    In place: what the user says about warnings counts more, as it does otherwise, since it
    stands before, and copies that ``catch_warnings`` makes are the user's own.
    """

    def begin(self) -> None:
        """Exchange the interpreter's filter for ours."""
        self._filters: list[Any] = warnings.filters  # type: ignore[assignment]
        if self._filters and self._filters[-1] == _HIDES:  # further up it is a user's
            self._filters[-1] = _SHOWS

    def end(self) -> None:
        """Put the interpreter's back."""
        if self._filters and self._filters[-1] is _SHOWS:
            self._filters[-1] = _HIDES
            return
        for number, entry in enumerate(self._filters):  # somebody has put others behind it
            if entry is _SHOWS:
                self._filters[number] = _HIDES

    def is_alone(self) -> bool:
        """Say whether nobody else would have a ResourceWarning shown now."""
        for entry in warnings.filters:
            if entry is _SHOWS:  # not one that reads the same: assertWarns() adds that
                return True
            if issubclass(ResourceWarning, entry[2]):
                return False
        return False


class WarningsState:
    """Whether somebody has begun to record or filter warnings since this was made."""

    __slots__ = ("_context", "_filters")

    def __init__(self) -> None:
        # catch_warnings replaces the list; from 3.14 on it may be the context's.
        self._filters = warnings.filters
        self._context = _context()

    @property
    def changed(self) -> bool:
        """Whether it is a ``catch_warnings`` of the test that is in force now."""
        return warnings.filters is not self._filters or _context() is not self._context


_context: _Call = getattr(warnings, "_get_context", type(None))


def has_unseen_exception(future: Future[Any]) -> bool:
    """Say whether a future holds an exception that nobody has asked for."""
    return getattr(future, "_log_traceback", False) is True


def has_failed(future: Future[Any]) -> bool:
    """Say whether a future holds an exception, without asking for it."""
    return getattr(future, "_exception", None) is not None


def is_closing_of(owner: object, future: Future[Any]) -> bool:
    """Say whether a future is what ``wait_closed`` of a stream waits for.

    The protocol of the stream, a user's subclass of it too, looks at it when it dies.
    """
    return (
        issubclass(type(owner), StreamReaderProtocol) and getattr(owner, "_closed", None) is future
    )


def is_being_asserted(logger: logging.Logger) -> bool:
    """Say whether ``assertLogs`` listens to a logger, directly or further up."""
    there: logging.Logger | None = logger
    while there is not None:
        for handler in there.handlers:
            if hasattr(getattr(handler, "watcher", None), "records"):
                return True
        there = there.parent if there.propagate else None
    return False
