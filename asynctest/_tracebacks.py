"""Tracebacks without the loop and this package around what a user wrote."""

from __future__ import annotations

import asyncio
import os
from types import FrameType, TracebackType
from typing import Any

from ._places import is_ours

__all__ = ["cut_to_users", "is_of_users", "where_it_waits"]

_ASYNCIO = os.path.dirname(asyncio.__file__) + os.sep


def is_of_users(frame: FrameType) -> bool:
    """Say whether a frame belongs neither to asyncio nor to this package."""
    return not is_ours(frame.f_code) and not frame.f_code.co_filename.startswith(_ASYNCIO)


def cut_to_users(trace: TracebackType | None, *, inside: bool = False) -> TracebackType | None:
    """Leave out what leads to the first frame of a user; None if there is no such frame.

    With ``inside`` what comes after their last one is left out as well: it is
    the place where something was waited for, and not at fault.
    """
    while trace is not None and not is_of_users(trace.tb_frame):
        trace = trace.tb_next
    return _without_end(trace) if inside else trace


def where_it_waits(coro: Any) -> TracebackType | None:
    """Return a traceback to where a coroutine stands in a user's code, as if that had raised."""
    frames: list[FrameType] = []
    while coro is not None:
        frame = getattr(coro, "cr_frame", None)
        if frame is None or not is_of_users(frame):
            break
        frames.append(frame)
        coro = getattr(coro, "cr_await", None)
    trace: TracebackType | None = None
    for frame in reversed(frames):
        trace = TracebackType(trace, frame, frame.f_lasti, frame.f_lineno)
    return trace


def _without_end(trace: TracebackType | None) -> TracebackType | None:
    kept: list[TracebackType] = []
    entry = trace
    while entry is not None:
        kept.append(entry)
        entry = entry.tb_next
    while kept and not is_of_users(kept[-1].tb_frame):
        kept.pop()
    after: TracebackType | None = None
    for entry in reversed(kept):
        after = TracebackType(after, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return after
