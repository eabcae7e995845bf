import asyncio
import math
import unittest

from asynctest.clock import Clock, Timer, run

from . import world
from .world import now


class Jumping(unittest.TestCase):
    def test_a_sleep_takes_its_time_and_no_other(self):
        async def nap():
            await asyncio.sleep(3600)

        self.assertEqual(world.run(nap())[1], 3600.0)

    def test_timeouts_fire_exactly_on_time(self):
        async def wait():
            with self.assertRaises(TimeoutError):
                async with asyncio.timeout(10):
                    await asyncio.sleep(60)
            with self.assertRaises(TimeoutError):
                async with asyncio.timeout_at(now() + 7):
                    await asyncio.sleep(60)
            with self.assertRaises(TimeoutError):
                await asyncio.wait_for(asyncio.sleep(99), 5)

        self.assertEqual(world.run(wait())[1], 22.0)

    def test_a_thousand_tenths_make_a_hundred(self):
        async def steps():
            for _ in range(1000):
                await asyncio.sleep(0.1)

        self.assertEqual(world.run(steps())[1], 100.0)

    def test_a_thousand_tenths_make_a_hundred_when_time_starts_at_the_epoch_of_today(self):
        async def steps():
            for _ in range(1000):
                await asyncio.sleep(0.1)

        self.assertEqual(world.run(steps(), start=1.7e9)[1], 1.7e9 + 100.0)

    def test_short_sleeps_work_after_very_long_ones(self):
        async def sleep():
            await asyncio.sleep(1e9)
            await asyncio.sleep(0.5)

        self.assertEqual(world.run(sleep())[1], 1e9 + 0.5)

    def test_a_sleep_beyond_a_day_is_one_jump(self):
        async def sleep():
            await asyncio.sleep(365 * 86400)

        self.assertEqual(world.run(sleep(), limit=50)[1], 365 * 86400.0)

    def test_equal_deadlines_fire_in_the_order_they_were_made(self):
        fired = []

        async def main():
            loop = asyncio.get_running_loop()
            for number in range(200):
                loop.call_later(1 + number % 3, fired.append, (number % 3, number))
            await asyncio.sleep(5)

        world.run(main())
        self.assertEqual(fired, sorted(fired))

    def test_deadlines_that_differ_by_float_noise_are_equal(self):
        fired = []

        async def main():
            loop = asyncio.get_running_loop()
            loop.call_at(0.1 + 0.2, fired.append, "first")
            loop.call_at(0.3, fired.append, "second")
            await asyncio.sleep(1)

        world.run(main())
        self.assertEqual(fired, ["first", "second"])

    def test_a_callback_sees_its_own_deadline(self):
        seen = []

        async def main():
            loop = asyncio.get_running_loop()
            for delay in (0.1, 0.7, 2.3, 1e-6):
                loop.call_later(delay, lambda: seen.append(loop.time()))
            await asyncio.sleep(5)

        world.run(main())
        self.assertEqual(seen, [1e-6, 0.1, 0.7, 2.3])

    def test_a_cancelled_timer_is_not_jumped_to(self):
        async def main():
            asyncio.get_running_loop().call_later(5, self.fail).cancel()
            await asyncio.sleep(1)
            return now()

        self.assertEqual(world.run(main())[0], 1.0)

    def test_locks_queues_and_task_groups_keep_exact_time(self):
        async def main():
            queue = asyncio.Queue(1)

            async def produce():
                for _ in range(3):
                    await asyncio.sleep(10)
                    await queue.put(now())
                await queue.put(None)

            got = []
            async with asyncio.TaskGroup() as group:
                group.create_task(produce())
                while (item := await queue.get()) is not None:
                    got.append(item)
                    await asyncio.sleep(1)
            return got

        self.assertEqual(world.run(main())[0], [10.0, 20.0, 30.0])

    def test_ready_callbacks_run_before_time_moves(self):
        async def main():
            steps = []

            async def walk():
                for _ in range(50):
                    await asyncio.sleep(0)
                steps.append(now())

            async with asyncio.timeout(1):
                await walk()
            return steps

        self.assertEqual(world.run(main())[0], [0.0])


