"""Seeing locks, events and queues of asyncio being used, and on which loop.

From 3.12 on the interpreter can tell of calls of single functions
(``sys.monitoring``); everything else stays as fast as it is. 3.11 cannot.
"""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

__all__ = ["CAN_WATCH_PRIMITIVES", "watch_primitives"]

LEANS_ON = ("asyncio:_get_running_loop",)

CAN_WATCH_PRIMITIVES = sys.version_info >= (3, 12)

_METHODS: tuple[Any, ...] = (
    asyncio.Lock.acquire,
    asyncio.Event.wait,
    asyncio.Event.set,
    asyncio.Condition.wait,
    asyncio.Semaphore.acquire,
    asyncio.Queue.put_nowait,
    asyncio.Queue.get,
    asyncio.Queue.get_nowait,
)
_NAME = "asynctest locks and queues"

_tell: list[Callable[[Any, Any], None]] = []
_tool: int | None = None


def watch_primitives(tell: Callable[[Any, Any], None]) -> Callable[[], None]:
    """Hand over each lock, event or queue that is used, with the loop that runs then."""
    _begin()
    _tell.append(tell)
    return functools.partial(_unwatch, tell)


def _unwatch(tell: Callable[[Any, Any], None]) -> None:
    if tell in _tell:
        _tell.remove(tell)


def _begin() -> None:
    """Claim a tool of the interpreter's, once and for good: switching costs more than staying."""
    global _tool
    if _tool is not None or sys.version_info < (3, 12):
        return
    monitoring = sys.monitoring
    for number in (4, 3):
        if monitoring.get_tool(number) is None:
            monitoring.use_tool_id(number, _NAME)
            _tool = number
            monitoring.register_callback(number, monitoring.events.PY_START, _on_call)
            for method in _METHODS:
                monitoring.set_local_events(number, method.__code__, monitoring.events.PY_START)
            return


def _on_call(code: CodeType, offset: int) -> None:
    if _tell:
        loop = asyncio._get_running_loop()
        if loop is not None:
            _tell[-1](sys._getframe(1).f_locals["self"], loop)
