"""Work done where it must not be: blocking the loop, in a foreign thread, on the wrong loop."""

import asyncio
import contextlib
import queue
import subprocess
import sys
import threading
import time

from . import Entry


class SleepsInTheLoop(Entry):
    check = "blocked_loop"

    async def mistake(self):
        time.sleep(0.25)  # <- here

    async def clean_awaits(self):
        await asyncio.sleep(0.25)

    async def clean_in_a_thread(self):
        await asyncio.to_thread(time.sleep, 0.25)

    async def clean_short(self):
        time.sleep(0.02)

    async def clean_many_short_steps(self):
        for _ in range(10):
            time.sleep(0.02)
            await asyncio.sleep(0)

    def clean_synchronous(self):
        time.sleep(0.25)

    async def clean_busy_loop_that_turns(self):
        until = time.perf_counter() + 0.25
        while time.perf_counter() < until:
            await asyncio.sleep(0)

    async def clean_busy_thread(self):
        def work():
            until = time.perf_counter() + 0.25
            while time.perf_counter() < until:
                pass

        await asyncio.to_thread(work)


class SleepsInACallback(Entry):
    check = "blocked_loop"

    async def mistake(self):
        def callback():
            time.sleep(0.25)  # <- here

        asyncio.get_running_loop().call_soon(callback)
        await asyncio.sleep(0)


class ComputesInTheLoop(Entry):
    check = "blocked_loop"

    async def mistake(self):
        until = time.thread_time() + 0.4
        while time.thread_time() < until:  # <- here
            pass  # <- here


class RunsAProgram(Entry):
    check = "blocked_loop"

    async def mistake(self):
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.3)"])  # <- here


class WaitsForAQueue(Entry):
    check = "blocked_loop"

    async def mistake(self):
        with contextlib.suppress(queue.Empty):
            queue.Queue().get(timeout=0.25)  # <- here


class CallSoonFromAThread(Entry):
    check = "wrong_thread"

    async def mistake(self):
        loop = asyncio.get_running_loop()

        def work():
            loop.call_soon(int)  # <- here

        thread = threading.Thread(target=work)
        thread.start()
        await asyncio.sleep(0.01)
        thread.join()

    async def clean_threadsafe(self):
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        thread = threading.Thread(target=loop.call_soon_threadsafe, args=(done.set,))
        thread.start()
        await done.wait()
        thread.join()

    async def clean_coroutine_from_a_thread(self):
        loop = asyncio.get_running_loop()

        async def answer():
            return 42

        def work():
            return asyncio.run_coroutine_threadsafe(answer(), loop).result()

        self.assertEqual(await asyncio.to_thread(work), 42)

    async def clean_loop_of_the_thread(self):
        def work():
            asyncio.run(asyncio.sleep(0))

        await asyncio.to_thread(work)

    async def clean_wrapped_future(self):
        import concurrent.futures

        there = concurrent.futures.Future()
        here = asyncio.wrap_future(there)
        thread = threading.Thread(target=there.set_result, args=(1,))
        thread.start()
        self.assertEqual(await here, 1)
        thread.join()


class FutureCompletedInAThread(Entry):
    check = "wrong_thread"

    async def mistake(self):
        future = asyncio.get_running_loop().create_future()

        def work():
            time.sleep(0.01)
            future.set_result(1)  # <- here

        thread = threading.Thread(target=work)
        thread.start()
        while not future.done():
            await asyncio.wait([future], timeout=0.01)
        thread.join()


class TaskOnALoopThatNeverRuns(Entry):
    check = "idle_loops"

    async def mistake(self):
        self.other = asyncio.new_event_loop()
        self.addCleanup(setattr, self, "closing", self.other)
        self.task = self.other.create_task(asyncio.sleep(0))  # <- here

    async def clean_run(self):
        other = asyncio.new_event_loop()

        def work():
            other.run_until_complete(other.create_task(asyncio.sleep(0)))
            other.close()

        await asyncio.to_thread(work)

    async def clean_run_with_runner(self):
        def work():
            with asyncio.Runner() as runner:
                runner.run(asyncio.sleep(0))

        await asyncio.to_thread(work)

    async def clean_loop_in_a_thread(self):
        other = asyncio.new_event_loop()
        thread = threading.Thread(target=other.run_forever)
        thread.start()
        future = asyncio.run_coroutine_threadsafe(asyncio.sleep(0), other)
        await asyncio.wrap_future(future)
        other.call_soon_threadsafe(other.stop)
        await asyncio.to_thread(thread.join)
        other.close()


class QueueInTwoLoops(Entry):
    check = "two_loops"
    since = (3, 12)

    async def mistake(self):
        queue = asyncio.Queue()
        await queue.put(1)

        async def other():
            await queue.get()  # <- here

        await asyncio.to_thread(asyncio.run, other())

    async def clean_each_its_own(self):
        async def work():
            queue = asyncio.Queue()
            await queue.put(1)
            await queue.get()

        await work()
        await asyncio.to_thread(asyncio.run, work())

    def clean_made_outside_of_any(self):
        queue = asyncio.Queue()
        queue.put_nowait(1)
        asyncio.run(queue.get())

    async def clean_of_threading(self):
        things = queue.Queue()
        things.put(1)

        async def other():
            things.get()

        await asyncio.to_thread(asyncio.run, other())


class LockInTwoLoops(Entry):
    check = "two_loops"
    since = (3, 12)

    async def mistake(self):
        lock = asyncio.Lock()
        async with lock:
            pass

        async def other():
            async with lock:  # <- here
                pass

        await asyncio.to_thread(asyncio.run, other())


class RunsTheRunningLoop(Entry):
    check = "nested_run"

    async def mistake(self):
        coro = asyncio.sleep(0)
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop().run_until_complete(coro)  # <- here
        coro.close()

    async def clean_awaits(self):
        await asyncio.sleep(0)

    async def clean_runs_in_a_thread(self):
        await asyncio.to_thread(asyncio.run, asyncio.sleep(0))

    def clean_run(self):
        asyncio.run(asyncio.sleep(0))
