"""Patch forms: CPU time of asynctest.mock.patch against unittest.mock.patch.

    python bench/mocks/patches.py [rounds]

Each line: microseconds of the standard library, microseconds of ours, how many
times faster ours is. The two take turns in short slices of one process, so that
the load of the machine falls on both; the ratio is the median of the slices'.
"""

from __future__ import annotations

import contextlib
import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock as standard

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from asynctest import mock as ours

SLICE = 0.01  # seconds of CPU time, for each side of each round

Operation = Callable[[], Any]


class Service:
    limit = 1

    def parse(self, text: str) -> str:
        return text

    async def fetch(self, name: str, *, timeout: float = 1.0) -> bytes:
        return b""

    @classmethod
    async def connect(cls) -> None: ...


MODULE = sys.modules["patches"] = sys.modules[__name__]
small = dict.fromkeys("abc", 0)


def used_in_a_with(make: Callable[[ModuleType], Any]) -> Callable[[ModuleType], Operation]:
    """Make a patch, enter it, leave it."""

    def prepare(library: ModuleType) -> Operation:
        def operation() -> None:
            with make(library):
                pass

        return operation

    return prepare


def called_decorated(make: Callable[[ModuleType], Any]) -> Callable[[ModuleType], Operation]:
    """Call a function that was decorated once."""

    def prepare(library: ModuleType) -> Operation:
        def function(*_: Any, **__: Any) -> None: ...

        return make(library)(function)  # type: ignore[no-any-return]

    return prepare


def run_decorated(make: Callable[[ModuleType], Any]) -> Callable[[ModuleType], Operation]:
    """Run a decorated coroutine function to its end."""

    def prepare(library: ModuleType) -> Operation:
        async def function(*_: Any, **__: Any) -> None: ...

        decorated = make(library)(function)

        def operation() -> None:
            with contextlib.suppress(StopIteration):
                decorated().send(None)

        return operation

    return prepare


def started_and_stopped(library: ModuleType) -> Operation:
    def operation() -> None:
        library.patch.object(Service, "limit", 2).start()
        library.patch.stopall()

    return operation


def nested(library: ModuleType) -> Operation:
    def operation() -> None:
        with (
            library.patch.object(Service, "limit", 2),
            library.patch.object(Service, "limit", 3),
            library.patch.object(Service, "parse", 4),
        ):
            pass

    return operation


def class_decorated(library: ModuleType) -> Operation:
    def operation() -> None:
        class Case:
            def test_one(self) -> None: ...
            async def test_two(self) -> None: ...

        library.patch.object(Service, "limit", 2)(Case)

    return operation


OPERATIONS: dict[str, Callable[[ModuleType], Operation]] = {
    "object, async method": used_in_a_with(lambda m: m.patch.object(Service, "fetch")),
    "object, async classmethod": used_in_a_with(lambda m: m.patch.object(Service, "connect")),
    "dotted, async method": used_in_a_with(lambda m: m.patch("patches.Service.fetch")),
    "object, method": used_in_a_with(lambda m: m.patch.object(Service, "parse")),
    "object, value": used_in_a_with(lambda m: m.patch.object(Service, "limit", 2)),
    "object, new_callable": used_in_a_with(
        lambda m: m.patch.object(Service, "limit", new_callable=list)
    ),
    "object, spec": used_in_a_with(lambda m: m.patch.object(Service, "parse", spec=True)),
    "object, spec of a class": used_in_a_with(
        lambda m: m.patch.object(MODULE, "Service", spec=True)
    ),
    "object, autospec": used_in_a_with(lambda m: m.patch.object(Service, "parse", autospec=True)),
    "object, autospec, async": used_in_a_with(
        lambda m: m.patch.object(Service, "fetch", autospec=True)
    ),
    "object, autospec of a class": used_in_a_with(
        lambda m: m.patch.object(MODULE, "Service", autospec=True)
    ),
    "dotted, value in a class": used_in_a_with(lambda m: m.patch("patches.Service.limit", 2)),
    "dotted, value in a module": used_in_a_with(lambda m: m.patch("patches.small", 2)),
    "dotted, value in a submodule": used_in_a_with(lambda m: m.patch("os.path.sep", "|")),
    "dotted, value in a package's class": used_in_a_with(
        lambda m: m.patch("unittest.TestCase.maxDiff", 2)
    ),
    "multiple, two values": used_in_a_with(lambda m: m.patch.multiple(Service, limit=2, parse=3)),
    "dict": used_in_a_with(lambda m: m.patch.dict(small, a=1)),
    "dict, cleared": used_in_a_with(lambda m: m.patch.dict(small, {"a": 1}, clear=True)),
    "dict, dotted": used_in_a_with(lambda m: m.patch.dict("patches.small", a=1)),
    "dict, os.environ": used_in_a_with(lambda m: m.patch.dict("os.environ", BENCH="1")),
    "dict, os.environ, cleared": used_in_a_with(
        lambda m: m.patch.dict("os.environ", {"BENCH": "1"}, clear=True)
    ),
    "dict, sys.modules": used_in_a_with(lambda m: m.patch.dict("sys.modules", bench=m)),
    "decorated function": called_decorated(lambda m: m.patch.object(Service, "limit", 2)),
    "decorated function, async method": called_decorated(
        lambda m: m.patch.object(Service, "fetch")
    ),
    "decorated function, dict": called_decorated(lambda m: m.patch.dict(small, a=1)),
    "decorated function, multiple": called_decorated(
        lambda m: m.patch.multiple(Service, limit=2, parse=3)
    ),
    "decorated coroutine": run_decorated(lambda m: m.patch.object(Service, "limit", 2)),
    "decorated coroutine, os.environ": run_decorated(
        lambda m: m.patch.dict("os.environ", BENCH="1")
    ),
    "nested": nested,
    "start and stopall": started_and_stopped,
    "class decorated": class_decorated,
}


def repetitions(operation: Operation) -> int:
    """Find out how often an operation fits in a slice."""
    count = 1
    while True:
        taken = timed(operation, count)
        if taken > SLICE / 4:
            return max(1, round(count * SLICE / taken))
        count *= 4


def timed(operation: Operation, count: int) -> float:
    start = time.process_time()
    for _ in range(count):
        operation()
    return time.process_time() - start


def compare(prepare: Callable[[ModuleType], Operation], rounds: int) -> tuple[float, float, float]:
    sides = [prepare(standard), prepare(ours)]
    counts = [repetitions(side) for side in sides]
    taken: list[list[float]] = [[], []]
    for turn in range(rounds):
        for index in (0, 1) if turn % 2 else (1, 0):
            gc.collect()
            taken[index].append(timed(sides[index], counts[index]) / counts[index])
    ratio = statistics.median(one / two for one, two in zip(*taken, strict=True))
    return statistics.median(taken[0]) * 1e6, statistics.median(taken[1]) * 1e6, ratio


if __name__ == "__main__":
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    print(f"Python {sys.version.split()[0]}, {len(os.environ)} variables in os.environ")
    for name, prepare in OPERATIONS.items():
        if len(sys.argv) > 2 and sys.argv[2] not in name:
            continue
        theirs, own, ratio = compare(prepare, rounds)
        print(f"{name:<36}{theirs:>10.1f}{own:>10.1f}{ratio:>9.2f}x", flush=True)
