"""What the clock raises and warns."""

from __future__ import annotations

from .._errors import AsynctestError, AsynctestWarning, published

__all__ = ["ClockWarning", "OutsideError", "RunawayError", "StuckError"]


@published("asynctest.clock")
class StuckError(AsynctestError, AssertionError):
    """Nothing can ever wake the loop: every task waits for something that cannot come."""


@published("asynctest.clock")
class RunawayError(AsynctestError, AssertionError):
    """The loop keeps running although time, and the world outside, stand still."""


@published("asynctest.clock")
class OutsideError(AsynctestError, AssertionError):
    """The loop waits for something outside, and the clock was told not to allow that."""


@published("asynctest.clock")
class ClockWarning(AsynctestWarning):
    """The clock stopped waiting for something that might still have woken the loop."""
