"""Notes taken at the loop while a test runs: who added what, and from which line.

One object stands before the few methods of the loop that checks care about:
they are called rarely, and what they are called for may outlive the test. None
of them is on the way of a callback or of a step of a task.
"""

from __future__ import annotations

import asyncio
import sys
import weakref
from collections.abc import Mapping, Sequence
from types import CodeType
from typing import Any

from .. import _ports as ports
from .._audit import Origin, user_line
from .._places import Place, line_at
from .._ports import _left
from ..selector import isfilemock
from ._check import StageView
from ._inventory import inventory

__all__ = ["Notes", "anything_noted", "notes"]

_OF_ANY = {
    "add_reader": "_add_reader",
    "add_writer": "_add_writer",
    "remove_reader": "_remove_reader",
    "remove_writer": "_remove_writer",
    "add_signal_handler": "_add_signal_handler",
    "call_at": "_call_at",
    "call_later": "_call_later",
    "set_default_executor": "_set_default_executor",
}
_OF_STOCK = {
    "add_reader": "_add_reader",
    "add_writer": "_add_writer",
    "add_signal_handler": "_add_signal_handler",
    "call_at": "_call_at",
    "_check_running": "_check_running",
    "_asyncgen_firstiter_hook": "_asyncgen_firstiter_hook",
    "_asyncgen_finalizer_hook": "_asyncgen_finalizer_hook",
}
_CALL_LATER = asyncio.BaseEventLoop.call_later.__code__


