"""Following the cancellation by which a timeout ends what takes too long.

``asyncio.timeout()``, and ``wait_for()`` from 3.12 on, cancel their task and turn
the CancelledError into a TimeoutError when it comes back to them. If it does not
come back, nobody is told: the block is left as if it had been in time, and the
cancellation is taken off the task's count. Only 3.12 and later can tell. Nothing
is followed, and nothing costs anything, while no timeout has run out.
"""

from __future__ import annotations

import asyncio
import sys
import weakref
from asyncio import Task, Timeout
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

from ._places import Place, is_ours
from ._ports._timeouts import (
    is_taken_back,
    task_of_timeout,
    unwatch_leaving,
    watch_askers,
    watch_leaving,
)
from ._ports._waiting import waits_for
from ._raising import Watcher, watch
from ._sites import innermost_user_place

__all__ = ["LostTimeout", "Overdue", "was_asked"]

_LEAVES = Timeout.__aexit__.__code__
_asked: weakref.WeakSet[Timeout] = weakref.WeakSet()


@dataclass(frozen=True)
class LostTimeout:
    """A timeout that ran out to no effect."""

    timeout: Timeout
    stood: Place | None
    """The line of the user's that was waiting when the cancellation came."""
    left: Place | None
    """The line of the user's that leaves the timeout."""
    within: CodeType | None
    """The function that the timeout is in; that of ``wait_for`` is asyncio's."""
    handler: CodeType | None
    """The function that was the last to handle the cancellation."""


def was_asked(timeout: Timeout) -> bool:
    """Say whether somebody has called ``expired()``: who looks does not need to be told."""
    return timeout in _asked


class _Late:
    """One timeout that has run out and has not been left."""

    __slots__ = ("_waiter", "exc", "handler", "innocent", "stood", "task", "timeout")

    def __init__(self, timeout: Timeout, task: Task[Any]) -> None:
        self.timeout = weakref.ref(timeout)
        self.task = weakref.ref(task)
        self.exc: weakref.ref[BaseException] | None = None
        self.stood: Place | None = None
        self.handler: CodeType | None = None
        waiter = waits_for(task)
        # Whoever awaits what is cancelled already gets that cancellation, and may well expect it.
        self.innocent = waiter is not None and waiter.done() and waiter.cancelled()
        self._waiter = _reference(waiter) if waiter is not None and not waiter.done() else None

    def note(self, exc: BaseException) -> None:
        """Keep the first cancellation that comes, unless it comes for another reason."""
        if self.exc is None:
            self.exc, self.stood = weakref.ref(exc), innermost_user_place(2)
            waiter = self._waiter() if self._waiter is not None else None
            # A child that swallows its cancellation is a matter of its own.
            self.innocent = self.innocent or (waiter is not None and _goes_on(waiter))


def _reference(thing: Any) -> Callable[[], Any] | None:
    try:
        return weakref.ref(thing)
    except TypeError:
        return None


def _goes_on(waiter: Any) -> bool:
    """Say whether what was awaited has ended otherwise than by the cancellation."""
    if not waiter.done() or waiter.cancelled():
        return False
    return not isinstance(waiter.exception(), asyncio.CancelledError)  # of a gather()


class Overdue(Watcher):
    """Knows the timeouts that have run out, and sees what their cancellations meet."""

    __slots__ = ("_begun", "_late", "_tell")
    kinds = (asyncio.CancelledError,)

    def __init__(self, tell: Callable[[Task[Any], LostTimeout], object]) -> None:
        self._tell = tell
        self._late: list[_Late] = []
        self._begun = False

    def runs_out(self, timeout: Timeout) -> None:
        """Hear of a timeout that is about to cancel its task."""
        if not self._begun:
            self._begun = True
            watch(self)
            watch_askers(_asked.add)
        # A task that was destroyed never leaves its timeouts.
        self._late[:] = [late for late in self._late if late.timeout() is not None]
        task = task_of_timeout(timeout)
        if task is not None:
            self._late.append(_Late(timeout, task))
            watch_leaving(self.is_left)

    def thrown(self, code: CodeType, offset: int, exc: BaseException) -> None:
        if self._late:
            task = _current_task()
            for late in self._late:
                if late.task() is task:
                    late.note(exc)

    def handled(self, code: CodeType, offset: int, exc: BaseException) -> None:
        for late in self._late:
            if late.exc is not None and late.exc() is exc:
                late.handler = code

    def is_left(self, timeout: Timeout, by_exception: bool) -> None:
        """Hear of a timeout being left, whether it has run out or not."""
        late = next((each for each in self._late if each.timeout() is timeout), None)
        if late is None:
            return
        self._late.remove(late)
        if not self._late:
            unwatch_leaving()
        task = late.task()
        if by_exception or late.exc is None or late.innocent or task is None:
            return
        if not is_taken_back(timeout):
            within = _caller_of(_LEAVES)
            lost = LostTimeout(timeout, late.stood, innermost_user_place(), within, late.handler)
            self._tell(task, lost)


def _current_task() -> Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:  # no loop runs: a coroutine is driven by hand
        return None


def _caller_of(code: CodeType) -> CodeType | None:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code is not code:
        frame = frame.f_back
    frame = frame.f_back if frame is not None else None
    return None if frame is None or is_ours(frame.f_code) else frame.f_code
