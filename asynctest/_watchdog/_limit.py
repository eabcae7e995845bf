"""A step of a test that has so many real seconds, and what happens after them.

First the loop is asked to cancel the step: its ``finally`` blocks run, and
tear-down finds the house in order. A loop that does not hear is blocked in
synchronous code, which is interrupted with an exception. A step that hears
and stays is left: the loop is stopped under it.

The exception is a KeyboardInterrupt, since that is what asyncio lets through.
In the main thread it is raised by a handler of a signal, which also ends a
``time.sleep`` or a wait for a lock; in other threads, Python can only raise it
at the next line.
"""

from __future__ import annotations

import _thread
import asyncio
import signal
import sys
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable
from types import FrameType
from typing import Any

from .. import _ports as ports
from ._debuggers import is_debugged

__all__ = ["Interrupted", "Limit"]

_PATIENCE = 0.25  # seconds for a loop to hear
_TRIES_BEFORE_SAYING = 3
_SIGNAL: Any = getattr(signal, "SIGRTMAX", 0) and signal.SIGRTMAX - 5


class Interrupted(KeyboardInterrupt):
    """Raised in code of a test that would not end otherwise."""


class Limit:
    """Watches one step; use it as a context manager in the thread of the test."""

    def __init__(
        self,
        loop: AbstractEventLoop,
        seconds: float,
        *,
        cancel: Callable[[], None],
        describe: Callable[[FrameType | None], str],
        grace: float,
    ) -> None:
        self.seconds = seconds
        self.report = ""
        self.fired = False
        self._loop = loop
        self._thread = _thread.get_ident()
        self._cancel = cancel
        self._describe = describe
        self._grace = grace
        self._left = seconds
        self._since = 0.0
        self._heard = False
        self._stopped = False
        self._tries = 0
        self._active = False
        self._handler_before: Any = None
        self._struck: asyncio.Task[Any] | None = None

    def __enter__(self) -> Limit:
        self._active = True
        self._by_signal = bool(_SIGNAL) and self._may_handle_signals()
        if self._by_signal:
            self._handler_before = signal.signal(_SIGNAL, self._on_signal)
        return self

    @staticmethod
    def _may_handle_signals() -> bool:
        return threading.current_thread() is threading.main_thread()

    def __exit__(self, *exc_info: object) -> None:
        self._active = False
        if self._by_signal:
            signal.signal(_SIGNAL, self._handler_before)
        elif self._tries:
            _raise_in(self._thread, None)  # not delivered yet: take it back
        if self._struck is not None and self._struck.done() and not self._struck.cancelled():
            self._struck.exception()  # ours: nobody else needs to hear of it

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        if self._active and self.fired:
            try:
                self._struck = asyncio.current_task(self._loop)
            except RuntimeError:
                self._struck = None
            raise Interrupted

    # -- in the watchdog's thread ----------------------------------------------

    def look(self, elapsed: float) -> None:
        """Count the time, and act when it is up."""
        if not self._active:
            return
        if not self.fired:
            frame = ports.frame_of(self._thread)
            if not is_debugged(frame):
                self._left -= elapsed
            if self._left <= 0:
                self._fire(frame)
            return
        self._since += elapsed
        if self._since >= (self._grace if self._heard and not self._tries else _PATIENCE):
            self._since = 0.0
            self._insist()

    def _fire(self, frame: FrameType | None) -> None:
        try:
            self.report = self._describe(frame)
        except Exception as exc:  # noqa: BLE001 - the report says so; the thread must live on
            self.report = f"(what it waits for could not be told: {exc!r})"
        self.fired = True
        if self._loop.is_running():
            self._post(self._hear)
        else:
            self._interrupt()

    def _hear(self) -> None:
        self._heard = True
        if self._active:
            self._cancel()

    def _insist(self) -> None:
        if self._heard and not self._stopped and self._loop.is_running():
            self._stopped = True
            self._post(self._loop.stop)
        else:
            self._interrupt()

    def _post(self, callback: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(callback)
        except RuntimeError:  # closed in the meantime
            self._interrupt()

    def _interrupt(self) -> None:
        if not self._active:
            return
        self._tries += 1
        if self._by_signal:
            signal.pthread_kill(self._thread, _SIGNAL)
        else:
            _raise_in(self._thread, Interrupted)
            for loop in ports.loops_below(ports.frame_of(self._thread)):
                loop.call_soon_threadsafe(int)  # end its wait: there must be a next line
        if self._tries == _TRIES_BEFORE_SAYING and sys.__stderr__ is not None:
            print(f"{self.report}\nIt cannot be interrupted.", file=sys.__stderr__, flush=True)


def _raise_in(thread: int, exc: type[BaseException] | None) -> None:
    """Raise an exception in another thread at its next line; None takes it back."""
    import ctypes  # slow to import, and hardly ever needed

    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), ctypes.py_object(exc) if exc is not None else None
    )
