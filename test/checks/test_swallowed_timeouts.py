import asyncio
import contextlib
import io
import sys
import warnings

import asynctest
from asynctest._ports import _seen_calls, _timeouts
from test.checks.test_swallowed import needs_monitoring, stubborn
from test.checks.tools import CheckTest, line_of
from test.tools import one


async def partial():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        return "half"


def written(name, source, filename):
    """Make a function of source, which may be of a library or what newer Pythons warn of."""
    names: dict = {"asyncio": asyncio}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        exec(compile(source, filename, "exec"), names)
    return names[name]


@needs_monitoring
class SwallowedTimeouts(CheckTest):
    check = "swallowed_cancellation"

    def test_the_await_and_the_handler_are_named(self):
        async def test(self):
            async with asyncio.timeout(0.001):
                await stubborn()

        found = self.assertFound(
            test, line_of(stubborn, 2), "asyncio.timeout() ran out without a TimeoutError"
        )
        self.assertIn("stubborn swallowed its cancellation", found)

    def test_in_the_tests_own_body(self):
        async def test(self):
            async with asyncio.timeout(0.001):
                with contextlib.suppress(BaseException):
                    await asyncio.sleep(10)

        self.assertFound(test, line_of(test, 3))

    def test_of_wait_for(self):
        async def test(self):
            self.assertEqual(await asyncio.wait_for(partial(), 0.001), "half")

        self.assertFound(test, line_of(partial, 2), "wait_for() ran out")

    def test_by_leaving_a_finally(self):
        source = (
            "async def work():\n"
            "    try:\n"
            "        await asyncio.sleep(10)\n"
            "    finally:\n"
            "        return 1\n"
        )
        work = written("work", source, "/src/work.py")

        async def test(self):
            await asyncio.wait_for(work(), 0.001)

        self.assertFound(test, "work.py:3", "work swallowed")

    def test_in_a_task_of_its_own_the_timeout_is_named(self):
        async def test(self):
            await asyncio.create_task(asyncio.wait_for(partial(), 0.001))

        found = self.assertFound(test, "ran out")
        self.assertNotIn("ended normally", found)

    def test_of_two_timeouts_at_once_it_is_said_once(self):
        async def test(self):
            now = asyncio.get_running_loop().time()
            async with asyncio.timeout_at(now + 0.001), asyncio.timeout_at(now + 0.001):
                await stubborn()

        self.assertEqual(self.assertFound(test).count("ran out"), 1)

    def test_the_other_half_of_the_body_may_go_on(self):
        async def test(self):
            async with asyncio.timeout(0.001):
                await stubborn()
                await asyncio.sleep(0.002)

        self.assertFound(test, line_of(stubborn, 2))

    def test_a_shield_does_not_hide_it(self):
        async def test(self):
            work = asyncio.create_task(asyncio.sleep(0.005))
            async with asyncio.timeout(0.001):
                try:
                    await asyncio.shield(work)
                except asyncio.CancelledError:
                    await work

        self.assertFound(test, line_of(test, 4))

    def test_a_generator_may_be_the_one(self):
        async def numbers():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(10)
                yield 1

        async def test(self):
            async with asyncio.timeout(0.001):
                async for _ in numbers():
                    pass

        self.assertFound(test, line_of(numbers, 2), "numbers swallowed")

    def test_fails_when_told_to(self):
        self.assertFails(lambda self: asyncio.wait_for(partial(), 0.001))

    def test_switched_off_it_is_silent(self):
        self.assertOff(lambda self: asyncio.wait_for(partial(), 0.001))

    def test_allowed_in_a_block(self):
        async def test(self):
            with asynctest.allow("swallowed_cancellation", match="partial"):
                await asyncio.wait_for(partial(), 0.001)

        self.assertClean(test)

    def test_watching_ends_with_the_last_overdue_timeout(self):
        async def test(self):
            watched.append(watches())
            async with asyncio.timeout(0.001):
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(10)
                watched.append(watches())
            watched.append(watches())

        watched: list[bool] = []
        self.assertFound(test)
        self.assertEqual(watched, [False, True, False])


def watches():
    """Say whether timeouts that are left are being watched."""
    code = _timeouts._IS_LEFT.__code__
    return bool(sys.monitoring.get_local_events(_seen_calls._tool, code))


class NoMistake(CheckTest):
    """Where every Python is silent."""

    check = "swallowed_cancellation"

    def test_who_looks_elsewhere_is_innocent(self):
        async def limited(seconds):
            async with asyncio.timeout(seconds) as limit:
                await stubborn()
            return limit

        async def test(self):
            limit = await limited(0.001)
            self.assertTrue(limit.expired())

        self.assertClean(test)

    def test_who_may_look_is_innocent(self):
        async def test(self):
            async with asyncio.timeout(0.001) as limit:
                await stubborn()
            if self is None and limit.expired():
                raise TimeoutError

        self.assertClean(test)

    def test_a_child_that_swallows_is_told_as_a_task(self):
        async def test(self):
            child = asyncio.create_task(stubborn(), name="child")
            async with asyncio.timeout(0.001):
                await child
                other = asyncio.create_task(asyncio.sleep(10))
                await asyncio.sleep(0)
                other.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await other

        found = self.assertFound(test, "task 'child'")
        self.assertNotIn("ran out", found)

    def test_a_child_that_was_cancelled_in_the_same_turn_is_innocent(self):
        async def test(self):
            loop = asyncio.get_running_loop()
            child = loop.create_future()
            async with asyncio.timeout(10) as limit:
                loop.call_soon(limit.reschedule, 0)  # runs out just before the task wakes up
                loop.call_soon(child.cancel)
                with contextlib.suppress(asyncio.CancelledError):
                    await child

        self.assertClean(test)

    def test_a_library_is_left_alone(self):
        source = (
            "async def shrug():\n"
            "    try:\n"
            "        await asyncio.sleep(10)\n"
            "    except asyncio.CancelledError:\n"
            "        pass\n"
        )
        shrug = written("shrug", source, "/lib/site-packages/shrug.py")

        async def test(self):
            await asyncio.wait_for(shrug(), 0.001)

        self.assertClean(test)

    def test_a_test_that_fails_anyway_says_it_once(self):
        class Case(asynctest.TestCase):
            async def test(self):
                with self.assertRaises(TimeoutError):
                    await asyncio.wait_for(partial(), 0.001)

        with contextlib.redirect_stderr(io.StringIO()):
            ran = one(Case)
        self.assertEqual(len(ran.result.failures), 1)
