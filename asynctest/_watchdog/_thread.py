"""The thread that makes the rounds.

It is started below ``threading``, so that tests which count threads do not
count it. It is not there while the process forks: a child of a process with
several threads is in danger, and Python says so since 3.12. While it looks,
it collects no garbage: the finalisers of the user's objects belong into the
user's threads. A look is too short for another thread to see that.
"""

from __future__ import annotations

import _thread
import gc
import os
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable
from types import FrameType
from typing import Any

from .. import _ports as ports
from ._blocked import Blocked, BlockedLoop, Tick, place_in
from ._fork_warning import ForkWarning
from ._limit import Limit

__all__ = ["Watch", "watch"]

_LONGEST = 0.05
_SHORTEST = 0.005
_ROUNDS_BEFORE_PARKING = 40

# The clock is a default argument: tools that freeze time replace it in modules.
_Clock = Callable[[], float]

_thread_time: _Clock = (
    time.thread_time if hasattr(time, "pthread_getcpuclockid") else float
)  # as BlockedLoop reads it later

_NEVER = float("inf")
_MOMENT = 0.00005

_start = _thread.start_new_thread
_new_lock = _thread.allocate_lock


class Watch:
    """What the watchdog keeps an eye on for one test."""

    last_seen = ""
    idle = 0.0
    _waiting = False
    _wait: FrameType | None = None
    _loop_block: BlockedLoop | None = None  # made by the watchdog: most tests are over before

    def __init__(
        self,
        loop: AbstractEventLoop,
        threshold: float | None,
        limit: Limit | None,
        moments: Any,
        now: _Clock = time.perf_counter,
        used: _Clock = _thread_time,
    ) -> None:
        self.loop = loop
        self.began = now()
        self.thread = _thread.get_ident()
        self.limit = limit
        self._threshold = threshold
        self._moments = moments
        self._used = used()

    @property
    def blocked(self) -> list[Blocked]:
        """The callbacks that have blocked the loop so far."""
        return self._loop_block.found if self._loop_block is not None else []

    @property
    def interval(self) -> float:
        """How often to look, in seconds."""
        wanted = self._threshold / 5 if self._threshold else _LONGEST
        if self.limit is not None:
            wanted = min(wanted, self.limit.seconds / 10)
        return min(max(wanted, _SHORTEST), _LONGEST)

    def see(self) -> None:
        """Take in what the thread of this test is doing."""
        collecting = gc.isenabled()
        gc.disable()
        try:
            frame = ports.frame_of(self.thread)
            if self._threshold and self._loop_block is None:
                self._loop_block = BlockedLoop(
                    self.loop, self.thread, self._threshold, self._moments, self._used
                )
            if self._loop_block is not None:
                self._loop_block.see(frame)
            if self.limit is not None and not self.limit.fired:
                self._remember(frame)
        finally:
            if collecting:
                gc.enable()

    def _remember(self, frame: FrameType | None) -> None:
        # The frame of the wait itself is held: it keeps nothing of the user's alive.
        waiting = ports.is_waiting(frame)
        self._waiting = waiting and frame is self._wait
        self._wait = frame if waiting else None
        place, _ = (None, "") if waiting else place_in(frame)
        self.last_seen = str(place) if place else self.last_seen

    def act(self, tick: Tick) -> None:
        """Count the time, and do what falls due."""
        if self._loop_block is not None:
            self._loop_block.count(tick)
        self.idle = self.idle + tick.elapsed if self._waiting else 0.0
        if self.limit is not None:
            self.limit.look(tick.elapsed)

    def end(self) -> None:
        """Stop looking; what was seen so far has been noted then."""
        _watchdog.remove(self)


