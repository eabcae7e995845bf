import asyncio
import concurrent.futures
import threading
import unittest

from asynctest.clock import Clock, RunawayError, clock_of, run, settle

from . import world
from .world import now


async def steps(number, done):
    for _ in range(number):
        await asyncio.sleep(0)
    done.append(number)


class Settling(unittest.TestCase):
    """With and without a clock."""

    def both(self, make_main):
        with self.subTest("with a clock"):
            run(make_main())
        with self.subTest("without"):
            asyncio.run(make_main())

    def test_what_is_ready_runs_to_its_end(self):
        async def main():
            done = []
            asyncio.create_task(steps(20, done))
            await settle()
            self.assertEqual(done, [20])

        self.both(main)

    def test_timers_are_not_waited_for(self):
        async def main():
            timer = asyncio.get_running_loop().call_later(3600, self.fail)
            before = now()
            await settle()
            self.assertLess(now() - before, 60)
            timer.cancel()

        self.both(main)

    def test_bytes_between_sockets_of_the_loop_arrive(self):
        async def main():
            async with world.echo_client() as (reader, writer):
                writer.write(b"ping")
                await settle()
                async with asyncio.timeout(0.000001):
                    self.assertEqual(await reader.read(4), b"ping")

        self.both(main)

    def test_a_loop_that_never_rests_is_an_error_that_says_why(self):
        async def main():
            async def poll():
                while True:
                    await asyncio.sleep(0)

            task = asyncio.create_task(poll(), name="restless")
            await asyncio.sleep(0)
            with self.assertRaisesRegex(RunawayError, r"ran 50 times .*\n.*'restless' .*in poll"):
                await settle(limit=50)
            task.cancel()

        self.both(main)

    def test_two_may_settle_at_once(self):
        async def main():
            done = []
            asyncio.create_task(steps(5, done))
            await asyncio.gather(settle(), settle())
            self.assertEqual(done, [5])

        self.both(main)

    def test_one_that_is_cancelled_does_not_leave_the_other_behind(self):
        async def main():
            first = asyncio.create_task(settle())
            await asyncio.sleep(0)
            second = asyncio.create_task(settle())
            await asyncio.sleep(0)
            first.cancel()
            await second

        self.both(main)

    def test_nothing_is_left_on_the_loop(self):
        async def main():
            selector = asyncio.get_running_loop()._selector
            before = dict(vars(selector))
            await settle()
            self.assertEqual(vars(selector).keys(), before.keys())

        asyncio.run(main())


class UnderAClock(unittest.TestCase):
    def test_a_finished_job_is_delivered(self):
        class SlowToTell(concurrent.futures.ThreadPoolExecutor):
            def submit(self, *args):
                future = super().submit(*args)
                future.add_done_callback(lambda done: threading.Event().wait(world.MOMENT))
                return future

        async def main():
            begun = threading.Event()
            with SlowToTell(1) as pool:
                pool.submit(begun.wait)
                job = asyncio.get_running_loop().run_in_executor(pool, int, "5")
                begun.set()
                (entry,) = clock._pilot.jobs._jobs
                entry.job.result()
                self.assertFalse(job.done())
                await settle()
                self.assertTrue(job.done())

        clock = Clock("manual")
        run(main(), clock=clock)

    def test_a_job_that_runs_is_not_waited_for(self):
        clock = Clock()

        async def main():
            with clock.hold("something that takes for ever"):
                await settle()

        run(main(), clock=clock)

    def test_time_does_not_move(self):
        async def main():
            asyncio.create_task(asyncio.sleep(1))
            await settle()
            return now()

        self.assertEqual(world.run(main())[0], 0.0)

    def test_the_clock_of_a_loop_can_be_found(self):
        clock = Clock()

        async def main():
            return clock_of(asyncio.get_running_loop())

        self.assertIs(run(main(), clock=clock), clock)
        self.assertIsNone(asyncio.run(main()))
