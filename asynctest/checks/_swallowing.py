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
from .._raising import Watcher, unwatch, watch
from .._sites import is_users
from ._check import StageView

__all__ = ["Follower", "Swallowed", "follow"]


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


class Follower(Watcher):
    """Follows the exceptions that a check asks for."""

    threads: ClassVar[list[int]] = []  # of tests that run now

    def __init__(
        self,
        kinds: tuple[type[BaseException], ...],
        wanted: Callable[[BaseException], bool],
        stage: StageView,
    ) -> None:
        self.kinds = kinds
        self._wanted = wanted
        self._stage = stage
        self._thread = threading.get_ident()
        self._flying: dict[int, Swallowed] = {}
        self._ended: list[Swallowed] = []
        self._failure: Exception | None = None

    def start(self) -> None:
        Follower.threads.append(self._thread)
        watch(self)

    def stop(self) -> None:
        unwatch(self)
        Follower.threads.remove(self._thread)

    def __iter__(self) -> Iterator[Swallowed]:
        if self._failure is not None:
            raise self._failure
        return iter([*self._ended, *self._flying.values()])

    def failed(self, failure: Exception) -> None:
        """Keep it until somebody can see it."""
        self._failure = self._failure or failure

    def raised(self, code: CodeType, offset: int, exc: BaseException) -> None:
        """See an exception raised, or passing through another frame."""
        if not self._wanted(exc) or self._is_anothers():
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

    def _is_anothers(self) -> bool:
        """Say whether this happens in another thread while other tests run in theirs."""
        threads = Follower.threads
        return len(set(threads)) > 1 and threading.get_ident() != self._thread

    def reraised(self, code: CodeType, offset: int, exc: BaseException) -> None:
        """See a handler pass an exception on."""
        if id(exc) in self._flying and self._wanted(exc):
            self._flying[id(exc)].handled_by = None

    def handled(self, code: CodeType, offset: int, exc: BaseException) -> None:
        """See an exception reach a handler."""
        if id(exc) in self._flying and self._wanted(exc):
            self._flying[id(exc)].handled_by = (code, offset)


def follow(
    kinds: tuple[type[BaseException], ...],
    stage: StageView,
    wanted: Callable[[BaseException], bool],
) -> Follower:
    """Follow exceptions of some kinds until the test is over."""
    follower = Follower(kinds, wanted, stage)
    follower.start()
    stage.defer(follower.stop)
    return follower


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
