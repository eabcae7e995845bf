"""Notes taken at the loop while a test runs: who registered what, and from which line.

The loop of a test tells by itself; for others, see ``_noting``.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio import TimerHandle
from collections.abc import Mapping, Sequence
from types import CodeType, FrameType
from typing import Any

from .. import _ports as ports
from .._audit import Origin, user_line
from .._places import Place, is_ours, line_at
from .._ports import _left
from ..selector import isfilemock
from ._check import StageView
from ._inventory import inventory
from ._noting import Shadows

__all__ = ["Notes", "anything_noted", "notes"]

_CALL_LATER = asyncio.BaseEventLoop.call_later.__code__


class Notes:
    """What was registered on the loop of one test."""

    readers: Mapping[tuple[str, int], tuple[Any, Origin]] = {}
    signals: Mapping[int, Origin] = {}
    begun: Mapping[int, Origin] = {}
    dropped: Sequence[tuple[Any, int, int]] = ()
    nested: Sequence[Origin] = ()
    _shadows: Shadows | None = None

    def __init__(self, stage: StageView) -> None:
        self.moments = stage.moments
        self._loop = loop = stage.loop
        self._timers: dict[int, tuple[CodeType, int, int]] = {}
        if isinstance(loop, ports.LightLoop) and not stage.lent:
            loop.registrar = self
            stage.defer(self._let_go)
        elif ports.is_complete(loop):
            self._shadows = Shadows(loop, self, self._forget)
            stage.defer(self._shadows.take_away)

    def _let_go(self) -> None:
        if isinstance(self._loop, ports.LightLoop):
            self._loop.registrar = None

    @property
    def executor(self) -> Any:
        """The default executor that was set on a loop which does not show it."""
        return self._shadows.executor if self._shadows is not None else None

    def _origin(self) -> Origin:
        return Origin(user_line(sys._getframe(2)), self.moments.moment)

    # -- what the loop tells --------------------------------------------------------

    def reader_added(self, method: str, fd: Any, callback: Any) -> None:
        """Note a reader or writer, unless it is a mock's."""
        if not isfilemock(fd):
            self.readers = {**self.readers, (method, _number(fd)): (callback, self._origin())}

    def signal_added(self, sig: int) -> None:
        """Note the handler of a signal."""
        self.signals = {**self.signals, sig: self._origin()}

    def timer_added(self, timer: TimerHandle, frame: FrameType) -> None:
        """Note where a timer was set."""
        while frame.f_back is not None and (frame.f_code is _CALL_LATER or is_ours(frame.f_code)):
            frame = frame.f_back
        # By address, which the next timer at the same address takes over.
        self._timers[id(timer)] = frame.f_code, frame.f_lasti, self.moments.moment

    def told_to_run(self) -> None:
        """Note that a loop was told to run while one was running."""
        self.nested = [*self.nested, self._origin()]

    def generator_begun(self, generator: Any) -> None:
        """Note an asynchronous generator."""
        self.begun = {**self.begun, id(generator): self._origin()}

    def generator_dropped(self, generator: Any) -> None:
        """Note an asynchronous generator that is being finalised half-way."""
        if generator.ag_frame is not None:
            offset = generator.ag_frame.f_lasti
            self.dropped = [*self.dropped, (generator.ag_code, offset, id(generator))]

    def _forget(self, method: str, fd: Any) -> None:
        key = method, _number(fd)
        self.readers = {other: each for other, each in self.readers.items() if other != key}

    # -- what checks ask ----------------------------------------------------------------

    def left_readers(self) -> list[tuple[str, int, Any, Origin]]:
        """Return the readers and writers that were added and not removed."""
        if not self.readers:
            return []
        registered = _left.registered(self._loop)
        return [
            (method, number, callback, origin)
            for (method, number), (callback, origin) in self.readers.items()
            if registered is None or (method, number) in registered
        ]

    @property
    def hides_generators(self) -> bool:
        """Whether the loop is a real one that says nothing of asynchronous generators."""
        return self._shadows is not None and not ports.shows_handles(self._loop)

    @property
    def has_timers(self) -> bool:
        """Whether there may be timers that were set in this test."""
        return bool(self._timers) or (self._shadows is None and ports.has_timers(self._loop))

    def timers(self) -> list[tuple[Any, Place, int]]:
        """Return the noted timers that still wait, where each was set, and at what moment."""
        found = []
        now = self._loop.time()
        for timer in self._waiting():
            noted = self._noted(timer)
            if noted is not None and not timer.cancelled() and timer.when() > now:
                code, offset, moment = noted
                place = Place(code.co_filename, line_at(code, offset), code.co_qualname)
                found.append((timer, place, moment))
        return found

    def _waiting(self) -> list[Any]:
        shown = ports.pending_timers(self._loop)
        if shown is not None:
            return [*shown]
        held = self._shadows.held.values() if self._shadows is not None else ()
        return [timer for ref in held if (timer := ref()) is not None]

    def _noted(self, timer: Any) -> tuple[CodeType, int, int] | None:
        if isinstance(timer, ports.NotedTimer) and hasattr(timer, "code"):
            return timer.code, timer.offset, timer.moment
        return self._timers.get(id(timer))


def _number(fd: Any) -> int:
    return fd if isinstance(fd, int) else int(fd.fileno())


def anything_noted(stage: StageView) -> bool:
    """See whether the test has added anything to the loop, once that has settled; a sign."""
    inventory(stage).take()
    noted = notes(stage)
    something = noted.has_timers or noted.readers or noted.begun or noted.nested
    return bool(something or noted.hides_generators)


def notes(stage: StageView) -> Notes:
    """Return the notes of a test; the first call begins to take them."""
    found = stage.memory.get(Notes)
    if found is None:
        found = stage.memory[Notes] = Notes(stage)
    return found
