import asyncio
import contextlib
import io
import os
import sys
import threading
import time
import unittest

import asynctest
from asynctest._watchdog import is_debugged
from test.tools import run


def stuck(test, **body):
    """Run a test that is given 0.2 s for each step, and return the run."""
    with contextlib.redirect_stderr(io.StringIO()):
        namespace = {"timeout": 0.2, "cancel_timeout": 0.5, "test": test, **body}
        return run(asynctest.lenient(type("Case", (asynctest.TestCase,), namespace))("test"))


class StuckTests(unittest.TestCase):
    def assertStuck(self, test, *parts, **body):
        began = time.monotonic()
        ran = stuck(test, **body)
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual(ran.words, {"ran": 1, "failures": 1}, ran.text)
        for part in (" did not end within 0.2 s", *parts):
            self.assertIn(part, ran.text)
        return ran.text

    def test_a_test_that_awaits_for_ever_fails_with_the_chain_of_every_task(self):
        async def test(self):
            async def child():
                await asyncio.Event().wait()

            async def other():
                await asyncio.sleep(1000)

            await asyncio.gather(
                asyncio.create_task(child(), name="child"),
                asyncio.create_task(other(), name="other"),
            )

        text = self.assertStuck(
            test,
            "'child', begun at ",
            "in asyncio's Event.wait()",
            "waits for a future that nobody has completed",
            "waits for task 'child' and task 'other'",
            "wakes task 'other' in 1e+03 s",
        )
        if sys.version_info >= (3, 14):
            self.assertIn("awaited by 'Task-", text)

    def test_says_where_tasks_wait_and_for_whom(self):
        async def test(self):
            await asyncio.create_task(asyncio.sleep(1000), name="sleeper")

        self.assertStuck(test, "waits for task 'sleeper'", "test_timeout.py:")

    def test_timers_descriptors_and_threads_are_listed(self):
        go, pipe = threading.Event(), os.pipe()
        self.addCleanup(go.set)
        for end in pipe:
            self.addCleanup(os.close, end)

        async def test(self):
            self.loop.call_later(60, print)
            self.loop.add_reader(pipe[0], print)
            self.addCleanup(self.loop.remove_reader, pipe[0])
            threading.Thread(target=go.wait, name="helper").start()
            await asyncio.Event().wait()

        watched = f"input on {pipe[0]} for print"
        self.assertStuck(test, "print in ", watched, "other threads:", "'helper' at ")

    def test_blocking_code_is_interrupted_and_named(self):
        async def test(self):
            time.sleep(1000)

        self.assertStuck(test, "it is blocked here:", "test_timeout.py:", "time.sleep(1000)")

    def test_a_lock_is_interrupted(self):
        def test(self):
            lock = threading.Lock()
            lock.acquire()
            lock.acquire()

        self.assertStuck(test, "it is blocked here:")

    def test_a_computation_is_interrupted(self):
        async def test(self):
            while True:
                pass

        self.assertStuck(test, "it is blocked here:")

    def test_a_background_task_that_blocks_is_named(self):
        async def test(self):
            async def block():
                time.sleep(1000)

            self.task = asyncio.create_task(block())
            await asyncio.sleep(1000)

        self.assertStuck(test, "in StuckTests.test_a_background_task_that_blocks_is_named")

    def test_a_loop_that_turns_for_ever_is_cancelled(self):
        async def test(self):
            while True:
                await asyncio.sleep(0)

        self.assertStuck(test, "in StuckTests.test_a_loop_that_turns_for_ever_is_cancelled")

    def test_another_loop_is_interrupted(self):
        def test(self):
            asyncio.run(asyncio.sleep(1000))

        self.assertStuck(test)

    def test_a_synchronous_test_that_runs_the_loop_is_stopped(self):
        def test(self):
            self.loop.run_until_complete(asyncio.sleep(1000))

        self.assertStuck(test)

    def test_finally_blocks_run(self):
        seen = []

        async def test(self):
            try:
                await asyncio.sleep(1000)
            finally:
                seen.append("finally")

        self.assertStuck(test)
        self.assertEqual(seen, ["finally"])

    def test_swallowing_the_cancellation_does_not_help(self):
        async def test(self):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(1000)

        self.assertStuck(test)

    def test_a_task_that_never_lets_go_cannot_hang_the_run(self):
        async def test(self):
            while True:
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(1000)

        ran = stuck(test)
        self.assertIn("went on although it was cancelled", ran.text)

    def test_a_leftover_that_blocks_when_it_is_cancelled_cannot_hang_the_run(self):
        async def test(self):
            async def stubborn():
                try:
                    await asyncio.sleep(1000)
                finally:
                    time.sleep(1000)

            self.task = asyncio.create_task(stubborn())
            await asyncio.sleep(0)

        ran = stuck(test, timeout=None)
        self.assertIn("one that blocked the loop at ", ran.text)
        self.assertIn("test_timeout.py:", ran.text)

    def test_a_generator_that_never_closes_cannot_hang_the_run(self):
        async def test(self):
            async def endless():
                try:
                    yield
                finally:
                    await asyncio.sleep(1000)

            self.generator = endless()
            await anext(self.generator)

        began = time.monotonic()
        stuck(test, timeout=None)
        self.assertLess(time.monotonic() - began, 20)

    def test_set_up_has_the_limit_too(self):
        async def set_up(self):
            await asyncio.sleep(1000)

        async def test(self):
            raise AssertionError("never reached")

        self.assertStuck(test, "set_up did not end", setUp=set_up)

    def test_tear_down_has_the_limit_too(self):
        async def tear_down(self):
            await asyncio.sleep(1000)

        async def test(self):
            pass

        self.assertStuck(test, "tear_down did not end", tearDown=tear_down)

    def test_clean_ups_have_the_limit_too(self):
        async def test(self):
            self.addCleanup(asyncio.sleep, 1000)

        self.assertStuck(test, "sleep did not end")

    def test_in_another_thread_it_works_too(self):
        async def test(self):
            await asyncio.sleep(1000)

        found = []
        thread = threading.Thread(target=lambda: found.append(stuck(test)))
        thread.start()
        thread.join(20)
        self.assertIn("did not end within 0.2 s", found[0].text)

    def test_on_a_compiled_loop_it_works_too(self):
        try:
            import uvloop
        except ImportError:
            self.skipTest("needs uvloop")

        async def wait(self):
            await asyncio.sleep(1000)

        async def block(self):
            time.sleep(1000)

        for test in (wait, block):
            with self.subTest(test.__name__):
                self.assertStuck(test, loop_factory=staticmethod(uvloop.new_event_loop))

    def test_the_remaining_tests_run(self):
        seen = []

        @asynctest.lenient
        class Case(asynctest.TestCase):
            timeout = 0.2

            async def test_1_stuck(self):
                await asyncio.sleep(1000)

            async def test_2_fine(self):
                seen.append("ran")

        ran = run(Case)
        self.assertEqual((len(ran.result.failures), seen), (1, ["ran"]))


