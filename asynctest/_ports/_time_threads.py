"""What another thread is doing right now.

A thread that waits without a time limit for this process cannot wake a loop by
itself: it is *parked*. Whether it is, shows in its innermost Python frame.
``_worker`` is where an idle pool thread waits for its next job; the C queue it
waits on adds no frame. Checked on 3.11 to 3.15.
"""

from __future__ import annotations

import _thread
import concurrent.futures.thread
import sys
import threading
from types import CodeType, FrameType
from typing import Any

LEANS_ON = (
    "_thread:_count",
    "sys:_current_frames",
    "concurrent.futures.thread:_worker",
    "concurrent.futures.process:_ExecutorManagerThread().pending_work_items",
    "concurrent.futures.process:_ExecutorManagerThread().processes",
    "threading:Condition.wait",
    "threading:Thread.join",
)

count = _thread._count
frames = sys._current_frames

_IDLE_WORKER: CodeType = concurrent.futures.thread._worker.__code__


def _code(owner: Any, name: str) -> CodeType | None:
    return getattr(getattr(owner, name, None), "__code__", None)


_UNTIMED_WAITS = {
    code
    for code in (
        threading.Condition.wait.__code__,
        threading.Thread.join.__code__,
        _code(threading.Thread, "_wait_for_tstate_lock"),
    )
    if code is not None
}


def is_parked(ident: int, frame: FrameType) -> bool:
    """True for a thread that only another thread of this process can set going."""
    code = frame.f_code
    if code is _IDLE_WORKER:
        queue = frame.f_locals.get("work_queue")
        return queue is None or queue.qsize() == 0
    if code in _UNTIMED_WAITS:
        return frame.f_locals.get("timeout", 0) in (None, -1)
    return _is_idle_process_pool(ident)


def is_pool_worker(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code is _IDLE_WORKER:
            return True
        frame = frame.f_back
    return False


def _manager(thread: threading.Thread | None) -> Any:
    """The thread as a process pool's manager, if it is one."""
    process = sys.modules.get("concurrent.futures.process")
    kind = getattr(process, "_ExecutorManagerThread", None)
    return thread if kind is not None and isinstance(thread, kind) else None


def _is_idle_process_pool(ident: int) -> bool:
    if "concurrent.futures.process" not in sys.modules:
        return False
    manager = _manager(thread(ident))
    return manager is not None and not manager.pending_work_items


def idle_pool_processes() -> set[int]:
    """Process ids of the workers of process pools that have nothing to do."""
    if "concurrent.futures.process" not in sys.modules:
        return set()
    managers = [_manager(thread) for thread in threading.enumerate()]
    return {
        pid
        for manager in managers
        if manager is not None and not manager.pending_work_items
        for pid in list(manager.processes or ())
    }


def thread(ident: int) -> threading.Thread | None:
    for each in threading.enumerate():
        if each.ident == ident:
            return each
    return None
