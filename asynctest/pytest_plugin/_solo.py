"""The short way of an item without fixtures: all of it happens in the call.

Nothing runs on the loop before the test and nothing after it, and no plain code
comes in between. So there is no task to share, no context to carry over, and
the stage opens and closes in the call.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Callable
from typing import Any

from .._chosen import chosen_checks
from .._stage import Stage
from .._steps import Steps
from ._driver import Driver, end_stage, explained, raise_all

__all__ = ["Solo"]

__tracebackhide__ = True


class Solo(Driver):
    """One item that uses no fixtures but plain ones of wider scopes."""

    _stage: Stage | None = None
    _has_begun = False

    def ready(self) -> None:
        """Open the stage."""
        stage = self.make_stage(chosen_checks(*self.words))
        stage.open()
        self._stage = stage
        stage.set_up()
        self._has_begun = True

    def test(self, function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """Run the test."""
        assert self._stage is not None
        try:
            return self._stage.test(function, **arguments)
        except CancelledError as exc:
            raise explained(exc) from exc.__cause__

    def finish_later(self) -> None:
        """Let tear-down finish."""
        if self._stage is not None:
            self.told = self._stage.outcome
            self.item.addfinalizer(self.finish)

    def finish(self) -> None:
        """Let the checks look, and close."""
        stage, self._stage = self._stage, None
        if stage is not None:
            steps = Steps()
            end_stage(stage, steps, judge_test=self._has_begun)
            raise_all(steps, self.item)
