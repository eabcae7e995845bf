"""What a user gets to see of a timer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from .._describe import describe_handle, describe_place
from .._ports import _time_loop as ports

__all__ = ["Timer"]


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that waits to fire.

    ``when`` is its moment in virtual seconds; ``what`` says what it will call,
    or which task sleeps until then; ``made`` is the place in your code that
    set it, as ``file:line in function``, or empty where that is not known.
    """

    when: float
    what: str
    made: str

    @classmethod
    def of(cls, handle: asyncio.TimerHandle) -> Timer:
        """Describe one of the loop's timers."""
        made = ports.made_at(handle)
        return cls(handle.when(), describe_handle(handle), describe_place(*made) if made else "")
