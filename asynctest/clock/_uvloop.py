"""Virtual time for uvloop.

uvloop waits in C, where nothing can be put in between; but its class can be
subclassed, and asyncio's own sleeps and timeouts call the overridden ``time``,
``call_later`` and ``call_at``. So the timers live in a heap of ours. Whether
the loop is idle is found out by a probe: a callback that arms itself again,
and with which the loop polls without waiting. If for three rounds nobody else
armed anything, and libuv's own poll shows no event, there was nothing to do and
nothing to receive. (An event may take a round on its way through uvloop, in
which nobody sees it.)

Timers inside uvloop's C code, those of TLS handshakes, stay real.
"""

from __future__ import annotations

import asyncio
import contextvars
import heapq
import itertools
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from .._errors import LoopNotSupported, say
from .._ports import _time_uvloop as ports
from .._ports._time_loop import NUMBER_BITS, OrderedTimer, make_timer
from ._fast_lane import make_fast_lane
from ._line import Line
from ._moments import FAR, to_ns
from ._options import Options
from ._pilot import JUMP, Pilot
from ._real import real_time

__unittest = True  # unittest leaves our frames out of tracebacks

__all__ = ["UvloopSeam", "is_uvloop"]

_QUIET_ROUNDS = 3
_WAITS_INSIDE = (
    "create_connection",
    "create_datagram_endpoint",
    "create_server",
    "create_unix_connection",
    "getaddrinfo",
    "getnameinfo",
)
"""What looks up names, or connects, without telling the loop in Python."""


def is_uvloop(loop: object) -> bool:
    return any(base.__module__.partition(".")[0] == "uvloop" for base in type(loop).__mro__)


class _Insides:
    """A heap of timers; cancelled ones are dropped when they come to its top."""

    def __init__(self, loop: Any, descriptors: ports.Descriptors) -> None:
        self.heap: list[OrderedTimer] = []
        self._descriptors = descriptors
        self.events = _Events(ports.make_event_check(loop))

    def next_ns(self) -> int:
        while self.heap and self.heap[0].cancelled():
            heapq.heappop(self.heap)
        return self.heap[0].key >> NUMBER_BITS if self.heap else FAR

    def all(self) -> list[Any]:
        return sorted(timer for timer in self.heap if not timer.cancelled())

    def ready(self) -> Collection[Any]:
        return self.events

    def watched(self) -> Mapping[int, Any]:
        return self._descriptors

    def shows_all(self) -> bool:
        return True


class _Events(Collection[Any]):
    """What waits for libuv to take it: true if there is any, though not to be listed."""

    def __init__(self, is_any: Callable[[], bool]) -> None:
        self._is_any = is_any

    def __bool__(self) -> bool:
        return self._is_any()

    def __len__(self) -> int:
        return int(self._is_any())

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __contains__(self, thing: object) -> bool:
        return False


class UvloopSeam:
    """Replaces an unused uvloop by a clocked one of the same class."""

    def __init__(self, options: Options, line: Line, loop: Any, replace: bool) -> None:
        if not replace:
            raise LoopNotSupported(
                say(
                    "the time of a uvloop that is already in use cannot be controlled.",
                    (),
                    "Let the test make its loop: loop_factory = uvloop.new_event_loop.",
                )
            )
        self.loop = _clocked_class(type(loop))()
        self.loop._signal_handlers = {}  # uvloop's own is out of sight
        descriptors = ports.Descriptors(self.loop)
        insides = _Insides(self.loop, descriptors)
        self.pilot = Pilot(options, line, self.loop, insides)
        self.loop._set_up(line, self.pilot, insides)
        self.loop.time = line.time
        self.loop.set_debug(loop.get_debug())
        for name, wrapper in self.pilot.wrappers(_WAITS_INSIDE).items():
            setattr(self.loop, name, wrapper)
        descriptors.start_when_used()
        loop.close()

    def take_off(self) -> None:
        """The loop is ours and ends with its clock."""


def _clocked_class(base: type) -> type[Any]:
    return type(f"Clocked{base.__name__}", (_Clocked, base), {"__module__": base.__module__})


