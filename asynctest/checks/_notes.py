"""Notes taken at the loop while a test runs: who added what, and from which line.

One object stands before the few methods of the loop that checks care about:
they are called rarely, and what they are called for may outlive the test. None
of them is on the way of a callback or of a step of a task.
"""

from __future__ import annotations

import asyncio
import functools
import sys
import weakref
from asyncio import AbstractEventLoop
from collections.abc import Callable
from types import CodeType
from typing import Any

from .. import _ports as ports
from .._audit import Origin, user_line
from .._places import Place, line_at
from .._ports import _left
from ._check import StageView

__all__ = ["Notes", "notes"]

_CALL_LATER = asyncio.BaseEventLoop.call_later.__code__


class Notes:
    """What was registered on the loop of one test."""

    def __init__(self, stage: StageView) -> None:
        self._stage = stage
        self._loop = loop = stage.loop
        self._usual: dict[str, Callable[..., Any]] = {}
        self.readers: dict[tuple[str, int], tuple[Any, Origin]] = {}
        self.signals: dict[int, Origin] = {}
        self.begun: dict[int, Origin] = {}
        self.dropped: list[tuple[Any, int, int]] = []
        self.nested: list[Origin] = []
        self._timers: dict[int, tuple[weakref.ref[Any], CodeType, int, int]] = {}
        if ports.is_complete(loop):
            ours: dict[str, Callable[..., Any]] = {
                "add_reader": self._add_reader,
                "add_writer": self._add_writer,
                "remove_reader": self._remove_reader,
                "remove_writer": self._remove_writer,
                "add_signal_handler": self._add_signal_handler,
                "call_at": self._call_at,
            }
            if isinstance(loop, asyncio.BaseEventLoop):
                ours["_check_running"] = self._check_running
                ours["_asyncgen_firstiter_hook"] = self._begin
                ours["_asyncgen_finalizer_hook"] = self._drop
            else:
                ours["call_later"] = self._call_later
            self._install(loop, ours)

    def _install(self, loop: AbstractEventLoop, ours: dict[str, Callable[..., Any]]) -> None:
        shadows = vars(loop)
        before = {name: shadows[name] for name in ours if name in shadows}
        for name in ours:
            self._usual[name] = getattr(loop, name)
        shadows.update(ours)
        self._stage.defer(functools.partial(_take_away, shadows, ours, before))

    def _origin(self) -> Origin:
        return Origin(user_line(sys._getframe(2)), self._stage.moment)

    # -- readers and writers ---------------------------------------------------

    def _add_reader(self, fd: Any, callback: Any, *args: Any) -> Any:
        result = self._usual["add_reader"](fd, callback, *args)
        self.readers["add_reader", _number(fd)] = (callback, self._origin())
        return result

    def _add_writer(self, fd: Any, callback: Any, *args: Any) -> Any:
        result = self._usual["add_writer"](fd, callback, *args)
        self.readers["add_writer", _number(fd)] = (callback, self._origin())
        return result

    def _remove_reader(self, fd: Any) -> Any:
        self.readers.pop(("add_reader", _number(fd)), None)
        return self._usual["remove_reader"](fd)

    def _remove_writer(self, fd: Any) -> Any:
        self.readers.pop(("add_writer", _number(fd)), None)
        return self._usual["remove_writer"](fd)

    # -- signals, runs, generators --------------------------------------------

    def _add_signal_handler(self, sig: int, callback: Any, *args: Any) -> Any:
        self.signals[sig] = self._origin()
        return self._usual["add_signal_handler"](sig, callback, *args)

    def _check_running(self) -> Any:
        if _left.running_loop() is not None:
            self.nested.append(self._origin())
        return self._usual["_check_running"]()

    def _begin(self, generator: Any) -> Any:
        self.begun[id(generator)] = self._origin()
        return self._usual["_asyncgen_firstiter_hook"](generator)

    def _drop(self, generator: Any) -> Any:
        if generator.ag_frame is not None:
            line = generator.ag_frame.f_lineno
            self.dropped.append((generator.ag_code, line, id(generator)))
        return self._usual["_asyncgen_finalizer_hook"](generator)

    # -- timers -----------------------------------------------------------------

    def _call_at(self, *args: Any, **kwargs: Any) -> Any:
        timer = self._usual["call_at"](*args, **kwargs)
        frame: Any = sys._getframe(1)
        if frame.f_code is _CALL_LATER:
            frame = frame.f_back
        entry = (weakref.ref(timer), frame.f_code, frame.f_lasti, self._stage.moment)
        self._timers[id(timer)] = entry
        return timer

    def _call_later(self, *args: Any, **kwargs: Any) -> Any:
        timer = self._usual["call_later"](*args, **kwargs)
        frame = sys._getframe(1)
        entry = (weakref.ref(timer), frame.f_code, frame.f_lasti, self._stage.moment)
        self._timers[id(timer)] = entry
        return timer

    def timers(self) -> list[tuple[Any, Place, int]]:
        """Return the noted timers that still wait, where each was set, and at what moment."""
        found = []
        now = self._loop.time()
        for ref, code, offset, moment in self._timers.values():
            timer = ref()
            if timer is not None and not timer.cancelled() and timer.when() > now:
                place = Place(code.co_filename, line_at(code, offset), code.co_qualname)
                found.append((timer, place, moment))
        return found


def _number(fd: Any) -> int:
    return fd if isinstance(fd, int) else int(fd.fileno())


def _take_away(shadows: dict[str, Any], ours: dict[str, Any], before: dict[str, Any]) -> None:
    for name, function in ours.items():
        if shadows.get(name) == function:
            del shadows[name]
    shadows.update(before)


def notes(stage: StageView) -> Notes:
    """Return the notes of a test; the first call begins to take them."""
    found = stage.memory.get(Notes)
    if found is None:
        found = stage.memory[Notes] = Notes(stage)
    return found  # type: ignore[no-any-return]
