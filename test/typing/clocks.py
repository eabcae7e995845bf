"""Type-checked, not run: virtual time."""

import asyncio
from typing import assert_type

import asynctest
from asynctest.clock import Clock, StuckError, Timer, clock_of, run, settle


class Auto(asynctest.TestCase):
    clock = "auto"

    async def test(self) -> None:
        await asyncio.sleep(3600)


class Prepared(asynctest.TestCase):
    clock = Clock("manual", external="error", start=10, patch_time=True)


class ByHand(asynctest.ClockedTestCase):
    async def test(self) -> None:
        await self.advance(1)


@asynctest.configure(clock="auto")
async def function() -> str:
    await settle(limit=10)
    return ""


async def use(clock: Clock) -> float:
    assert_type(clock.time(), float)
    assert_type(clock.timers(), list[Timer])
    assert_type(clock.next_timer(), Timer | None)
    await clock.advance(1)
    await clock.advance_to(10)
    await clock.settle()
    await clock.sleep_real(0.1)
    with clock.hold("a printer"):
        assert_type(clock.in_flight(), list[str])
    return clock.elapsed()


assert_type(run(use(Clock())), float)
assert_type(run(function(), clock=None, debug=True), str)
assert_type(clock_of(asyncio.new_event_loop()), Clock | None)
assert_type(asynctest.run(function(), clock=asynctest.Clock("manual")), str)
error: type[AssertionError] | type[Exception] = StuckError
