"""Watching exceptions being raised, handled, thrown into coroutines and leaving them.

`sys.monitoring` (3.12 and later) tells of these events without touching any
code that raises nothing: 0.07 us for each exception, nothing for the rest.
Switching its events off and on would make the interpreter look at all of the
running code again, for every test. So once somebody has watched, the events stay
on and an empty list of watchers is what a test without watchers pays for.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

__all__ = ["CAN_WATCH", "Watcher", "unwatch", "want", "watch", "watch_coroutines"]

CAN_WATCH = sys.version_info >= (3, 12)
"""Whether this Python can tell at all."""


class Watcher:
    """Sees exceptions; subclasses override what they want to see."""

    __slots__ = ()
    kinds: tuple[type[BaseException], ...] = (BaseException,)
    """The exceptions that it wants to see, with their subclasses."""

    def failed(self, failure: Exception) -> None:
        """Hear of an exception in one of its own methods, which must not reach the program."""
        raise failure

    def raised(self, code: CodeType, offset: int, exc: BaseException) -> None:
        """See an exception raised, or passing through another frame."""

    def reraised(self, code: CodeType, offset: int, exc: BaseException) -> None:
        """See a handler pass an exception on."""

    def handled(self, code: CodeType, offset: int, exc: BaseException) -> None:
        """See an exception reach a handler."""

    def thrown(self, code: CodeType, offset: int, exc: BaseException) -> None:
        """See an exception thrown into a coroutine or generator."""


_EVENTS = {
    "raised": "RAISE",
    "reraised": "RERAISE",
    "handled": "EXCEPTION_HANDLED",
    "thrown": "PY_THROW",
}
_watchers: dict[str, list[Watcher]] = {event: [] for event in _EVENTS}
_seen_by: dict[type[Watcher], tuple[str, ...]] = {}
_known: set[tuple[type[BaseException], ...]] = set()
_wanted: set[type[BaseException]] = set()
_boring: set[type[BaseException]] = set()  # what no watcher has ever wanted to see
_on: set[str] = set()
_tool: int | None = None


def watch(watcher: Watcher) -> None:
    """Let a watcher see what it has methods for.

    Does nothing if this Python cannot tell, or if debuggers and profilers
    have taken all places.
    """
    if _tool is None and not (CAN_WATCH and _take_a_place()):
        return
    want(watcher.kinds)
    for event in _seen_by.get(type(watcher)) or _prepare(type(watcher)):
        if watcher not in _watchers[event]:
            _watchers[event].append(watcher)


def unwatch(watcher: Watcher) -> None:
    """Let a watcher see no more."""
    for event in _seen_by.get(type(watcher), ()):
        watchers = _watchers[event]
        if watcher in watchers:
            watchers.remove(watcher)


def want(kinds: tuple[type[BaseException], ...]) -> None:
    """Say that a watcher wants to see exceptions of these kinds, too."""
    if kinds not in _known:
        _known.add(kinds)
        _wanted.update(kinds)
        _boring.clear()


def watch_coroutines(tell: Callable[[CodeType, BaseException], object]) -> None:
    """Hand over each coroutine's code that an exception leaves, and the exception, for good.

    It is told before the task knows of it. Of several functions, the last is told.
    """
    if _tool is None and not (CAN_WATCH and _take_a_place()):
        return
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
    unwind = monitoring.events.PY_UNWIND

    def callback(code: CodeType, offset: int, exc: BaseException) -> None:
        if code.co_flags & _COROUTINE:
            tell(code, exc)

    monitoring.register_callback(_tool, unwind, callback)
    monitoring.set_events(_tool, monitoring.get_events(_tool) | unwind)


_COROUTINE = inspect.CO_COROUTINE | inspect.CO_ITERABLE_COROUTINE


def _prepare(cls: type[Watcher]) -> tuple[str, ...]:
    """Find out once what watchers of a class want to see."""
    events = [event for event in _EVENTS if getattr(cls, event) is not getattr(Watcher, event)]
    for event in events:
        if event not in _on:
            _switch_on(event)
    _seen_by[cls] = tuple(events)
    return _seen_by[cls]


def _take_a_place() -> bool:
    """Take one of the places that are nobody's, if one is free."""
    global _tool
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
    for number in (4, 3):
        if monitoring.get_tool(number) is None:
            monitoring.use_tool_id(number, "asynctest")
            _tool = number
            return True
    return False


def _switch_on(event: str) -> None:
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
    bit = getattr(monitoring.events, _EVENTS[event])
    watchers = _watchers[event]

    def callback(code: CodeType, offset: int, exc: BaseException) -> None:
        kind = type(exc)
        if kind in _boring:
            return
        if not issubclass(kind, tuple(_wanted)):
            _boring.add(kind)
            return
        for watcher in watchers:
            if issubclass(kind, watcher.kinds):
                try:
                    getattr(watcher, event)(code, offset, exc)
                except Exception as failure:  # noqa: BLE001 - handed on
                    watcher.failed(failure)

    monitoring.register_callback(_tool, bit, callback)
    monitoring.set_events(_tool, monitoring.get_events(_tool) | bit)
    _on.add(event)
