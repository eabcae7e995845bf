"""Seeing timeouts run out, being left, and being asked whether they ran out.

Timeouts that are in time are not watched, so that they cost what they always do.
"""

from __future__ import annotations

import asyncio
from asyncio.timeouts import Timeout
from collections.abc import Callable
from typing import Any

from ._seen_calls import unwatch_calls, watch_calls

__all__ = [
    "is_taken_back",
    "task_of_timeout",
    "unwatch_leaving",
    "watch_askers",
    "watch_leaving",
    "watch_timeouts",
]

LEANS_ON = (
    "asyncio.timeouts:Timeout._on_timeout",
    "asyncio.timeouts:Timeout()._task",
    "asyncio.timeouts:Timeout()._cancelling",
)

_RUNS_OUT: Any = Timeout._on_timeout  # type: ignore[attr-defined]
_IS_LEFT: Any = Timeout.__aexit__
_IS_ASKED: Any = Timeout.expired


Tell = Callable[[Timeout], None]


def watch_timeouts(runs_out: Tell) -> None:
    """Hand over each timeout that runs out, just before it cancels its task."""
    watch_calls([_RUNS_OUT], lambda name, arguments: runs_out(arguments["self"]))


def watch_askers(asked: Tell) -> None:
    """Hand over each timeout that is asked whether it has ``expired()``."""
    watch_calls([_IS_ASKED], lambda name, arguments: asked(arguments["self"]))


def watch_leaving(left: Callable[[Timeout, bool], None]) -> None:
    """Hand over each timeout that is left, and whether an exception leaves it."""

    def on_call(name: str, arguments: dict[str, Any]) -> None:
        left(arguments["self"], arguments["exc_type"] is not None)

    watch_calls([_IS_LEFT], on_call)


def unwatch_leaving() -> None:
    """Hand over no more timeouts that are left."""
    unwatch_calls([_IS_LEFT])


def task_of_timeout(timeout: Timeout) -> asyncio.Task[Any] | None:
    """Return the task that a timeout is about to cancel."""
    return getattr(timeout, "_task", None)


def is_taken_back(timeout: Timeout) -> bool:
    """Say whether the task has called ``uncancel()`` for what the timeout has cancelled."""
    task = task_of_timeout(timeout)
    return task is None or task.cancelling() <= getattr(timeout, "_cancelling", 0)
