"""Compare operations in one process: interleaved, CPU time, medians of ratios."""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable

ROUNDS = 7


def cpu(operation: Callable[[], object], number: int) -> float:
    """Return the CPU seconds per call."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        for _ in range(number):
            operation()
        return (time.process_time() - start) / number
    finally:
        gc.enable()


def compare(
    base: str, operations: dict[str, tuple[Callable[[], object], int]], rounds: int = ROUNDS
) -> dict[str, float]:
    """Print microseconds per call and the ratio to ``base``, one operation a line.

    All operations take turns in every round; the ratio is the median of the
    rounds' ratios, followed by their spread: what the machine's noise leaves.
    """
    times: dict[str, list[float]] = {name: [] for name in operations}
    for name, (operation, number) in operations.items():
        cpu(operation, max(1, number // 10))  # warm up
    for _ in range(rounds):
        for name, (operation, number) in operations.items():
            times[name].append(cpu(operation, number))
    version = ".".join(map(str, sys.version_info[:2]))
    ratios = {}
    for name, seconds in times.items():
        each = [a / b for a, b in zip(seconds, times[base], strict=True)]
        ratios[name] = statistics.median(each)
        print(
            f"{version}  {name:44} {statistics.median(seconds) * 1e6:10.1f} us  "
            f"{ratios[name]:7.3f}x  ({min(each):.3f}-{max(each):.3f})"
        )
    return ratios
