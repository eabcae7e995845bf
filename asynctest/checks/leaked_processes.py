"""Child processes left running, or ended with nobody to hear of it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

from .._audit import children
from ._check import Check, Finding, Level, StageView
from ._inventory import Inventory, anything_begun, inventory

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
    signs = (anything_begun,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        if not inventory(stage).made.processes:
            return  # threads were begun, and whose children there are was not looked up
        kept = inventory(stage).take()
        before = kept.made.children_before
        left = children() - before
        until = time.monotonic() + _PATIENCE
        while left and time.monotonic() < until:
            time.sleep(0.005)
            kept.turn()
            left = children() - before
        for pid in sorted(left):
            command = _command(pid)
            if any(name in command for name in _HELPERS) or _is_older(pid, kept):
                continue
            origin = next(
                (origin for words, origin in kept.made.processes if words == command),
                kept.made.processes[-1][1],
            )
            place = origin.place or stage.place
            state = f"still runs `{command}`" if command else "has ended, and nobody asked how"
            yield Finding(f"process {pid} {state}", place, None, origin.moment)


def _is_older(pid: int, kept: Inventory) -> bool:
    """Say whether a process began before the test: lists of children are not exact."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            ticks = int(file.read().rpartition(b")")[2].split()[19])
    except (OSError, IndexError, ValueError):
        return False
    return ticks / os.sysconf("SC_CLK_TCK") < kept.made.processes_since - 0.05


def _command(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return b" ".join(file.read().rstrip(b"\0").split(b"\0")).decode(errors="replace")
    except OSError:
        return ""
