"""Child processes left running, or ended with nobody to hear of it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

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

    def before_test(self, stage: StageView) -> None:
        self._before = _children()

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        left = _new(self._before)
        return self._look(stage, inventory(stage).take(), left) if left else ()

    def _look(self, stage: StageView, kept: Inventory, left: set[int]) -> Iterable[Finding]:
        until = time.monotonic() + _PATIENCE
        while left and time.monotonic() < until:
            time.sleep(0.005)
            kept.turn()
            left = _new(self._before)
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


def _new(before: set[int]) -> set[int]:
    return _children() - before if _has_children() else set()


def _has_children() -> bool:
    """Say whether there are children at all, without asking about each."""
    if not hasattr(os, "waitid"):
        return False
    try:
        os.waitid(os.P_ALL, 0, os.WNOHANG | os.WEXITED | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _children() -> set[int]:
    """Return the numbers of the children of this process; none where that cannot be known."""
    if not _has_children():
        return set()
    found: set[int] = set()
    try:
        for thread in os.listdir("/proc/self/task"):
            with open(f"/proc/self/task/{thread}/children", encoding="ascii") as file:
                found.update(map(int, file.read().split()))
    except OSError:
        return set()
    return found


def _command(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return b" ".join(file.read().rstrip(b"\0").split(b"\0")).decode(errors="replace")
    except OSError:
        return ""
