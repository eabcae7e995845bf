"""The clock itself: what users configure, hand over and talk to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from .._errors import AsynctestValueError, LoopNotSupported, MisuseError, say
from .._ports import _time_loop as ports
from ._goals import Alarm, Goal
from ._line import Line
from ._moments import to_ns
from ._options import External, Mode, Options
from ._pilot import Pilot
from ._real import real_time
from ._selector_seam import SelectorInsides, SelectorSeam
from ._timer_info import Timer
from ._uvloop import UvloopSeam, is_uvloop
from ._wall import Wall

__unittest = True  # unittest leaves our frames out of tracebacks

__all__ = ["Clock"]


class Clock:
    """Virtual time for one event loop.

    With ``mode="auto"`` time jumps to the next timer whenever nothing else can
    happen, inside or outside the loop. With ``mode="manual"`` it moves only by
    `advance`, and a loop that waits for a timer while nobody advances is
    reported as stuck at once.

        >>> import asyncio, asynctest.clock
        >>> async def nap():
        ...     await asyncio.sleep(3600)
        ...     return asyncio.get_running_loop().time()
        >>> asynctest.clock.run(nap())
        3600.0

    While something real is in flight (an executor job, a child process, a
    connection that leads elsewhere, a running thread), time stands still for
    ``patience`` real seconds and follows real time from then on. It never runs
    faster. For what may or may not wake the loop one day, ``external`` decides:

    * ``"wait"``: as above. Threads, and children that others started, are
      given up with a `ClockWarning` once they were silent for ``grace`` real
      seconds; connections are not.
    * ``"error"``: raise `OutsideError`, naming it.
    * ``"ignore"``: let time jump. Jobs, child processes and other things the
      loop itself started still count.

    What the clock cannot see (hardware, a C library's own threads, another
    process that is about to call) it must be told: see `hold`.

    ``start`` is where time begins. ``limit`` bounds how often the loop may run
    without time moving (a quarter of a million passes take about a second);
    time may jump four times as often without anything else happening.
    ``patch_time`` makes the functions of `time` and `datetime` tell the same
    time; see `unreached` for their limits.

    A clock serves one loop at a time; `fresh` makes another one like it.
    """

    def __init__(
        self,
        mode: Mode = "auto",
        *,
        external: External = "wait",
        grace: float = 5.0,
        patience: float = 1.0,
        start: float = 0.0,
        limit: int = 250_000,
        patch_time: bool = False,
    ) -> None:
        self._options = Options(mode, external, grace, patience, start, limit, patch_time)
        self._line = Line(start, self)
        self._loop: Any = None
        self._pilot: Pilot | None = None
        self._seam: SelectorSeam | UvloopSeam | None = None
        self._wall: Wall | None = None

    def __repr__(self) -> str:
        return f"<Clock {self.mode} at {self.time():.12g}>"

    @property
    def mode(self) -> Mode:
        """``"auto"`` or ``"manual"``."""
        return self._options.mode

    @property
    def loop(self) -> Any:
        """The loop this clock is on, or None."""
        return self._loop

    def fresh(self) -> Clock:
        """Make a clock with the same options, at its start, on no loop."""
        options = self._options
        return type(self)(
            options.mode,
            external=options.external,
            grace=options.grace,
            patience=options.patience,
            start=options.start,
            limit=options.limit,
            patch_time=options.patch_time,
        )

    # On and off.

    def install(self, loop: Any, *, replace: bool = True) -> Any:
        """Make this clock the time of ``loop``, and return the loop to use.

        That is ``loop`` itself for loops written in Python. A compiled one
        cannot be changed: an unused uvloop is closed and replaced by one of
        ours, unless ``replace`` is false. Timers already set keep the time
        they have left.

        Raises `LoopNotSupported` for a loop whose time cannot be controlled,
        and `MisuseError` if the clock is in use.
        """
        if self._loop is not None:
            raise MisuseError(
                say("this clock is in use on another loop.", (), "Take another: clock.fresh().")
            )
        self._line = Line(self._options.start, self)
        self._seam, self._loop = self._plug_in(loop, replace)
        if self._options.patch_time:
            self._wall = Wall(self._line)
            self._wall.put_on()
        return self._loop

    def _plug_in(self, loop: Any, replace: bool) -> tuple[SelectorSeam | UvloopSeam, Any]:
        if is_uvloop(loop):
            uvloop_seam = UvloopSeam(self._options, self._line, loop, replace)
            self._pilot = uvloop_seam.pilot
            return uvloop_seam, uvloop_seam.loop
        _check_sockets(loop)
        self._pilot = Pilot(self._options, self._line, loop, SelectorInsides(loop))
        seam = SelectorSeam(loop, self._line, self._pilot)
        seam.put_on()
        return seam, loop

    def wind_down(self, *, is_bounded: bool = False) -> None:
        """End the test's say over time, so that what is left on the loop can end.

        Time jumps from now on, in manual mode too, and only certain things are
        waited for. With ``is_bounded`` a loop that nothing can wake is no
        error either: somebody else bounds, in real time, how long it may wait.
        """
        self._on().wind_down(is_bounded)

    def uninstall(self) -> None:
        """Give the loop its own time back. Does nothing on a clock that is off."""
        if self._wall is not None:
            self._wall.take_off()
            self._wall = None
        if self._seam is not None:
            self._seam.take_off()
        self._seam = self._pilot = self._loop = None

    @contextlib.contextmanager
    def on(self, loop: Any) -> Iterator[Any]:
        """Install this clock for the length of a ``with`` block; gives the loop to use."""
        try:
            yield self.install(loop)
        finally:
            self.uninstall()

    def _on(self) -> Pilot:
        if self._pilot is None:
            raise MisuseError(
                say("this clock is on no loop.", (), "Install it first: clock.install(loop).")
            )
        return self._pilot

    # Reading it.

    def time(self) -> float:
        """Say what time it is: the same as ``loop.time()``."""
        return self._line.now

    def elapsed(self) -> float:
        """Say how many virtual seconds have passed since the clock started.

        >>> Clock(start=1.7e9).elapsed()
        0.0
        """
        return self._line.elapsed()

    def timers(self) -> list[Timer]:
        """List the timers that wait to fire, the next one first."""
        return [Timer.of(handle) for handle in self._on().insides.all()]

    def next_timer(self) -> Timer | None:
        """Look at the timer that fires next, or None if there is none."""
        return next(iter(self.timers()), None)

    def in_flight(self) -> list[str]:
        """Say what outside of the loop can still wake it: why time does not jump now."""
        return [str(waker) for waker in self._on().in_flight()]

    def given_up(self) -> list[str]:
        """Say what the clock has stopped waiting for, because it was silent for too long."""
        return [str(waker) for waker in self._on().given_up]

    def unreached(self) -> list[str]:
        """Name the copies of time functions that ``patch_time`` cannot reach.

        A module that did ``from time import time`` before the test has a copy
        of its own, which goes on telling real time. Where time-machine is
        installed, it reaches those of the wall clock. Empty without
        ``patch_time``, and on a clock that is off.
        """
        return [] if self._wall is None else self._wall.unreached()

    # Moving it.

    async def advance(self, seconds: float) -> None:
        """Move time forward and run everything that falls due.

        Timers fire at their own moments, and whatever they make ready runs
        before the next one is looked at; a timer set by another timer inside
        the span fires too. On return, time stands exactly ``seconds`` later.
        Calls that overlap, overlap: each ends at its own moment.

        In manual mode this is a command: time moves even if something real is
        in flight. In auto mode it is a sleep that ends when the loop is idle.

            >>> async def ring():
            ...     asyncio.get_running_loop().call_later(1, print, "one")
            ...     asyncio.get_running_loop().call_later(2, print, "two")
            ...     await clock.advance(1.5)
            >>> import asyncio, asynctest.clock
            >>> clock = Clock("manual")
            >>> asynctest.clock.run(ring(), clock=clock)
            one

        Raises ValueError if ``seconds`` is negative: time only moves forward.
        """
        if not seconds >= 0:
            raise AsynctestValueError(
                say(f"cannot advance by {seconds!r} seconds: that would be back in time.")
            )
        await self._reach(self._line.ns + to_ns(seconds))

    async def advance_to(self, when: float) -> None:
        """Move time forward to ``when``, as `advance` does.

        Raises ValueError if that moment is over.
        """
        target = to_ns(when)
        if target < self._line.ns:
            raise AsynctestValueError(
                say(f"cannot advance to {when!r}: it is {self.time()!r}, that is back in time.")
            )
        await self._reach(target)

    async def settle(self, limit: int = 100_000) -> None:
        """Run the loop until nothing is left to do at this moment of virtual time.

        That is: no callback is ready, no bytes are under way between sockets
        of this loop, and no finished executor job has yet to be delivered.
        Jobs that still run are not waited for.

        Raises `RunawayError`, saying what keeps the loop busy, if it has not
        settled within ``limit`` passes.
        """
        pilot = self._on()
        goal = Goal(self._line.ns, self._loop.create_future(), pilot.turns + limit, limit)
        await self._pursue(goal)

    async def sleep_real(self, seconds: float) -> None:
        """Sleep for real seconds, without blocking the loop.

        Like everything real, this makes time stand still for a moment and then
        follow; in manual mode time does not move.
        """
        pilot = self._on()
        alarm = Alarm(real_time() + seconds, self._loop.create_future())
        pilot.alarms.append(alarm)
        try:
            with self.hold(f"sleep_real({seconds:g})"):
                await alarm.future
        finally:
            if alarm in pilot.alarms:
                pilot.alarms.remove(alarm)

    def hold(self, reason: str) -> AbstractContextManager[None]:
        """Tell the clock that something is going on which it cannot see.

        Inside the block, time does not jump: it stands still for a moment and
        then follows real time. ``reason`` is shown by `in_flight`.
        """
        return self._on().jobs.hold(reason)

    async def _reach(self, target: int) -> None:
        self._on()
        await self._pursue(Goal(target, self._loop.create_future()))

    async def _pursue(self, goal: Goal) -> None:
        pilot = self._on()
        pilot.goals.append(goal)
        pilot.set_bound()
        try:
            await goal.future
        finally:
            if goal in pilot.goals:
                pilot.goals.remove(goal)


def _check_sockets(loop: Any) -> None:
    """A loop that ignores what is put on it must be refused, not lied to."""
    selector = ports.selector(loop)
    if hasattr(selector, "select") and ports.has_timer_heap(loop):
        return
    kind = f"{type(loop).__module__}.{type(loop).__qualname__}"
    raise LoopNotSupported(
        say(
            f"virtual time needs a loop that waits in a selector or proactor; this is {kind}.",
            (),
            "Leave loop_factory unset for this test, or drop the clock.",
        )
    )
