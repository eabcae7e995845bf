"""Noticing that one callback keeps the loop from turning.

On a stock loop the handle that runs is seen in the frames of its thread: the
same handle in look after look means that the loop has not turned in between.
A compiled loop shows no handles. There, a callback is sent from outside, and a
loop that runs somebody's code and does not come round to it is blocked.

Time counts only if the test could have used it: not while a module is being
imported, not while a debugger holds the thread, and on a crowded machine no
more than the thread was given. A thread that got no processor time at all is
asleep, which is what blocking looks like.
"""

from __future__ import annotations

import functools
import importlib._bootstrap
import time
import weakref
from asyncio import AbstractEventLoop, Handle
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from .. import _ports as ports
from .._places import Place, is_ours
from .._sites import is_users

__all__ = ["Blocked", "BlockedLoop", "Tick", "place_in"]

_ASLEEP = 0.02  # a thread that used less than this part of the time was not computing
_SHARE = 2  # a busy thread that got less than half a processor is not to blame for all of it
_IMPORTING = importlib._bootstrap.__name__


@dataclass(frozen=True)
class Tick:
    """One round of the watchdog: seconds it wanted to sleep, and those that have passed."""

    interval: float
    elapsed: float


@dataclass
class Blocked:
    """One callback that kept a loop from turning: for how long, and where it was."""

    seconds: float
    place: Place | None
    call: str
    moment: int


def place_in(frame: FrameType | None) -> tuple[Place | None, str]:
    """Find the innermost line of the user's, and the function it called, if that shows."""
    inner = ""
    inside = True  # of the callback; beyond it are only the loop and who runs it
    for each in ports.frames(frame):
        code = each.f_code
        if is_ours(code):
            break  # what lies beyond is the runner
        if is_users(code.co_filename):
            return Place(code.co_filename, each.f_lineno, code.co_qualname), inner
        inside = inside and not ports.runs_handle(each)
        if inside:
            inner = f"{each.f_globals.get('__name__', '?')}.{code.co_qualname}"
    return None, inner


class BlockedLoop:
    """Measures how long the loop of one thread stands still."""

    def __init__(
        self,
        loop: AbstractEventLoop,
        thread: int,
        threshold: float,
        moments: Any = None,
        cpu: float = 0.0,
    ) -> None:
        self.threshold = threshold
        self.found: list[Blocked] = []
        self._loop = loop
        self._moments = moments
        self._shows_handles = ports.shows_handles(loop)
        self._handle: weakref.ref[Handle] | None = None
        self._ping: _Ping | None = None
        self._seconds = 0.0
        self._current: Blocked | None = None
        self._cpu_time = _cpu_clock(thread)
        self._cpu = cpu
        self._used = 0.0
        self._same = False
        self._where: tuple[Place | None, str] | None = None

    def see(self, frame: FrameType | None) -> None:
        """Take in what the thread is doing, without keeping its frames alive."""
        self._used = -self._cpu + (now := self._cpu_time())
        self._cpu = now
        running, same = self._by_handle(frame) if self._shows_handles else self._by_turn(frame)
        self._same = same
        self._where = place_in(frame) if running else None

    def count(self, tick: Tick) -> None:
        """Count the time that has passed since the last look."""
        if not self._same:
            self._seconds, self._current = 0.0, None
        if self._where is None:
            return
        held = min(tick.elapsed, self._used) - tick.interval
        if held >= self.threshold:
            # One call into compiled code held the interpreter all that time.
            self._seconds += held
        elif self._same:
            self._seconds += _fair(tick, self._used)
        if self._seconds >= self.threshold:
            self._note(*self._where)

    def _note(self, place: Place | None, call: str) -> None:
        if self._current is None:
            self._current = Blocked(self._seconds, place, call, getattr(self._moments, "moment", 0))
            self.found.append(self._current)
        self._current.seconds = self._seconds

    def _by_handle(self, frame: FrameType | None) -> tuple[bool, bool]:
        """Say whether a callback is running, and whether it is the one of the last look."""
        handle = ports.running_handle(frame)
        if handle is None or _is_importing(frame):
            self._handle = None
            return False, False
        before = self._handle() if self._handle is not None else None
        self._handle = weakref.ref(handle)
        return True, before is handle

    def _by_turn(self, frame: FrameType | None) -> tuple[bool, bool]:
        """Say the same of a loop that shows no handles."""
        if not _is_below_runner(frame) or not self._loop.is_running() or _is_importing(frame):
            self._ping = None
            return False, False
        same = self._ping is not None and not self._ping.answered
        if not same:
            self._ping = _Ping(self._loop)
        return True, same


def _is_below_runner(frame: FrameType | None) -> bool:
    """Say whether somebody else's code is being run by the call that runs a test's loop."""
    if frame is None or is_ours(frame.f_code):
        return False
    return any(
        each.f_code.co_qualname == "Caller.run" and is_ours(each.f_code)
        for each in ports.frames(frame)
    )


class _Ping:
    """A callback sent from outside; a loop that turns answers it."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        self.answered = False
        try:
            loop.call_soon_threadsafe(self._answer)
        except RuntimeError:  # closed in the meantime
            self.answered = True

    def _answer(self) -> None:
        self.answered = True


def _is_importing(frame: FrameType | None) -> bool:
    return any(each.f_globals.get("__name__") == _IMPORTING for each in ports.frames(frame))


def _fair(tick: Tick, used: float) -> float:
    """Count elapsed time, but not what other processes took from a busy thread."""
    if used < tick.elapsed * _ASLEEP:
        return min(tick.elapsed, 2 * tick.interval)
    return min(tick.elapsed, used * _SHARE)


@functools.lru_cache(maxsize=8)
def _cpu_clock(thread: int) -> Callable[[], float]:
    """Make a function that reads the processor time of a thread; 0 where unknown."""
    make = getattr(time, "pthread_getcpuclockid", None)
    if make is None:
        return lambda: 0.0
    number, read = make(thread), time.clock_gettime

    def cpu_time() -> float:
        try:
            return read(number)
        except OSError:  # the thread has ended
            return 0.0

    return cpu_time
