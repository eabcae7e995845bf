"""Tasks that vanished before they were done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._listening import listen_to_loop
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

    def before_test(self, stage: StageView) -> None:
        self._found: list[Finding] = []

        def tell(context: dict[str, Any]) -> None:
            task = context.get("task")
            if task is not None and "exception" not in context and ports.is_pending(task):
                place = stage.sites.made_at(task)
                self._found.append(
                    Finding(f"task {task.get_name()!r}", place, task.get_coro(), stage.moment)
                )

        stage.defer(listen_to_loop(stage.loop, tell))

    def after_close(self, stage: StageView) -> Iterable[Finding]:
        return self._found
