"""Callbacks that kept the loop from turning."""

from __future__ import annotations

import linecache
from collections.abc import Iterable

from .._places import Place
from .._watchdog import Blocked, Watch, watch
from ._check import Check, Finding, Level, StageView


def _watched(stage: StageView) -> Watch:
    """Return the watch over a test; the first call begins it."""
    found: Watch | None = stage.memory.get(Watch)
    if found is None:
        found = stage.memory[Watch] = watch(
            stage.loop, threshold=stage.settings.blocking_threshold, moments=stage.moments
        )
        stage.defer(found.end)
    return found


def _anything_blocked(stage: StageView) -> bool:
    watched = _watched(stage)
    watched.end()
    return bool(watched.blocked)


class BlockedLoop(Check):
    """A callback or a step of a task that blocked the loop for too long.

    While ``time.sleep``, a blocking socket, ``subprocess.run`` or a long computation
    runs, no other task does, no timer fires and no timeout is kept. The setting
    ``blocking_threshold`` says how long is too long: 0.1 s unless set otherwise.

    A thread looks at the test from outside, so that a test that does not block
    pays nothing. Imports do not count, nor does the time that a busy machine
    gives to other programs.
    """

    name = "blocked_loop"
    default = Level.WARN
    fix = (
        "Await an asynchronous call (asyncio.sleep, asyncio.to_thread, a subprocess of asyncio), "
        "or raise blocking_threshold"
    )

    needs = (_watched,)
    signs = (_anything_blocked,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        for blocked in _watched(stage).blocked:
            yield Finding(_word(blocked), blocked.place, moment=blocked.moment)


def _word(blocked: Blocked) -> str:
    line = _line(blocked.place)
    what = f" in `{line}`" if line else f" in {blocked.call}" if blocked.call else ""
    return f"the event loop stood still for {blocked.seconds:.2f} s{what}"


def _line(place: Place | None) -> str:
    return linecache.getline(place.filename, place.lineno).strip() if place else ""
