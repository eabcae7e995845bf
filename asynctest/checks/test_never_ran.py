"""A test whose body never ran."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._places import Place
from ._check import Check, Finding, Level, StageView
from ._coroutines import is_test_body


class TestNeverRan(Check):
    """The coroutine of the test itself was dropped: nothing was tested.

    A decorator that calls the test and forgets to return what it got does
    this. There is nothing to be suspicious about: it is a failure.
    """

    name = "test_never_ran"
    default = Level.FAIL
    fix = "Let the decorator return the coroutine, or await it in an async def"

    def on_unawaited(self, stage: StageView, coro: Any) -> Iterable[Finding]:
        if is_test_body(coro, stage):
            code = coro.cr_code
            place = Place(code.co_filename, code.co_firstlineno, code.co_qualname)
            yield Finding(f"the body of {stage.name} never ran: its coroutine was dropped", place)
