"""Running the loop from inside itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from .._audit import Origin, user_line
from .._ports import _left as ports
from ._check import Check, Finding, Level, StageView


class NestedRun(Check):
    """``run_until_complete`` or ``run_forever`` called while the loop was already running.

    asyncio refuses, with a RuntimeError; here it is found even if something
    has caught that, and whatever was to be run has not been.
    """

    name = "nested_run"
    default = Level.WARN
    headline = "the running loop was told to run:"
    fix = "Await the coroutine instead"

    def before_test(self, stage: StageView) -> None:
        self._found: list[Finding] = []

        def replace(usual: Callable[[], Any]) -> Callable[[], Any]:
            def check_running() -> Any:
                if ports.running_loop() is not None:
                    place = Origin(user_line(sys._getframe(1)), 0).place
                    fact = "a loop is running in this thread already"
                    self._found.append(Finding(fact, place or stage.place, None, stage.moment))
                return usual()

            return check_running

        ports.watch_runs(stage.loop, replace, stage.defer)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        return self._found
