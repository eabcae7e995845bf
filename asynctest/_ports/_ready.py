"""What is about to run on a loop: its ready queue.

``BaseEventLoop()._ready`` is a deque of handles on 3.11 to 3.15. The handles of
the iteration that is under way leave it one by one, so seen from inside a
callback it holds exactly what has not started yet.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

__all__ = ["LEANS_ON", "callback_of", "forget_stop", "ready_queue", "run_to_end"]

LEANS_ON: tuple[str, ...] = (
    "asyncio.base_events:BaseEventLoop()._ready",
    "asyncio.events:Handle()._callback",
    "asyncio.base_events:_run_until_complete_cb",
)


def ready_queue(loop: asyncio.AbstractEventLoop) -> deque[asyncio.Handle] | None:
    """The live queue of ready handles; None on a loop that does not show one."""
    queue = getattr(loop, "_ready", None)
    return queue if isinstance(queue, deque) else None


def callback_of(handle: asyncio.Handle) -> Any:
    """What a handle is going to call; None once it is cancelled."""
    return getattr(handle, "_callback", None)


def forget_stop(loop: asyncio.AbstractEventLoop) -> None:
    """Drop the callback that would stop the next run of a loop in its first turn.

    ``run_until_complete`` leaves it behind if somebody has stopped the loop in the very
    turn in which what it ran came to its end.
    """
    for handle in ready_queue(loop) or ():
        if callback_of(handle) is _STOP:
            handle.cancel()


def run_to_end(loop: asyncio.AbstractEventLoop, task: asyncio.Future[Any]) -> None:
    """Run a loop until a task of ours is done, also if what a test has left stops the loop."""
    for _ in range(_PATIENCE):
        try:
            loop.run_until_complete(task)
        except RuntimeError as exc:
            if task.done() or loop.is_closed() or not str(exc).startswith(_STOPPED):
                raise
        else:
            return
    task.cancel()


_PATIENCE = 100  # stops of one loop; each lets it turn at least once
_STOPPED = "Event loop stopped before Future completed"
_STOP = asyncio.base_events._run_until_complete_cb  # type: ignore[attr-defined]
