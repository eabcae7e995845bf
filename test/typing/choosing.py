"""Type-checked, not run: choosing checks, and what a check of one's own may do."""

import logging
from collections.abc import Callable, Iterable
from typing import assert_type

import asynctest
from asynctest import checks


@checks.register
class NoErrorLogs(checks.Check):
    """Records logged at ERROR."""

    name = "no_error_logs_chosen"
    default = checks.Level.FAIL
    headline = "errors were logged:"
    fix = "Mend it"

    def before_test(self, stage: checks.StageView) -> None:
        self.records: list[logging.LogRecord] = []
        stage.defer(self.records.clear)

    def after_cleanup(self, stage: checks.StageView) -> Iterable[checks.Finding]:
        if stage.outcome is not None:
            raise checks.Skipped("the test has failed")
        for record in self.records:
            place = checks.Place(record.pathname, record.lineno)
            yield checks.Finding(record.getMessage(), place, subject=record)


assert_type(NoErrorLogs.name, str)


@asynctest.strict
@asynctest.warn_on("active_handles", unused_loop=True)
class Chosen(asynctest.TestCase):
    @asynctest.fail_on(active_handles=False, unused_loop="warn")
    async def test(self, number: int = 1) -> str:
        with asynctest.allow("active_handles", match="poll"):
            return str(number)

    async def test_signature_is_kept(self) -> None:
        assert_type(await self.test(2), str)


@asynctest.lenient
def function() -> int:
    return 1


assert_type(function(), int)

undo = checks.ignore("active_handles", module="driver", type=ValueError, name="pool-*")
assert_type(undo, Callable[[], None])
undo()
category: type[asynctest.AsynctestWarning] = NoErrorLogs.warning
