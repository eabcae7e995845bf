"""Seconds as whole nanoseconds, so that ten tenths make one.

asyncio adds up floats: after a thousand sleeps of 0.1 s a deadline is off by
1e-12 s or so. The clock rounds every deadline it jumps to, and thereby drops
the error before it can grow. Far from zero a float no longer holds
nanoseconds, so the rounding gets coarser with the time: always a power of ten,
always at least four times the distance to the next float. The loop's own
resolution must keep step, or a timer that is due would never count as due
(up to 3.14 ``now + 1e-9 == now`` from 97 days on, and the loop spins).
"""

from __future__ import annotations

import math

__all__ = ["FAR", "from_ns", "grain", "to_ns"]

FAR = 2**200
"""A moment that never comes, in nanoseconds: that of ``sleep(math.inf)``."""

_FINE = 2.0**21
_NS = 1_000_000_000


def grain(seconds: float) -> int:
    """The step, in nanoseconds, to which moments near ``seconds`` are rounded.

    >>> grain(0.0), grain(1.7e9)
    (1, 1000)
    """
    if -_FINE < seconds < _FINE:
        return 1
    return int(10 ** math.ceil(math.log10(4 * math.ulp(seconds) * _NS)))


def to_ns(seconds: float) -> int:
    """Round to whole nanoseconds, or to what a float can tell apart there.

    >>> to_ns(0.1 + 0.2)
    300000000
    """
    if -_FINE < seconds < _FINE:
        return round(seconds * _NS)
    if math.isinf(seconds):
        return FAR if seconds > 0 else -FAR
    step = grain(seconds)
    return round(seconds * _NS / step) * step


def from_ns(ns: int) -> float:
    """Seconds as the nearest float.

    >>> from_ns(1000 * to_ns(0.1))
    100.0
    """
    return ns / _NS
