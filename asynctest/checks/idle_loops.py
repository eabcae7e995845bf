"""Work given to a loop that does not run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from .._ports import _left as ports
from .._stuck import whereabouts
from ._check import Check, Finding, Level, StageView
from ._inventory import Inventory, anything_left, inventory


class IdleLoops(Check):
    """Tasks and callbacks on an event loop other than the test's that nobody runs any more.

    They never ran, or stopped half-way when the loop was left.
    """

    name = "idle_loops"
    default = Level.WARN
    headline = "work was left on an event loop that does not run:"
    fix = "Run it on the loop of the test, or give it a loop of its own with asyncio.run()"

    needs = (inventory,)
    signs = (anything_left,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        left = inventory(stage).take()
        return self._look(stage, left) if left.loops or left.made.loops else ()

    def _look(self, stage: StageView, left: Inventory) -> Iterable[Finding]:
        for thing in stage.heap.made(asyncio.Task):
            if thing.done() or thing in left.unborn:
                continue
            loop = thing.get_loop()
            if loop is not stage.loop and not loop.is_running():
                how = "never began" if ports.is_unborn(thing) else whereabouts(thing)
                fact = f"task {thing.get_name()!r} {how}"
                yield Finding(fact, stage.sites.made_at(thing), thing)
        for loop in left.loops:
            if ports.has_ready(loop) and not asyncio.all_tasks(loop) and not loop.is_running():
                origin = left.origin_of_loop(loop)
                place = (origin.place if origin else None) or stage.place
                yield Finding("callbacks of a loop that was made", place, loop)
