"""Real time, wherever the clocks of the test stand.

freezegun looks through every module for the functions of `time` and replaces
what it finds; this one it does not recognise, and it does not touch
``clock_gettime`` even if it is active when this module is imported.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable

__all__ = ["real_time"]


def _find() -> Callable[[], float]:
    if hasattr(time, "CLOCK_MONOTONIC"):
        return functools.partial(time.clock_gettime, time.CLOCK_MONOTONIC)
    return functools.partial(_call, time.perf_counter)


def _call(function: Callable[[], float]) -> float:
    return function()


real_time: Callable[[], float] = _find()
