"""What importing asynctest costs on top of unittest.mock and asyncio, in CPU milliseconds.

python bench/case/import_time.py
"""

import os
import pathlib
import resource
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
BASE = "import asyncio, unittest, unittest.mock, unittest.async_case"


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
    cost(f"{BASE}; import asynctest")  # writes the bytecode
    rounds = [(cost(BASE), cost(f"{BASE}; import asynctest")) for _ in range(15)]
    base, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
    extra = statistics.median(b - a for a, b in rounds)
    version = ".".join(map(str, sys.version_info[:2]))
    print(f"{version}  unittest.mock and asyncio {base:6.1f} ms; with asynctest {ours:6.1f} ms")
    print(f"{version}  on top {extra:6.1f} ms")
