"""Hearing of cancelled tasks: who was cancelled, and where it stood.

On 3.12 and later the interpreter tells when something is thrown into a
coroutine, which costs nothing otherwise. 3.11 does not; there each task gets a
``cancel`` of its own that takes a note, at 0.5 us for each task.
"""

from __future__ import annotations

import asyncio
import functools
import sys
import weakref
from asyncio import AbstractEventLoop, Task
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from . import _ports as ports
from ._places import Place, is_ours
from ._raising import Watcher
from ._sites import innermost_user_place, is_installed

__all__ = ["Cancellations", "keep_failure", "note_cancellations"]

# Until 3.12, a task group that is being left when one of its tasks fails wakes the task
# around it by cancelling it, keeps that to itself, and does not take it back.
_LEAVES_GROUP = asyncio.TaskGroup.__aexit__.__code__

Tell = Callable[["Task[Any]", Place | None], object]
"""Is called with a task, and where it stood or else where it was cancelled."""


class Cancellations(Watcher):
    """Sees cancellations being thrown into tasks (3.12 and later)."""

    __slots__ = ("_tell",)
    kinds = (asyncio.CancelledError,)

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def thrown(self, code: CodeType, offset: int, exc: BaseException) -> None:
        if code is _LEAVES_GROUP and ports.has_woken_parent(_frame_of(code)):
            return
        try:
            task = asyncio.current_task()
        except RuntimeError:  # no loop runs: a coroutine is driven by hand
            return
        if task is not None:
            self._tell(task, innermost_user_place())


def _frame_of(code: CodeType) -> FrameType | None:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code is not code:
        frame = frame.f_back
    return frame


def note_cancellations(loop: AbstractEventLoop, tell: Tell) -> Callable[[], None]:
    """Call a function with each task of a loop that is cancelled; return the undo (for 3.11)."""
    if isinstance(loop, ports.LightLoop):
        loop.on_task = functools.partial(_note_cancel, tell)
        return functools.partial(setattr, loop, "on_task", None)
    if ports.is_complete(loop):
        return ports.shadow(loop, "create_task", _noting(loop.create_task, tell))
    return lambda: None


def _noting(create_task: Callable[..., Any], tell: Tell) -> Callable[..., Any]:
    def noting(coro: Any, **options: Any) -> Any:
        task = create_task(coro, **options)
        if isinstance(task, asyncio.Task):
            _note_cancel(tell, task)
        return task

    return noting


def _note_cancel(tell: Tell, task: Task[Any]) -> None:
    """Give a task a ``cancel`` of its own."""
    task.cancel = functools.partial(_cancel, weakref.ref(task), tell)  # type: ignore[method-assign]


def _cancel(task_ref: weakref.ref[Task[Any]], tell: Tell, msg: Any = None) -> bool:
    task = task_ref()
    caller = sys._getframe(1).f_code
    if task is None or _comes_too_late(task, caller):
        return False
    done = type(task).cancel(task, msg)
    if done and caller is not ports.WAKES_PARENT:
        tell(task, innermost_user_place())
    return done


# -- tasks that are dead ------------------------------------------------------------


def keep_failure(code: CodeType, exc: BaseException) -> None:
    """Have the current task remember that nobody has asked for the exception it dies of.

    To be called when an exception leaves a coroutine. asyncio forgets it as soon as somebody
    cancels the task, as set-ups and tear-downs do with tasks which they believe alive.
    """
    task = asyncio.current_task()
    if task is None or not isinstance(exc, Exception):
        return
    if getattr(ports.coroutine_of(task), "cr_code", None) is code:
        task.cancel = functools.partial(  # type: ignore[method-assign]
            _cancel_unless_dead, weakref.ref(task)
        )


def _cancel_unless_dead(task_ref: weakref.ref[Task[Any]], msg: Any = None) -> bool:
    task = task_ref()
    if task is None or _comes_too_late(task, sys._getframe(1).f_code):
        return False
    return type(task).cancel(task, msg)


def _comes_too_late(task: Task[Any], caller: CodeType) -> bool:
    """Say whether a cancellation does nothing, but that asyncio would forget the exception.

    Not if an installed library cancels: that is how it says that it does not care.
    """
    return task.done() and (is_ours(caller) or not is_installed(caller.co_filename))
