"""Tasks that went on although they were cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from .. import _ports as ports
from .._places import Place, is_ours
from .._sites import is_library
from ._check import Check, Finding, Level, StageView

_CANCELLED = "tasks that were cancelled"


def _anything_cancelled(stage: StageView) -> bool:
    return _CANCELLED in stage.memory


class SwallowedCancellation(Check):
    """A task was cancelled and ended as if nothing had happened.

    ``except CancelledError`` without ``raise`` does this, and so do a bare
    ``except`` and a ``return`` in a ``finally``. Timeouts and task groups then do
    not work, and who cancels the task is not told. A task that takes its
    cancellation back with ``uncancel()`` is in order, and so is one that asserts it
    with ``assertRaises``. The test's own task does
    not count, nor do tasks of libraries, nor what ends the leftovers of a test.
    """

    name = "swallowed_cancellation"
    default = Level.WARN
    fix = "Re-raise CancelledError after cleaning up, or call uncancel()"

    signs = (_anything_cancelled,)

    def on_cancelled(self, stage: StageView, task: asyncio.Task[Any], place: Place | None) -> None:
        # Tasks that somebody cancelled are few: they may be held until the end.
        if not stage.over:
            stage.memory.setdefault(_CANCELLED, {}).setdefault(task, (place, stage.moment))

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        return [
            _finding(stage, task, place, moment)
            for task, (place, moment) in stage.memory[_CANCELLED].items()
            if _swallowed(task) and not _is_not_the_users(task)
        ]


def _finding(
    stage: StageView, task: asyncio.Task[Any], place: Place | None, moment: int
) -> Finding:
    started = stage.sites.made_at(task)
    since = f" (started at {started})" if started else ""
    fact = f"task {task.get_name()!r}{since} was cancelled and ended normally"
    return Finding(fact, place or started, task, moment)


def _swallowed(task: asyncio.Task[Any]) -> bool:
    if not task.done() or task.cancelled() or task.cancelling() == 0:
        return False
    return not (ports.has_failed(task) or _expects_it(task))


_EXPECTING = {"assertRaises", "assertRaisesRegex", "assertAsyncRaises", "raises"}


def _expects_it(task: asyncio.Task[Any]) -> bool:
    """Say whether the coroutine asserts that it is cancelled, as tests of cancellation do."""
    code = getattr(task.get_coro(), "cr_code", None)
    names = code.co_names if code is not None else ()
    return "CancelledError" in names and not _EXPECTING.isdisjoint(names)


def _is_not_the_users(task: asyncio.Task[Any]) -> bool:
    """Say whether a task runs a library's coroutine, or is one by which we run the test."""
    coro = ports.coroutine_of(task)
    origin = getattr(coro, "cr_origin", None) or ()
    code = getattr(coro, "cr_code", None)
    ours = any(is_ours(filename) for filename, *_ in origin)
    return ours or (code is not None and is_library(code.co_filename))
