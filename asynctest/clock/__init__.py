"""Virtual time that is never wrong: sleeps take no time, real work is waited for.

    >>> import asyncio
    >>> from asynctest import clock
    >>> async def patient():
    ...     try:
    ...         async with asyncio.timeout(60):
    ...             await asyncio.sleep(3600)
    ...     except TimeoutError:
    ...         return asyncio.get_running_loop().time()
    >>> clock.run(patient())
    60.0

`Clock` is the clock, with its two modes; `run` runs a coroutine under one, and
`settle` lets the loop finish what it can do without time passing.
"""

from ._clock import Clock
from ._errors import ClockWarning, OutsideError, RunawayError, StuckError
from ._run import run
from ._settle import clock_of, settle
from ._timer_info import Timer

__all__ = [
    "Clock",
    "ClockWarning",
    "OutsideError",
    "RunawayError",
    "StuckError",
    "Timer",
    "clock_of",
    "run",
    "settle",
]
