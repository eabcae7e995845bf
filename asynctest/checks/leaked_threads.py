"""Threads left running."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from .. import _ports as ports
from .._ports import _left
from .._stuck import place_of_thread
from ._check import Check, Finding, Level, StageView
from ._inventory import Inventory, anything_begun, inventory, is_tools
from ._notes import notes

__all__ = ["LeakedThreads", "ended"]

_PATIENCE = 0.1


class LeakedThreads(Check):
    """Threads that the test started and that have not ended, also in the pool of the loop.

    Threads of the loop's default executor count only while they work: the loop
    ends them when it is closed. Pools of the test's own are a matter for
    ``leaked_executors``. Daemon threads that an installed library keeps for
    itself do not count. A thread gets a tenth of a second to end.
    """

    name = "leaked_threads"
    default = Level.WARN
    headline = "threads were still running at the end:"
    fix = "Tell them to stop and join() them, in the test or in a clean-up"

    needs = (inventory, notes)
    signs = (anything_begun,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        left = inventory(stage)
        threads = left.threads()
        return self._look(stage, left.take(), threads) if threads else ()

    def _look(
        self, stage: StageView, left: Inventory, threads: list[threading.Thread]
    ) -> Iterable[Finding]:
        pool = ports.default_executor(stage.loop) or notes(stage).executor
        pool = pool or _left.hidden_executor(threads)

        def is_left(thread: threading.Thread) -> bool:
            if _left.is_worker(thread):
                return _left.executor_of(thread) is pool is not None and _left.is_in_job(thread)
            return thread.is_alive() and not _is_librarys(left, thread)

        for thread in ended(threads, is_left):
            origin = left.made.origin_of(thread)
            at = place_of_thread(thread)
            kind = "daemon thread" if thread.daemon else "thread"
            fact = f"{kind} {thread.name!r}" + (f" at {at}" if at else "")
            place = (origin.place if origin else None) or stage.place
            yield Finding(fact, place, thread, origin.moment if origin else None)


def ended(
    threads: Iterable[threading.Thread], is_left: Callable[[threading.Thread], bool]
) -> list[threading.Thread]:
    """Return the threads that are left even after a moment's patience."""
    left = [thread for thread in threads if is_left(thread)]
    until = time.monotonic() + _PATIENCE if left else 0
    while left and time.monotonic() < until:
        left[0].join(0.005)
        left = [thread for thread in left if is_left(thread)]
    return sorted(left, key=lambda thread: thread.name)


def _is_librarys(left: Inventory, thread: threading.Thread) -> bool:
    """Say whether a thread belongs to asyncio, to a tool, or to a library for good."""
    if thread.name.startswith(("asyncio-waitpid", "waitpid-", "QueueFeederThread", "pydevd.")):
        return True
    origin = left.made.origin_of(thread)
    if origin is None or is_tools(origin) or isinstance(thread, threading._DummyThread):
        return True
    return thread.daemon and bool(origin.maker or origin.line is None)
