"""The scenarios on every kind of loop that can be clocked."""

import asyncio
import concurrent.futures
import contextlib
import signal
import socket
import sys
import threading
import time
import unittest
from unittest import mock

from asynctest import proactor
from asynctest._ports import _time_threads
from asynctest.clock import Clock, RunawayError, StuckError, run

from . import world
from .world import now


class Scenarios:
    """The same on any loop."""

    def make_loop(self):
        raise NotImplementedError

    def run_clocked(self, main, **options):
        clock = options.pop("clock", None) or Clock(**options)
        return run(main, clock=clock, loop_factory=self.make_loop)

    def assert_not_outrun(self, main):
        async def in_time():
            async with asyncio.timeout(0.001):
                await main()
            await asyncio.sleep(10)
            return now()

        self.assertEqual(self.run_clocked(in_time(), patience=30), 10.0)

    def test_sleeps_and_timeouts_are_exact(self):
        async def main():
            for _ in range(1000):
                await asyncio.sleep(0.1)
            with self.assertRaises(TimeoutError):
                async with asyncio.timeout(10):
                    await asyncio.sleep(60)
            with self.assertRaises(TimeoutError):
                await asyncio.wait_for(asyncio.sleep(99), 5)
            return now()

        self.assertEqual(self.run_clocked(main()), 115.0)

    def test_equal_deadlines_fire_in_the_order_they_were_made(self):
        fired = []

        async def main():
            loop = asyncio.get_running_loop()
            for number in range(100):
                loop.call_later(1, fired.append, number)
            loop.call_later(1, fired.append, "never").cancel()
            await asyncio.sleep(2)

        self.run_clocked(main())
        self.assertEqual(fired, list(range(100)))

    def test_a_timer_cancelled_by_another_at_the_same_moment_does_not_fire(self):
        async def main():
            loop = asyncio.get_running_loop()
            loop.call_later(1, lambda: second.cancel())
            second = loop.call_later(1, self.fail)
            await asyncio.sleep(2)

        self.run_clocked(main())

    def test_a_conversation_inside_the_loop_takes_the_time_it_says(self):
        async def main():
            server = await asyncio.start_server(
                lambda reader, writer: world.echo(reader, writer, 100), "127.0.0.1", 0
            )
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            for _ in range(3):
                writer.write(b"ping")
                self.assertEqual(await reader.read(10), b"ping")
            writer.close()
            await writer.wait_closed()
            server.close()
            await server.wait_closed()
            return now()

        self.assertEqual(self.run_clocked(main()), 300.0)

    def test_a_peer_outside_is_not_outrun(self):
        def answer_late(connection):
            connection.recv(1)
            threading.Event().wait(world.MOMENT)
            connection.sendall(b"x")

        with world.peer(answer_late) as address:

            async def main():
                reader, writer = await asyncio.open_connection(*address)
                writer.write(b"?")
                self.assertEqual(await reader.read(1), b"x")
                writer.close()
                await writer.wait_closed()

            self.assert_not_outrun(main)

    def test_executor_jobs_and_foreign_pools_are_not_outrun(self):
        async def main():
            await asyncio.to_thread(time.sleep, world.MOMENT)
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                await asyncio.wrap_future(pool.submit(time.sleep, world.MOMENT))

        self.assert_not_outrun(main)

    def test_jobs_share_one_executor(self):
        def name():  # one executor numbers the threads of jobs that are under way together
            together.wait()
            return threading.current_thread().name

        async def main():
            return await asyncio.gather(*(asyncio.to_thread(name) for _ in range(3)))

        together = threading.Barrier(3, timeout=30)
        self.assertEqual(len(set(self.run_clocked(main()))), 3)

    def test_jobs_go_to_the_executor_that_was_set(self):
        async def main():
            with concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="mine") as pool:
                asyncio.get_running_loop().set_default_executor(pool)
                return await asyncio.to_thread(lambda: threading.current_thread().name)

        self.assertEqual(self.run_clocked(main()), "mine_0")

    def test_a_thread_that_calls_back_is_not_outrun(self):
        async def main():
            event = asyncio.Event()
            world.in_a_moment(asyncio.get_running_loop().call_soon_threadsafe, event.set)
            await event.wait()

        self.assert_not_outrun(main)

    def test_a_child_process_is_not_outrun(self):
        async def main():
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", "print('hello')", stdout=asyncio.subprocess.PIPE
            )
            self.assertEqual((await process.communicate())[0].strip(), b"hello")

        self.assert_not_outrun(main)

    def test_a_name_look_up_is_not_outrun(self):
        async def main():
            await asyncio.get_running_loop().getaddrinfo("localhost", 80)

        self.assert_not_outrun(main)

    def test_an_alarm_the_loop_listens_for_is_not_outrun(self):
        async def main():
            loop = asyncio.get_running_loop()
            rang = loop.create_future()
            loop.add_signal_handler(signal.SIGALRM, rang.set_result, None)
            signal.setitimer(signal.ITIMER_REAL, world.MOMENT)
            await rang
            loop.remove_signal_handler(signal.SIGALRM)

        self.assert_not_outrun(main)

    def test_the_half_of_a_socket_pair_that_a_thread_has_is_not_outrun(self):
        async def main():
            near, far = socket.socketpair()
            with near, far:
                near.setblocking(False)
                world.in_a_moment(far.sendall, b"x")
                await asyncio.get_running_loop().sock_recv(near, 1)

        self.assert_not_outrun(main)

    def test_what_is_there_already_is_read_before_time_moves(self):
        async def main():
            near, far = socket.socketpair()
            with near, far:
                near.setblocking(False)
                loop = asyncio.get_running_loop()
                reading = asyncio.ensure_future(loop.sock_recv(near, 1))
                loop.call_soon(far.send, b"x")
                async with asyncio.timeout(5):
                    self.assertEqual(await reading, b"x")
                return now()

        self.assertEqual(self.run_clocked(main()), 0.0)

    def test_the_last_word_of_a_thread_is_heard_before_time_moves(self):
        seen = []

        def look():
            with contextlib.suppress(RuntimeError):
                loop = asyncio.get_running_loop()
                if not seen:
                    seen.append("called")
                    loop.call_soon_threadsafe(lambda: seen.append(loop.time()))
            return []

        with (
            mock.patch.object(_time_threads, "count", lambda: 1),
            mock.patch.object(_time_threads, "running", look),
        ):
            self.run_clocked(asyncio.sleep(3600))
        self.assertEqual(seen, ["called", 0.0])

    def test_nor_is_it_missed_if_that_was_the_only_thread(self):
        seen = []

        def look():
            with contextlib.suppress(RuntimeError):
                loop = asyncio.get_running_loop()
                if not seen:
                    seen.append("called")
                    loop.call_soon_threadsafe(lambda: seen.append(loop.time()))
            return 0

        with mock.patch.object(_time_threads, "count", look):
            self.run_clocked(asyncio.sleep(3600))
        self.assertEqual(seen, ["called", 0.0])

    def test_a_stuck_loop_is_told_with_the_await_chain(self):
        async def forever():
            await asyncio.get_running_loop().create_future()

        with self.assertRaisesRegex(StuckError, "in forever"):
            self.run_clocked(forever())

    def test_moved_by_hand_and_nobody_moves_is_stuck(self):
        async def main():
            await asyncio.sleep(1)

        with self.assertRaisesRegex(StuckError, "nobody moves the clock"):
            self.run_clocked(main(), mode="manual")

    def test_a_busy_poll_is_a_runaway(self):
        async def poll():
            while now() < 1:
                await asyncio.sleep(0)

        with self.assertRaisesRegex(RunawayError, "in poll"):
            self.run_clocked(poll(), limit=500)

    def test_settle_runs_what_is_ready(self):
        clock = Clock("manual")
        done = []

        async def steps():
            for _ in range(20):
                await asyncio.sleep(0)
            done.append(True)

        async def main():
            asyncio.create_task(steps())
            await clock.settle()
            self.assertEqual(done, [True])
            await clock.advance(5)
            return now()

        self.assertEqual(self.run_clocked(main(), clock=clock), 5.0)


class OnSelector(Scenarios, unittest.TestCase):
    def make_loop(self):
        return asyncio.SelectorEventLoop()


class OnProactor(Scenarios, unittest.TestCase):
    def make_loop(self):
        return proactor.ProactorEventLoop()


try:
    import uvloop
except ImportError:
    pass
else:

    class OnUvloop(Scenarios, unittest.TestCase):
        def make_loop(self):
            return uvloop.new_event_loop()
