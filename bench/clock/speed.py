"""What a jump costs: microseconds of CPU, ours against a selector that merely jumps, and others.

    PYTHONPATH=. python bench/clock/speed.py

One figure per line. All take turns in every round; a ratio is the median of
the rounds' ratios. looptime and trio are measured if they are installed.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from asynctest.clock import Clock

ROUNDS = 5
DAY = 86400.0


def mere() -> Any:
    """The least that can be done: a selector that jumps instead of waiting."""
    loop = asyncio.new_event_loop()
    now = 0.0
    poll = loop._selector.select

    def select(timeout: float) -> Any:
        nonlocal now
        events = poll(0)
        if not events and timeout:
            now += timeout
        return events

    loop.time = lambda: now
    loop._selector.select = select
    return loop


def ours() -> Any:
    return Clock().install(asyncio.new_event_loop())


def looptime() -> Any:
    import looptime

    loop = looptime.new_event_loop()
    loop.setup_looptime(start=0)
    return loop


def uvloop() -> Any:
    import uvloop

    return Clock().install(uvloop.new_event_loop())


async def sleeps(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(60)


async def timers(number: int) -> None:
    """So many timers over a virtual day, in no order, without tasks."""
    loop = asyncio.get_running_loop()
    over = loop.create_future()
    left = number

    def fire() -> None:
        nonlocal left
        left -= 1
        if not left:
            over.set_result(None)

    for index in range(number):
        loop.call_later(index * 7919 % number * DAY / number, fire)
    await over


def cpu(make: Callable[[], Any], main: Callable[[int], Any], number: int) -> float:
    loop = make()
    gc.collect()
    start = time.process_time()
    loop.run_until_complete(main(number))
    spent = (time.process_time() - start) / number * 1e6
    loop.close()
    return spent


def under_trio(number: int) -> float:
    import trio
    import trio.testing

    async def main() -> None:
        for _ in range(number):
            await trio.sleep(60)

    start = time.process_time()
    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    return (time.process_time() - start) / number * 1e6


def advance(step: bool, number: int) -> float:
    """Advance over so many deadlines: in one call, or stepping from one to the next."""
    clock = Clock("manual")
    loop = clock.install(asyncio.new_event_loop())

    async def main() -> None:
        for index in range(number):
            loop.call_later(index + 1, int)
        if step:
            for _ in range(number):
                await clock.advance(1)
        else:
            await clock.advance(number)

    start = time.process_time()
    loop.run_until_complete(main())
    spent = (time.process_time() - start) / number * 1e6
    loop.close()
    return spent


def compare(title: str, measures: dict[str, Callable[[], float]]) -> None:
    rounds: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(ROUNDS):
        for name, measure in measures.items():
            try:
                rounds[name].append(measure())
            except ImportError:
                continue
    base = next(iter(rounds.values()))
    version = ".".join(map(str, sys.version_info[:2]))
    for name, each in rounds.items():
        if each:
            ratio = statistics.median(a / b for a, b in zip(each, base, strict=True))
            median = statistics.median(each)
            print(f"{version}  {title:26} {name:30} {median:8.2f} us  {ratio:6.2f}x", flush=True)


def main() -> None:
    compare(
        "await sleep(60)",
        {
            "a selector that merely jumps": lambda: cpu(mere, sleeps, 20_000),
            "asynctest": lambda: cpu(ours, sleeps, 20_000),
            "asynctest on uvloop": lambda: cpu(uvloop, sleeps, 20_000),
            "looptime": lambda: cpu(looptime, sleeps, 500),
            "trio, autojump": lambda: under_trio(5_000),
        },
    )
    compare(
        "100,000 timers in a day",
        {
            "a selector that merely jumps": lambda: cpu(mere, timers, 100_000),
            "asynctest": lambda: cpu(ours, timers, 100_000),
            "looptime (1,000 timers)": lambda: cpu(looptime, timers, 1_000),
        },
    )
    compare(
        "advance over 10,000",
        {
            "one step for each deadline": lambda: advance(True, 10_000),
            "one call": lambda: advance(False, 10_000),
        },
    )


if __name__ == "__main__":
    main()
