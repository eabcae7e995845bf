"""A test whose body never ran."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .. import _ports as ports
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

    def before_test(self, stage: StageView) -> None:
        self._dropped: list[Place] = []
        stage.defer(ports.on_unawaited(self._hear(stage)))

    def _hear(self, stage: StageView) -> Callable[[Any, Callable[..., Any]], None]:
        def tell(coro: Any, usual: Callable[..., Any]) -> None:
            if is_test_body(coro, stage):
                code = coro.cr_code
                place = Place(code.co_filename, code.co_firstlineno, code.co_qualname)
                self._dropped.append(place)
            else:
                usual(coro)

        return tell

    def after_close(self, stage: StageView) -> Iterable[Finding]:
        for place in self._dropped:
            yield Finding(f"the body of {stage.name} never ran: its coroutine was dropped", place)
