"""Exceptions to the checks: what a test allows in one place."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import re
import weakref
from collections.abc import Iterator
from typing import Any

from ._errors import AsynctestError, MisuseError, published
from .checks import Check, Finding, is_ignored, refuse_unknown

__all__ = ["Allowances", "NoTestRunning", "allow", "current"]


@published()
class NoTestRunning(AsynctestError, RuntimeError):
    """Something that belongs into a test was used outside of one."""


class _Allowance:
    """What one ``allow`` block forgives."""

    def __init__(self, names: tuple[str, ...], match: str, first: int) -> None:
        self.names = names
        self.pattern = re.compile(match)
        self.moments = range(first, 2**62)
        self.tasks: weakref.WeakSet[Any] = weakref.WeakSet()

    def covers(self, check: Check, finding: Finding) -> bool:
        if check.name not in self.names or not self.pattern.search(f"{finding}"):
            return False
        if finding.moment is not None:
            return finding.moment in self.moments
        if isinstance(finding.subject, asyncio.Task):
            return finding.subject in self.tasks
        return True


class Allowances:
    """The ``allow`` blocks that one test has gone through."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._blocks: list[_Allowance] = []
        self.moment = 0
        """Counts beginnings and ends of blocks; findings note when they happened."""

    @contextlib.contextmanager
    def block(self, names: tuple[str, ...], match: str) -> Iterator[None]:
        """Forgive what begins inside of the block."""
        before = asyncio.all_tasks(self._loop)
        self.moment += 1
        allowance = _Allowance(names, match, self.moment)
        self._blocks.append(allowance)
        try:
            yield
        finally:
            self.moment += 1
            allowance.moments = range(allowance.moments.start, self.moment)
            allowance.tasks.update(asyncio.all_tasks(self._loop) - before)

    def cover(self, check: Check, finding: Finding) -> bool:
        """Say whether a finding was allowed by a block or is ignored by a rule."""
        blocks = self._blocks
        return any(block.covers(check, finding) for block in blocks) or is_ignored(check, finding)


current: contextvars.ContextVar[Allowances] = contextvars.ContextVar("asynctest.allowances")


def allow(*names: str, match: str = "") -> contextlib.AbstractContextManager[None]:
    """Forgive what checks would find about things that begin inside of a ``with`` block.

    ``match`` is a regular expression to be found in the finding's line; without
    it everything that these checks find is forgiven. What was begun before the
    block or after it is still reported.

        >>> import asyncio, asynctest
        >>> class Service(asynctest.TestCase):
        ...     async def test_polls_in_the_background(self):
        ...         with asynctest.allow("never_awaited", match="probe"):
        ...             pass

    Raises TypeError for a check that does not exist, and RuntimeError when no
    test is running in this thread.
    """
    if not names:
        raise MisuseError("allow() needs the name of a check. Give one, as in a report of ours.")
    refuse_unknown("allow()", *names)
    allowances = current.get(None)
    if allowances is None:
        raise NoTestRunning(
            "allow() was used where no test is running. Use it inside of a test or its set-up, "
            "or @fail_on(...=False) on the whole test."
        )
    return allowances.block(names, match)