class Setting(unittest.TestCase):
    def test_a_test_in_time_passes(self):
        @asynctest.timeout(60)
        class Case(asynctest.TestCase):
            async def test(self):
                await asyncio.sleep(0.01)

        self.assertEqual(run(Case).words, {"ran": 1})

    def test_the_decorator_is_short_for_configure(self):
        @asynctest.timeout(7)
        def short():
            pass

        @asynctest.configure(timeout=7)
        def long():
            pass

        self.assertEqual(vars(short), vars(long))

    def test_a_time_that_cannot_be_is_refused_at_once(self):
        for seconds in (0, -1, "5", True):
            with self.subTest(seconds), self.assertRaises(ValueError):
                asynctest.timeout(seconds)

    def test_time_is_real_under_a_virtual_clock(self):
        async def test(self):
            while True:
                await asyncio.sleep(0)

        ran = stuck(test, clock="manual")
        self.assertIn("did not end within 0.2 s", ran.text)

    def test_none_takes_the_limit_away(self):
        @asynctest.timeout(0.05)
        class Case(asynctest.TestCase):
            @asynctest.configure(timeout=None)
            async def test(self):
                await asyncio.sleep(0.2)

        self.assertEqual(run(Case).words, {"ran": 1})


class Debuggers(unittest.TestCase):
    def test_a_tracer_of_python_code_is_one(self):
        def trace(frame, event, arg):
            return trace

        def traced():
            return is_debugged(sys._getframe())

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            found = traced()
        finally:
            sys.settrace(before)
        self.assertTrue(found)

    def test_plain_code_is_not(self):
        if sys.gettrace() is None:
            self.assertFalse(is_debugged(sys._getframe()))

    def test_the_clock_stands_still_while_one_traces(self):
        def trace(frame, event, arg):
            return trace

        async def test(self):
            until = time.monotonic() + 0.5
            while time.monotonic() < until:
                pass

        def traced(self):
            before = sys.gettrace()
            sys.settrace(trace)
            try:
                self.loop.run_until_complete(test(self))
            finally:
                sys.settrace(before)

        self.assertEqual(stuck(traced).text, "")
