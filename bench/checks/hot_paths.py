"""What the checks add to the hot paths of a test: tasks, callbacks, loop turns; a ratio per line."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
import unittest
from collections.abc import Awaitable, Callable

import asynctest

REPEAT = 4000


async def nothing() -> None:
    pass


async def tasks() -> None:
    for _ in range(REPEAT):
        await asyncio.create_task(nothing())


async def coroutines() -> None:
    for _ in range(REPEAT * 10):
        await nothing()


async def turns() -> None:
    for _ in range(REPEAT * 2):
        await asyncio.sleep(0)


async def callbacks() -> None:
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    left = REPEAT * 2

    def callback() -> None:
        nonlocal left
        left -= 1
        if left:
            loop.call_soon(callback)
        else:
            done.set_result(None)

    loop.call_soon(callback)
    await done


async def timers() -> None:
    loop = asyncio.get_running_loop()
    for _ in range(REPEAT):
        loop.call_later(10, nothing).cancel()


async def exceptions() -> None:
    empty: dict[int, int] = {}
    for _ in range(REPEAT * 5):
        try:  # noqa: SIM105 - what this costs is measured
            empty[1]
        except KeyError:
            pass


def seconds(body: Callable[[], Awaitable[None]], checked: bool) -> float:
    class Case(asynctest.TestCase):
        async def test(self) -> None:
            start = time.process_time()
            await body()
            took.append(time.process_time() - start)

    took: list[float] = []
    case = Case if checked else asynctest.lenient(Case)
    result = unittest.TestResult()
    case("test").run(result)
    assert result.wasSuccessful(), result.errors
    return took[0]


if __name__ == "__main__":
    print(f"python {sys.version.split()[0]}: with checks / without")
    for body in (tasks, coroutines, turns, callbacks, timers, exceptions):
        ratios = []
        for _ in range(25):
            without = seconds(body, False)
            ratios.append(seconds(body, True) / without)
        print(f"{body.__name__:12} {statistics.median(ratios):6.2f}")