class Notes:
    """What was registered on the loop of one test."""

    readers: Mapping[tuple[str, int], tuple[Any, Origin]] = {}
    signals: Mapping[int, Origin] = {}
    begun: Mapping[int, Origin] = {}
    dropped: Sequence[tuple[Any, int, int]] = ()
    nested: Sequence[Origin] = ()
    executor: Any = None
    _held: dict[int, weakref.ref[Any]]
    """Timers of a loop that does not show them."""

    def __init__(self, stage: StageView) -> None:
        self._stage = stage
        self._loop = loop = stage.loop
        self._shadows: dict[str, Any] = {}
        self._timers: dict[int, tuple[CodeType, int, int]] = {}
        if ports.is_complete(loop):
            names = _OF_STOCK if isinstance(loop, asyncio.BaseEventLoop) else _OF_ANY
            self._shadows = shadows = vars(loop)
            self._before = {name: shadows[name] for name in names if name in shadows}
            for name, ours in names.items():
                shadows[name] = getattr(self, ours)
            self._names = names
            self._usual_call_at = self._usual("call_at")
            if names is _OF_ANY:
                self._held = {}
            stage.defer(self._take_away)

    def _usual(self, name: str) -> Any:
        """Return what a method of the loop was before."""
        before = self._before.get(name)
        return before if before is not None else getattr(type(self._loop), name).__get__(self._loop)

    def _take_away(self) -> None:
        # What the user has put there in the meantime stays on a loop that lives on.
        for name, ours in self._names.items():
            if not self._stage.lent or self._shadows.get(name) == getattr(self, ours):
                self._shadows.pop(name, None)
        self._shadows.update(self._before)

    def _origin(self) -> Origin:
        return Origin(user_line(sys._getframe(2)), self._stage.moment)

    # -- readers and writers ---------------------------------------------------

    def _add_reader(self, fd: Any, callback: Any, *args: Any) -> Any:
        result = self._usual("add_reader")(fd, callback, *args)
        if isfilemock(fd):
            return result
        self.readers = {**self.readers, ("add_reader", _number(fd)): (callback, self._origin())}
        return result

    def _add_writer(self, fd: Any, callback: Any, *args: Any) -> Any:
        result = self._usual("add_writer")(fd, callback, *args)
        if isfilemock(fd):
            return result
        self.readers = {**self.readers, ("add_writer", _number(fd)): (callback, self._origin())}
        return result

    def _remove_reader(self, fd: Any) -> Any:
        self._forget("add_reader", fd)
        return self._usual("remove_reader")(fd)

    def _remove_writer(self, fd: Any) -> Any:
        self._forget("add_writer", fd)
        return self._usual("remove_writer")(fd)

    def left_readers(self) -> list[tuple[str, int, Any, Origin]]:
        """Return the readers and writers that were added and not removed."""
        if not self.readers:
            return []
        registered = _left.registered(self._loop)
        return [
            (name, number, callback, origin)
            for (name, number), (callback, origin) in self.readers.items()
            if registered is None or (name, number) in registered
        ]

    def _forget(self, name: str, fd: Any) -> None:
        number = _number(fd)
        self.readers = {key: each for key, each in self.readers.items() if key != (name, number)}

    # -- signals, runs, generators --------------------------------------------

    def _add_signal_handler(self, sig: int, callback: Any, *args: Any) -> Any:
        self.signals = {**self.signals, sig: self._origin()}
        return self._usual("add_signal_handler")(sig, callback, *args)

    def _check_running(self) -> Any:
        if _left.running_loop() is not None:
            self.nested = [*self.nested, self._origin()]
        return self._usual("_check_running")()

    def _asyncgen_firstiter_hook(self, generator: Any) -> Any:
        self.begun = {**self.begun, id(generator): self._origin()}
        return self._usual("_asyncgen_firstiter_hook")(generator)

    def _asyncgen_finalizer_hook(self, generator: Any) -> Any:
        if generator.ag_frame is not None:
            line = generator.ag_frame.f_lineno
            self.dropped = [*self.dropped, (generator.ag_code, line, id(generator))]
        return self._usual("_asyncgen_finalizer_hook")(generator)

    def _set_default_executor(self, executor: Any) -> Any:
        self.executor = executor
        return self._usual("set_default_executor")(executor)

    # -- timers -----------------------------------------------------------------

    def _call_at(self, *args: Any, **kwargs: Any) -> Any:
        timer = self._usual_call_at(*args, **kwargs)
        frame: Any = sys._getframe(1)
        if frame.f_code is _CALL_LATER:
            frame = frame.f_back
        # By address, which the next timer at the same address takes over.
        self._timers[id(timer)] = (frame.f_code, frame.f_lasti, self._stage.moment)
        return timer

    def _call_later(self, *args: Any, **kwargs: Any) -> Any:
        timer = self._usual("call_later")(*args, **kwargs)
        frame = sys._getframe(1)
        self._timers[id(timer)] = (frame.f_code, frame.f_lasti, self._stage.moment)
        self._held[id(timer)] = weakref.ref(timer)
        return timer

    @property
    def has_timers(self) -> bool:
        """Whether any timer was set."""
        return bool(self._timers)

    def _waiting(self) -> list[Any]:
        if not self._timers:
            return []
        shown = ports.pending_timers(self._loop)
        if shown is not None:
            return [*shown]
        return [timer for ref in self._held.values() if (timer := ref()) is not None]

    def timers(self) -> list[tuple[Any, Place, int]]:
        """Return the noted timers that still wait, where each was set, and at what moment."""
        found = []
        now = self._loop.time()
        for timer in self._waiting():
            noted = self._timers.get(id(timer))
            if noted is not None and not timer.cancelled() and timer.when() > now:
                code, offset, moment = noted
                place = Place(code.co_filename, line_at(code, offset), code.co_qualname)
                found.append((timer, place, moment))
        return found


def _number(fd: Any) -> int:
    return fd if isinstance(fd, int) else int(fd.fileno())


def anything_noted(stage: StageView) -> bool:
    """See whether the test has added anything to the loop, once that has settled; a sign."""
    inventory(stage).take()
    noted = notes(stage)
    return bool(noted.has_timers or noted.readers or noted.begun or noted.nested)


def notes(stage: StageView) -> Notes:
    """Return the notes of a test; the first call begins to take them."""
    found = stage.memory.get(Notes)
    if found is None:
        found = stage.memory[Notes] = Notes(stage)
    return found
