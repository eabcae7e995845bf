"""A stock selector loop that opens its descriptors late, and tells what is registered.

Half of what a loop costs is the pair of sockets that other threads wake it
with, and most tests never wait for another thread. So the pair is made before
the loop first blocks, in the loop's own thread, or for a signal handler; for the
selector itself see ``_late_selector``.

The race to keep in mind: another thread appends a callback to the ready queue,
then writes to the pipe if there is one. The loop makes the pipe, then looks at
the ready queue again, then blocks. Whichever way the two interleave, either the
write or the look sees the callback. ``test/test_light.py`` stresses it.

Timers are made here rather than by asyncio, to note the line that sets one in the same
call; what that costs is what audit hooks make of looking at a frame.

Checked on 3.11 to 3.15, where the overridden methods read the same.
"""

from __future__ import annotations

import asyncio
import heapq
import sys
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextvars import Context
from types import CodeType
from typing import Any, Protocol

from ._current import get_policy, running_loop
from ._late_selector import LateSelector, is_open

__all__ = [
    "LightLoop",
    "NotedTimer",
    "Registrar",
    "has_timers",
    "new_event_loop",
    "plain_event_loop",
]

LEANS_ON = (
    "asyncio.selector_events:BaseSelectorEventLoop._make_self_pipe",
    "asyncio.selector_events:BaseSelectorEventLoop._close_self_pipe",
    "asyncio.selector_events:BaseSelectorEventLoop()._ssock",
    "asyncio.selector_events:BaseSelectorEventLoop()._csock",
    "asyncio.base_events:BaseEventLoop()._ready",
    "asyncio.base_events:BaseEventLoop()._scheduled",
    "asyncio.base_events:BaseEventLoop()._debug",
    "asyncio.base_events:BaseEventLoop._check_closed",
    "asyncio.base_events:BaseEventLoop._check_thread",
    "asyncio.base_events:BaseEventLoop._check_callback",
    "asyncio.base_events:BaseEventLoop._check_running",
    "asyncio.base_events:BaseEventLoop._asyncgen_firstiter_hook",
    "asyncio.base_events:BaseEventLoop._asyncgen_finalizer_hook",
)


class Registrar(Protocol):
    """Who is told what is registered on a loop, in the very call that does it."""

    moments: Any
    """What has the current ``moment``, to be noted with each timer."""

    def reader_added(self, method: str, fd: Any, callback: Any) -> None: ...
    def signal_added(self, sig: int) -> None: ...
    def told_to_run(self) -> None: ...
    def generator_begun(self, generator: Any) -> None: ...
    def generator_dropped(self, generator: Any) -> None: ...


class NotedTimer(asyncio.TimerHandle):
    """A timer that knows where it was set, if somebody wanted that to be noted."""

    __slots__ = ("code", "moment", "offset")

    _scheduled: bool
    _source_traceback: list[Any] | None
    code: CodeType
    offset: int
    moment: int


NotedTimer.__name__ = NotedTimer.__qualname__ = "TimerHandle"  # which is what its repr says


