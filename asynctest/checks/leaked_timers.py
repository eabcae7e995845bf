"""Timers left waiting, after the clean-ups."""

from __future__ import annotations

import asyncio
import os
from asyncio import TimerHandle
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from .. import _ports as ports
from .._places import Place
from .._ports import _left
from ._check import Check, Finding, Level, StageView
from ._inventory import inventory
from ._notes import anything_noted, notes

_ASYNCIO = os.path.dirname(os.path.abspath(asyncio.__file__)) + os.sep
_ASYNCIOS = ("asyncio", "asynctest", "uvloop")


class LeakedTimers(Check):
    """Timers of ``call_later`` or ``call_at`` that would have fired after the test.

    Unlike ``active_handles`` this looks after the clean-ups, and leaves out what
    asyncio itself set: a task that sleeps is a matter for ``leaked_tasks``.
    """

    name = "leaked_timers"
    default = Level.WARN
    headline = "timers were still waiting at the end:"
    fix = "Keep what call_later returns and cancel() it, in the test or in a clean-up"

    needs = (inventory, notes)
    signs = (anything_noted,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        return [
            _finding(stage, *noted)
            for noted in notes(stage).timers()
            if not _is_asyncios(stage, ports.called_by(noted[0]), noted[1])
        ]


def _is_asyncios(stage: StageView, callback: Any, place: Place) -> bool:
    if _left.runs_itself(stage.loop, callback) or place.filename.startswith(_ASYNCIO):
        return True
    owner = getattr(callback, "__self__", None)
    if owner is None or isinstance(owner, ModuleType):
        owner = callback
    elif not isinstance(owner, type):
        owner = type(owner)
    module = getattr(owner, "__module__", None) or ""
    return module.partition(".")[0] in _ASYNCIOS


def _finding(stage: StageView, timer: TimerHandle, place: Place, moment: int) -> Finding:
    due = max(timer.when() - stage.loop.time(), 0)
    callback = ports.called_by(timer)
    seconds = f"{due:.0f}" if due >= 100 else f"{due:.3g}"
    return Finding(f"{ports.name_of(callback)} due in {seconds} s", place, callback, moment)
