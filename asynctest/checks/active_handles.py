"""Timers left waiting."""

from __future__ import annotations

from collections.abc import Iterable

from .. import _ports as ports
from ._check import Check, Finding, Level, Skipped, StageView


class ActiveHandles(Check):
    """Timers still waiting when the test is over.

    A pending timer usually means that something was started and never
    stopped. Cancelled timers do not count, nor do callbacks that are ready.
    """

    name = "active_handles"
    default = Level.OFF
    headline = "Loop contained unfinished work:"
    fix = "Cancel the timer, or wait for it, before the end of tear-down"
    prompt = True

    def after_test(self, stage: StageView) -> Iterable[Finding]:
        timers = ports.pending_timers(stage.loop)
        if timers is None:
            raise Skipped("this loop does not show its timers")
        for timer in timers:
            yield Finding(repr(timer))
