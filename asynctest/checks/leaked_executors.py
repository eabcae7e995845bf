"""Pools of threads that nobody has shut down."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .. import _ports as ports
from .._ports import _left
from ._check import Check, Finding, Level, StageView
from ._inventory import Inventory, anything_begun, inventory
from ._notes import notes
from .leaked_threads import ended


class LeakedExecutors(Check):
    """Thread pools that the test made, used and did not shut down.

    The loop's default executor does not count, nor does a pool that was there
    before the test, even if it starts its first thread now.
    """

    name = "leaked_executors"
    default = Level.WARN
    headline = "executors were not shut down:"
    fix = "Use with ThreadPoolExecutor(), or addCleanup(executor.shutdown)"

    needs = (inventory, notes)
    signs = (anything_begun,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        left = inventory(stage)
        workers = [each for each in left.threads() if _left.is_worker(each)]
        return self._look(stage, left.take(), workers) if workers else ()

    def _look(
        self, stage: StageView, left: Inventory, workers: list[threading.Thread]
    ) -> Iterable[Finding]:
        made = set(map(id, stage.heap.made(ThreadPoolExecutor)))
        default = ports.default_executor(stage.loop) or notes(stage).executor
        default = default or _left.hidden_executor(workers)

        def is_left(thread: threading.Thread) -> bool:
            pool = _left.executor_of(thread) if thread.is_alive() else None
            return pool is not None and pool is not default and id(pool) in made

        pools: dict[int, tuple[Any, threading.Thread]] = {}
        for thread in ended(workers, is_left):
            pool = _left.executor_of(thread)
            pools.setdefault(id(pool), (pool, thread))
        for pool, thread in pools.values():
            origin = left.made.origin_of(thread)
            place = (origin.place if origin else None) or stage.place
            fact = f"{type(pool).__name__} with thread {thread.name!r}, first used"
            yield Finding(fact, place, pool, origin.moment if origin else None)
