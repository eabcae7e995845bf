"""What tasks, timers and callbacks are about.

Checked on 3.11 to 3.15, where these names and meanings are the same.
"""

from __future__ import annotations

import asyncio
import functools
import sys
from asyncio import AbstractEventLoop, Handle, Task
from typing import Any

__all__ = [
    "called_by",
    "gathered",
    "is_multiprocessings",
    "is_self_pipe",
    "name_of",
    "waits_for",
    "woken_by",
]

LEANS_ON = (
    "asyncio.tasks:Task()._fut_waiter",
    "asyncio.tasks:_GatheringFuture()._children",
    "asyncio.events:Handle()._args",
    "asyncio.selector_events:BaseSelectorEventLoop()._ssock",
)


def waits_for(task: Task[Any]) -> Any:
    """Return the future that a task is suspended on, if it is."""
    return getattr(task, "_fut_waiter", None)


def gathered(future: Any) -> list[Any]:
    """Return the futures that a ``gather()`` collects."""
    return list(getattr(future, "_children", None) or ())


def called_by(handle: Handle) -> Any:
    """Return what a handle calls, also a compiled one's, which tells it only in its text."""
    return getattr(handle, "_callback", None) or _Unknown(handle)


class _Unknown:
    def __init__(self, handle: object) -> None:
        self.__qualname__ = repr(handle)
        self.__module__ = ""


def woken_by(handle: Handle) -> Task[Any] | None:
    """Return the task that sleeps until a timer completes its future, as ``asyncio.sleep`` does."""
    future = next(iter(getattr(handle, "_args", None) or ()), None)
    if not isinstance(future, asyncio.Future) or future.done():
        return None
    tasks = asyncio.all_tasks(future.get_loop())
    return next((task for task in tasks if waits_for(task) is future), None)


def is_self_pipe(loop: AbstractEventLoop, fileobj: object) -> bool:
    """Say whether a file is the loop's own, for being woken by other threads."""
    pipe = getattr(loop, "_ssock", None)
    return pipe is not None and (fileobj is pipe or fileobj == pipe.fileno())


def name_of(callback: Any) -> str:
    """Name a callback."""
    while isinstance(callback, functools.partial):
        callback = callback.func
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, Task):
        return f"task {owner.get_name()!r}"
    name = getattr(callback, "__qualname__", None)
    return str(name) if name else type(callback).__qualname__


def is_multiprocessings(number: int) -> bool:
    """Say whether a descriptor leads to the helper processes of ``multiprocessing``."""
    tracker = getattr(
        sys.modules.get("multiprocessing.resource_tracker"), "_resource_tracker", None
    )
    server = getattr(sys.modules.get("multiprocessing.forkserver"), "_forkserver", None)
    keeps = (
        getattr(tracker, "_fd", None),
        getattr(server, "_forkserver_alive_fd", None),
    )
    return number in keeps
