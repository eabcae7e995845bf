"""What a clocked uvloop needs of asyncio's timers and of uvloop's own methods.

``uvloop`` accepts foreign handles nowhere, so a due timer is run by a callback
of its own. Checked with uvloop 0.23 on 3.11 to 3.15.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

LEANS_ON = (
    "asyncio.events:Handle._run",
    "asyncio.events:Handle._context",
)


def run_timer(loop: Any, timer: asyncio.TimerHandle) -> None:
    """Let the loop run a due timer, unless it is cancelled before its turn."""
    loop.call_soon(_run_unless_cancelled, timer)


def _run_unless_cancelled(timer: Any) -> None:
    if not timer.cancelled():
        timer._run()


def arm(loop: Any, callback: Callable[..., object]) -> None:
    """Arm a callback by uvloop's own method, past the counting one of ours."""
    _plain_class(loop).call_soon(loop, callback)


def arm_later(loop: Any, seconds: float, callback: Callable[..., object], *args: Any) -> None:
    """Arm a callback for a moment of real time."""
    _plain_class(loop).call_later(loop, seconds, callback, *args)


def _plain_class(loop: Any) -> Any:
    """The first class behind ours: the user's, or uvloop's."""
    return type(loop).__mro__[2]
