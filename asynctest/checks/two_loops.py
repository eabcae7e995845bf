"""Locks, events and queues that are used on two event loops."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterable
from typing import Any

from .._audit import Origin, user_line
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

    def __init__(self) -> None:
        self._used: dict[int, tuple[weakref.ref[Any], weakref.ref[Any]]] = {}
        self._found: set[int] = set()

    def on_primitive(self, stage: StageView, thing: Any, loop: Any) -> Iterable[Finding]:
        known = self._used.get(id(thing))
        if known is None or known[0]() is not thing:
            # Weakly: what the test drops must die when it would have died anyway.
            self._used[id(thing)] = (weakref.ref(thing), weakref.ref(loop))
            self._found.discard(id(thing))
        elif known[1]() is not loop and id(thing) not in self._found:
            self._found.add(id(thing))
            place = Origin(user_line(sys._getframe(1)), 0).place or stage.place
            return [Finding(f"{type(thing).__name__} used on a second loop", place, type(thing))]
        return ()
