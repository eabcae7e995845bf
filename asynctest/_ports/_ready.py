"""What is about to run on a loop: its ready queue.

``BaseEventLoop()._ready`` is a deque of handles on 3.11 to 3.15. The handles of
the iteration that is under way leave it one by one, so seen from inside a
callback it holds exactly what has not started yet.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

__all__ = ["LEANS_ON", "callback_of", "ready_queue"]

LEANS_ON: tuple[str, ...] = (
    "asyncio.base_events:BaseEventLoop()._ready",
    "asyncio.events:Handle()._callback",
)


def ready_queue(loop: asyncio.AbstractEventLoop) -> deque[asyncio.Handle] | None:
    """The live queue of ready handles; None on a loop that does not show one."""
    queue = getattr(loop, "_ready", None)
    return queue if isinstance(queue, deque) else None


def callback_of(handle: asyncio.Handle) -> Any:
    """What a handle is going to call; None once it is cancelled."""
    return getattr(handle, "_callback", None)
