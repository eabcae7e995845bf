"""Following an exception to the place where it disappears."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import ClassVar

from .. import _ports as ports
from .._bytecode import caught_names, drops_what_it_awaits
from .._places import Place, line_at
from .._raising import Watcher, unwatch, want, watch
from .._sites import is_users
from ._check import StageView

__all__ = ["Followed", "Swallowed", "anything_followed", "follow"]


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
        return Place(code.co_filename, line_at(code, offset + 2), code.co_qualname)


class Followed:
    """The exceptions that one check follows in one test."""

    def __init__(
        self,
        kinds: tuple[type[BaseException], ...],
        wanted: Callable[[BaseException], bool],
        stage: StageView,
    ) -> None:
        self.kinds = kinds
        self._wanted = wanted
        self._stage = stage
        self._flying: dict[int, Swallowed] = {}
        self._ended: list[Swallowed] = []

    def __iter__(self) -> Iterator[Swallowed]:
        return iter([*self._ended, *self._flying.values()])

    def __bool__(self) -> bool:
        return bool(self._flying)

    def raised(self, code: CodeType, offset: int, exc: BaseException) -> None:
        """See an exception raised, or passing through another frame."""
        if not self._wanted(exc):
            return
        trace = exc.__traceback__
        known = self._flying.get(id(exc))
        if known is None or trace is None or trace.tb_next is None:  # a new one
            if known is not None and len(self._ended) < _ENOUGH:
                self._ended.append(known)
            place = Place(code.co_filename, line_at(code, offset), code.co_qualname)
            known = self._flying[id(exc)] = Swallowed(str(exc), place, self._stage.moment)
        if not is_users(known.raised_at.filename) and is_users(code.co_filename):
            # Inside of an assertion method: the line that calls it says more.
            known.raised_at = Place(code.co_filename, line_at(code, offset), code.co_qualname)
        known.handled_by, known.dropped_at = None, _gathered_and_dropped()

    def reraised(self, code: CodeType, offset: int, exc: BaseException) -> None:
        """See a handler pass an exception on."""
        if id(exc) in self._flying and self._wanted(exc):
            self._flying[id(exc)].handled_by = None

    def handled(self, code: CodeType, offset: int, exc: BaseException) -> None:
        """See an exception reach a handler."""
        if id(exc) in self._flying and self._wanted(exc):
            self._flying[id(exc)].handled_by = (code, offset)


class _Follower(Watcher):
    """Follows exceptions for all checks of one test that ask for some."""

    threads: ClassVar[list[int]] = []  # of tests that run now

    def __init__(self, stage: StageView) -> None:
        self.thread = threading.get_ident()
        self.followed: list[Followed] = []
        self.failure: Exception | None = None
        _Follower.threads.append(self.thread)
        stage.defer(self.stop)

    def stop(self) -> None:
        unwatch(self)
        _Follower.threads.remove(self.thread)

    def failed(self, failure: Exception) -> None:
        """Keep it until somebody can see it."""
        self.failure = self.failure or failure

    def _is_anothers(self) -> bool:
        """Say whether this happens in another thread while other tests run in theirs."""
        threads = _Follower.threads
        return len(set(threads)) > 1 and threading.get_ident() != self.thread

    def raised(self, code: CodeType, offset: int, exc: BaseException) -> None:
        for each in self.followed:
            if isinstance(exc, each.kinds) and not self._is_anothers():
                each.raised(code, offset, exc)

    def reraised(self, code: CodeType, offset: int, exc: BaseException) -> None:
        for each in self.followed:
            each.reraised(code, offset, exc)

    def handled(self, code: CodeType, offset: int, exc: BaseException) -> None:
        for each in self.followed:
            each.handled(code, offset, exc)


def follow(
    kinds: tuple[type[BaseException], ...],
    stage: StageView,
    wanted: Callable[[BaseException], bool],
) -> Followed:
    """Follow exceptions of some kinds until the test is over."""
    found = Followed(kinds, wanted, stage)
    follower: _Follower | None = stage.memory.get(_Follower)
    if follower is None:
        follower = stage.memory[_Follower] = _Follower(stage)
        follower.kinds = kinds
        watch(follower)
    else:
        follower.kinds = (*follower.kinds, *kinds)
        want(kinds)
    follower.followed.append(found)
    return found


def anything_followed(stage: StageView) -> bool:
    """See whether the test has failed, or an exception that is followed was raised; a sign."""
    follower: _Follower | None = stage.memory.get(_Follower)
    if follower is not None and follower.failure is not None:
        raise follower.failure
    return stage.outcome is not None or (follower is not None and any(follower.followed))


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
