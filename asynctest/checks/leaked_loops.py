"""Event loops left open."""

from __future__ import annotations

from collections.abc import Iterable

from ._check import Check, Finding, Level, StageView
from ._inventory import anything_left, inventory


class LeakedLoops(Check):
    """Event loops that the test made besides its own and did not close.

    ``asyncio.run`` and ``asyncio.Runner`` close theirs.
    """

    name = "leaked_loops"
    default = Level.WARN
    headline = "event loops were not closed:"
    fix = "Use asyncio.run() or asyncio.Runner, or call loop.close()"

    needs = (inventory,)
    signs = (anything_left,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        for loop in inventory(stage).take().loops:
            origin = inventory(stage).origin_of_loop(loop)
            state = "still running" if loop.is_running() else "not running"
            place = (origin.place if origin else None) or stage.place
            moment = origin.moment if origin else None
            yield Finding(f"{type(loop).__name__}, {state}", place, loop, moment)
