"""Watching exceptions being raised, handled and thrown into coroutines.

`sys.monitoring` (3.12 and later) tells of these four events without touching any
code that raises nothing: 0.07 us for each exception, nothing for the rest.
Switching its events off and on would make the interpreter look at all of the
running code again, for every test. So once somebody has watched, the events stay
on and an empty list of watchers is what a test without watchers pays for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

__all__ = ["CAN_WATCH", "watch"]

CAN_WATCH = sys.version_info >= (3, 12)
"""Whether this Python can tell at all."""

Watcher = Callable[[CodeType, int, BaseException], object]

_EVENTS = ("RAISE", "RERAISE", "EXCEPTION_HANDLED", "PY_THROW")
_watchers: dict[str, list[Watcher]] = {event: [] for event in _EVENTS}
_on: set[str] = set()
_tool: int | None = None


def watch(**watchers: Watcher) -> Callable[[], None]:
    """Call functions with code, offset and exception at events; return the undo.

    The names are those of ``sys.monitoring.events``. Does nothing if this Python
    cannot tell, or if debuggers and profilers have taken all places.
    """
    if not CAN_WATCH or not _have_tool():
        return lambda: None
    for event, watcher in watchers.items():
        _watchers[event].append(watcher)
        if event not in _on:
            _switch_on(event)

    def undo() -> None:
        for event, watcher in watchers.items():
            _watchers[event].remove(watcher)

    return undo


def _have_tool() -> bool:
    """Take one of the places that are nobody's, if one is free."""
    global _tool
    if _tool is not None:
        return True
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
    for number in (4, 3):
        if monitoring.get_tool(number) is None:
            monitoring.use_tool_id(number, "asynctest")
            _tool = number
            return True
    return False


def _switch_on(event: str) -> None:
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
    bit = getattr(monitoring.events, event)
    watchers = _watchers[event]

    def callback(code: CodeType, offset: int, exc: BaseException) -> None:
        for watcher in watchers:
            watcher(code, offset, exc)

    monitoring.register_callback(_tool, bit, callback)
    monitoring.set_events(_tool, monitoring.get_events(_tool) | bit)
    _on.add(event)
