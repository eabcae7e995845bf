import asyncio
import concurrent.futures
import signal
import sys
import time
import unittest
from unittest import mock

from asynctest.clock import Clock, run

from . import world
from .world import now


class Executors(unittest.TestCase):
    def assert_not_outrun(self, main, **options):
        async def in_time():
            async with asyncio.timeout(0.001):
                await main()
            await asyncio.sleep(10)
            return now()

        self.assertEqual(world.run(in_time(), **options)[0], 10.0)

    def test_to_thread_is_not_outrun_and_costs_no_exactness_afterwards(self):
        self.assert_not_outrun(lambda: asyncio.to_thread(time.sleep, world.MOMENT))

    def test_an_executor_of_the_users_own(self):
        with concurrent.futures.ThreadPoolExecutor(1) as pool:

            async def main():
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(pool, time.sleep, world.MOMENT)

            self.assert_not_outrun(main, external="ignore")

    def test_a_name_look_up(self):
        async def main():
            await asyncio.get_running_loop().getaddrinfo("localhost", 80)

        self.assert_not_outrun(main, external="ignore")

    def test_a_job_shows_while_it_runs(self):
        clock = Clock()

        async def main():
            job = asyncio.ensure_future(asyncio.to_thread(time.sleep, world.MOMENT))
            await asyncio.sleep(0)
            shown = clock.in_flight()
            await job
            await asyncio.sleep(1)  # time jumps, so the thread has said its last word
            return shown, clock.in_flight()

        before, after = run(main(), clock=clock)
        self.assertIn("executor job", before[0])
        self.assertEqual(after, [])

    def test_the_result_and_the_error_come_through(self):
        async def main():
            self.assertEqual(await asyncio.to_thread(int, "5"), 5)
            with self.assertRaises(ValueError):
                await asyncio.to_thread(int, "five")

        world.run(main())

    def test_after_the_executor_is_shut_down_the_loop_refuses_as_ever(self):
        async def main():
            loop = asyncio.get_running_loop()
            await loop.shutdown_default_executor()
            with self.assertRaisesRegex(RuntimeError, "shutdown"):
                await loop.run_in_executor(None, print)

        world.run(main())

    def test_a_mock_of_an_executor_sees_what_it_would_see_without_a_clock(self):
        pool = mock.create_autospec(concurrent.futures.ThreadPoolExecutor, instance=True)
        pool.submit.return_value.cancel = mock.Mock()
        future = concurrent.futures.Future()
        future.set_result(7)
        pool.submit.return_value = future

        async def main():
            return await asyncio.get_running_loop().run_in_executor(pool, pow, 2, 3)

        self.assertEqual(world.run(main())[0], 7)
        pool.submit.assert_called_once_with(pow, 2, 3)

    def test_shutting_the_executor_down_is_not_jumped_over(self):
        async def main():
            loop = asyncio.get_running_loop()
            loop.run_in_executor(None, time.sleep, world.MOMENT)
            await loop.shutdown_default_executor()
            return now()

        self.assertEqual(world.run(main())[0], 0.0)


class Processes(unittest.TestCase):
    def test_a_child_process_is_not_outrun(self):
        async def main():
            async with asyncio.timeout(0.001):
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-c", "print('hello')", stdout=asyncio.subprocess.PIPE
                )
                output, _ = await process.communicate()
            await asyncio.sleep(10)
            return output.strip(), process.returncode, now()

        result, _ = world.run(main(), external="ignore", patience=30)
        self.assertEqual(result, (b"hello", 0, 10.0))

    def test_however_asyncio_waits_for_it_the_child_is_all_there_is(self):
        clock = Clock(external="error", patience=0.01)

        async def main():
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", "import sys; sys.stdin.read()", stdin=asyncio.subprocess.PIPE
            )
            await clock.sleep_real(world.MOMENT)
            self.assertEqual(len(clock.in_flight()), 1)
            process.stdin.close()
            await process.wait()

        run(main(), clock=clock)

    def test_a_child_process_shows_while_it_runs(self):
        clock = Clock(patience=30)

        async def main():
            process = await asyncio.create_subprocess_shell(
                "cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
            shown = clock.in_flight()
            await process.communicate(b"")
            return shown

        self.assertRegex(run(main(), clock=clock)[0], r"^child process \d+ 'cat'$")


@unittest.skipUnless(hasattr(signal, "setitimer"), "needs setitimer()")
class Signals(unittest.TestCase):
    def test_an_alarm_the_loop_listens_for_is_not_outrun(self):
        async def main():
            loop = asyncio.get_running_loop()
            rang = loop.create_future()
            loop.add_signal_handler(signal.SIGALRM, rang.set_result, None)
            signal.setitimer(signal.ITIMER_REAL, world.MOMENT)
            try:
                async with asyncio.timeout(0.001):
                    await rang
            finally:
                loop.remove_signal_handler(signal.SIGALRM)
            return now()

        self.assertEqual(world.run(main())[0], 0.0)

    def test_a_handler_alone_holds_nothing_up(self):
        async def main():
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGUSR1, print)
            await asyncio.sleep(5)
            loop.remove_signal_handler(signal.SIGUSR1)
            return now()

        self.assertEqual(world.run(main())[0], 5.0)
