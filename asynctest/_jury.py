"""The checks that were chosen for one test: asked, listened to, and their findings kept."""

from __future__ import annotations

import dataclasses
import warnings
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterable
from typing import Any

from ._allow import Allowances
from ._errors import AsynctestWarning
from ._levels import Level
from ._listening import EARS
from ._verdict import Verdict
from .checks import Check, Skipped, StageView

__unittest = True  # unittest leaves our frames out of tracebacks
__tracebackhide__ = True  # and so does pytest

__all__ = ["Jury"]


class Jury:
    """Calls the hooks of the checks of one test; what they find goes to the verdict."""

    def __init__(self, checks: Iterable[tuple[Check, Level]], verdict: Verdict) -> None:
        self._verdict = verdict
        self._by_hook: dict[str, list[tuple[Check, Level]]] = {}
        self._errors: list[Exception] = []
        self._needs: dict[Callable[[StageView], Any], None] = {}
        self.all_prompt = True
        for chosen in checks:
            self.all_prompt = self.all_prompt and chosen[0].prompt
            for need in chosen[0].needs:
                self._needs[need] = None
            for hook in chosen[0].hooks:
                self._by_hook.setdefault(hook, []).append(chosen)

    def listen(self, stage: StageView, allowances: Allowances) -> None:
        """Begin to hear what the checks want to hear of."""
        self._allowances = allowances
        self._stage = stage
        for need in self._needs:
            need(stage)
        for hooks, ear in EARS:
            if not hooks.isdisjoint(self._by_hook):
                undo = ear(stage.loop, self.hear).start()
                if undo is not None:
                    stage.defer(undo)

    def ask(self, hook: str, stage: StageView) -> None:
        """Call one hook of each check; drop a check that cannot answer here."""
        for check, level in tuple(self._by_hook.get(hook, ())):
            try:
                found = getattr(check, hook)(stage)
                if found:
                    self._keep(check, level, found)
            except Skipped as exc:
                self._dismiss(check)
                try:
                    _say_skipped(check, str(exc), stage.loop)
                except AsynctestWarning:
                    # An error by the user's filters, but nothing that the test has done.
                    if level is Level.FAIL:
                        raise

    def hear(self, hook: str, *what: Any) -> bool:
        """Tell the checks what was heard; say whether one of them has found fault with it."""
        guilty, stage = False, self._stage
        for check, level in self._by_hook.get(hook, ()):
            try:
                found = list(getattr(check, hook)(stage, *what) or ())
            except Exception as exc:  # noqa: BLE001 - raised by speak_up(): nobody could see it here
                self._errors.append(exc)
                continue
            if found:
                guilty = True
                moment = stage.moment
                self._keep(check, level, [dataclasses.replace(one, moment=moment) for one in found])
        return guilty

    def speak_up(self) -> None:
        """Raise what a check raised where nobody could see it."""
        if self._errors:
            error, *_ = self._errors
            self._errors.clear()
            raise error

    def _keep(self, check: Check, level: Level, found: Iterable[Any]) -> None:
        kept = [finding for finding in found if not self._allowances.cover(check, finding)]
        self._verdict.add(check, level, kept)

    def dismiss(self) -> None:
        """Let go of the checks, which may hold the stage."""
        self._by_hook.clear()
        self.__dict__.pop("_stage", None)

    def _dismiss(self, check: Check) -> None:
        for chosen in self._by_hook.values():
            chosen[:] = [entry for entry in chosen if entry[0] is not check]


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
