"""What a loop is able to do, and what it still holds.

Everything here answers for any loop: a stock one, a compiled one, or a mock
that only has the abstract interface. What a loop cannot tell is ``None``.

Checked on 3.11 to 3.15, where these names and meanings are the same.
"""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop, BaseEventLoop, Handle, Task, TimerHandle
from collections.abc import Callable
from typing import Any

from ._proactor_device import pending_io, proactor_of

__all__ = [
    "abandon",
    "callback_of",
    "coroutine_of",
    "default_executor",
    "hide_task",
    "is_complete",
    "may_have_asyncgens",
    "pending_timers",
    "show_task",
    "watched",
]

LEANS_ON = (
    "asyncio.base_events:BaseEventLoop()._scheduled",
    "asyncio.base_events:BaseEventLoop()._default_executor",
    "asyncio.base_events:BaseEventLoop()._asyncgens",
    "asyncio.selector_events:BaseSelectorEventLoop()._selector",
    "asyncio.selector_events:BaseSelectorEventLoop._read_from_self",
    "asyncio.events:Handle()._callback",
    "asyncio.tasks:Task()._coro",
    "asyncio.tasks:_register_task",
    "asyncio.tasks:_unregister_task",
    "asyncio.tasks:Task()._log_destroy_pending",
)


def is_complete(loop: AbstractEventLoop) -> bool:
    """Say whether this is a real loop, able to make tasks in a given context."""
    made_by = getattr(type(loop), "create_task", None)
    return made_by is not None and made_by is not AbstractEventLoop.create_task


def pending_timers(loop: AbstractEventLoop) -> list[TimerHandle] | None:
    """Return the timers that wait and were not cancelled, soonest first."""
    heap = getattr(loop, "_scheduled", None)
    if not isinstance(heap, list):
        return None
    return sorted((timer for timer in heap if not timer.cancelled()), key=TimerHandle.when)


def default_executor(loop: AbstractEventLoop) -> Any:
    """Return the loop's executor for ``run_in_executor``, if it has made one."""
    return getattr(loop, "_default_executor", None)


def watched(loop: AbstractEventLoop) -> list[tuple[str, object, object]] | None:
    """Return what the loop waits for: ``add_reader`` or ``add_writer``, on what, for whom.

    On a completion loop: what it was asked to do and has not done, such as ``recv``.
    """
    if proactor_of(loop) is not None:
        return pending_io(loop)
    mapping = _selector_map(loop)
    if mapping is None:
        return None
    found: list[tuple[str, object, object]] = []
    for key in mapping.values():
        if not isinstance(key.data, tuple):
            continue  # registered by somebody else than the loop
        for what, handle in zip(("add_reader", "add_writer"), key.data, strict=False):
            callback = getattr(handle, "_callback", handle)
            if handle is not None and not _is_self_pipe(callback):
                found.append((what, key.fileobj, callback))
    return found


def _is_self_pipe(callback: object) -> bool:
    return getattr(callback, "__name__", "") == "_read_from_self"


def _selector_map(loop: AbstractEventLoop) -> Any:
    get_map = getattr(getattr(loop, "_selector", None), "get_map", None)
    return get_map() if get_map is not None else None


def abandon(task: Task[Any]) -> None:
    """Give a task up: nobody will run it again.

    The interpreter would complain about it later, in somebody else's test.
    """
    task._log_destroy_pending = False  # type: ignore[attr-defined]


def may_have_asyncgens(loop: AbstractEventLoop) -> bool:
    """Say whether shutting async generators down can make a difference.

    It takes as long as running a small test does, and most have none.
    """
    stock = getattr(loop.shutdown_asyncgens, "__func__", None) is BaseEventLoop.shutdown_asyncgens
    return not stock or bool(getattr(loop, "_asyncgens", True))


hide_task: Callable[[Any], None] = asyncio.tasks._unregister_task
"""Take a task out of what ``asyncio.all_tasks()`` answers."""

show_task: Callable[[Any], None] = asyncio.tasks._register_task
"""Have ``asyncio.all_tasks()`` know a task again."""


def callback_of(handle: Handle) -> Any:
    """Return what a handle calls; None once it is cancelled."""
    return getattr(handle, "_callback", None)


def coroutine_of(task: Task[Any]) -> Any:
    """Return what a task runs; None for one that was done before anybody could see it.

    ``get_coro()`` crashes the interpreter for such a task on 3.12.0 and 3.12.1.
    """
    return getattr(task, "_coro", None)
