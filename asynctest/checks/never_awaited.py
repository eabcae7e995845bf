"""Coroutines that never ran."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Iterable, Iterator
from types import CoroutineType
from typing import Any

from .. import _ports as ports
from .._places import Place
from .._sites import innermost_user_place, is_users
from ._check import Check, Finding, Level, StageView
from ._coroutines import finding_about, is_test_body
from ._inventory import anything_alive

_METHOD = re.compile(r"coroutine method '(\w+)' of '(.*)' was never awaited")


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

    signs = (anything_alive,)

    def on_unawaited(self, stage: StageView, coro: Any) -> Iterable[Finding]:
        if not is_test_body(coro, stage):
            yield finding_about(coro, dying=True)

    def on_shown_warning(self, stage: StageView, message: Any) -> Iterable[Finding]:
        # What asend() and the like give is no coroutine; the interpreter tells from 3.13 on.
        method = _METHOD.match(str(message.message))
        if method is None or not issubclass(message.category, RuntimeWarning):
            return ()
        place = innermost_user_place(3)
        if place is None and is_users(message.filename):
            place = Place(message.filename, message.lineno)
        fact = f"{method[2]}.{method[1]}() was never awaited"
        return [Finding(fact, place or stage.place)]

    def after_close(self, stage: StageView) -> Iterable[Finding]:
        held = stage.heap.made(CoroutineType)
        return [*self._held(stage, held)] if held else ()

    def _held(self, stage: StageView, made: list[Any]) -> Iterator[Finding]:
        """Find what nobody has started and somebody still holds."""
        # Only those made in the thread of the test have an origin.
        unstarted = [coro for coro in made if coro.cr_origin and _is_new(coro)]
        if unstarted:
            owned = [ports.coroutine_of(task) for task in stage.heap.made(asyncio.Task)]
            for coro in unstarted:
                if coro not in owned and not is_test_body(coro, stage):
                    yield finding_about(coro, dying=False)
                    coro.close()  # or the interpreter would blame another test for it


def _is_new(coro: Any) -> bool:
    return inspect.getcoroutinestate(coro) == inspect.CORO_CREATED
