"""Tasks that went on although they were cancelled, by hand or by a timeout."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from types import CodeType
from typing import Any

from .. import _ports as ports
from .._overdue import LostTimeout, was_asked
from .._places import Place, is_ours
from .._sites import is_library
from ._check import Check, Finding, Level, StageView

_CANCELLED = "tasks that were cancelled"
_LOST = "timeouts that were swallowed"


def _anything_cancelled(stage: StageView) -> bool:
    return _CANCELLED in stage.memory or _LOST in stage.memory


class SwallowedCancellation(Check):
    """A task was cancelled and ended as if nothing had happened.

    ``except CancelledError`` without ``raise`` does this, and so do a bare
    ``except`` and a ``return`` in a ``finally``. Timeouts and task groups then do
    not work, and who cancels the task is not told. A task that takes its
    cancellation back with ``uncancel()`` is in order, and so is one that asserts it
    with ``assertRaises``. The test's own task does
    not count, nor do tasks of libraries, nor what ends the leftovers of a test.

    From Python 3.12 on this is seen as well of what ``asyncio.timeout()`` and
    ``wait_for()`` cancel, also in the test's own task: they end without a TimeoutError.
    Asking the timeout whether it has ``expired()`` is in order.
    """

    name = "swallowed_cancellation"
    default = Level.WARN
    fix = "Re-raise CancelledError after cleaning up, or call uncancel()"

    signs = (_anything_cancelled,)

    def on_cancelled(self, stage: StageView, task: asyncio.Task[Any], place: Place | None) -> None:
        # Tasks that somebody cancelled are few: they may be held until the end.
        if not stage.over:
            stage.memory.setdefault(_CANCELLED, {}).setdefault(task, (place, stage.moment))

    def on_timeout_lost(self, stage: StageView, task: asyncio.Task[Any], lost: LostTimeout) -> None:
        if not stage.over and _is_a_mistake(lost):
            # In a loop, or of timeouts around each other, it is one mistake.
            key = lost.stood, lost.handler
            fact = (task, lost, stage.moment)
            stage.memory.setdefault(_LOST, {}).setdefault(key, fact)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        cancelled = [
            _finding(stage, task, place, moment)
            for task, (place, moment) in stage.memory.get(_CANCELLED, {}).items()
            if _swallowed(task) and not _is_not_the_users(task)
        ]
        late = [
            Finding(_words(lost), lost.stood or lost.left or stage.place, task, moment)
            for task, lost, moment in stage.memory.get(_LOST, {}).values()
            if not was_asked(lost.timeout)
        ]
        return cancelled + late


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
    return _asserts_it(getattr(task.get_coro(), "cr_code", None))


def _asserts_it(code: CodeType | None) -> bool:
    names = code.co_names if code is not None else ()
    return "CancelledError" in names and not _EXPECTING.isdisjoint(names)


def _is_not_the_users(task: asyncio.Task[Any]) -> bool:
    """Say whether a task runs a library's coroutine, or is one by which we run the test."""
    coro = ports.coroutine_of(task)
    origin = getattr(coro, "cr_origin", None) or ()
    code = getattr(coro, "cr_code", None)
    ours = any(is_ours(filename) for filename, *_ in origin)
    return ours or (code is not None and is_library(code.co_filename))


def _is_a_mistake(lost: LostTimeout) -> bool:
    """Say whether code of the user's has swallowed a timeout, and did not mean to."""
    if lost.handler is None or is_library(lost.handler.co_filename):
        return False
    asks = lost.within is not None and "expired" in lost.within.co_names
    return not (asks or _asserts_it(lost.handler))


def _words(lost: LostTimeout) -> str:
    is_wait_for = lost.within is asyncio.wait_for.__code__
    call = "wait_for()" if is_wait_for else "asyncio.timeout()"
    handler = lost.handler.co_qualname if lost.handler is not None else "somebody"
    return f"{call} ran out without a TimeoutError: {handler} swallowed its cancellation"
