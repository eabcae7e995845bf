import asyncio
import inspect
import unittest

from asynctest.clock import Clock, StuckError, run


async def nap(seconds=5):
    await asyncio.sleep(seconds)
    return asyncio.get_running_loop().time()


class Run(unittest.TestCase):
    def test_the_result_comes_back(self):
        self.assertEqual(run(nap()), 5.0)

    def test_the_clock_can_be_read_afterwards(self):
        clock = Clock(start=10)
        run(nap(), clock=clock)
        self.assertEqual(clock.time(), 15.0)

    def test_a_clock_can_be_used_again_from_its_start(self):
        clock = Clock()
        self.assertEqual([run(nap(), clock=clock) for _ in range(2)], [5.0, 5.0])

    def test_a_mode_is_enough(self):
        with self.assertRaises(StuckError):
            run(nap(), clock="manual")

    def test_without_a_clock_time_is_real(self):
        self.assertGreater(run(nap(0), clock=None), 0.0)

    def test_debug_and_loop_factory_are_as_in_asyncio(self):
        made = []

        def make():
            made.append(asyncio.new_event_loop())
            return made[0]

        async def main():
            loop = asyncio.get_running_loop()
            return loop, loop.get_debug()

        self.assertEqual(run(main(), debug=True, loop_factory=make), (made[0], True))

    def test_exceptions_come_through(self):
        async def fail():
            raise KeyError("mine")

        with self.assertRaisesRegex(KeyError, "mine"):
            run(fail())

    def test_inside_of_a_loop_it_is_refused_and_the_coroutine_closed(self):
        async def main():
            coroutine = nap()
            with self.assertRaisesRegex(TypeError, "while a loop runs.*\n.*Await it instead"):
                run(coroutine)
            return coroutine

        coroutine = asyncio.run(main())
        self.assertEqual(inspect.getcoroutinestate(coroutine), inspect.CORO_CLOSED)

    def test_a_loop_that_cannot_be_clocked_is_refused_by_name_and_nothing_leaks(self):
        class Strange(asyncio.AbstractEventLoop):
            def close(self):
                pass

        coroutine = nap()
        with self.assertRaisesRegex(RuntimeError, r"this is test.*Strange\.\n.*loop_factory"):
            run(coroutine, loop_factory=Strange)
        self.assertEqual(inspect.getcoroutinestate(coroutine), inspect.CORO_CLOSED)

    def test_after_a_stuck_main_what_is_left_is_cancelled(self):
        cancelled = []

        async def wait():
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                cancelled.append(True)
                raise

        with self.assertRaises(StuckError):
            run(wait())
        self.assertEqual(cancelled, [True])


try:
    import hypothesis
    from hypothesis import strategies
except ImportError:
    pass
else:

    class WithHypothesis(unittest.TestCase):
        @hypothesis.settings(max_examples=30, deadline=None, database=None)
        @hypothesis.given(strategies.lists(strategies.integers(0, 10**6), max_size=10))
        def test_every_example_has_a_time_of_its_own(self, delays):
            async def main():
                for delay in delays:
                    await asyncio.sleep(delay / 1000)
                return asyncio.get_running_loop().time()

            self.assertEqual(run(main()), sum(delays) / 1000)
