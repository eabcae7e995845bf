"""Who gathers a task with ``asyncio.gather(return_exceptions=True)``, and who awaits that.

Checked on 3.11 to 3.15: ``gather`` adds a local function to each of its
children, whose closure has the variables ``return_exceptions`` and ``outer``.
"""

from __future__ import annotations

import asyncio
import inspect
from asyncio import Task
from collections.abc import Iterator
from types import FrameType
from typing import Any

from ._loops import coroutine_of

__all__ = ["WAKES_PARENT", "gathered_in", "has_woken_parent"]

LEANS_ON = (
    "asyncio.tasks:Task()._callbacks",
    "asyncio.tasks:Task()._fut_waiter",
    "asyncio.taskgroups:TaskGroup._on_task_done",
    "asyncio.taskgroups:TaskGroup()._parent_cancel_requested",
)

WAKES_PARENT = asyncio.TaskGroup._on_task_done.__code__
"""Where a task group cancels the task around it, because one in it has failed."""


def has_woken_parent(leaving: FrameType | None) -> bool:
    """Say whether a task group, in the frame of its ``__aexit__``, has cancelled what it is in."""
    group = leaving.f_locals.get("self") if leaving is not None else None
    return bool(getattr(group, "_parent_cancel_requested", False))


def gathered_in(task: Task[Any]) -> FrameType | None:
    """Return the suspended frame that awaits a gathering of exceptions with this task in it."""
    for outer in _gatherings(task):
        for other in asyncio.all_tasks(task.get_loop()):
            if getattr(other, "_fut_waiter", None) is outer:
                return _innermost(coroutine_of(other))
    return None


def _gatherings(task: Task[Any]) -> Iterator[Any]:
    for callback, _ in getattr(task, "_callbacks", None) or ():
        code = getattr(callback, "__code__", None)
        if code is None or not inspect.isfunction(callback):
            continue
        cells = inspect.getclosurevars(callback).nonlocals
        if callback.__module__ == "asyncio.tasks" and cells.get("return_exceptions"):
            yield cells.get("outer")


def _innermost(coro: Any) -> FrameType | None:
    frame: FrameType | None = None
    while coro is not None and getattr(coro, "cr_frame", None) is not None:
        frame = coro.cr_frame
        coro = coro.cr_await
    return frame