class _Clocked:
    """What is overridden of uvloop's class; the rest is found behind it."""

    _line: Line
    _insides: _Insides
    _pilot: Pilot
    _signal_handlers: dict[int, Any]
    _is_set_up = False
    _is_alone = False
    _may_jump = False
    _run = 0
    _armed = 0
    _seen = 0
    _quiet = 0
    _error: BaseException | None = None

    def _set_up(self, line: Line, pilot: Pilot, insides: _Insides) -> None:
        self._line = line
        self._insides = insides
        self._number = itertools.count().__next__
        self._jump_if_quiet = make_fast_lane(pilot)
        self._pilot = pilot
        self._is_set_up = True

    def time(self) -> float:
        return self._line.now

    def call_soon(
        self,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        self._armed += 1
        handle: asyncio.Handle = super().call_soon(callback, *args, context=context)  # type: ignore[misc]
        return handle

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self._line.now + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        timer = make_timer(self, to_ns(when), self._number(), when, callback, args, context)
        heapq.heappush(self._insides.heap, timer)
        return timer

    def run_forever(self) -> None:
        self._error = None
        self._quiet = 0
        self._run += 1
        if self._is_set_up:
            ports.arm(self, self._probe, self._run)
        super().run_forever()  # type: ignore[misc]
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def add_signal_handler(self, number: int, callback: Callable[..., Any], *args: Any) -> None:
        super().add_signal_handler(number, callback, *args)  # type: ignore[misc]
        self._signal_handlers[number] = callback

    def remove_signal_handler(self, number: int) -> bool:
        self._signal_handlers.pop(number, None)
        removed: bool = super().remove_signal_handler(number)  # type: ignore[misc]
        return removed

    def stop(self) -> None:
        self._run += 1  # the probe of this run is over, whatever is still to come
        super().stop()  # type: ignore[misc]

    def _timer_handle_cancelled(self, handle: object) -> None:
        """Called by the timers; a cancelled one is dropped when it comes to the top."""

    # The probe.

    def _probe(self, run: int) -> None:
        if run != self._run:
            return
        try:
            pause = self._look()
        except BaseException as error:  # noqa: BLE001  # raised again by run_forever
            self._error = error
            self.stop()
            return
        if pause:
            ports.arm_later(self, pause, self._after_pause, run, real_time())
        else:
            ports.arm(self, self._probe, run)

    def _look(self) -> float:
        """One round: fire what is due; if nothing stirs, ask the pilot what to do."""
        pilot = self._pilot
        pilot.turns += 1
        stirred, self._seen = self._armed != self._seen, self._armed
        # What a thread left before it ended has run by the next round, not by this one.
        was_alone, self._is_alone = self._is_alone, not ports.count_threads()
        if self._fire_due() or stirred:
            self._quiet = 0
            self._may_jump = False
            if pilot.turns > pilot.bound:
                pilot.too_many_turns()
            return 0.0
        if was_alone and self._jump_if_quiet():
            self._fire_due()
            return 0.0
        self._quiet += 1
        if self._quiet < _QUIET_ROUNDS:
            return 0.0
        self._quiet = 0
        pause = 0.0 if self._insides.events else pilot.idle()
        # The last thing in flight may have come in during these rounds, and be on its
        # way still: time jumps after as many more with nothing in flight from the start.
        may_jump, self._may_jump = self._may_jump, pause == JUMP
        if pause != JUMP:
            return pause
        if may_jump and not self._insides.events:
            pilot.take_jump()
            self._fire_due()
        return 0.0

    def _after_pause(self, run: int, since: float) -> None:
        if run == self._run:
            self._pilot.waited(real_time() - since, self._armed != self._seen)
            self._probe(run)

    def _fire_due(self) -> bool:
        """Hand every timer that is due to the loop, in order."""
        fired = False
        while self._insides.next_ns() <= self._line.ns:
            timer = heapq.heappop(self._insides.heap)
            ports.run_timer(self, timer)
            fired = True
        return fired
