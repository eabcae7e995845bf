"""Readers and writers left registered."""

from __future__ import annotations

from collections.abc import Iterable

from .. import _ports as ports
from ._check import Check, Finding, Level, Skipped, StageView


class ActiveSelectorCallbacks(Check):
    """Readers or writers still registered that were not there before the test.

    What set-up registers counts as the test's; what tear-down removes is
    forgiven.
    """

    name = "active_selector_callbacks"
    default = Level.OFF
    headline = "some events watched during the tests were not removed:"
    fix = "Call remove_reader or remove_writer, or close the transport, by the end of tear-down"
    prompt = True

    def before_test(self, stage: StageView) -> None:
        self._before = self._watched(stage)

    def after_test(self, stage: StageView) -> Iterable[Finding]:
        for line in self._watched(stage):
            if line not in self._before:
                yield Finding(f"- {line[0]}({line[1]!r}, {line[2]!r})")

    @staticmethod
    def _watched(stage: StageView) -> list[tuple[str, object, object]]:
        found = ports.watched(stage.loop)
        if found is None:
            raise Skipped("this loop does not show what it watches")
        return found
