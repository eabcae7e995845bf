"""Assertions that failed in vain."""

from __future__ import annotations

from collections.abc import Iterable
from unittest import SkipTest

from .._places import Place
from ._check import Finding, Level, StageView
from ._swallowing import FollowsExceptions, Swallowed, anything_followed


class SwallowedAssertion(FollowsExceptions):
    """An assertion failed, something caught it, and the test passed.

    ``except Exception`` in the code under test takes the failures of assertions
    in mocks, callbacks and task groups with it; so does ``gather(return_exceptions=True)``
    if nobody looks at what it returns. Who names AssertionError in an ``except``, or
    uses ``assertRaises``, means it; so does a loop that tries again until it works.

    Python 3.11 cannot tell; there this check finds nothing.
    """

    name = "swallowed_assertion"
    default = Level.WARN
    fix = "Let AssertionError pass, or name it in the except clause if it is expected"

    signs = (anything_followed,)

    kinds = (AssertionError, BaseExceptionGroup)

    def wants(self, exc: BaseException) -> bool:
        """Say whether an assertion has failed."""
        if isinstance(exc, BaseExceptionGroup):
            return exc.subgroup(AssertionError) is not None
        return isinstance(exc, AssertionError)

    def after_close(self, stage: StageView) -> Iterable[Finding]:
        if stage.outcome is not None and not isinstance(stage.outcome, SkipTest):
            return ()
        found = [(seen, seen.swallowed_at(_EXPECTED)) for seen in self.followed]
        return [_finding(seen, place) for seen, place in found if place is not None]


_EXPECTED = {"AssertionError", "failureException", "BaseExceptionGroup", "ExceptionGroup"}


def _finding(seen: Swallowed, place: Place) -> Finding:
    text = f" ({seen.text.splitlines()[0]})" if seen.text else ""
    fact = f"an assertion failed at {seen.raised_at}{text} and was swallowed"
    return Finding(fact, place, moment=seen.moment)
