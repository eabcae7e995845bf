"""The clock's messages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from .._describe import describe_handle, describe_task, describe_timer
from .._errors import count, say
from ._errors import ClockWarning, OutsideError, RunawayError, StuckError
from ._wakers import Waker

__all__ = ["gave_up", "outside", "ran_away", "restless", "stuck"]


def _tasks(loop: Any) -> list[asyncio.Task[Any]]:
    return sorted(asyncio.all_tasks(loop), key=lambda task: (len(task.get_name()), task.get_name()))


def _task_lines(loop: Any) -> list[str]:
    return [describe_task(task) for task in _tasks(loop)]


def stuck(loop: Any, now: float, timers: Iterable[Any], is_manual: bool) -> StuckError:
    waiting = [describe_timer(timer) for timer in timers]
    tasks = _task_lines(loop)
    if is_manual and waiting:
        return StuckError(
            say(
                f"nobody moves the clock: it stands at {now:.12g}, and the loop waits for"
                f" {count(len(waiting), 'timer')}:",
                waiting + [task for task in tasks if not any(w.startswith(task) for w in waiting)],
                "Call advance() from another task, or let time jump: clock = 'auto'.",
            )
        )
    return StuckError(
        say(
            f"nothing can ever wake the loop: no timer, no job, no connection to the outside;"
            f" {count(len(tasks), 'task')} at virtual time {now:.12g}:",
            tasks,
            "Set or cancel what they wait for; if it comes from where the clock cannot see,"
            " wrap the wait in clock.hold('why').",
        )
    )


def ran_away(loop: Any, now: float, turns: int, handles: Iterable[Any]) -> RunawayError:
    return RunawayError(
        say(
            f"the loop ran {turns} times while time stood at {now:.12g}; what keeps it running:",
            _unique(describe_handle(handle) for handle in handles) or _task_lines(loop),
            "Let it wait for something, or raise the bound: Clock(limit=...).",
        )
    )


def restless(loop: Any, now: float, jumps: int, timers: Iterable[Any]) -> RunawayError:
    return RunawayError(
        say(
            f"time jumped {jumps} times, to {now:.12g}, and nothing else happened;"
            " the timers that keep it going, and the tasks:",
            _unique(describe_timer(timer) for timer in timers) + _task_lines(loop),
            "Set what the test waits for, or raise the bound: Clock(limit=...).",
        )
    )


def outside(wakers: Iterable[Waker]) -> OutsideError:
    return OutsideError(
        say(
            "the loop waits for something outside of it:",
            [str(waker) for waker in wakers],
            "Replace it by a stand-in, or allow it: Clock(external='wait').",
        )
    )


def gave_up(wakers: Iterable[Waker], grace: float) -> ClockWarning:
    return ClockWarning(
        say(
            f"time jumps on, although this might still have woken the loop"
            f" (silent for {grace:g} real seconds):",
            [str(waker) for waker in wakers],
            "End it, wait for it longer with Clock(grace=...), or do not wait for its kind:"
            " Clock(external='ignore').",
        )
    )


def _unique(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))
