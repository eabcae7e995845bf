"""Where the price of one trivial async test goes: loop, stage, plugin, checks.

Each layer is measured where it is paid, in a run of pytest, by what it adds to
the layer below: a bare loop for each test, then a stage without checks driven
by hand, then the plugin with ``lenient``, then the plugin as it comes. CPU
time, processes take turns, medians.

    python bench/pytest/split.py [--rounds 5] [--tests 1000]
"""

from __future__ import annotations

import argparse
import pathlib
import statistics
import tempfile

from figures import ASYNC, LOOP_TIME, MARK, OURS, SYNC, cpu, write

BARE_LOOP = """
import pytest
from asynctest import _ports as ports

@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    loop = ports.new_event_loop()
    loop.run_until_complete(pyfuncitem.obj())
    loop.close()
    return True
"""

BARE_STAGE = """
import pytest
from asynctest._settings import merge
from asynctest._stage import Stage

@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    stage = Stage(pyfuncitem.nodeid, merge(), method=pyfuncitem.obj)
    stage.open()
    stage.set_up()
    stage.test(pyfuncitem.obj)
    stage.tear_down()
    stage.judge()
    stage.close()
    return True
"""

LAYERS = {
    "a plain test": ["run_sync.py"],
    "the loop": ["-p", "bare_loop", "run_ours.py"],
    "the stage": ["-p", "bare_stage", "run_ours.py"],
    "the plugin": [*OURS, "-o", "asynctest_lenient=true", "run_ours.py"],
    "the checks": [*OURS, "run_ours.py"],
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tests", type=int, default=1000)
    options = parser.parse_args()
    times: dict[str, list[float]] = {name: [] for name in LAYERS}
    with tempfile.TemporaryDirectory() as folder:
        write(folder, "run_sync.py", options.tests, SYNC)
        write(folder, "run_ours.py", options.tests, ASYNC, MARK.format(mark="asynctest"))
        for name, text in (("bare_loop", BARE_LOOP), ("bare_stage", BARE_STAGE)):
            pathlib.Path(folder, f"{name}.py").write_text(text)
        pathlib.Path(folder, "loop_time.py").write_text(LOOP_TIME)
        for _ in range(options.rounds):
            for name, arguments in LAYERS.items():
                cpu(folder, ["-p", "loop_time", "-W", "ignore", *arguments])
                took = float(pathlib.Path(folder, "loop_time.txt").read_text())
                times[name].append(took / options.tests)
    below = [0.0] * options.rounds
    for name, values in times.items():
        added = statistics.median(a - b for a, b in zip(values, below, strict=True))
        total = statistics.median(a / b for a, b in zip(values, times["a plain test"], strict=True))
        print(f"{name}: {added * 1e6:.0f} us more, {total:.2f}x plain so far")
        below = values


if __name__ == "__main__":
    main()
