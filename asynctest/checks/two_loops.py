"""Locks, events and queues that are used on two event loops."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from .._audit import Origin, user_line
from .._ports import _primitives as ports
from ._check import Check, Finding, Level, StageView


class TwoLoops(Check):
    """A lock, event, semaphore, condition or queue of asyncio used on two loops in one test.

    As long as nobody has to wait this goes unnoticed; then it raises, or a
    waiter is woken on the wrong loop and sleeps on. Python 3.11 does not let
    this be seen.
    """

    name = "two_loops"
    default = Level.WARN
    headline = "locks or queues were used on two event loops:"
    fix = "Make one for each loop; between threads use those of threading and queue"

    def before_test(self, stage: StageView) -> None:
        self._used: dict[int, tuple[Any, Any]] = {}
        self._found: dict[int, Finding] = {}
        if ports.CAN_WATCH_PRIMITIVES:
            stage.defer(ports.watch_primitives(lambda *use: self._note(stage, *use)))

    def _note(self, stage: StageView, thing: Any, loop: Any) -> None:
        # Held until the end of the test, so that no other thing gets the same number.
        _, first = self._used.setdefault(id(thing), (thing, loop))
        if first is not loop and id(thing) not in self._found:
            place = Origin(user_line(sys._getframe(3)), 0).place or stage.place
            fact = f"{type(thing).__name__} used on a second loop"
            self._found[id(thing)] = Finding(fact, place, thing, stage.moment)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        return list(self._found.values())
