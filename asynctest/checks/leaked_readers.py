"""Readers and writers left registered, after the clean-ups."""

from __future__ import annotations

from collections.abc import Iterable

from .. import _ports as ports
from ._check import Check, Finding, Level, StageView
from ._inventory import inventory
from ._notes import anything_noted, notes


class LeakedReaders(Check):
    """Callbacks of ``add_reader`` or ``add_writer`` that nobody has removed.

    Unlike ``active_selector_callbacks`` this looks after the clean-ups and sees
    only what was added by these two methods: transports have a check of their
    own. Mocks of files do not count. It works on every loop.
    """

    name = "leaked_readers"
    default = Level.WARN
    headline = "readers or writers were still registered at the end:"
    fix = "Call remove_reader or remove_writer before the file is closed"

    needs = (inventory, notes)
    signs = (anything_noted,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        return [
            Finding(f"{what}({fd}, {ports.name_of(whom)})", origin.place, whom, origin.moment)
            for what, fd, whom, origin in notes(stage).left_readers()
        ]
