"""What the pytest plugin costs: start-up, collection, one trivial test.

CPU time of pytest processes that take turns, medians of several rounds; a ratio
compares processes of one round. Start-up and collection count the whole process,
a test what pytest takes for its run alone, set-up and tear-down included.

    python bench/pytest/figures.py [--rounds 5] [--tests 500] [--collect 20000]
"""

from __future__ import annotations

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parents[2]

OURS = ["-p", "_asynctest_pytest"]
ASYNCIO = ["-p", "pytest_asyncio.plugin", "-o", "asyncio_default_fixture_loop_scope=function"]
ANYIO = ["-p", "anyio.pytest_plugin"]

HEADER = "import asyncio, pytest\n"
SYNC = "def test_{n}(): pass\n"
ASYNC = "async def test_{n}(): pass\n"
MARK = "pytestmark = pytest.mark.{mark}\n"
BACKEND = "@pytest.fixture(scope='module')\ndef anyio_backend(): return 'asyncio'\n"


LOOP_TIME = """
import pathlib, pytest, time

@pytest.hookimpl(wrapper=True)
def pytest_runtestloop():
    start = time.process_time()
    result = yield
    pathlib.Path("loop_time.txt").write_text(str(time.process_time() - start))
    return result
"""


def cpu(folder: str, arguments: list[str]) -> float:
    """Run pytest and return the CPU seconds it took, in user and system mode."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure(variants: dict[str, list[str]], folder: str, rounds: int) -> dict[str, list[float]]:
    """Run all variants in turns."""
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, arguments in variants.items():
            times[name].append(cpu(folder, arguments))
    return times


def write(folder: str, name: str, count: int, body: str, *head: str) -> None:
    tests = "".join(body.format(n=n) for n in range(count))
    pathlib.Path(folder, name).write_text(HEADER + "".join(head) + tests)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tests", type=int, default=1000)
    parser.add_argument("--collect", type=int, default=20000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for count, prefix in ((options.tests, "run"), (options.collect, "collect")):
            write(folder, f"{prefix}_sync.py", count, SYNC)
            write(folder, f"{prefix}_ours.py", count, ASYNC, MARK.format(mark="asynctest"))
            write(folder, f"{prefix}_asyncio.py", count, ASYNC, MARK.format(mark="asyncio"))
            write(folder, f"{prefix}_anyio.py", count, ASYNC, MARK.format(mark="anyio"), BACKEND)
        write(folder, "empty.py", 1, SYNC)
        pathlib.Path(folder, "loop_time.py").write_text(LOOP_TIME)
        start_up(folder, max(options.rounds, 9))
        collection(folder, options)
        running(folder, options)


def start_up(folder: str, rounds: int) -> None:
    times = measure({"without": ["empty.py"], "with": [*OURS, "empty.py"]}, folder, rounds)
    pairs = zip(times["with"], times["without"], strict=True)
    extra = statistics.median(a - b for a, b in pairs)
    print(f"start-up in a suite that does not use it: {extra * 1000:.1f} ms (goal 15)")


def collection(folder: str, options: argparse.Namespace) -> None:
    collect = ["--collect-only", "-qq"]
    variants = {
        "plain tests": [*OURS, *collect, "collect_sync.py"],
        "asynctest": [*OURS, *collect, "collect_ours.py"],
        "asynctest, auto": [*OURS, *collect, "-o", "asynctest_mode=auto", "collect_ours.py"],
        "pytest-asyncio": [*ASYNCIO, *collect, "collect_asyncio.py"],
        "anyio": [*ANYIO, *collect, "collect_anyio.py"],
    }
    report("collecting", options.collect, measure(variants, folder, options.rounds))


def running(folder: str, options: argparse.Namespace) -> None:
    variants = {
        "plain tests": ["run_sync.py"],
        "asynctest": [*OURS, "run_ours.py"],
        "asynctest, no checks": [*OURS, "-o", "asynctest_lenient=true", "run_ours.py"],
        "pytest-asyncio": [*ASYNCIO, "run_asyncio.py"],
        "anyio": [*ANYIO, "run_anyio.py"],
    }
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(options.rounds):
        for name, arguments in variants.items():
            cpu(folder, ["-p", "loop_time", *arguments])
            times[name].append(float(pathlib.Path(folder, "loop_time.txt").read_text()))
    report("running", options.tests, times)


def report(what: str, count: int, times: dict[str, list[float]]) -> None:
    plain = times["plain tests"]
    for name, values in times.items():
        each = statistics.median(values) / count
        ratio = statistics.median(a / b for a, b in zip(values, plain, strict=True))
        print(f"{what} {count} tests, {name}: {each * 1e6:.0f} us each, {ratio:.2f}x plain")


if __name__ == "__main__":
    main()
