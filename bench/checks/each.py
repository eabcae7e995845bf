"""CPU microseconds that each check alone adds to a trivial test; one check per line."""

from __future__ import annotations

import statistics
import sys

from overhead import Trivial, Unchecked, microseconds

import asynctest
from asynctest import checks


def price(name: str, rounds: int = 15) -> float:
    class Checked(Trivial):
        pass

    asynctest.fail_on(**dict.fromkeys(checks.known(), False))(Checked)
    asynctest.warn_on(name)(Checked)
    differences = []
    for _ in range(rounds):
        without = microseconds(Unchecked)
        differences.append(microseconds(Checked) - without)
    return statistics.median(differences)


if __name__ == "__main__":
    print(f"python {sys.version.split()[0]}")
    for name in checks.known():
        print(f"{name:28} {price(name):8.1f} us")
