"""What importing asynctest costs on top of unittest.mock and asyncio, in CPU milliseconds.

python bench/case/import_time.py [ROUNDS]

Two figures: the import, and what comes in before the first test. Each is the median of
differences within one round, with the quartiles.
"""

import os
import pathlib
import resource
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
BASE = "import asyncio, unittest, unittest.mock, unittest.async_case"
STEPS = (
    BASE,
    f"{BASE}; import asynctest",
    f"{BASE}; import asynctest; asynctest.TestCase('run')",
)


def cost(statement: str) -> float:
    """Return the CPU milliseconds of a fresh interpreter that runs a statement."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", statement],
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return 1000 * used


if __name__ == "__main__":
    cost(STEPS[-1])  # writes the bytecode
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    rounds = [tuple(map(cost, STEPS)) for _ in range(number)]
    version = ".".join(map(str, sys.version_info[:2]))
    base = statistics.median(row[0] for row in rounds)
    print(f"{version}  unittest.mock and asyncio      {base:6.1f} ms")
    for what, step in (("import asynctest, on top", 1), ("before the first test, on top", 2)):
        low, middle, high = statistics.quantiles([row[step] - row[0] for row in rounds], n=4)
        print(f"{version}  {what:30} {middle:6.1f} ms  ({low:.1f} to {high:.1f})")
