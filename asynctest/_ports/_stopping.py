"""Loops that are stopped: by a test as the last it does, or by what it has left.

``stop()`` stops whoever runs the loop, now or next. That is us more often than not, whom
it does not mean.

Checked on 3.11 to 3.15: ``run_until_complete`` adds ``_run_until_complete_cb`` to what it
runs, which stops the loop once more.
"""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop, Task
from collections.abc import Awaitable, Callable
from typing import Any

from ._loops import abandon
from ._ready import callback_of, ready_queue

__all__ = ["forget_stop", "run_past_stops"]

LEANS_ON = ("asyncio.base_events:_run_until_complete_cb",)

_STOP = asyncio.base_events._run_until_complete_cb  # type: ignore[attr-defined]
_STOPPED = "Event loop stopped before"  # what loops say to one who waited for more


def forget_stop(loop: AbstractEventLoop) -> None:
    """Drop the callback that would stop the next run of a loop in its first turn.

    ``run_until_complete`` leaves it behind if somebody has stopped the loop in the very
    turn in which what it ran came to its end.
    """
    for handle in ready_queue(loop) or ():
        if callback_of(handle) is _STOP:
            handle.cancel()


def run_past_stops(
    loop: AbstractEventLoop, work: Awaitable[Any], enough: Callable[[], bool] = bool
) -> None:
    """Run the loop until the work is done, or the answer to ``enough`` is yes.

    ``loop.stop()``, called last in a test or by a timer of its, stops whoever
    runs the loop next. That is us, whom it does not mean. Each run makes one
    turn at least, so this comes to an end where the work does.
    """
    future = asyncio.ensure_future(work, loop=loop)
    try:
        while True:
            try:
                loop.run_until_complete(future)
                return
            except RuntimeError as exc:
                if future.done() or not str(exc).startswith(_STOPPED) or enough():
                    raise
    finally:
        if isinstance(future, Task) and not future.done():
            abandon(future)
