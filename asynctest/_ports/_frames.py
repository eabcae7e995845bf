"""What another thread is doing: its frames, seen without stopping it.

Checked on 3.11 to 3.15: every callback of a stock loop runs below a frame of
``Handle._run``, whose only local is the handle.
"""

from __future__ import annotations

import _thread
import asyncio
import sys
from asyncio import AbstractEventLoop, Handle
from collections.abc import Iterator
from types import FrameType

__all__ = [
    "OUR_THREADS",
    "frame_of",
    "frames",
    "has_other_threads",
    "is_waiting",
    "loops_below",
    "running_handle",
    "runs_handle",
    "shows_handles",
]

LEANS_ON = ("asyncio.events:Handle._run", "sys:_current_frames", "_thread:_count")

OUR_THREADS: set[int] = set()
"""Threads of this library's own, which are nobody's business."""


def has_other_threads() -> bool:
    """Say whether there are threads besides the main one, not counting our own."""
    return _thread._count() > len(OUR_THREADS)


_FOREVER = asyncio.BaseEventLoop.run_forever.__code__
_RUN = asyncio.Handle._run.__code__


def frame_of(thread: int) -> FrameType | None:
    """Return the innermost frame of a thread, or None if it has ended."""
    return sys._current_frames().get(thread)


def frames(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield a frame and those that called it, the innermost first."""
    while frame is not None:
        yield frame
        frame = frame.f_back


def shows_handles(loop: AbstractEventLoop) -> bool:
    """Say whether the callbacks of this loop run below ``Handle._run``."""
    return isinstance(loop, asyncio.BaseEventLoop)


def runs_handle(frame: FrameType) -> bool:
    """Say whether in this very frame the loop calls a callback."""
    return frame.f_code is _RUN


def running_handle(frame: FrameType | None) -> Handle | None:
    """Return the handle whose callback is running in these frames, if one is."""
    while frame is not None:
        if frame.f_code is _RUN:
            handle: Handle = frame.f_locals["self"]
            return handle
        frame = frame.f_back
    return None


def loops_below(frame: FrameType | None) -> list[AbstractEventLoop]:
    """Return the stock loops that run in these frames, the innermost first."""
    return [each.f_locals["self"] for each in frames(frame) if each.f_code is _FOREVER]


def is_waiting(frame: FrameType | None) -> bool:
    """Say whether a thread in this frame is a loop that waits for something to do."""
    if frame is None:
        return True
    module = frame.f_globals.get("__name__", "")
    return module == "selectors" or (module, frame.f_code.co_name) == (
        "asyncio.base_events",
        "_run_once",
    )
