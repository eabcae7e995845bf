"""Following an exception to the place where it disappears."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import CodeType

from .. import _ports as ports
from .._bytecode import caught_names, drops_what_it_awaits
from .._places import Place, line_at
from .._sites import is_users
from .._source import tries_again
from ._check import Check, StageView

__all__ = ["FollowsExceptions", "Swallowed", "anything_followed"]


_ENOUGH = 1000  # of them in one test; more would only take memory


@dataclass
class Swallowed:
    """One exception that went through the test: where it was raised, who has it now."""

    text: str
    raised_at: Place
    moment: int
    handled_by: tuple[CodeType, int] | None = None
    dropped_at: Place | None = None

    def swallowed_at(self, expected: set[str]) -> Place | None:
        """Say where it was swallowed by an ``except`` that does not name it, if it was."""
        if self.handled_by is None:
            return self.dropped_at
        code, offset = self.handled_by
        if not is_users(code.co_filename):
            return None  # unittest's or a library's: they know what they do
        names = caught_names(code, offset)
        if names is None or names & expected:
            return None
        # The handler begins on the line of the try; what follows is on that of the except.
        line = line_at(code, offset + 2)
        if tries_again(code.co_filename, line):
            return None
        return Place(code.co_filename, line, code.co_qualname)


class FollowsExceptions(Check):
    """Base of checks that follow exceptions of some ``kinds``."""

    def __init__(self) -> None:
        self._flying: dict[int, Swallowed] = {}
        self._ended: list[Swallowed] = []

    def wants(self, exc: BaseException) -> bool:
        """Say whether to follow this one."""
        raise NotImplementedError

    @property
    def followed(self) -> list[Swallowed]:
        """Everything that was followed so far."""
        return [*self._ended, *self._flying.values()]

    def on_raised(self, stage: StageView, code: CodeType, offset: int, exc: BaseException) -> None:
        """See an exception raised, or passing through another frame."""
        if not (isinstance(exc, self.kinds) and self.wants(exc)):
            return
        stage.memory[_FOLLOWED] = True
        trace = exc.__traceback__
        known = self._flying.get(id(exc))
        if known is None or trace is None or trace.tb_next is None:  # a new one
            if known is not None and len(self._ended) < _ENOUGH:
                self._ended.append(known)
            place = Place(code.co_filename, line_at(code, offset), code.co_qualname)
            cause = self._in_group(exc)
            known = self._flying[id(exc)] = Swallowed(
                cause.text if cause else str(exc),
                cause.raised_at if cause else place,
                stage.moment,
            )
        if not is_users(known.raised_at.filename) and is_users(code.co_filename):
            # Inside of an assertion method: the line that calls it says more.
            known.raised_at = Place(code.co_filename, line_at(code, offset), code.co_qualname)
        known.handled_by, known.dropped_at = None, _gathered_and_dropped()

    def _in_group(self, exc: BaseException) -> Swallowed | None:
        """Return what is known about an exception in a group: the group itself says little."""
        if not isinstance(exc, BaseExceptionGroup):
            return None
        wanted = filter(self.wants, exc.exceptions)
        found = (self._in_group(each) or self._flying.get(id(each)) for each in wanted)
        return next(filter(None, found), None)

    def on_reraised(
        self, stage: StageView, code: CodeType, offset: int, exc: BaseException
    ) -> None:
        """See a handler pass an exception on."""
        if id(exc) in self._flying and self.wants(exc):
            self._flying[id(exc)].handled_by = None

    def on_handled(self, stage: StageView, code: CodeType, offset: int, exc: BaseException) -> None:
        """See an exception reach a handler."""
        if id(exc) in self._flying and self.wants(exc):
            self._flying[id(exc)].handled_by = (code, offset)


_FOLLOWED = "an exception was followed"


def anything_followed(stage: StageView) -> bool:
    """See whether the test has failed, or an exception that is followed was raised; a sign."""
    return stage.outcome is not None or _FOLLOWED in stage.memory


def _gathered_and_dropped() -> Place | None:
    """Say where the current task's outcome will be thrown away, if it is gathered like that."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no loop is running
        return None
    frame = ports.gathered_in(task) if task is not None else None
    if frame is None or not drops_what_it_awaits(frame.f_code, frame.f_lasti):
        return None
    return Place(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_qualname)
