"""Locks, events and queues that are used on two event loops."""

from __future__ import annotations

import functools
import sys
import weakref
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
        self._used: dict[int, tuple[weakref.ref[Any], weakref.ref[Any]]] = {}
        self._found: dict[int, Finding] = {}
        if ports.CAN_WATCH_PRIMITIVES:
            stage.defer(ports.watch_primitives(functools.partial(self._note, stage)))

    def _note(self, stage: StageView, thing: Any, loop: Any) -> None:
        known = self._used.get(id(thing))
        if known is None or known[0]() is not thing:
            # Weakly: what the test drops must die when it would have died anyway.
            self._used[id(thing)] = (weakref.ref(thing), weakref.ref(loop))
        elif known[1]() is not loop and id(thing) not in self._found:
            place = Origin(user_line(sys._getframe(2)), 0).place or stage.place
            fact = f"{type(thing).__name__} used on a second loop"
            self._found[id(thing)] = Finding(fact, place, type(thing), stage.moment)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        return list(self._found.values())