class Vocabulary(unittest.TestCase):
    def setUp(self):
        self.clock = Clock("manual")

    def run_clocked(self, main):
        return run(main, clock=self.clock)

    def test_advance_moves_time_by_so_many_seconds(self):
        async def main():
            await self.clock.advance(1.5)
            await self.clock.advance(2)

        self.run_clocked(main())
        self.assertEqual(self.clock.time(), 3.5)
        self.assertEqual(self.clock.elapsed(), 3.5)

    def test_advance_fires_timers_set_by_timers(self):
        fired = []

        async def main():
            loop = asyncio.get_running_loop()

            def again():
                fired.append(loop.time())
                loop.call_later(1, again)

            loop.call_later(1, again)
            await self.clock.advance(3.5)

        self.run_clocked(main())
        self.assertEqual(fired, [1.0, 2.0, 3.0])

    def test_advance_leaves_what_is_due_later_alone(self):
        async def main():
            asyncio.get_running_loop().call_later(2, self.fail)
            await self.clock.advance(1.999)

        self.run_clocked(main())

    def test_on_return_what_fell_due_at_the_very_end_has_run(self):
        fired = []

        async def main():
            async def sleep_twice():
                await asyncio.sleep(1)
                await asyncio.sleep(0)
                fired.append(now())

            task = asyncio.create_task(sleep_twice())
            await self.clock.advance(1)
            self.assertTrue(task.done())

        self.run_clocked(main())
        self.assertEqual(fired, [1.0])

    def test_overlapping_advances_each_end_at_their_own_moment(self):
        async def main():
            ends = []

            async def advance(seconds):
                await self.clock.advance(seconds)
                ends.append(now())

            await asyncio.gather(advance(3), advance(1), advance(2))
            return ends

        self.assertEqual(self.run_clocked(main()), [1.0, 2.0, 3.0])

    def test_advance_by_nothing_runs_what_is_ready(self):
        async def main():
            done = []
            asyncio.get_running_loop().call_soon(done.append, True)
            await self.clock.advance(0)
            return done, now()

        self.assertEqual(self.run_clocked(main()), ([True], 0.0))

    def test_time_cannot_go_back(self):
        async def main():
            with self.assertRaisesRegex(ValueError, "-1 seconds: that would be back in time"):
                await self.clock.advance(-1)
            with self.assertRaisesRegex(ValueError, "nan"):
                await self.clock.advance(math.nan)
            await self.clock.advance_to(5)
            with self.assertRaisesRegex(ValueError, "advance to 4: it is 5.0, that is back in tim"):
                await self.clock.advance_to(4)
            return now()

        self.assertEqual(self.run_clocked(main()), 5.0)

    def test_advance_in_auto_mode_is_a_sleep_that_ends_idle(self):
        clock = Clock()

        async def main():
            done = []

            async def work():
                await asyncio.sleep(1)
                await asyncio.sleep(0)
                done.append(now())

            asyncio.create_task(work())
            await clock.advance(1)
            return done

        self.assertEqual(run(main(), clock=clock), [1.0])

    def test_a_cancelled_advance_does_not_move_time_any_more(self):
        async def main():
            task = asyncio.create_task(self.clock.advance(5))
            await asyncio.sleep(0)
            task.cancel()
            await self.clock.advance(1)
            return now()

        self.assertEqual(self.run_clocked(main()), 1.0)

    def test_timers_are_listed_in_order_with_what_they_call_and_where_they_were_made(self):
        async def main():
            loop = asyncio.get_running_loop()
            loop.call_later(2, print)
            asyncio.create_task(asyncio.sleep(1), name="sleeper")
            await asyncio.sleep(0)
            return self.clock.timers(), self.clock.next_timer()

        timers, first = self.run_clocked(main())
        self.assertIs(type(first), Timer)
        self.assertEqual([timer.when for timer in timers], [1.0, 2.0])
        self.assertIn("task 'sleeper'", first.what)
        self.assertEqual(timers[1].what, "print")
        self.assertRegex(timers[1].made, r"test_clock\.py:\d+ in main$")

    def test_without_timers_there_is_no_next_one(self):
        async def main():
            return self.clock.next_timer()

        self.assertIsNone(self.run_clocked(main()))

    def test_time_starts_where_it_was_told_to(self):
        async def main():
            await asyncio.sleep(1)

        clock = Clock(start=100)
        run(main(), clock=clock)
        self.assertEqual((clock.time(), clock.elapsed()), (101.0, 1.0))

    def test_sleep_real_does_not_move_time_in_manual_mode(self):
        async def main():
            await self.clock.sleep_real(world.MOMENT)
            return now()

        self.assertEqual(self.run_clocked(main()), 0.0)

    def test_sleep_real_is_no_longer_than_it_has_to_be(self):
        clock = Clock()

        async def main():
            async with asyncio.timeout(1):
                await clock.sleep_real(world.MOMENT)
            return now()

        self.assertEqual(run(main(), clock=clock), 0.0)

    def test_what_is_held_shows_and_keeps_time_from_jumping(self):
        clock = Clock()

        async def main():
            event = asyncio.Event()
            with clock.hold("the moon"):
                shown = clock.in_flight()
                loop = asyncio.get_running_loop()
                world.in_a_moment(loop.call_soon_threadsafe, event.set)
                async with asyncio.timeout(5):
                    await event.wait()
            return shown, now()

        self.assertEqual(run(main(), clock=clock), (["the moon"], 0.0))

    def test_off_a_loop_the_words_say_so(self):
        for use in (Clock().timers, Clock().in_flight, lambda: Clock().hold("x")):
            with self.subTest(use), self.assertRaisesRegex(TypeError, "on no loop"):
                use()

    def test_repr_tells_mode_and_time(self):
        self.assertEqual(repr(Clock("manual", start=2.5)), "<Clock manual at 2.5>")
