"""What the clock needs of a loop that asyncio's own classes do not show.

Checked on 3.11 to 3.15. The loop's timers are a heap of handles; its ready
queue a deque; its selector (a proactor has one too, under the same name) is
asked once per pass, with a timeout that is 0 exactly when something is ready.
"""

from __future__ import annotations

import asyncio
import contextvars
import heapq
import sys
from collections.abc import Callable, Collection, Mapping
from types import CodeType
from typing import Any, TypeAlias

LEANS_ON = (
    "asyncio.base_events:BaseEventLoop()._scheduled",
    "asyncio.base_events:BaseEventLoop()._ready",
    "asyncio.base_events:BaseEventLoop()._clock_resolution",
    "asyncio.base_events:BaseEventLoop()._closed",
    "asyncio.base_events:BaseEventLoop._check_closed",
    "asyncio.base_events:BaseEventLoop()._debug",
    "asyncio.base_events:BaseEventLoop._check_thread",
    "asyncio.base_events:BaseEventLoop._check_callback",
    "asyncio.base_events:BaseEventLoop()._default_executor",
    "asyncio.base_events:BaseEventLoop()._executor_shutdown_called",
    "asyncio.selector_events:BaseSelectorEventLoop()._selector",
    "asyncio.selector_events:BaseSelectorEventLoop()._ssock",
    "asyncio.selector_events:BaseSelectorEventLoop()._transports",
    "selectors:_BaseSelectorImpl()._fd_to_key",
    "asyncio.unix_events:_UnixSelectorEventLoop()._signal_handlers",
    "asyncio.events:TimerHandle()._when",
    "asyncio.events:TimerHandle()._scheduled",
    "asyncio.events:Handle()._callback",
    "asyncio.events:Handle()._args",
    "asyncio.events:Handle()._cancelled",
)

Loop: TypeAlias = Any
Select: TypeAlias = Callable[[float | None], "list[Any] | None"]

NUMBER_BITS = 40
FINE = 2.0**21
"""Up to here a float tells nanoseconds apart."""
_ASYNCIO = asyncio.__file__.rpartition("__init__")[0]
_NOT_THEIRS = (_ASYNCIO, __file__.rpartition("_ports")[0])


class OrderedTimer(asyncio.TimerHandle):
    """A timer with a number, so that equal deadlines fire in the order they were made.

    asyncio's own heap compares deadlines alone, and is not stable. ``key``
    joins the moment in nanoseconds and the number into one integer.
    """

    __slots__ = ("code", "key", "offset")

    key: int
    code: CodeType | None  # these two are no tuple: the collector would have to visit it
    offset: int
    _when: float

    def __lt__(self, other: Any) -> bool:
        try:
            return self.key < other.key  # type: ignore[no-any-return]
        except AttributeError:  # a plain timer, set before the clock came
            return self._when < other._when  # type: ignore[no-any-return]

    def __gt__(self, other: Any) -> bool:
        return not self < other


