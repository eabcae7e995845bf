import asyncio
import datetime
import sys
import time
import unittest
from unittest import mock

from asynctest.clock import Clock, run

try:
    import freezegun
except ImportError:
    freezegun = None
try:
    import time_machine
except ImportError:
    time_machine = None

HOUR = 3600


def real_functions():
    return [getattr(time, name) for name in ("time", "time_ns", "monotonic", "perf_counter")] + [
        datetime.datetime,
        datetime.date,
        time.localtime,
        time.gmtime,
    ]


def readings():
    return (
        time.time(),
        time.monotonic(),
        time.perf_counter(),
        time.time_ns() / 1e9,
        time.monotonic_ns() / 1e9,
        datetime.datetime.now().timestamp(),
        datetime.datetime.now(datetime.UTC).timestamp(),
        time.mktime(time.localtime()),
    )


async def an_hour():
    """How far each clock has moved while the loop slept for an hour."""
    before = readings()
    await asyncio.sleep(HOUR)
    return [round(after - early) for early, after in zip(before, readings(), strict=True)]


class OwnMeans(unittest.TestCase):
    def setUp(self):
        self.before = real_functions()
        without = mock.patch.dict(sys.modules, {"time_machine": None})
        without.start()
        self.addCleanup(without.stop)

    def run_clocked(self, main):
        return run(main, clock=Clock(patch_time=True))

    def test_all_clocks_move_together(self):
        self.assertEqual(self.run_clocked(an_hour()), [HOUR] * 8)

    def test_afterwards_everything_is_as_before(self):
        self.run_clocked(an_hour())
        self.assertEqual(real_functions(), self.before)

    def test_unless_asked_nothing_is_touched(self):
        async def main():
            return real_functions()

        self.assertEqual(run(main()), self.before)

    def test_dates_stay_real_dates(self):
        async def main():
            moment = datetime.datetime(2020, 1, 2)
            self.assertIsInstance(moment, datetime.datetime)
            self.assertIsInstance(moment, datetime.date)
            self.assertIs(type(datetime.datetime.now()), self.before[4])
            self.assertIs(type(datetime.date.today()), self.before[5])
            self.assertTrue(issubclass(self.before[4], datetime.datetime))
            self.assertEqual(datetime.datetime.fromisoformat("2020-01-02"), moment)
            self.assertEqual(datetime.datetime.utcnow().tzinfo, None)

        with self.subTest():
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                self.run_clocked(main())

    def test_the_day_changes_at_midnight(self):
        async def main():
            today = datetime.date.today()
            await asyncio.sleep(24 * HOUR)
            return (datetime.date.today() - today).days

        self.assertEqual(self.run_clocked(main()), 1)

    def test_it_says_what_it_cannot_reach(self):
        module = type(sys)("somebody_elses")
        module.now = time.time
        clock = Clock(patch_time=True)

        async def main():
            return clock.unreached()

        with mock.patch.dict(sys.modules, {"somebody_elses": module}):
            self.assertIn("somebody_elses.now", run(main(), clock=clock))
        self.assertEqual(clock.unreached(), [])

    @unittest.skipUnless(freezegun, "needs freezegun")
    def test_under_freezegun_the_frozen_time_moves(self):
        with freezegun.freeze_time("2026-01-01"):
            frozen = real_functions()
            self.assertEqual(self.run_clocked(an_hour()), [HOUR] * 8)
            self.assertEqual(real_functions(), frozen)
        self.assertEqual(real_functions(), self.before)

    @unittest.skipUnless(freezegun, "needs freezegun")
    def test_freezing_inside_of_the_test_moves_too(self):
        async def main():
            with freezegun.freeze_time("2026-01-01"):
                await asyncio.sleep(HOUR)
                return datetime.datetime.now().hour

        self.assertEqual(self.run_clocked(main()), 1)
        self.assertEqual(real_functions(), self.before)

    @unittest.skipUnless(freezegun, "needs freezegun")
    def test_frozen_time_does_not_hang_a_clock_that_knows_nothing_of_it(self):
        async def main():
            await asyncio.sleep(HOUR)
            return await asyncio.to_thread(int, "5")

        with freezegun.freeze_time("2026-01-01"):
            self.assertEqual(run(main()), 5)


@unittest.skipUnless(time_machine, "needs time-machine")
class WithTimeMachine(unittest.TestCase):
    def test_all_clocks_move_together(self):
        self.assertEqual(run(an_hour(), clock=Clock(patch_time=True)), [HOUR] * 8)

    def test_copies_of_the_wall_clock_are_reached(self):
        from time import time as copy

        async def main():
            before = copy()
            await asyncio.sleep(HOUR)
            return round(copy() - before)

        self.assertEqual(run(main(), clock=Clock(patch_time=True)), HOUR)

    def test_a_journey_that_is_under_way_goes_on(self):
        async def main():
            await asyncio.sleep(HOUR)
            return datetime.datetime.now(datetime.UTC)

        start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        with time_machine.travel(start, tick=False):
            end = run(main(), clock=Clock(patch_time=True))
        self.assertEqual(end - start, datetime.timedelta(hours=1))
