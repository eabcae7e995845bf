import asyncio
import concurrent.futures
import os
import queue
import subprocess
import sys
import threading
import time
import unittest

from asynctest.clock import Clock, run
from asynctest.clock._threads import Bystanders

from . import world
from .world import now


class Threads(unittest.TestCase):
    def test_a_thread_that_will_call_back_is_not_outrun(self):
        async def main():
            loop = asyncio.get_running_loop()
            event = asyncio.Event()
            thread = world.in_a_moment(loop.call_soon_threadsafe, event.set)
            async with asyncio.timeout(0.001):
                await event.wait()
            await asyncio.sleep(10)
            thread.join()
            return now()

        self.assertEqual(world.run(main())[0], 10.0)

    def test_a_pool_of_the_users_own_is_not_outrun(self):
        async def main():
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                async with asyncio.timeout(0.001):
                    await asyncio.wrap_future(pool.submit(time.sleep, world.MOMENT))
                await asyncio.sleep(10)
                return now()

        self.assertEqual(world.run(main())[0], 10.0)

    def test_a_pool_that_was_there_before_is_not_outrun_either(self):
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pool.submit(int).result()

            async def main():
                async with asyncio.timeout(0.001):
                    await asyncio.wrap_future(pool.submit(time.sleep, world.MOMENT))
                return now()

            self.assertEqual(world.run(main())[0], 0.0)

    def test_a_pool_that_was_busy_when_the_clock_started_counts_from_its_next_job_on(self):
        old = threading.Event()

        def work():
            while not old.wait(0.001):
                pass

        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pool.submit(work)

            async def main():
                await asyncio.sleep(100)
                old.set()
                async with asyncio.timeout(0.001):
                    await asyncio.wrap_future(pool.submit(time.sleep, world.MOMENT))
                return now()

            self.assertEqual(world.run(main())[0], 100.0)

    def test_a_thread_that_waits_for_this_process_does_not_count(self):
        jobs = queue.Queue()
        thread = threading.Thread(target=jobs.get)

        async def main():
            thread.start()
            await asyncio.sleep(100)
            return now()

        self.assertEqual(world.run(main(), external="error")[0], 100.0)
        jobs.put(None)
        thread.join()

    def test_an_idle_process_pool_does_not_count(self):
        async def main():
            loop = asyncio.get_running_loop()
            with concurrent.futures.ProcessPoolExecutor(1) as pool:
                self.assertEqual(await loop.run_in_executor(pool, abs, -1), 1)
                await asyncio.sleep(100)
                return now()

        self.assertGreaterEqual(world.run(main(), patience=30)[0], 100.0)

    def test_a_clock_in_another_thread_takes_the_main_thread_for_one_of_the_house(self):
        results = []

        async def main():
            await asyncio.sleep(100)
            return now()

        thread = threading.Thread(target=lambda: results.append(world.run(main())[0]))
        thread.start()
        thread.join()
        self.assertEqual(results, [100.0])


@unittest.skipUnless(os.path.isdir("/proc/self/task"), "children are listed on Linux only")
class Children(unittest.TestCase):
    def test_a_child_that_the_loop_knows_nothing_of_is_waited_for(self):
        clock = Clock(patience=30)

        async def main():
            child = subprocess.Popen(
                [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
            )
            shown = clock.in_flight()
            world.in_a_moment(child.stdin.close)
            while child.poll() is None:
                await asyncio.sleep(0.1)
            polls = now()
            await asyncio.sleep(100)
            return shown, polls

        shown, polls = run(main(), clock=clock)
        self.assertRegex(shown[0], r"^child process \d+, not started by this loop$")
        self.assertLess(polls, 0.25)

    def test_one_that_was_there_before_does_not_count(self):
        with subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
        ) as child:
            self.assertEqual(Bystanders(set).in_flight(), [])
            child.stdin.close()
            child.wait()

    def test_one_that_has_ended_does_not_count_though_nobody_asked_for_its_exit_code(self):
        bystanders = Bystanders(set)
        with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as child:
            child.stdout.read()
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
            self.assertEqual(bystanders.in_flight(), [])
