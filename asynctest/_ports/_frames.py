"""What another thread is doing: its frames, seen without stopping it.

Checked on 3.11 to 3.15: every callback of a stock loop runs below a frame of
``Handle._run``, whose only local is the handle.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio import AbstractEventLoop, Handle
from collections.abc import Iterator
from types import FrameType

__all__ = ["frame_of", "frames", "running_handle", "shows_handles"]

LEANS_ON = ("asyncio.events:Handle._run", "sys:_current_frames")

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


def running_handle(frame: FrameType | None) -> Handle | None:
    """Return the handle whose callback is running in these frames, if one is."""
    while frame is not None:
        if frame.f_code is _RUN:
            handle: Handle = frame.f_locals["self"]
            return handle
        frame = frame.f_back
    return None
