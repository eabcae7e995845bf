"""Tasks that vanished before they were done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._ports import _left as ports
from ._check import Check, Finding, Level, StageView


class CollectedTasks(Check):
    """Tasks that were garbage-collected while they were pending.

    The loop holds tasks weakly. One that waits for something that nobody else
    holds disappears in the middle of its work, whenever the collector runs.
    """

    name = "collected_tasks"
    default = Level.WARN
    headline = "tasks were collected before they were done:"
    fix = "Keep a reference to the task until it is done, or use a TaskGroup"

    def on_loop_exception(
        self, stage: StageView, context: dict[str, Any]
    ) -> Iterable[Finding] | None:
        task = context.get("task")
        if task is None or "exception" in context or not ports.is_pending(task):
            return None
        # What it ran stands for the task, which is dying right now.
        return [Finding(f"task {task.get_name()!r}", stage.sites.made_at(task), task.get_coro())]
