"""Tasks left running."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from .._ports import _left as ports
from .._stuck import whereabouts
from ._check import Check, Finding, Level, StageView
from ._inventory import anything_left, inventory


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

    needs = (inventory,)
    signs = (anything_left,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        left = inventory(stage).take()
        found = [_finding(stage, task, "never began") for task in left.unborn]
        if left.pending:
            for task in sorted(asyncio.all_tasks(stage.loop), key=asyncio.Task.get_name):
                known = task in left.tasks or task in left.unborn
                if not (known or task.cancelling() or ports.closes_generator(task)):
                    found.append(_finding(stage, task, whereabouts(task)))
        return found


def _finding(stage: StageView, task: asyncio.Task[Any], how: str) -> Finding:
    return Finding(f"task {task.get_name()!r} {how}", stage.sites.made_at(task), task)
