"""What the clock does when something besides timers is going on."""

import asyncio
import contextlib
import socket
import time
import unittest
import warnings

from asynctest.clock import Clock, ClockWarning, OutsideError, RunawayError, StuckError, run

from . import world
from .world import now


async def never():
    await asyncio.get_running_loop().create_future()


class Stuck(unittest.TestCase):
    def test_a_loop_that_nothing_can_wake_fails_at_once(self):
        with self.assertRaisesRegex(StuckError, r"nothing can ever wake the loop.*\n.*in never"):
            world.run(never())

    def test_the_await_chain_of_every_task_is_told(self):
        async def outer():
            await inner()

        async def inner():
            await asyncio.Event().wait()

        async def main():
            task = asyncio.create_task(outer(), name="waiter")
            await task

        with self.assertRaises(StuckError) as caught:
            world.run(main())
        text = str(caught.exception)
        self.assertRegex(
            text, r"task 'waiter' at .*test_pilot\.py:\d+ in inner < .*in outer, in asyncio's Event"
        )
        self.assertRegex(text, r"in main, waiting for task 'waiter'")

    def test_a_timer_that_never_comes_is_no_timer(self):
        with self.assertRaises(StuckError):
            world.run(asyncio.sleep(float("inf")))

    def test_a_listening_server_is_no_sign_of_a_visitor(self):
        async def main():
            server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
            async with server:
                await never()

        with self.assertRaises(StuckError):
            world.run(main())

    def test_moved_by_hand_and_nobody_moves_names_the_sleeper(self):
        async def main():
            await asyncio.sleep(1)

        with self.assertRaises(StuckError) as caught:
            world.run(main(), mode="manual")
        self.assertRegex(
            str(caught.exception),
            r"^nobody moves the clock: it stands at 0, and the loop waits for 1 timer:\n"
            r"  task '.*' at .*test_pilot\.py:\d+ in main, in asyncio's sleep\(\), due at 1, made"
            r".*\nCall advance\(\) from another task, or let time jump: clock = 'auto'\.$",
        )

    def test_moved_by_hand_and_without_timers_it_is_stuck_as_well(self):
        with self.assertRaises(StuckError):
            world.run(never(), mode="manual")


class Runaway(unittest.TestCase):
    def test_a_busy_poll_is_named(self):
        async def poll():
            while now() < 1:
                await asyncio.sleep(0)

        with self.assertRaisesRegex(RunawayError, r"ran 500 times while time stood at 0.*\n.*poll"):
            world.run(poll(), limit=500)

    def test_an_endless_chain_of_callbacks_is_named(self):
        async def main():
            loop = asyncio.get_running_loop()

            def chain():
                loop.call_soon(chain)

            chain()
            await asyncio.sleep(1)

        for mode in ("auto", "manual"):
            with self.subTest(mode), self.assertRaisesRegex(RunawayError, r"\n  .*main.*chain"):
                world.run(main(), limit=500, mode=mode)

    def test_a_busy_poll_keeps_advance_from_moving_time_and_is_named(self):
        clock = Clock("manual", limit=500)

        async def poll():
            while True:
                await asyncio.sleep(0)

        async def main():
            asyncio.create_task(poll())
            await clock.advance(1)

        with self.assertRaisesRegex(RunawayError, "in poll"):
            run(main(), clock=clock)
        self.assertEqual(clock.time(), 0.0)

    def test_a_heartbeat_that_beats_for_ever_is_named(self):
        async def beat():
            while True:
                await asyncio.sleep(30)

        async def main():
            asyncio.create_task(beat(), name="heart")
            await never()

        with self.assertRaises(RunawayError) as caught:
            world.run(main(), limit=25)
        self.assertRegex(str(caught.exception), r"jumped 100 times, to 3000, and nothing else")
        self.assertIn("task 'heart'", str(caught.exception))

    def test_polling_for_something_real_is_no_runaway(self):
        async def main():
            job = asyncio.get_running_loop().run_in_executor(None, time.sleep, world.MOMENT)
            while not job.done():
                await asyncio.sleep(0)

        world.run(main(), limit=10)

    def test_more_jumps_than_the_limit_are_fine_if_the_test_goes_on(self):
        clock = Clock("manual", limit=20)

        async def main():
            for _ in range(200):
                await clock.advance(1)

        run(main(), clock=clock)


