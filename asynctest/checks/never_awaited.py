"""Coroutines that never ran."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable
from types import CoroutineType
from typing import Any

from .. import _ports as ports
from .._sites import track
from ._check import Check, Finding, Level, StageView
from ._coroutines import finding_about, is_test_body


class NeverAwaited(Check):
    """Coroutines that were made and never awaited, so that none of their body ran.

    ``client.send()`` without ``await`` does nothing, and a test that forgets it
    passes. Found too: coroutines of mocks, ``assertTrue(coro())``, and those
    that something still holds when the test is over. A test that records or
    silences the interpreter's own warning is left alone.
    """

    name = "never_awaited"
    default = Level.WARN
    fix = "Await it, or close() it if it is not needed after all"

    def before_test(self, stage: StageView) -> None:
        self._found: list[Finding] = []
        self._warnings = ports.WarningsState()
        stage.defer(ports.on_unawaited(self._hear(stage)))
        stage.defer(track())

    def _hear(self, stage: StageView) -> Callable[[Any, Callable[..., Any]], None]:
        def tell(coro: Any, usual: Callable[..., Any]) -> None:
            if self._warnings.changed or is_test_body(coro, stage):
                usual(coro)
            else:
                self._found.append(finding_about(coro, dying=True, moment=stage.moment))

        return tell

    def after_close(self, stage: StageView) -> Iterable[Finding]:
        yield from self._found
        made = stage.heap.made()
        unstarted = [thing for thing in made if type(thing) is CoroutineType and _is_new(thing)]
        if unstarted:
            owned = [thing.get_coro() for thing in made if isinstance(thing, asyncio.Task)]
            for coro in unstarted:
                if coro not in owned and not is_test_body(coro, stage):
                    yield finding_about(coro, dying=False)
                    coro.close()  # or the interpreter would blame another test for it


def _is_new(coro: Any) -> bool:
    return inspect.getcoroutinestate(coro) == inspect.CORO_CREATED
