"""Assertions that failed in vain."""

from __future__ import annotations

from collections.abc import Iterable
from unittest import SkipTest

from ._check import Check, Finding, Level, StageView
from ._swallowing import follow


class SwallowedAssertion(Check):
    """An assertion failed, something caught it, and the test passed.

    ``except Exception`` in the code under test takes the failures of assertions
    in mocks and callbacks with it; so does ``gather(return_exceptions=True)`` if
    nobody looks at what it returns. Who names AssertionError in an ``except``, or
    uses ``assertRaises``, means it.

    Python 3.11 cannot tell; there this check finds nothing.
    """

    name = "swallowed_assertion"
    default = Level.WARN
    fix = "Let AssertionError pass, or name it in the except clause if it is expected"

    def before_test(self, stage: StageView) -> None:
        self._seen = follow(_is_assertion, stage)

    def after_close(self, stage: StageView) -> Iterable[Finding]:
        if stage.outcome is not None and not isinstance(stage.outcome, SkipTest):
            return
        for seen in self._seen:
            place = seen.swallowed_at({"AssertionError", "failureException"})
            if place is not None:
                text = f" ({seen.text.splitlines()[0]})" if seen.text else ""
                fact = f"an assertion failed at {seen.raised_at}{text} and was swallowed"
                yield Finding(fact, place, moment=seen.moment)


def _is_assertion(exc: BaseException) -> bool:
    return isinstance(exc, AssertionError)
