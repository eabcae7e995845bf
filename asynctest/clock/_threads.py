"""Threads and child processes that nobody told the loop about.

A thread counts as in flight while it runs, and not while it is parked: waiting
without a limit for another thread of this process, as an idle pool worker, a
log listener or ``queue.get()`` does. So a pool that was used once costs
nothing. Threads that already ran freely when the clock started belong to the
house (the test runner's watchdog, a metrics exporter) and do not count either.

Whether the process has children is a system call that costs as much as a tenth
of a jump. No child can be started in less time than ``_FASTEST_CHILD``, so
within that time after one look another would find nothing new. Children can
only be listed on Linux; elsewhere those that the loop did not start are unseen.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from types import CodeType, FrameType

from .._describe import describe_place
from .._ports import _time_threads as ports
from ._real import real_time
from ._wakers import Waker

__all__ = ["Bystanders"]

_FASTEST_CHILD = 0.00008
_CAN_LIST_CHILDREN = hasattr(os, "waitid") and os.path.isdir("/proc/self/task")


class Bystanders:
    """Looks at the threads and children of this process for one clock."""

    def __init__(self, known_children: Callable[[], set[int]]) -> None:
        self._known_children = known_children
        # By thread: the job it works on, if it is a pool's. The next job counts again.
        self._ignored = {ident: ports.job_of(frame) for ident, frame in ports.running()}
        self._ignored_children = _children()
        self.childless_until = -1.0

    def are_childless(self) -> bool:
        """True if this process has no children; asks the system only now and then."""
        now = real_time()
        if now > self.childless_until:
            if _has_children():
                return False
            self.childless_until = now + _FASTEST_CHILD
        return True

    def in_flight(self) -> list[Waker]:
        """Everything that runs right now and may wake the loop."""
        found = self._threads() if ports.count() else []
        return found if self.are_childless() else found + self._strangers()

    def ignore(self, waker: Waker) -> None:
        """No longer count this thread, or the children there are now."""
        if waker.thread is not None:
            self._ignored.update(
                (ident, ports.job_of(frame))
                for ident, frame in ports.running()
                if ident == waker.thread
            )
        if waker.child:
            self._ignored_children |= _children()

    def are_alone(self) -> bool:
        """True if no other thread, parked or not, could use a descriptor of this loop."""
        return all(map(ports.is_pool_worker, ports.others().values()))

    def _threads(self) -> list[Waker]:
        return [
            Waker(_describe_thread(ident, frame), certain=False, thread=ident)
            for ident, frame in ports.running()
            if not self._is_ignored(ident, frame)
        ]

    def _is_ignored(self, ident: int, frame: FrameType) -> bool:
        return ident in self._ignored and self._ignored[ident] == ports.job_of(frame)

    def _strangers(self) -> list[Waker]:
        known = self._ignored_children | self._known_children() | ports.idle_processes()
        return [
            Waker(f"child process {pid}, not started by this loop", certain=False, child=True)
            for pid in sorted(_children() - known)
        ]


def _describe_thread(ident: int, frame: FrameType) -> str:
    thread = ports.thread(ident)
    name = thread.name if thread is not None else f"{ident}"
    return f"thread {name!r} at {describe_place(*_place(frame))}"


def _place(frame: FrameType) -> tuple[CodeType, int]:
    """The innermost line outside of the standard library's threading."""
    chosen: FrameType | None = frame
    while chosen is not None and "threading" in chosen.f_code.co_filename:
        chosen = chosen.f_back
    chosen = chosen or frame
    return chosen.f_code, chosen.f_lineno


def _has_children() -> bool:
    if not _CAN_LIST_CHILDREN:
        return False
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _children() -> set[int]:
    """Process ids of this process's living children, those of a fork server included."""
    found = ports.multiprocessing_children()
    if not _CAN_LIST_CHILDREN:
        return found
    for task in os.listdir("/proc/self/task"):
        with suppress(OSError), open(f"/proc/self/task/{task}/children") as listing:
            found.update(int(pid) for pid in listing.read().split())
    return {pid for pid in found if not _is_zombie(pid)}


def _is_zombie(pid: int) -> bool:
    """True for a child that has ended and only waits to be asked for its exit code."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True
