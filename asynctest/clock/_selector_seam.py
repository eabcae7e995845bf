"""Puts a pilot into a loop that asks a selector: stock loops, proactors, and what builds on them.

Everything is an attribute of that one loop object, or of its selector, and is
taken off again: no class and no module is touched.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping
from typing import Any

from .._ports import _time_loop as ports
from ._fast_lane import make_fast_lane
from ._line import Line
from ._moments import FAR, to_ns
from ._pilot import JUMP, Pilot
from ._real import real_time

__unittest = True  # unittest leaves our frames out of tracebacks

__all__ = ["SelectorInsides", "SelectorSeam", "pilot_of", "put_select_on"]


class SelectorInsides:
    """Timers in a heap of the loop's own, descriptors in its selector."""

    def __init__(self, loop: Any) -> None:
        self._loop = loop

    def next_ns(self) -> int:
        heap = ports.heap(self._loop)
        if not heap:
            return FAR
        try:
            ns: int = heap[0].key >> ports.NUMBER_BITS
        except AttributeError:  # a plain timer, set before the clock came
            ns = to_ns(heap[0].when())
        return ns

    def all(self) -> list[Any]:
        return ports.timers(self._loop)

    def ready(self) -> Collection[Any]:
        return ports.ready(self._loop)

    def watched(self) -> Mapping[int, Any] | None:
        return ports.watched(ports.innermost_selector(self._loop))

    def shows_all(self) -> bool:
        """True if all that is watched shows without a poll; a proactor may put it off."""
        return hasattr(ports.selector(self._loop), "get_map")


class SelectorSeam:
    """Wraps one loop's ``time``, ``call_at`` and its selector's ``select``."""

    def __init__(self, loop: Any, line: Line, pilot: Pilot) -> None:
        self._loop = loop
        self._line = line
        self._pilot = pilot
        self._undo: list[Callable[[], object]] = []

    def put_on(self) -> None:
        real_now = self._loop.time()
        resolution = ports.set_resolution(self._loop, 1e-9)
        self._undo.append(lambda: ports.set_resolution(self._loop, resolution))
        self._line.keep_step(lambda seconds: ports.set_resolution(self._loop, seconds))
        ports.shift_timers(self._loop, self._line.now - real_now)
        for name, wrapper in self._pilot.wrappers().items():
            self._replace(name, wrapper)
        number = itertools.count().__next__
        for name, call in ports.timer_calls(self._loop, self._line, to_ns, number).items():
            self._replace(name, call)
        self._replace("time", self._line.time)
        self._undo.append(put_select_on(self._loop, self._pilot))

    def take_off(self) -> None:
        """Give the loop its own clock back; its timers keep the time they have left."""
        virtual_now = self._line.now
        while self._undo:
            self._undo.pop()()
        ports.shift_timers(self._loop, self._loop.time() - virtual_now)

    def _replace(self, name: str, value: object) -> None:
        self._undo.append(_replace(self._loop, name, value))


def _replace(owner: Any, name: str, value: object) -> Callable[[], object]:
    """Set an attribute of one object, and return how to undo it."""
    own = vars(owner)
    if name not in own:
        setattr(owner, name, value)
        return lambda: delattr(owner, name)
    had = own[name]
    setattr(owner, name, value)
    return lambda: setattr(owner, name, had)


def put_select_on(loop: Any, pilot: Pilot) -> Callable[[], object]:
    """Let a pilot decide when a loop's selector waits; returns how to undo it."""
    selector = ports.selector(loop)
    select = _make_select(selector.select, pilot)
    select.pilot = pilot  # type: ignore[attr-defined]
    return _replace(selector, "select", select)


def pilot_of(loop: Any) -> Pilot | None:
    """The pilot that decides for a loop's selector, if there is one."""
    select = getattr(ports.selector(loop), "select", None)
    pilot: Pilot | None = getattr(select, "pilot", None)
    return pilot


def _make_select(poll: ports.Select, pilot: Pilot) -> ports.Select:
    """A ``select`` that never waits unless the pilot says so.

    This runs once per pass of the loop: every name is local on purpose. Where
    nobody is left who could have made anything ready, the poll is saved too.
    """
    jump_if_quiet = make_fast_lane(pilot)

    def select(timeout: float | None = None) -> list[Any] | None:
        pilot.turns += 1
        may_wait = timeout is None or timeout > 0
        if may_wait and jump_if_quiet():
            return []
        events = poll(0)
        if events:
            pilot.stirred()
        elif may_wait:
            return idle()
        elif pilot.turns > pilot.bound:
            pilot.too_many_turns()
        return events

    def idle() -> list[Any] | None:
        pause = pilot.idle()
        if pause == JUMP:
            return look_again()
        if not pause:
            return []
        before = real_time()
        events = poll(pause)
        pilot.waited(real_time() - before, bool(events))
        return events

    def look_again() -> list[Any] | None:
        events = poll(0)
        if events:
            pilot.stirred()
        else:
            pilot.take_jump()
        return events

    return select
