"""Seeing locks, events and queues of asyncio being used, and on which loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ._current import running_loop
from ._seen_calls import watch_calls

__all__ = ["watch_primitives"]

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


def watch_primitives(tell: Callable[[Any, Any], object]) -> None:
    """Hand over each lock, event or queue that is used, with the loop that runs then."""

    def on_call(name: str, arguments: dict[str, Any]) -> None:
        loop = running_loop()
        if loop is not None:
            tell(arguments["self"], loop)

    watch_calls(_METHODS, on_call)
