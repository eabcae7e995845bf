import asyncio
import contextlib
import unittest
from unittest import mock

from asynctest._ports import _time_threads
from asynctest.clock import Clock, run


class InstallingAndUninstalling(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()
        self.addCleanup(self.loop.close)

    def traces(self):
        loop, selector = self.loop, self.loop._selector
        return sorted(vars(loop)), sorted(vars(selector)), loop._clock_resolution

    def test_the_loop_gets_everything_of_its_own_back(self):
        before = self.traces()
        clock = Clock()
        self.assertIs(clock.install(self.loop), self.loop)
        self.loop.run_until_complete(asyncio.sleep(1e9))
        self.assertNotEqual(self.traces(), before)
        clock.uninstall()
        self.assertEqual(self.traces(), before)

    def test_what_was_put_on_the_loop_before_is_put_back(self):
        def time():
            return 7.0

        self.loop.time = time
        with Clock().on(self.loop):
            self.assertEqual(self.loop.time(), 0.0)
        self.assertIs(self.loop.time, time)

    def test_timers_set_before_keep_the_time_they_have_left(self):
        fired = []
        self.loop.call_later(50, lambda: fired.append(self.loop.time()))
        with Clock().on(self.loop):
            self.loop.run_until_complete(asyncio.sleep(100))
        (when,) = fired
        self.assertAlmostEqual(when, 50, delta=1)

    def test_timers_left_over_keep_the_time_they_have_left(self):
        with Clock().on(self.loop):
            self.loop.run_until_complete(asyncio.sleep(1000))
            timer = self.loop.call_later(50, print)
        self.assertAlmostEqual(timer.when() - self.loop.time(), 50, delta=1)

    def test_old_and_new_timers_with_equal_deadlines_fire_in_order(self):
        fired = []
        self.loop.time = lambda: 0.0
        for number in range(20):
            self.loop.call_at(5.0, fired.append, number)
        with Clock().on(self.loop):
            for number in range(20, 40):
                self.loop.call_at(5.0, fired.append, number)
            self.loop.run_until_complete(asyncio.sleep(10))
        self.assertEqual(fired[20:], list(range(20, 40)))
        self.assertEqual(sorted(fired[:20]), list(range(20)))

    def test_a_clock_serves_one_loop_at_a_time(self):
        clock = Clock()
        with clock.on(self.loop), self.assertRaisesRegex(TypeError, r"another: clock\.fresh\(\)"):
            clock.install(self.loop)

    def test_uninstalling_twice_does_nothing(self):
        clock = Clock()
        clock.install(self.loop)
        clock.uninstall()
        clock.uninstall()
        self.assertIsNone(clock.loop)

    def test_it_can_be_put_on_a_loop_that_runs(self):
        clock = Clock()

        async def main():
            clock.install(asyncio.get_running_loop())
            await asyncio.sleep(3600)

        self.loop.run_until_complete(main())
        clock.uninstall()
        self.assertEqual(clock.time(), 3600.0)

    def test_a_closed_loop_refuses_timers_as_ever(self):
        with Clock().on(self.loop):
            self.loop.close()
            with self.assertRaisesRegex(RuntimeError, "closed"):
                self.loop.call_later(1, print)

    def test_debug_mode_checks_callbacks_as_ever(self):
        self.loop.set_debug(True)

        async def not_a_callback():
            pass

        with Clock().on(self.loop), self.assertRaisesRegex(TypeError, "coroutines"):
            self.loop.call_later(1, not_a_callback)

    def test_context_variables_reach_timers(self):
        import contextvars

        variable = contextvars.ContextVar("variable", default="none")
        seen = []

        async def main():
            variable.set("mine")
            loop = asyncio.get_running_loop()
            loop.call_later(1, lambda: seen.append(variable.get()))
            loop.call_later(2, lambda: seen.append(variable.get()), context=contextvars.Context())
            await asyncio.sleep(3)

        run(main())
        self.assertEqual(seen, ["mine", "none"])

    def test_a_subclass_of_the_stock_loop_can_be_clocked(self):
        class Mine(asyncio.SelectorEventLoop):
            pass

        async def main():
            await asyncio.sleep(5)
            return asyncio.get_running_loop().time()

        self.assertEqual(run(main(), loop_factory=Mine), 5.0)


class TheLastMoment(unittest.TestCase):
    """What comes in while the clock looks whether anything is in flight must not be missed."""

    def setUp(self):
        self.seen = []

    def last_word(self, answer):
        """Somebody calls back, and is gone, at the very moment he is looked for."""

        def look(*args):
            with contextlib.suppress(RuntimeError):  # the clock also looks when it is installed
                loop = asyncio.get_running_loop()
                if not self.seen:
                    self.seen.append("called")
                    loop.call_soon_threadsafe(lambda: self.seen.append(loop.time()))
            return answer

        return look

    def test_of_a_thread_that_ends_while_nothing_else_goes_on(self):
        with mock.patch.object(_time_threads, "count", self.last_word(0)):
            run(asyncio.sleep(3600))
        self.assertEqual(self.seen, ["called", 0.0])

    def test_of_a_thread_that_ends_while_others_live(self):
        with (
            mock.patch.object(_time_threads, "count", lambda: 1),
            mock.patch.object(_time_threads, "running", self.last_word([])),
        ):
            run(asyncio.sleep(3600))
        self.assertEqual(self.seen, ["called", 0.0])
