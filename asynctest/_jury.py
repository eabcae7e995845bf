"""The checks that were chosen for one test: asked, listened to, and their findings kept."""

from __future__ import annotations

import dataclasses
import warnings
from asyncio import AbstractEventLoop
from collections.abc import Iterable
from typing import Any

from ._allow import Allowances
from ._errors import AsynctestWarning
from ._levels import Level
from ._plan import Plan
from ._verdict import Verdict
from .checks import Check, Skipped, StageView

__unittest = True  # unittest leaves our frames out of tracebacks
__tracebackhide__ = True  # and so does pytest

__all__ = ["Jury"]


class Jury:
    """Calls the hooks of the checks of one test; what they find goes to the verdict."""

    _allowances: Allowances
    _stage: StageView | None = None  # while it listens

    def __init__(self, plan: Plan, verdict: Verdict) -> None:
        self._plan = plan
        self._verdict = verdict
        self._checks: dict[int, Check] = {}  # made when they are first needed
        self._excused: set[int] = set()
        self._errors: list[Exception] = []

    @property
    def all_prompt(self) -> bool:
        """Whether nobody looks after the tear-down."""
        return self._plan.all_prompt

    def listen(self, stage: StageView, allowances: Allowances) -> None:
        """Begin to hear what the checks want to hear of."""
        self._allowances = allowances
        self._stage = stage
        self._plan.prepare()
        for need in self._plan.needs:
            need(stage)
        for ear in self._plan.ears:
            undo = ear(stage.loop, self.hear).start()
            if undo is not None:
                stage.defer(undo)

    def ask(self, hook: str, stage: StageView) -> None:
        """Call one hook of each check that sees a sign; drop one that cannot answer here."""
        turn = self._plan.turns.get(hook)
        if turn is not None:
            for number in turn.due(stage):
                if number not in self._excused:
                    self._ask(number, hook, stage)

    def _ask(self, number: int, hook: str, stage: StageView) -> None:
        check = self._checks.get(number) or self._make(number)
        try:
            found = getattr(check, hook)(stage)
            if found:
                self._keep(number, found)
        except Skipped as exc:
            self._excused.add(number)
            try:
                _say_skipped(check, str(exc), stage.loop)
            except AsynctestWarning:
                # An error by the user's filters, but nothing that the test has done.
                if self._plan.chosen[number].level is Level.FAIL:
                    raise

    def hear(self, hook: str, *what: Any) -> bool:
        """Tell the checks what was heard; say whether one of them has found fault with it."""
        guilty = False
        turn = self._plan.turns.get(hook)
        if self._stage is not None and turn is not None:
            for number in turn.numbers:
                if number not in self._excused and self._tell(number, hook, self._stage, *what):
                    guilty = True
        return guilty

    def _tell(self, number: int, hook: str, stage: StageView, *what: Any) -> bool:
        check = self._checks.get(number) or self._make(number)
        try:
            answer = getattr(check, hook)(stage, *what)
        except Exception as exc:  # noqa: BLE001 - raised by speak_up(): nobody could see it here
            self._errors.append(exc)
            return False
        if answer is True:
            return True
        found = list(answer or ())
        if found:
            moment = stage.moment
            self._keep(number, [dataclasses.replace(one, moment=moment) for one in found])
        return bool(found)

    def _make(self, number: int) -> Check:
        check = self._checks[number] = self._plan.chosen[number].make()
        return check

    def speak_up(self) -> None:
        """Raise what a check raised where nobody could see it."""
        if self._errors:
            error, *_ = self._errors
            self._errors.clear()
            raise error

    def _keep(self, number: int, found: Iterable[Any]) -> None:
        check, level = self._checks[number], self._plan.chosen[number].level
        kept = [finding for finding in found if not self._allowances.cover(check, finding)]
        # What is at fault has been looked at. It may die while somebody still listens.
        bare = [dataclasses.replace(finding, subject=None) for finding in kept]
        self._verdict.add(check, level, bare)

    def dismiss(self) -> None:
        """Let go of the checks, which may hold the stage."""
        self._checks.clear()
        self._stage = None


_skipped: set[tuple[str, str]] = set()


def _say_skipped(check: Check, why: str, loop: AbstractEventLoop) -> None:
    """Say once for each check and kind of loop that it cannot be answered."""
    kind = f"{type(loop).__module__}.{type(loop).__qualname__}"
    if (check.name, kind) not in _skipped:
        _skipped.add((check.name, kind))
        warnings.warn(
            f"{check.name} is not checked on {kind}: {why}. "
            "Use a stock event loop for tests that rely on it.",
            AsynctestWarning,
            stacklevel=2,
        )
