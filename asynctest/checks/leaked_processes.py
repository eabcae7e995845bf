"""Child processes left running, or ended with nobody to hear of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Set

from .._audit import children
from ._check import Check, Finding, Level, StageView
from ._inventory import Inventory, inventory

_PATIENCE = 0.1
_HELPERS = (
    "multiprocessing.resource_tracker",
    "multiprocessing.forkserver",
    "from multiprocessing.",
)


class LeakedProcesses(Check):
    """Child processes that the test started and has not waited for.

    Those that ``multiprocessing`` keeps for itself do not count. A process gets a
    tenth of a second to end.
    """

    name = "leaked_processes"
    default = Level.WARN
    headline = "child processes were not waited for:"
    fix = "Await process.wait() or communicate(); first terminate() or kill() what would go on"

    needs = (inventory,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        kept = inventory(stage)
        if not kept.made.processes:
            return ()
        return self._look(stage, kept.take(), kept.made.children_before)

    def _look(self, stage: StageView, kept: Inventory, before: Set[int]) -> Iterable[Finding]:
        left = children() - before
        until = time.monotonic() + _PATIENCE
        while left and time.monotonic() < until:
            time.sleep(0.005)
            kept.turn()
            left = children() - before
        for pid in sorted(left):
            command = _command(pid)
            if any(name in command for name in _HELPERS):
                continue
            origin = next(
                (origin for words, origin in kept.made.processes if words == command),
                kept.made.processes[-1][1] if kept.made.processes else None,
            )
            place = (origin.place if origin else None) or stage.place
            state = f"still runs `{command}`" if command else "has ended, and nobody asked how"
            yield Finding(f"process {pid} {state}", place, None, origin.moment if origin else None)


def _command(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return b" ".join(file.read().rstrip(b"\0").split(b"\0")).decode(errors="replace")
    except OSError:
        return ""
