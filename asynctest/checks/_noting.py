"""Hearing what is registered on a loop that does not tell by itself.

One object stands before the few methods of the loop that checks care about:
they are called rarely, and what they are called for may outlive the test. None
of them is on the way of a callback or of a step of a task.
"""

from __future__ import annotations

import asyncio
import sys
import weakref
from asyncio import AbstractEventLoop
from collections.abc import Callable
from types import FrameType
from typing import Any, Protocol

from .._ports import running_loop
from .._ports._light import Registrar

__all__ = ["Shadows"]

_OF_ANY = (
    *("add_reader", "add_writer", "remove_reader", "remove_writer"),
    *("add_signal_handler", "call_at", "call_later", "set_default_executor"),
)
_OF_STOCK = (
    *("add_reader", "add_writer", "add_signal_handler", "call_at"),
    *("_check_running", "_asyncgen_firstiter_hook", "_asyncgen_finalizer_hook"),
)


class _Registrar(Registrar, Protocol):
    def timer_added(self, timer: Any, frame: FrameType) -> None: ...


class Shadows:
    """Stands before methods of one loop while a test runs."""

    def __init__(
        self, loop: AbstractEventLoop, registrar: _Registrar, forget: Callable[[str, Any], None]
    ) -> None:
        self.held: dict[int, weakref.ref[Any]] = {}  # of a loop that does not show its timers
        self.executor: Any = None
        self._loop, self._registrar, self._forget = loop, registrar, forget
        self._names = _OF_STOCK if isinstance(loop, asyncio.BaseEventLoop) else _OF_ANY
        self._own = own = vars(loop)
        self._before = {name: own[name] for name in self._names if name in own}
        for name in self._names:
            own[name] = getattr(self, name)
        self._usual_call_at = self._usual("call_at")

    def take_away(self) -> None:
        """Take all of them away; what the user has put there in the meantime stays."""
        for name in self._names:
            if self._own.get(name) == getattr(self, name):
                self._own.pop(name, None)
                if name in self._before:
                    self._own[name] = self._before[name]

    def _usual(self, name: str) -> Any:
        """Return what a method of the loop was before."""
        before = self._before.get(name)
        return before if before is not None else getattr(type(self._loop), name).__get__(self._loop)

    # -- what stands there, under the name of what it stands before -------------------

    def add_reader(self, fd: Any, callback: Any, *args: Any) -> Any:
        result = self._usual("add_reader")(fd, callback, *args)
        self._registrar.reader_added("add_reader", fd, callback)
        return result

    def add_writer(self, fd: Any, callback: Any, *args: Any) -> Any:
        result = self._usual("add_writer")(fd, callback, *args)
        self._registrar.reader_added("add_writer", fd, callback)
        return result

    def remove_reader(self, fd: Any) -> Any:
        self._forget("add_reader", fd)
        return self._usual("remove_reader")(fd)

    def remove_writer(self, fd: Any) -> Any:
        self._forget("add_writer", fd)
        return self._usual("remove_writer")(fd)

    def add_signal_handler(self, sig: int, callback: Any, *args: Any) -> Any:
        self._registrar.signal_added(sig)
        return self._usual("add_signal_handler")(sig, callback, *args)

    def _check_running(self) -> Any:
        if running_loop() is not None:
            self._registrar.told_to_run()
        return self._usual("_check_running")()

    def _asyncgen_firstiter_hook(self, generator: Any) -> Any:
        self._registrar.generator_begun(generator)
        return self._usual("_asyncgen_firstiter_hook")(generator)

    def _asyncgen_finalizer_hook(self, generator: Any) -> Any:
        self._registrar.generator_dropped(generator)
        return self._usual("_asyncgen_finalizer_hook")(generator)

    def set_default_executor(self, executor: Any) -> Any:
        self.executor = executor
        return self._usual("set_default_executor")(executor)

    def call_at(self, *args: Any, **kwargs: Any) -> Any:
        timer = self._usual_call_at(*args, **kwargs)
        self._registrar.timer_added(timer, sys._getframe(1))
        return timer

    def call_later(self, *args: Any, **kwargs: Any) -> Any:
        timer = self._usual("call_later")(*args, **kwargs)
        self._registrar.timer_added(timer, sys._getframe(1))
        self.held[id(timer)] = weakref.ref(timer)
        return timer
