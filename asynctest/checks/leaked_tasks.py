"""Tasks left running."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from .._stuck import whereabouts
from ._check import Check, Finding, Level, StageView
from ._inventory import inventory


class LeakedTasks(Check):
    """Tasks that were still running when the test was over.

    They are cancelled now, in the middle of whatever they do; in production
    nobody would cancel them. What ``gather`` leaves behind when one of its tasks
    fails counts, and so does a task that never began. A task that has been
    cancelled and needs a moment to end does not.
    """

    name = "leaked_tasks"
    default = Level.WARN
    headline = "tasks were still running at the end:"
    fix = "Await them, or cancel and await them, in the test or in a clean-up; or use a TaskGroup"

    def before_test(self, stage: StageView) -> None:
        self._before = asyncio.all_tasks(stage.loop)
        self._inventory = inventory(stage)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        unborn = self._inventory.take().unborn
        for task in unborn:
            yield self._finding(stage, task, "never began")
        left = asyncio.all_tasks(stage.loop) - self._before - set(unborn)
        for task in sorted(left, key=asyncio.Task.get_name):
            if not task.cancelling():
                yield self._finding(stage, task, whereabouts(task))

    def _finding(self, stage: StageView, task: asyncio.Task[Any], how: str) -> Finding:
        return Finding(f"task {task.get_name()!r} {how}", stage.sites.made_at(task), task)
