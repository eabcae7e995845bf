"""The loop did not run."""

from __future__ import annotations

from collections.abc import Iterable

from ._check import Check, Finding, Level, StageView


class UnusedLoop(Check):
    """The event loop did not run between the end of set-up and of tear-down.

    Such a test is synchronous, or it forgot to await what it meant to test.
    """

    name = "unused_loop"
    default = Level.OFF
    fix = "Make the test async def, or let it run the loop; a sync test may inherit from unittest"
    prompt = True

    reached = False

    def after_set_up(self, stage: StageView) -> None:
        # A callback left here runs as soon as anybody runs the loop, however
        # that is done. It is the only way that works on every kind of loop.
        self.reached = False
        self._marker = stage.loop.call_soon(self._reach)

    def _reach(self) -> None:
        self.reached = True

    def after_test(self, stage: StageView) -> Iterable[Finding]:
        self._marker.cancel()
        if not self.reached:
            yield Finding("Loop did not run during the test")