class _Watchdog:
    def __init__(self) -> None:
        self._watches: list[Watch] = []
        self._guard = _new_lock()
        self._round = _new_lock()
        self._fork_warning = ForkWarning()
        self._reset()

    def _reset(self) -> None:
        self._alarm = _new_lock()  # held while the thread sleeps: released to wake it
        self._alarm.acquire()
        self._native_id: int | None = None
        self._running = False
        self._parked = False
        self._woken = 0.0
        self._due = _NEVER

    def add(self, watch: Watch) -> None:
        if watch.began > self._due:
            self._give_way(watch.began)
        self._watches.append(watch)
        if self._parked or not self._running:
            with self._guard:
                if not self._running:
                    self._begin(watch.began)
                elif self._parked:
                    self._parked = False
                    self._woken = watch.began
                    self._alarm.release()

    def _give_way(self, now: float, sleep: Callable[[float], None] = time.sleep) -> None:
        """Let the thread have the look it is late for.

        It waits for the interpreter's lock, and until it gets that, each call of the
        system, which gives the lock away for a moment too short, costs as much as waking it.
        """
        self._due = now + _SHORTEST
        sleep(_MOMENT)

    def _begin(self, since: float) -> None:
        self._running = True
        started = _new_lock()
        started.acquire()
        _start(self._patrol, (since, started))
        started.acquire(True, 1.0)  # so that it sees even what blocks at once

    def remove(self, watch: Watch) -> None:
        if watch in self._watches:
            with self._round:
                self._watches.remove(watch)
            self._fork_warning.show()

    def _patrol(
        self, last: float, started: _thread.LockType, now: _Clock = time.perf_counter
    ) -> None:
        alarm = self._alarm
        started.release()
        self._native_id = _thread.get_native_id()
        ports.OUR_THREADS.add(_thread.get_ident())
        interval = 0.0  # the first round is now: it may be late already
        idle = 0
        while self._alarm is alarm:
            if idle > _ROUNDS_BEFORE_PARKING and self._park():
                self._due = _NEVER
                alarm.acquire()
                idle, interval, last = 0, 0.0, self._woken
                continue
            self._due = now() + interval
            alarm.acquire(True, interval)
            this = self._look(interval, last, now)
            idle = 0 if self._watches else idle + 1
            last = this
            interval = min([watch.interval for watch in self._watches], default=_LONGEST)
        ports.OUR_THREADS.discard(_thread.get_ident())

    def _look(self, interval: float, last: float, now: _Clock) -> float:
        # A function of its own: while the thread sleeps, it must hold nobody's loop.
        with self._round:
            watches, this = tuple(self._watches), now()
            for watch in watches:  # at once: whatever follows lets the test go on
                watch.see()
            for watch in watches:
                watch.act(Tick(interval, this - max(last, watch.began)))
        return this

    def _park(self) -> bool:
        with self._guard:
            self._parked = not self._watches
            return self._parked

    # -- forks --------------------------------------------------------------

    def leave(self) -> None:
        """End the thread, and wait until the system has forgotten it."""
        native_id, alarm = self._native_id, self._alarm
        self._fork_warning.show()
        if not self._running:
            return
        self._reset()
        alarm.release()
        for _ in range(200):
            if native_id is None or not os.path.exists(f"/proc/self/task/{native_id}"):
                break
            time.sleep(0.0005)

    def come_back(self) -> None:
        """Start again if somebody is to be watched."""
        if self._watches and not self._running:
            self._fork_warning.hide()
            self._begin(self._watches[0].began)

    def forget(self) -> None:
        """Start from nothing, in the child."""
        self._watches.clear()
        ports.OUR_THREADS.clear()
        self._guard = _new_lock()
        self._round = _new_lock()
        self._reset()


_watchdog = _Watchdog()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_watchdog.leave,
        after_in_parent=_watchdog.come_back,
        after_in_child=_watchdog.forget,
    )


def watch(
    loop: AbstractEventLoop,
    *,
    threshold: float | None = None,
    limit: Limit | None = None,
    moments: Any = None,
) -> Watch:
    """Watch the loop of the current thread until the watch is ended.

    With a threshold, in seconds, callbacks that block the loop for longer are
    noted, with the ``moment`` that ``moments`` has at that time. A limit is enforced.
    """
    entry = Watch(loop, threshold, limit, moments)
    _watchdog.add(entry)
    return entry
