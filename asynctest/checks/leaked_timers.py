"""Timers left waiting, after the clean-ups."""

from __future__ import annotations

from asyncio import TimerHandle
from collections.abc import Iterable
from typing import Any

from .. import _ports as ports
from .._ports import _left
from ._check import Check, Finding, Level, Skipped, StageView
from ._inventory import inventory

_ASYNCIOS = ("asyncio", "asynctest", "uvloop")


class LeakedTimers(Check):
    """Timers of ``call_later`` or ``call_at`` that would have fired after the test.

    Unlike ``active_handles`` this looks after the clean-ups, and leaves out what
    asyncio itself set: a task that sleeps is a matter for ``leaked_tasks``.
    """

    name = "leaked_timers"
    default = Level.WARN
    headline = "timers were still waiting at the end:"
    fix = "Keep what call_later returns and cancel() it, in the test or in a clean-up"

    def before_test(self, stage: StageView) -> None:
        timers = ports.pending_timers(stage.loop)
        if timers is None or not ports.is_complete(stage.loop):
            raise Skipped("this loop does not show its timers")
        self._before = set(map(id, timers))
        self._inventory = inventory(stage)
        for method in ("call_at", "call_later"):
            stage.defer(stage.sites.note_results(stage.loop, method))

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        self._inventory.take()
        for timer in ports.pending_timers(stage.loop) or ():
            callback = ports.callback_of(timer)
            if id(timer) not in self._before and not _is_asyncios(stage, callback):
                yield _finding(stage, timer, callback)


def _is_asyncios(stage: StageView, callback: Any) -> bool:
    if callback is None or _left.runs_itself(stage.loop, callback):
        return True
    owner = getattr(callback, "__self__", None)
    module = getattr(callback if owner is None else type(owner), "__module__", None) or ""
    return module.partition(".")[0] in _ASYNCIOS


def _finding(stage: StageView, timer: TimerHandle, callback: Any) -> Finding:
    due = max(timer.when() - stage.loop.time(), 0)
    fact = f"{ports.name_of(callback)} due in {due:.3g} s"
    return Finding(fact, stage.sites.made_at(timer) or stage.sites.made_at(callback), callback)
