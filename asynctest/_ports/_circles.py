"""Cancelling a task that waits for itself, by way of other tasks.

``cancel()`` is passed on along the chain of what each task waits for. In a circle
that never ends: RecursionError, and nobody is cancelled. Then the task is woken
out of turn, as if what it waits for had been cancelled.
"""

from __future__ import annotations

from asyncio import Task
from typing import Any

LEANS_ON = (
    "asyncio.tasks:Task()._callbacks",
    "asyncio.tasks:Task()._fut_waiter",
)

__all__ = ["cancel"]


def cancel(task: Task[Any]) -> None:
    """Cancel a task, also one in a circle of tasks that wait for each other."""
    try:
        task.cancel()
    except RecursionError:
        _wake(task)


def _wake(task: Task[Any]) -> None:
    loop = task.get_loop()
    waiter: Any = getattr(task, "_fut_waiter", None)
    callbacks: Any = getattr(waiter, "_callbacks", None)
    for wake_up, context in callbacks or ():
        if getattr(wake_up, "__self__", None) is task:
            waiter.remove_done_callback(wake_up)
            cancelled = loop.create_future()
            cancelled.cancel()
            loop.call_soon(wake_up, cancelled, context=context)
            break
