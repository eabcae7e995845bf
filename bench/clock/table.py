"""Run every scenario under every clock and print what happened, as a table in Markdown.

    python bench/clock/table.py [PYTHON]

PYTHON is an interpreter that has looptime, aiotools, async-solipsism, trio and
uvloop; a clock that it lacks is left out. Each cell runs in a process of its
own and may take ``PATIENCE`` real seconds; then it "hangs".
"""

from __future__ import annotations

import asyncio
import os
import pathlib
import subprocess
import sys
import warnings
from typing import Any

HERE = pathlib.Path(__file__).parent
PATIENCE = 10
ONE, OTHER = "asynctest", "asynctest on uvloop"
CLOCKS = [ONE, OTHER, "looptime", "aiotools", "async-solipsism", "trio", "trio, 0.2 s"]


def play(clock: str, name: str) -> None:
    """Run one scenario under one clock, in this process; exit code 0 is right."""
    import scenarios

    warnings.simplefilter("ignore")
    scenarios.prepare(name)
    try:
        run(clock, name)
    except scenarios.Wrong as exc:
        say(f"wrong: {exc}")
    except BaseException as exc:
        own = type(exc).__name__
        reported = own in ("StuckError", "RunawayError", "SleepForeverError")
        say("ok" if name in scenarios.MUST_RAISE and reported else own)
    else:
        say("wrong: no error" if name in scenarios.MUST_RAISE else "ok")


def say(verdict: str) -> None:
    print(verdict, flush=True)
    os._exit(0)


def run(clock: str, name: str) -> None:
    if clock.startswith("trio"):
        return run_trio(clock, name)
    import scenarios

    main = scenarios.scenarios[name]
    if clock in (ONE, OTHER):
        return run_ours(clock, name, main)
    if clock == "looptime":
        import looptime

        loop = looptime.new_event_loop()
        loop.setup_looptime(start=0, idle_step=0.001)
    elif clock == "async-solipsism":
        import async_solipsism

        loop = async_solipsism.EventLoop()
    else:
        return asyncio.run(under_aiotools(main))
    asyncio.set_event_loop(loop)
    loop.run_until_complete(main())
    return None


def run_ours(clock: str, name: str, main: Any) -> None:
    from asynctest.clock import Clock
    from asynctest.clock import run as run_clocked

    factory = None
    if clock == OTHER:
        import uvloop

        factory = uvloop.new_event_loop
    patched = name.startswith("time.time")
    run_clocked(main(), clock=Clock(patch_time=patched), loop_factory=factory)


async def under_aiotools(main: Any) -> None:
    import aiotools

    with aiotools.VirtualClock().patch_loop():
        await main()


def run_trio(clock: str, name: str) -> None:
    import trio
    import trio.testing
    import trio_scenarios

    if name not in trio_scenarios.scenarios:
        say("n/a")
    threshold = 0.2 if "," in clock else 0
    trio.run(
        trio_scenarios.scenarios[name],
        clock=trio.testing.MockClock(autojump_threshold=threshold),
    )


def cell(python: str, clock: str, name: str) -> str:
    command = [python, str(HERE / "table.py"), "--play", clock, name]
    environment = {**os.environ, "PYTHONPATH": f"{HERE.parent.parent}{os.pathsep}{HERE}"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, env=environment
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    return done.stdout.strip() or f"dies ({done.returncode})"


def available(python: str) -> list[str]:
    modules = {ONE: "asyncio", OTHER: "uvloop", "async-solipsism": "async_solipsism"}
    found = []
    for clock in CLOCKS:
        module = modules.get(clock, clock.partition(",")[0])
        if subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0:
            found.append(clock)
    return found


def main(python: str) -> None:
    sys.path.insert(0, str(HERE))
    import scenarios

    clocks = available(python)
    version = subprocess.run([python, "-V"], capture_output=True, text=True).stdout.strip()
    print(f"| {version} | " + " | ".join(clocks) + " |")
    print("| --- " * (len(clocks) + 1) + "|")
    for name in scenarios.scenarios:
        print(f"| {name} | " + " | ".join(cell(python, c, name) for c in clocks) + " |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--play"]:
        play(*sys.argv[2:])
    else:
        main(*(sys.argv[1:] or [sys.executable]))
