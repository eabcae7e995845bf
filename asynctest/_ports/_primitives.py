"""Seeing locks, events and queues of asyncio being used, and on which loop.

From 3.12 on the interpreter can tell of calls of single functions
(``sys.monitoring``); everything else stays as fast as it is. 3.11 cannot.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

__all__ = ["watch_primitives"]

LEANS_ON = ("asyncio:_get_running_loop",)

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

_Tell = Callable[[Any, Any], None]
_tool: int | None = None


def watch_primitives(tell: _Tell) -> None:
    """Hand over each lock, event or queue that is used, with the loop that runs then.

    Once and for good: switching it off and on costs more than it does.
    """
    global _tool
    if _tool is not None or sys.version_info < (3, 12):
        return
    monitoring = sys.monitoring
    for number in (4, 3):
        if monitoring.get_tool(number) is None:
            monitoring.use_tool_id(number, _NAME)
            _tool = number
            monitoring.register_callback(number, monitoring.events.PY_START, _telling(tell))
            for method in _METHODS:
                monitoring.set_local_events(number, method.__code__, monitoring.events.PY_START)
            return


def _telling(tell: _Tell) -> Callable[[CodeType, int], None]:
    def on_call(code: CodeType, offset: int) -> None:
        loop = asyncio._get_running_loop()
        if loop is not None:
            tell(sys._getframe(1).f_locals["self"], loop)

    return on_call
