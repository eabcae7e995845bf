"""Tasks and futures that failed unnoticed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from .. import _ports as ports
from .._listening import listen_to_loop
from .._sites import raised_at
from ._check import Check, Finding, Level, StageView
from ._exceptions import summary


class LostExceptions(Check):
    """Exceptions of tasks and futures that nobody has asked for.

    asyncio logs such an exception when the task is collected: late, in another
    test, or never if somebody still holds the task. Here it is found at the
    end of the test in both cases. Awaiting, ``result()`` and ``exception()``
    count as asking.
    """

    name = "lost_exceptions"
    default = Level.WARN
    fix = "Await the task, or look at its exception()"

    def before_test(self, stage: StageView) -> None:
        self._found: dict[int, Finding] = {}

        def tell(context: dict[str, Any]) -> None:
            exc = context.get("exception")
            future = context.get("future") or context.get("task")
            if exc is not None and future is not None:
                self._add(stage, future, exc, stage.moment)

        stage.defer(listen_to_loop(stage.loop, tell))

    def after_close(self, stage: StageView) -> Iterable[Finding]:
        for thing in stage.heap.made():
            if isinstance(thing, asyncio.Future) and ports.has_unseen_exception(thing):
                exc = thing.exception()  # from now on somebody has asked for it
                if exc is not None:
                    self._add(stage, thing, exc, None)
        return list(self._found.values())

    def _add(self, stage: StageView, future: Any, exc: BaseException, moment: int | None) -> None:
        if isinstance(future, asyncio.Task):
            what, started = f"task {future.get_name()!r}", stage.sites.made_at(future)
        else:
            what, started = "a future", None
        place = raised_at(exc) or started
        since = f" (started at {started})" if started and started != place else ""
        fact = f"{what}{since} failed with {summary(exc)}, and nobody asked for it"
        # By exception: a task and those that pass its outcome on are one fault. The
        # exception stands for the task, which may be dying right now.
        self._found.setdefault(id(exc), Finding(fact, place, exc, moment))
