"""What an idle loop does next: go on, wait for something real, or let time jump.

A loop is idle when no callback is ready and a poll found no event. Then, in
this order:

1. bytes between two of its own sockets, or a result on its way back from an
   executor: hold still for a moment, they arrive within it;
2. whoever waits for the present moment (``settle()``, ``advance(0)``) goes on;
3. moved by hand, an ``advance()`` is a command: time jumps;
4. something real is in flight: **time stands still for ``patience`` real
   seconds, then follows real time**, from timer to timer, and never runs
   faster, for as long as that lasts. So a quick job takes no virtual time, a
   long one cannot be outrun by a timeout, and nothing hangs that would not
   hang in production;
5. nothing is: time jumps to the next timer, or the loop is stuck for ever.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ._goals import Alarm, Goal
from ._jobs import Jobs
from ._line import Line
from ._moments import FAR, to_ns
from ._options import Options
from ._peers import Peers
from ._real import real_time
from ._threads import Bystanders
from ._wakers import Waker
from ._words import gave_up, outside, ran_away, restless, stuck

__unittest = True  # unittest leaves our frames out of tracebacks

__all__ = ["JUMP", "Insides", "Pilot"]


_SHORTEST = 0.0002
_RECHECK = 0.05
_LONGEST_TRANSIT = 1.0
_NEVER = float("inf")

JUMP = -1.0
"""What `Pilot.idle` answers when nothing is left to wait for."""


class Insides(Protocol):
    """What a pilot looks up in a loop, wherever that keeps it."""

    def next_ns(self) -> int: ...

    def all(self) -> list[Any]: ...

    def ready(self) -> Collection[Any]: ...

    def watched(self) -> Mapping[int, Any] | None: ...

    def shows_all(self) -> bool: ...


@dataclass(slots=True)
class _Wait:
    """One stretch of real time in which something is in flight."""

    still_until: float
    silent_since: float
    slice: float = _SHORTEST


class Pilot:
    """Steers one loop through time."""

    def __init__(self, options: Options, line: Line, loop: Any, insides: Insides) -> None:
        self.line = line
        self.jobs = Jobs(loop)
        self.bystanders = Bystanders(self.jobs.child_pids)
        self.peers = Peers(
            loop, insides.watched(), self.bystanders.are_alone, self.jobs.child_pipes
        )
        self.goals: list[Goal] = []
        self.alarms: list[Alarm] = []
        self.given_up: list[Waker] = []
        self.turns = 0
        self.bound = options.limit
        self.take_off: Callable[[], object] = _nothing
        self.is_winding_down = self._is_bounded = False
        self.jumps = 0
        self._options = options
        self.limit = options.limit
        self.jump_limit = 4 * options.limit
        self.is_auto = options.mode == "auto"
        self._loop = loop
        self.insides = insides
        self.wait: _Wait | None = None
        self._transit: _Wait | None = None

    # Called on every pass of the loop.

    def stirred(self) -> None:
        """An event came in from outside of the loop's own callbacks."""
        self.jumps = 0
        self.set_bound()
        if self.wait is not None:
            self.wait.silent_since = real_time()

    def set_bound(self) -> None:
        """Allow the full number of passes from here on, or as many as ``settle()`` has left."""
        self.bound = self.turns + self.limit
        for goal in self.goals:
            if goal.last_turn is not None:
                self.bound = min(self.bound, goal.last_turn)

    def too_many_turns(self) -> None:
        """The loop keeps itself busy: an error, unless something real in flight excuses it."""
        late = [goal for goal in self.goals if goal.is_late(self.turns)]
        for goal in late:
            self.goals.remove(goal)
            goal.fail(self._ran_away(goal.turns))
        self.set_bound()
        if not late and not self._is_bounded and not self.in_flight():
            raise self._ran_away(self.limit)

    def _ran_away(self, turns: int) -> Exception:
        return ran_away(self._loop, self.line.now, turns, self.insides.ready())

    def idle(self) -> float:
        """Decide what to do: how many real seconds to wait for events, 0 to go on, or `JUMP`.

        Before a jump the caller must look for events once more: what was in
        flight until a moment ago may have come in just before it was counted.
        """
        watching = self.peers.any()
        pause = self._hold_for_transit(watching)
        if pause:
            return pause
        if self.goals and self._reach_goals():
            return 0.0
        if self.is_auto or not self.goals:
            found = self._in_flight(watching)
            if found:
                return self._follow(found)
        if self._is_bounded and self._next_target() >= FAR:
            return _RECHECK
        return JUMP

    def take_jump(self) -> None:
        """Let time jump to the next timer; raise if there is none, or nobody may."""
        self.wait = None
        target = self._next_target()
        if not self.is_auto and not self.goals:
            raise stuck(self._loop, self.line.now, self.insides.all(), is_manual=True)
        if target >= FAR:
            raise stuck(self._loop, self.line.now, (), is_manual=False)
        self.jumps += 1
        if self.jumps > self.jump_limit and not self._is_bounded:
            raise self._restless()
        if self.is_auto or not self._loop.get_debug():
            self._jump(target)
        else:  # inside of a callback: asyncio then logs how long it "took"
            self._loop.call_soon(self._jump, target)

    def wind_down(self, is_bounded: bool) -> None:
        """Let time jump and wait for nothing uncertain; with a bound set by others, for ever."""
        self.is_auto = self.is_winding_down = True
        self._is_bounded = is_bounded
        self.set_bound()

    def waited(self, seconds: float, has_events: bool) -> None:
        """Note how long the loop really waited; time follows once it need not stand still."""
        if has_events:
            self.stirred()
        wait = self.wait
        if wait is None or not self.is_auto or self._transit is not None:
            return
        moved = min(seconds, real_time() - wait.still_until)
        if moved > 0:
            reached = to_ns(self.line.now + moved)
            self._jump(min(reached, self._next_target()))

    def _restless(self) -> Exception:
        self.jumps = 0
        return restless(self._loop, self.line.now, self.jump_limit, self.insides.all())

    def wrappers(self, more: Iterable[str] = ()) -> dict[str, Callable[..., Any]]:
        """Replacements for methods of the loop, by name; ``more`` wait unseen in their loop."""
        return {**self.peers.wrappers(), **self.jobs.wrappers(more)}

    # What can still happen.

    def in_flight(self) -> list[Waker]:
        """Everything outside of the loop that can still wake it."""
        return self._in_flight(self.peers.any())

    def _in_flight(self, watching: bool) -> list[Waker]:
        certain = self.jobs.in_flight()
        if self.is_winding_down or self._options.external == "ignore":
            return certain
        found = certain + self.bystanders.in_flight()
        return found + self.peers.outside() if watching else found

    def _hold_for_transit(self, watching: bool) -> float:
        if not ((watching and self.peers.in_transit()) or self.jobs.has_undelivered()):
            self._transit = None
            return 0.0
        now = real_time()
        if self._transit is None:
            self._transit = _Wait(now + _LONGEST_TRANSIT, now)
        if now >= self._transit.still_until:
            return 0.0
        return _slice(self._transit)

    def _follow(self, found: list[Waker]) -> float:
        now = real_time()
        wait = self.wait
        if wait is None:
            wait = self.wait = _Wait(now + self._options.patience, now)
        pause = self._ring(now)
        if pause <= 0:
            return 0.0
        if now < wait.still_until:
            return min(pause, _slice(wait))
        if self._options.external == "error" and not all(each.certain for each in found):
            raise outside(each for each in found if not each.certain)
        if self._give_up(found, now - wait.silent_since):
            return _SHORTEST
        return min(pause, _RECHECK, self._until_next())

    def _give_up(self, found: list[Waker], silent: float) -> bool:
        """Stop waiting for threads and strange children that never stir."""
        if silent < self._options.grace or not all(
            each.thread is not None or each.child for each in found
        ):
            return False
        for each in found:
            self.bystanders.ignore(each)
        self.given_up += found
        warnings.warn(gave_up(found, self._options.grace), stacklevel=2)
        return True

    def _ring(self, now: float) -> float:
        """Wake who sleeps in real time, and return how long until the next of them."""
        for alarm in [each for each in self.alarms if each.target <= now]:
            self.alarms.remove(alarm)
            alarm.reach()
            return 0.0
        return min((each.target - now for each in self.alarms), default=_NEVER)

    # Where time goes.

    def _reach_goals(self) -> bool:
        now = self.line.ns
        reached = [goal for goal in self.goals if goal.target <= now]
        if reached:
            self.goals = [goal for goal in self.goals if goal.target > now]
            self.jumps = 0
        for goal in reached:
            goal.reach()
        return bool(reached)

    def _next_target(self) -> int:
        return min([self.insides.next_ns(), *(goal.target for goal in self.goals)])

    def _until_next(self) -> float:
        if not self.is_auto:
            return _NEVER
        return max((self._next_target() - self.line.ns) * 1e-9, _SHORTEST)

    def _jump(self, target: int) -> None:
        self.line.move(target)
        self.set_bound()


def _nothing() -> None:
    pass


def _slice(wait: _Wait) -> float:
    """A little longer each time: most waits are over at once, few last."""
    pause = wait.slice
    wait.slice = min(2 * pause, 0.01)
    return pause
