"""Mocks stand for the jobs; the test decides when each of them ends."""

import asyncio

import asynctest

from .pool import Cancelled, WorkerPool


class Pool(asynctest.TestCase):
    async def test_gives_the_result_of_each_job(self):
        job = asynctest.CoroutineMock(side_effect=["one", "two"])
        async with WorkerPool(2) as pool:
            results = [pool.submit(job), pool.submit(job)]
        self.assertEqual([await result for result in results], ["one", "two"])

    async def test_runs_no_more_jobs_than_it_has_workers(self):
        job = asynctest.CoroutineMock()
        with job.awaited.hold() as held:
            async with WorkerPool(2) as pool:
                for _ in range(5):
                    pool.submit(job)
                await held.wait_in_flight(2)
                await asynctest.exhaust_callbacks(self.loop)
                self.assertEqual(len(held.in_flight), 2)
                held.release_all()
        self.assertEqual(job.await_count, 5)

    async def test_an_error_goes_to_who_waits_for_the_job(self):
        job = asynctest.CoroutineMock(side_effect=[ValueError("no"), "fine"])
        async with WorkerPool(1) as pool:
            failed, fine = pool.submit(job), pool.submit(job)
        with self.assertRaises(ValueError):
            await failed
        self.assertEqual(await fine, "fine")

    async def test_cancelling_ends_running_and_waiting_jobs(self):
        job = asynctest.CoroutineMock()
        with job.awaited.hold() as held:
            async with WorkerPool(1) as pool:
                running, waiting = pool.submit(job), pool.submit(job)
                await held.wait_in_flight()
                await pool.cancel()
        for result in (running, waiting):
            with self.assertRaises(Cancelled):
                await result

    async def test_an_error_in_the_block_cancels_the_jobs(self):
        job = asynctest.CoroutineMock()
        with job.awaited.hold() as held, self.assertRaises(KeyError):
            async with WorkerPool(1) as pool:
                result = pool.submit(job)
                await held.wait_in_flight()
                raise KeyError
        with self.assertRaises(Cancelled):
            await result

    async def test_a_job_whose_result_nobody_wants_is_no_trouble(self):
        started = asyncio.Event()

        async def job():
            started.set()
            await asyncio.sleep(0)

        async with WorkerPool(1) as pool:
            result = pool.submit(job)
            await started.wait()
            result.cancel()
        self.assertTrue(result.cancelled())
