"""How users write checks and name their warnings; type-checked, not run."""

import logging
import warnings
from collections.abc import Iterator

import asynctest
from asynctest import checks

warnings.filterwarnings("error", category=asynctest.NeverAwaitedWarning)


@checks.register
class NoErrorLogs(checks.Check):
    name = "no_error_logs_typed"
    default = checks.Level.WARN
    fix = "Handle the error"

    def before_test(self, stage: checks.StageView) -> None:
        self.handler = logging.NullHandler()
        stage.defer(lambda: None)

    def after_close(self, stage: checks.StageView) -> Iterator[checks.Finding]:
        yield checks.Finding("an error", checks.Place("file.py", 1), self.handler)


class Case(asynctest.TestCase):
    async def test(self) -> None:
        with asynctest.allow("never_awaited", match="poll"):
            pass


undo = checks.ignore("thread_exceptions", name="pool-*", type=(ValueError, KeyError))
undo()
