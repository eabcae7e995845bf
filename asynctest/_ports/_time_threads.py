"""What another thread is doing right now.

A thread that waits without a time limit for this process cannot wake a loop by
itself: it is *parked*. Whether it is, shows in its innermost Python frame.
``_worker`` is where an idle pool thread waits for its next job; the C queue it
waits on adds no frame, and from 3.13 on hands a job over without ever counting
it as queued. Checked on 3.11 to 3.15.
"""

from __future__ import annotations

import _thread
import asyncio
import concurrent.futures.thread
import sys
import threading
from types import CodeType, FrameType
from typing import Any

from ._frames import OUR_THREADS

LEANS_ON = (
    "_thread:_count",
    "sys:_current_frames",
    "concurrent.futures.thread:_worker",
    "concurrent.futures.thread:ThreadPoolExecutor()._idle_semaphore",
    "threading:Semaphore()._value",
    "concurrent.futures.process:_ExecutorManagerThread().pending_work_items",
    "concurrent.futures.process:_ExecutorManagerThread().processes",
    "multiprocessing.forkserver:ForkServer()._forkserver_pid",
    "multiprocessing.forkserver:_forkserver",
    "multiprocessing.process:_children",
    "multiprocessing.resource_tracker:ResourceTracker()._pid",
    "multiprocessing.resource_tracker:_resource_tracker",
    "threading:Condition.wait",
    "threading:Thread.join",
)

count = _thread._count

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

_CHILD_WATCHERS = {
    _code(getattr(asyncio.unix_events, name, None), "_do_waitpid")
    for name in ("ThreadedChildWatcher", "_ThreadedChildWatcher")
    if sys.platform != "win32"
}


def others() -> dict[int, FrameType]:
    """The innermost frame of every other thread but our own, by the thread's number."""
    frames = sys._current_frames()
    for ident in (_thread.get_ident(), *OUR_THREADS):
        frames.pop(ident, None)
    return frames


def running() -> list[tuple[int, FrameType]]:
    """The threads that could do something by themselves: all but the parked ones.

    Of the pool threads that seem to be idle, some may have a job already and not
    have woken up yet. The pool knows how many: it counts its idle threads down
    when it is given a job.
    """
    found: list[tuple[int, FrameType]] = []
    idle: dict[int, tuple[Any, list[tuple[int, FrameType]]]] = {}
    for ident, frame in others().items():
        if frame.f_code is _IDLE_WORKER:
            pool = frame.f_locals["executor_reference"]()
            idle.setdefault(id(pool), (pool, []))[1].append((ident, frame))
        elif not _is_parked(ident, frame):
            found.append((ident, frame))
    for pool, waiting in idle.values():
        if pool is not None:
            found += waiting[pool._idle_semaphore._value :]
    return found


def _is_parked(ident: int, frame: FrameType) -> bool:
    """True for a thread that only another thread of this process can set going."""
    if frame.f_code in _UNTIMED_WAITS:
        return frame.f_locals.get("timeout", 0) in (None, -1)
    return _waits_for_child(frame) or _is_idle_process_pool(ident)


def _waits_for_child(frame: FrameType | None) -> bool:
    """True for the thread in which asyncio waits for a child, which counts by itself."""
    while frame is not None:
        if frame.f_code in _CHILD_WATCHERS:
            return True
        frame = frame.f_back
    return False


def is_pool_worker(frame: FrameType | None) -> bool:
    return _worker_frame(frame) is not None


def job_of(frame: FrameType) -> object:
    """What a thread works on: in a pool the job, elsewhere always the same.

    Jobs that are queued behind it belong to it: they are what comes next. A
    pool thread between two jobs works on something that is like nothing else.
    """
    worker = _worker_frame(frame)
    if worker is None:
        return None
    names = worker.f_locals
    return names.get("work_item") or object(), names["work_queue"].qsize()


def _worker_frame(frame: FrameType | None) -> FrameType | None:
    while frame is not None and frame.f_code is not _IDLE_WORKER:
        frame = frame.f_back
    return frame


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


def idle_processes() -> set[int]:
    """Ids of processes that serve this one and now have nothing to do.

    Those are the workers of an idle process pool, and what multiprocessing
    keeps for itself: its fork server and its resource tracker.
    """
    found = {
        getattr(_instance("multiprocessing.forkserver", "_forkserver"), "_forkserver_pid", None),
        getattr(_instance("multiprocessing.resource_tracker", "_resource_tracker"), "_pid", None),
    }
    if "concurrent.futures.process" in sys.modules:
        for manager in map(_manager, threading.enumerate()):
            if manager is not None and not manager.pending_work_items:
                found.update(list(manager.processes or ()))
    return {pid for pid in found if pid is not None}


def multiprocessing_children() -> set[int]:
    """Ids of the processes that multiprocessing started, be it through its fork server."""
    processes: Any = _instance("multiprocessing.process", "_children") or ()
    return {process.pid for process in list(processes) if process.exitcode is None}


def _instance(module: str, name: str) -> object:
    """A global of a module, if that has been imported."""
    return getattr(sys.modules.get(module), name, None)


def thread(ident: int) -> threading.Thread | None:
    for each in threading.enumerate():
        if each.ident == ident:
            return each
    return None
