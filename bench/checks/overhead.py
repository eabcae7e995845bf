"""CPU microseconds that the checks add to a trivial test; one number per line.

    PYTHONPATH=. python bench/checks/overhead.py [OBJECTS]

OBJECTS are kept alive to show that the size of the heap does not matter.
"""

from __future__ import annotations

import sys
import time
import unittest

import asynctest


class Trivial(asynctest.TestCase):
    async def test(self) -> None:
        pass


@asynctest.lenient
class Unchecked(Trivial):
    pass


def microseconds(cls: type[asynctest.TestCase], repeat: int = 50) -> float:
    cases = [cls("test") for _ in range(repeat)]
    result = unittest.TestResult()
    start = time.process_time()
    for case in cases:
        case.run(result)
    return (time.process_time() - start) / repeat * 1e6


def compare(rounds: int = 60) -> tuple[float, float]:
    """Return the least cost without and with checks, measured alternately; load only adds."""
    without, with_checks = [], []
    for _ in range(rounds):
        without.append(microseconds(Unchecked))
        with_checks.append(microseconds(Trivial))
    return min(without), min(with_checks)


if __name__ == "__main__":
    ballast = [[number] for number in range(int((sys.argv[1:] or ["0"])[0]))]
    before, after = compare()
    print(f"python {sys.version.split()[0]}, {len(ballast)} objects more on the heap")
    print(f"without checks      {before:8.1f} us")
    print(f"with default checks {after:8.1f} us")
    print(f"price of the checks {after - before:8.1f} us")
