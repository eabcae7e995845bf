"""A mock was awaited that cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ._check import Finding, Level, StageView
from ._swallowing import FollowsExceptions, anything_followed


class AwaitedMock(FollowsExceptions):
    """Something awaited a Mock or MagicMock, and the TypeError was swallowed.

    A CoroutineMock was meant. If the TypeError fails the test, this check adds
    what to do about it. Python 3.11 can tell only in that case.
    """

    name = "awaited_mock"
    default = Level.WARN
    fix = "Use a CoroutineMock, or create_autospec, for what is awaited"

    signs = (anything_followed,)

    kinds = (TypeError,)

    def wants(self, exc: BaseException) -> bool:
        """Say whether a mock was awaited."""
        return _is_about_a_mock(exc)

    def after_close(self, stage: StageView) -> Iterable[Finding]:
        if stage.outcome is not None:
            about = _is_about_a_mock(stage.outcome)
            return [Finding("a mock was awaited that is no CoroutineMock")] if about else ()
        found = [(seen, seen.swallowed_at({"TypeError"})) for seen in self.followed]
        return [
            Finding(
                f"{seen.text} ({seen.raised_at}); the TypeError was swallowed",
                place,
                moment=seen.moment,
            )
            for seen, place in found
            if place is not None
        ]


_AWAITED = re.compile(
    r"object \w*Mock can't be used in 'await' expression|\w*Mock' object can't be awaited"
)


def _is_about_a_mock(exc: BaseException) -> bool:
    return type(exc) is TypeError and _AWAITED.search(str(exc)) is not None