class Following(unittest.TestCase):
    def test_what_is_over_within_patience_takes_no_time(self):
        async def main():
            async with asyncio.timeout(0.001):
                await asyncio.to_thread(time.sleep, world.MOMENT)
            return now()

        self.assertEqual(world.run(main())[0], 0.0)

    def test_after_that_time_follows_and_never_runs_faster(self):
        async def main():
            real = time.monotonic()
            await asyncio.to_thread(time.sleep, 3 * world.MOMENT)
            return now(), time.monotonic() - real

        (virtual, real), _ = world.run(main(), patience=0.01)
        self.assertGreater(virtual, world.MOMENT)
        self.assertLess(virtual, real)

    def test_a_timeout_may_fire_while_time_follows_but_at_its_own_moment(self):
        fired = []

        async def main():
            job = asyncio.get_running_loop().run_in_executor(None, time.sleep, 3 * world.MOMENT)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.01):
                    await never()
            fired.append(now())
            await job

        world.run(main(), patience=0)
        self.assertEqual(fired, [0.01])

    def test_heartbeats_do_not_run_away_while_something_real_is_waited_for(self):
        beats = []

        async def beat():
            while True:
                await asyncio.sleep(0.001)
                beats.append(now())

        async def main():
            task = asyncio.create_task(beat())
            await asyncio.to_thread(time.sleep, world.MOMENT)
            task.cancel()

        world.run(main())
        self.assertEqual(beats, [])

    def test_when_it_is_over_time_jumps_again(self):
        async def main():
            await asyncio.to_thread(time.sleep, 0)
            await asyncio.sleep(3600)
            return now()

        self.assertEqual(world.run(main())[0], 3600.0)

    def test_moved_by_hand_time_does_not_follow(self):
        async def main():
            await asyncio.to_thread(time.sleep, world.MOMENT)
            return now()

        self.assertEqual(world.run(main(), mode="manual", patience=0)[0], 0.0)

    def test_moved_by_hand_advance_is_a_command_even_while_something_real_is_going_on(self):
        clock = Clock("manual")

        async def main():
            with clock.hold("a war"):
                await clock.advance(100)
            return now()

        self.assertEqual(run(main(), clock=clock), 100.0)


class Policies(unittest.TestCase):
    def silent_thread(self, **options):
        async def main():
            with world.running_thread():
                await asyncio.sleep(100)
            return now()

        return world.run(main(), **options)[0]

    def test_a_silent_thread_is_given_up_with_a_warning_that_names_it(self):
        with self.assertWarnsRegex(ClockWarning, r"0\.02 real seconds\):\n  thread 'restless' at"):
            self.assertEqual(self.silent_thread(patience=0, grace=0.02), 100.0)

    def test_what_was_given_up_is_in_the_report(self):
        clock = Clock(patience=0, grace=0.01)

        async def main():
            with world.running_thread():
                await asyncio.sleep(100)
                return clock.given_up()

        with self.assertWarns(ClockWarning):
            (line,) = run(main(), clock=clock)
        self.assertIn("restless", line)

    def test_ignored_it_does_not_hold_time_up(self):
        self.assertEqual(self.silent_thread(external="ignore"), 100.0)

    def test_forbidden_it_is_an_error_that_names_it(self):
        with self.assertRaisesRegex(OutsideError, "'restless'.*\n.*Clock.external='wait'"):
            self.silent_thread(external="error", patience=0.01)

    def test_jobs_are_waited_for_under_every_policy(self):
        async def main():
            async with asyncio.timeout(1):
                await asyncio.to_thread(time.sleep, world.MOMENT)

        for policy in ("wait", "error", "ignore"):
            with self.subTest(policy):
                self.assertEqual(world.run(main(), external=policy)[1], 0.0)

    def test_a_thread_that_was_there_before_the_clock_does_not_count(self):
        async def main():
            await asyncio.sleep(100)

        with world.running_thread(), warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertEqual(world.run(main())[1], 100.0)


class WindingDown(unittest.TestCase):
    def test_what_is_left_may_sleep_while_it_ends_even_if_time_is_moved_by_hand(self):
        ended = []

        async def leave():
            try:
                await never()
            finally:
                await asyncio.sleep(5)
                ended.append(now())

        async def main():
            asyncio.create_task(leave())
            await asyncio.sleep(0)

        world.run(main(), mode="manual")
        self.assertEqual(ended, [5.0])

    def test_a_bounded_wait_is_not_called_stuck(self):
        clock = Clock("manual")
        loop = clock.install(asyncio.new_event_loop())
        clock.wind_down(is_bounded=True)
        future = loop.create_future()
        world.in_a_moment(loop.call_soon_threadsafe, future.set_result, None)
        loop.run_until_complete(future)
        loop.close()
        clock.uninstall()


@unittest.skipUnless(hasattr(socket, "TCP_CORK"), "needs Linux")
class InTransit(unittest.TestCase):
    def test_what_the_kernel_holds_back_is_waited_for(self):
        """A corked socket sends what does not fill a packet 0.2 s later, by itself."""

        async def main():
            async with world.echo_client() as (reader, writer):
                corked = writer.get_extra_info("socket")
                corked.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
                writer.write(b"ping")
                async with asyncio.timeout(1):
                    self.assertEqual(await reader.read(4), b"ping")
            return now()

        self.assertEqual(world.run(main())[0], 0.0)


class Silence(unittest.TestCase):
    def test_an_event_from_outside_ends_it(self):
        clock = Clock()
        with clock.on(asyncio.new_event_loop()) as loop:
            pilot = clock._pilot
            with world.running_thread():
                pilot.idle()
                began = pilot.wait.silent_since
                pilot.stirred()
                self.assertGreater(pilot.wait.silent_since, began)
            loop.close()
