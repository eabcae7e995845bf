"""``run()``: a coroutine under a clock, without a test case."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .._errors import MisuseError, say
from ._clock import Clock
from ._options import Mode

__all__ = ["run"]

T = TypeVar("T")


def run(
    main: Coroutine[Any, Any, T],
    *,
    clock: Clock | Mode | None = "auto",
    debug: bool | None = None,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> T:
    """Run a coroutine on a new loop under a clock, and return its result.

    This is ``asyncio.run`` with time under control. It serves in scripts, in
    notebooks without a running loop, and inside of Hypothesis tests, where
    every example gets a loop and a clock of its own.

        >>> async def nap():
        ...     await asyncio.sleep(86400)
        ...     return "slept"
        >>> run(nap())
        'slept'

    ``clock`` is a `Clock`, a mode, or None for real time. A `Clock` given here
    can be read afterwards. Raises `StuckError` if nothing can ever wake the
    loop, and RuntimeError if a loop is running already.
    """
    chosen = Clock(clock) if isinstance(clock, str) else clock

    def make_loop() -> Any:
        loop = asyncio.new_event_loop() if loop_factory is None else loop_factory()
        if debug is not None:
            loop.set_debug(debug)
        return loop if chosen is None else chosen.install(loop)

    runner = asyncio.Runner(debug=debug, loop_factory=make_loop)
    try:
        _start(runner, main)
        return runner.run(main)
    finally:
        if chosen is not None and chosen.loop is not None:
            chosen.wind_down()
        runner.close()
        if chosen is not None:
            chosen.uninstall()


def _start(runner: asyncio.Runner, main: Coroutine[Any, Any, object]) -> None:
    """A coroutine that cannot be started is closed, lest it warns that nobody awaited it."""
    try:
        if _is_loop_running():
            raise MisuseError(
                say("run() was called while a loop runs in this thread.", (), "Await it instead.")
            )
        runner.get_loop()
    except BaseException:
        main.close()
        raise


def _is_loop_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
