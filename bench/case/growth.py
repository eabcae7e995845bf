"""10,000 tests in one process: descriptors, threads and memory must not grow.

python bench/case/growth.py
"""

import gc
import os
import pathlib
import sys
import threading
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parents[2])]

import asynctest


class Case(asynctest.TestCase):
    async def asyncSetUp(self) -> None:
        self.addAsyncCleanup(self.nothing)

    async def test(self) -> None:
        await self.nothing()

    async def nothing(self) -> None:
        pass


class Result(unittest.TestResult):
    def addDuration(self, test: unittest.TestCase, elapsed: float) -> None:
        """Keep no list of durations, which would grow with every test."""


def state() -> tuple[int, int, int]:
    gc.collect()
    descriptors = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    return descriptors, threading.active_count(), sys.getallocatedblocks()


if __name__ == "__main__":
    result = Result()
    for _ in range(500):
        Case("test").run(result)
    before = state()
    for _ in range(10_000):
        Case("test").run(result)
    after = state()
    assert result.wasSuccessful() and result.testsRun == 10_500
    for name, a, b in zip(("descriptors", "threads", "memory blocks"), before, after, strict=True):
        print(f"{name:14} {a:10} -> {b:10}")
    sys.exit(not (before[:2] == after[:2] and after[2] - before[2] < 500))