class LightLoop(asyncio.SelectorEventLoop):
    """A selector event loop whose self-pipe and selector are made late."""

    _ssock: Any
    _csock: Any
    _ready: Any
    _scheduled: list[Any]
    _debug: bool
    _check_closed: Callable[[], None]
    _check_thread: Callable[[], None]
    _check_callback: Callable[[Any, str], None]

    # Who hears of exceptions, tasks and registrations. Attributes from the start, since
    # an object that gains some later is slower on 3.11, in everything it does.
    listener: Callable[[dict[str, Any]], object] | None
    on_task: Callable[[asyncio.Task[Any]], object] | None
    registrar: Registrar | None
    on_timer: Callable[[str, Any], object] | None

    def __init__(self) -> None:
        self.listener = self.on_task = self.registrar = self.on_timer = None
        self._late = LateSelector(self)
        super().__init__(self._late)

    @property
    def descriptors(self) -> list[Any]:
        """What it has opened for itself so far."""
        opened = [each for each in (self._ssock, self._csock) if each is not None]
        return [*opened, self._late] if is_open(self._late) else opened

    def _make_self_pipe(self) -> None:
        self._ssock = self._csock = None

    def make_self_pipe(self) -> bool:
        """Make the pipe unless it is there; say whether callbacks are ready by now."""
        if self._ssock is None:
            super()._make_self_pipe()  # type: ignore[misc]
        return bool(self._ready)

    def _close_self_pipe(self) -> None:
        if self._ssock is not None:
            super()._close_self_pipe()  # type: ignore[misc]

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        if self.listener is not None:
            self.listener(context)
        super().call_exception_handler(context)

    if sys.version_info < (3, 12):  # later ones tell of cancellations by themselves

        def create_task(self, coro: Any, **options: Any) -> asyncio.Task[Any]:
            task: asyncio.Task[Any] = super().create_task(coro, **options)
            if self.on_task is not None:
                self.on_task(task)
            return task

    # -- registrations ----------------------------------------------------------

    def add_signal_handler(  # type: ignore[override]
        self, sig: int, callback: Callable[..., Any], *args: Any
    ) -> None:
        if self.registrar is not None:
            self.registrar.signal_added(sig)
        self.make_self_pipe()  # signals arrive through it
        super().add_signal_handler(sig, callback, *args)

    def add_reader(  # type: ignore[override]
        self, fd: Any, callback: Callable[..., Any], *args: Any
    ) -> None:
        super().add_reader(fd, callback, *args)
        if self.registrar is not None:
            self.registrar.reader_added("add_reader", fd, callback)

    def add_writer(  # type: ignore[override]
        self, fd: Any, callback: Callable[..., Any], *args: Any
    ) -> None:
        super().add_writer(fd, callback, *args)
        if self.registrar is not None:
            self.registrar.reader_added("add_writer", fd, callback)

    def _check_running(self) -> None:
        if self.registrar is not None and running_loop() is not None:
            self.registrar.told_to_run()
        super()._check_running()  # type: ignore[misc]

    def _asyncgen_firstiter_hook(self, agen: Any) -> None:
        if self.registrar is not None:
            self.registrar.generator_begun(agen)
        super()._asyncgen_firstiter_hook(agen)  # type: ignore[misc]

    def _asyncgen_finalizer_hook(self, agen: Any) -> None:
        if self.registrar is not None:
            self.registrar.generator_dropped(agen)
        super()._asyncgen_finalizer_hook(agen)  # type: ignore[misc]

    # Bad arguments and a call_at that somebody has put before ours are left to asyncio.

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Any, *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        if delay is None or "call_at" in self.__dict__:
            return super().call_later(delay, callback, *args, context=context)
        return self._add_timer("call_later", self.time() + delay, callback, args, context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Any, *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        if when is None:
            return super().call_at(when, callback, *args, context=context)
        return self._add_timer("call_at", when, callback, args, context)

    def _add_timer(
        self, method: str, when: float, callback: Any, args: Any, context: Context | None
    ) -> NotedTimer:
        self._check_closed()
        if self._debug:
            self._check_thread()
            self._check_callback(callback, method)
        if self.on_timer is not None:
            self.on_timer(method, callback)
        timer = NotedTimer(when, callback, args, self, context)
        if timer._source_traceback:
            del timer._source_traceback[-2:]  # the lines of ours
        if self.registrar is not None and getattr(callback, "__module__", None) not in _ASYNCIOS:
            frame = sys._getframe(2)
            timer.code, timer.offset = frame.f_code, frame.f_lasti
            timer.moment = self.registrar.moments.moment
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer


# What asyncio itself waits for is part of what a task does, and is not worth the price.
_ASYNCIOS = {"asyncio.futures", "asyncio.tasks", "asyncio.timeouts"}


def has_timers(loop: AbstractEventLoop) -> bool:
    """Say whether a loop holds timers, cancelled ones included; True if it does not show them."""
    return bool(getattr(loop, "_scheduled", True))


_stock = asyncio.events.new_event_loop  # who replaces it does so in ``asyncio``


def new_event_loop() -> AbstractEventLoop:
    """Return ``asyncio.new_event_loop()``, or a light loop where that is the same.

    It is not where somebody replaced that function or the policy, whose choice
    counts, nor where the stock loop is not a selector loop.
    """
    policy = get_policy()
    stock = (
        asyncio.new_event_loop is _stock
        and getattr(policy, "_loop_factory", None) is asyncio.SelectorEventLoop
        and type(policy).__module__.startswith("asyncio.")
        and "new_event_loop" not in vars(policy)
    )
    return LightLoop() if stock else asyncio.new_event_loop()


def plain_event_loop() -> AbstractEventLoop:
    """Return ``asyncio.new_event_loop()``, looked up now: tests replace it."""
    return asyncio.new_event_loop()