def timer_calls(
    loop: Loop, line: Any, to_ns: Callable[[float], int], number: Callable[[], int]
) -> dict[str, Callable[..., OrderedTimer]]:
    """``call_at`` and ``call_later`` that put ordered timers on the loop's own heap.

    ``line.now`` is the time. Tests set timers by the hundred thousand, so
    nothing is called here that can be written out.
    """
    push, frame_at, ours = heapq.heappush, sys._getframe, _NOT_THEIRS

    def call_at(
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> OrderedTimer:
        if loop._closed or loop._debug:
            _check(loop, callback)
        timer = OrderedTimer(when, callback, args, loop, context)
        ns = round(when * 1e9) if -FINE < when < FINE else to_ns(when)
        timer.key = ns << NUMBER_BITS | number()
        frame = frame_at(1)
        if frame.f_code.co_filename.startswith(ours):
            timer.code, timer.offset = site(2)
        else:
            timer.code, timer.offset = frame.f_code, frame.f_lasti
        push(loop._scheduled, timer)
        timer._scheduled = True  # type: ignore[attr-defined]
        return timer

    def call_later(
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> OrderedTimer:
        if loop._closed or loop._debug:
            _check(loop, callback)
        when = line.now + delay
        timer = OrderedTimer(when, callback, args, loop, context)
        ns = round(when * 1e9) if -FINE < when < FINE else to_ns(when)
        timer.key = ns << NUMBER_BITS | number()
        frame = frame_at(1)
        if frame.f_code.co_filename.startswith(ours):
            timer.code, timer.offset = site(2)
        else:
            timer.code, timer.offset = frame.f_code, frame.f_lasti
        push(loop._scheduled, timer)
        timer._scheduled = True  # type: ignore[attr-defined]
        return timer

    return {"call_at": call_at, "call_later": call_later}


def _check(loop: Loop, callback: Callable[..., object]) -> None:
    loop._check_closed()
    if loop._debug:
        loop._check_thread()
        loop._check_callback(callback, "call_at")


def make_timer(
    loop: Loop,
    ns: int,
    number: int,
    when: float,
    callback: Callable[..., object],
    args: tuple[Any, ...],
    context: contextvars.Context | None,
) -> OrderedTimer:
    """Make an ordered timer for a loop whose heap is not asyncio's."""
    timer = OrderedTimer(when, callback, args, loop, context)
    timer.key = ns << NUMBER_BITS | number
    timer.code, timer.offset = site(3)
    return timer


def site(depth: int) -> tuple[CodeType | None, int]:
    """The nearest place outside of asyncio and of this package.

    Only the code object and an offset are kept: a frame would keep everything
    the caller holds alive for as long as the timer, and a line number would
    have to be worked out for every timer that nobody asks about.
    """
    frame = sys._getframe(depth)
    code = frame.f_code
    while code.co_filename.startswith(_NOT_THEIRS):
        back = frame.f_back
        if back is None:
            return None, 0
        frame = back
        code = frame.f_code
    return code, frame.f_lasti


def made_at(timer: Any) -> tuple[CodeType, int] | None:
    """The code and line that made a timer, if it is known."""
    code = getattr(timer, "code", None)
    if code is None:
        return None
    offset = timer.offset
    lines = (line for start, end, line in code.co_lines() if start <= offset < end and line)
    return code, next(lines, code.co_firstlineno)


def has_timer_heap(loop: Loop) -> bool:
    return isinstance(getattr(loop, "_scheduled", None), list)


def timers(loop: Loop) -> list[Any]:
    """The timers still to fire, soonest first."""
    return sorted(timer for timer in loop._scheduled if not timer._cancelled)


def heap(loop: Loop) -> list[Any]:
    """The heap itself: its first entry is live whenever the selector is asked."""
    scheduled: list[Any] = loop._scheduled
    return scheduled


def shift_timers(loop: Loop, seconds: float) -> None:
    """Move every deadline; the same step for all keeps the heap a heap."""
    for timer in loop._scheduled:
        timer._when += seconds


def set_resolution(loop: Loop, seconds: float) -> float:
    before: float = loop._clock_resolution
    loop._clock_resolution = seconds
    return before


def ready(loop: Loop) -> Collection[Any]:
    """The queue of handles that run on the next pass, as it changes."""
    queue: Collection[Any] = loop._ready
    return queue


def handle_parts(handle: Any) -> tuple[Any, tuple[Any, ...]]:
    return getattr(handle, "_callback", None), getattr(handle, "_args", None) or ()


def selector(loop: Loop) -> Any:
    return getattr(loop, "_selector", None)


def innermost_selector(loop: Loop) -> Any:
    """The selector that asks the operating system, below any wrapper."""
    inner = loop._selector
    for _ in range(8):
        below = getattr(inner, "_selector", None)
        if below is None or not hasattr(below, "select"):
            break
        inner = below
    return inner


def watched(selector: Any) -> Mapping[int, Any] | None:
    """The descriptors a selector watches, as they change; None for a proactor.

    The public mapping takes a microsecond for what a dictionary does in none.
    """
    table = getattr(selector, "_fd_to_key", None)
    if isinstance(table, dict):
        return table
    get_map = getattr(selector, "get_map", None)
    return None if get_map is None else get_map()


def self_pipe(loop: Loop) -> int:
    """The descriptor that wakes this loop from other threads, or -1."""
    ours = getattr(loop, "_ssock", None)
    return -1 if ours is None else int(ours.fileno())


def transports(loop: Loop) -> Mapping[int, Any]:
    """The table itself: a transport stays in it while it does not read."""
    table = getattr(loop, "_transports", None)
    return {} if table is None else table


def signal_handlers(loop: Loop) -> Mapping[int, Any]:
    """The table itself, as it changes."""
    handlers = getattr(loop, "_signal_handlers", None)
    return {} if handlers is None else handlers


def default_executor(loop: Loop) -> Any:
    return getattr(loop, "_default_executor", None)


def refuses_executor_jobs(loop: Loop) -> bool:
    return bool(getattr(loop, "_executor_shutdown_called", False))
