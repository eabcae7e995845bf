import asyncio
import functools
import gc
import importlib.util
import socket
import unittest
import weakref
from unittest import mock

import asynctest
from asynctest._errors import LoopNotSupported
from asynctest.helpers import EndlessCallbacks, exhaust_callbacks


def hops(loop, number, done):
    if number:
        loop.call_soon(hops, loop, number - 1, done)
    else:
        done.append("end of the chain")


class AnyLoop:
    """The claims that hold whether or not the loop shows its ready queue."""

    async def test_with_nothing_ready_it_returns(self):
        await exhaust_callbacks(self.loop)

    async def test_the_loop_may_be_left_out(self):
        done = []
        self.loop.call_soon(done.append, 1)
        await exhaust_callbacks()
        self.assertEqual(done, [1])

    async def test_a_chain_is_followed_to_its_end(self):
        for length in (0, 1, 2, 10, 200):
            done = []
            hops(self.loop, length, done)
            await exhaust_callbacks(self.loop)
            self.assertEqual(len(done), 1)

    async def test_tasks_run_as_far_as_they_can(self):
        event, steps = asyncio.Event(), []

        async def work():
            for step in range(20):
                await asyncio.sleep(0)
                steps.append(step)
            await event.wait()
            steps.append("after the event")

        task = self.loop.create_task(work())
        await exhaust_callbacks(self.loop)
        self.assertEqual(steps, list(range(20)))
        event.set()
        await exhaust_callbacks(self.loop)
        self.assertTrue(task.done())

    async def test_futures_wake_their_waiters(self):
        first, second = self.loop.create_future(), self.loop.create_future()
        first.add_done_callback(lambda _: second.set_result(None))
        self.loop.call_soon(first.set_result, None)
        await exhaust_callbacks(self.loop)
        self.assertTrue(second.done())

    async def test_timers_are_not_waited_for(self):
        called = mock.Mock()
        timer = self.loop.call_later(60, called)
        await exhaust_callbacks(self.loop)
        called.assert_not_called()
        timer.cancel()

    async def test_two_at_once_do_not_wait_for_each_other(self):
        done = []
        hops(self.loop, 30, done)
        await asyncio.gather(*(exhaust_callbacks(self.loop, limit=1000) for _ in range(4)))
        self.assertEqual(len(done), 1)

    async def test_one_cancelled_leaves_the_other_at_work(self):
        done = []
        hops(self.loop, 30, done)
        first, second = (self.loop.create_task(exhaust_callbacks(self.loop)) for _ in range(2))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        first.cancel()
        await second
        self.assertTrue(first.cancelled())
        self.assertEqual(len(done), 1)

    async def test_an_endless_chain_is_named(self):
        def again():
            self.handle = self.loop.call_soon(again)

        again()
        with self.assertRaises(EndlessCallbacks) as caught:
            await exhaust_callbacks(self.loop, limit=50)
        self.handle.cancel()
        line = again.__code__.co_firstlineno
        self.assertRegex(
            str(caught.exception),
            r"^callbacks are still ready after 50 iterations of the loop:\n"
            rf"  .*\.again\(\) at .*test_helpers\.py:{line}\n"
            r"Stop what schedules them first",
        )

    async def test_an_endless_partial_is_named_by_what_it_calls(self):
        def again(_):
            self.handle = self.loop.call_soon(functools.partial(again, 1))

        again(1)
        with self.assertRaisesRegex(EndlessCallbacks, r"\.again\(\) at .*test_helpers\.py"):
            await exhaust_callbacks(self.loop, limit=50)
        self.handle.cancel()

    async def test_a_task_that_polls_is_named(self):
        async def poll():
            while True:
                await asyncio.sleep(0)

        task = self.loop.create_task(poll(), name="the poller")
        with self.assertRaises(EndlessCallbacks) as caught:
            await exhaust_callbacks(self.loop, limit=50)
        self.assertRegex(str(caught.exception), r"'the poller'.*poll\(\).*test_helpers\.py:\d+")
        task.cancel()

    async def test_a_chain_that_ends_within_the_limit_is_none(self):
        hops(self.loop, 40, [])
        await exhaust_callbacks(self.loop, limit=50)

    async def test_another_round_starts_afresh_after_an_endless_one(self):
        def again():
            self.handle = self.loop.call_soon(again)

        again()
        with self.assertRaises(EndlessCallbacks):
            await exhaust_callbacks(self.loop, limit=50)
        self.handle.cancel()
        await exhaust_callbacks(self.loop, limit=50)

    async def test_a_limit_that_allows_nothing_is_refused(self):
        for limit in (0, -1):
            with self.assertRaisesRegex(ValueError, f"limit is {limit}.*\nAllow at least 1"):
                await exhaust_callbacks(self.loop, limit=limit)

    async def test_another_loop_is_refused(self):
        other = asyncio.new_event_loop()
        self.addCleanup(other.close)
        with self.assertRaisesRegex(TypeError, "Await it on the loop it is given"):
            await exhaust_callbacks(other)

    async def test_nothing_is_left_on_the_loop(self):
        before = dict(vars(self.loop))
        hops(self.loop, 5, [])
        await exhaust_callbacks(self.loop)
        self.assertEqual(vars(self.loop).keys(), before.keys())

    def test_nothing_keeps_a_loop_alive(self):
        loop = type(self.loop)()

        async def both():
            await asyncio.gather(exhaust_callbacks(), exhaust_callbacks())

        loop.run_until_complete(both())
        loop.close()
        seen = weakref.ref(loop)
        del loop
        gc.collect()
        self.assertIsNone(seen())


class OnAStockLoop(AnyLoop, asynctest.TestCase):
    async def test_with_nothing_ready_the_loop_does_not_turn(self):
        with mock.patch("asyncio.sleep") as sleep:
            await exhaust_callbacks(self.loop)
        sleep.assert_not_called()


class OnALoopThatHidesItsQueue(AnyLoop, asynctest.TestCase):
    def setUp(self):
        hide = mock.patch("asynctest._ports._ready.ready_queue", lambda loop: None)
        hide.start()
        self.addCleanup(hide.stop)

    async def test_calls_from_other_threads_count(self):
        done = []
        self.loop.call_soon_threadsafe(hops, self.loop, 5, done)
        await exhaust_callbacks(self.loop)
        self.assertEqual(len(done), 1)

    async def test_an_override_of_call_soon_on_the_loop_is_kept(self):
        self.loop.call_soon = override = self.loop.call_soon
        await exhaust_callbacks(self.loop)
        self.assertIs(vars(self.loop)["call_soon"], override)

    async def test_a_loop_that_cannot_be_observed_is_refused(self):
        class Sealed:
            __slots__ = ("__weakref__",)
            call_soon = call_soon_threadsafe = None

        loop = Sealed()
        with (
            mock.patch("asyncio.get_running_loop", return_value=loop),
            self.assertRaisesRegex(LoopNotSupported, "cannot see what is ready on .*Sealed"),
        ):
            await exhaust_callbacks(loop)


@unittest.skipUnless(importlib.util.find_spec("uvloop"), "uvloop is not installed")
class OnUvloop(AnyLoop, asynctest.TestCase):
    @staticmethod
    def loop_factory():
        import uvloop

        return uvloop.new_event_loop()

    async def test_a_connection_that_the_loop_makes_by_itself_is_made(self):
        left, right = socket.socketpair()
        self.addCleanup(right.close)
        connected = self.loop.create_task(asyncio.open_connection(sock=left))
        await exhaust_callbacks(self.loop)
        self.assertTrue(connected.done())
        _, writer = await connected
        writer.close()
        await writer.wait_closed()
