"""Running the loop from inside itself."""

from __future__ import annotations

from collections.abc import Iterable

from ._check import Check, Finding, Level, StageView
from ._inventory import inventory
from ._notes import anything_noted, notes


class NestedRun(Check):
    """``run_until_complete`` or ``run_forever`` called while the loop was already running.

    asyncio refuses, with a RuntimeError; here it is found even if something
    has caught that, and whatever was to be run has not been.
    """

    name = "nested_run"
    default = Level.WARN
    headline = "the running loop was told to run:"
    fix = "Await the coroutine instead"

    needs = (inventory, notes)
    signs = (anything_noted,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        return [
            Finding(
                "a loop is running in this thread", origin.place or stage.place, None, origin.moment
            )
            for origin in notes(stage).nested
        ]
