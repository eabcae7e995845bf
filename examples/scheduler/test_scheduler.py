"""A month of virtual time, in milliseconds of real time."""

import asyncio

import asynctest

from .scheduler import DAY, HOUR, Scheduler


class Month(asynctest.TestCase):
    clock = "auto"

    async def setUp(self):
        self.times = []
        self.scheduler = Scheduler()

    async def job(self, takes=0.0):
        self.times.append(self.loop.time())
        await asyncio.sleep(takes)

    async def test_a_daily_job_runs_thirty_times_in_a_month(self):
        async with self.scheduler as scheduler:
            scheduler.add(self.job, every=DAY, limit=HOUR)
            await asyncio.sleep(30 * DAY + 1)
        self.assertEqual(self.times, [day * DAY for day in range(1, 31)])

    async def test_times_do_not_drift_when_jobs_take_time(self):
        async with self.scheduler as scheduler:
            scheduler.add(lambda: self.job(takes=0.1), every=HOUR, limit=60)
            await asyncio.sleep(30 * DAY + 1)
        self.assertEqual(self.times[-1], 30 * DAY)
        self.assertEqual(len(self.times), 30 * 24)

    async def test_a_late_job_skips_the_times_it_has_missed(self):
        async with self.scheduler as scheduler:
            scheduler.add(lambda: self.job(takes=2.5 * HOUR), every=HOUR, limit=DAY)
            await asyncio.sleep(6.9 * HOUR)
        self.assertEqual(self.times, [HOUR, 4 * HOUR])
        self.assertEqual(scheduler.missed, 4)

    async def test_a_job_that_takes_too_long_is_ended(self):
        async with self.scheduler as scheduler:
            scheduler.add(lambda: self.job(takes=DAY), every=DAY, limit=HOUR)
            await asyncio.sleep(2.5 * DAY)
        self.assertEqual(self.times, [DAY, 2 * DAY])
        self.assertEqual(scheduler.timed_out, 2)
