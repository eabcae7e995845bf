"""``settle()`` for whoever has no clock at hand."""

from __future__ import annotations

import asyncio
from typing import Any

from .._errors import LoopNotSupported, say
from .._ports import _time_loop as ports
from ._clock import Clock
from ._goals import Goal
from ._line import Line
from ._options import Options
from ._pilot import Pilot
from ._selector_seam import SelectorInsides, pilot_of, put_select_on

__all__ = ["clock_of", "settle"]


def clock_of(loop: Any) -> Clock | None:
    """The clock that is installed on a loop, or None.

    >>> loop = asyncio.new_event_loop()
    >>> with Clock().on(loop):
    ...     clock_of(loop)
    <Clock auto at 0>
    >>> clock_of(loop) is None
    True
    >>> loop.close()
    """
    line = getattr(loop.time, "__self__", None)
    owner = line.owner if isinstance(line, Line) else None
    return owner if isinstance(owner, Clock) else None


async def settle(limit: int = 100_000) -> None:
    """Run the loop until nothing is left to do right now.

    That is: no callback is ready, no bytes are under way between sockets of
    this loop and, under a clock, no finished executor job has yet to be
    delivered. Timers are not waited for, nor jobs that still run. Use it in
    place of a row of ``sleep(0)``.

        >>> import asynctest.clock
        >>> async def three_steps(done):
        ...     for _ in range(3):
        ...         await asyncio.sleep(0)
        ...     done.append(True)
        >>> async def test():
        ...     done = []
        ...     task = asyncio.create_task(three_steps(done))
        ...     await asynctest.clock.settle()
        ...     return done
        >>> asyncio.run(test())
        [True]

    Raises `RunawayError`, saying what keeps the loop busy, if it has not
    settled within ``limit`` passes.
    """
    loop = asyncio.get_running_loop()
    clock = clock_of(loop)
    if clock is not None:
        await clock.settle(limit)
    else:
        await _settle_without_clock(loop, limit)


async def _settle_without_clock(loop: Any, limit: int) -> None:
    """Watch the selector for as long as somebody wants to know when it is idle."""
    pilot = pilot_of(loop) or _watch(loop, limit)
    goal = Goal(pilot.line.ns, loop.create_future(), pilot.turns + limit, limit)
    pilot.goals.append(goal)
    pilot.set_bound()
    try:
        await goal.future
    finally:
        if goal in pilot.goals:
            pilot.goals.remove(goal)
        if not pilot.goals:  # the last of those who settle at the same time
            pilot.take_off()
            pilot.take_off = _nothing


def _watch(loop: Any, limit: int) -> Pilot:
    _check(loop)
    options = Options("manual", "ignore", 0.0, 0.0, 0.0, limit, patch_time=False)
    pilot = Pilot(options, Line(loop.time()), loop, SelectorInsides(loop))
    pilot.take_off = put_select_on(loop, pilot)
    return pilot


def _check(loop: Any) -> None:
    if not hasattr(ports.selector(loop), "select"):
        kind = f"{type(loop).__module__}.{type(loop).__qualname__}"
        raise LoopNotSupported(
            say(
                f"settle() cannot see whether {kind} is idle.",
                (),
                "Run it under a clock, or on a loop of asyncio's own.",
            )
        )


def _nothing() -> None:
    """Another has taken it off already."""
