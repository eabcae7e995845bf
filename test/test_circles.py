"""Tasks that wait for each other: asyncio cannot even cancel them."""

import asyncio
import contextlib
import io
import time
import unittest

import asynctest
from test.checks.tools import CheckTest
from test.tools import run


def circle(make=asyncio.create_task, wrap=lambda task: task):
    """Make two tasks that wait for each other."""

    async def wait_for(name):
        await wrap(tasks[name])

    tasks = {}
    tasks["a"] = make(wait_for("b"), name="A")
    tasks["b"] = make(wait_for("a"), name="B")
    return tasks


def play(test, **body):
    with contextlib.redirect_stderr(io.StringIO()):
        namespace = {"timeout": 0.2, "cancel_timeout": 2, "test": test, **body}
        return run(asynctest.lenient(type("Case", (asynctest.TestCase,), namespace))("test"))


class Circles(unittest.TestCase):
    def assertStuck(self, test, *parts):
        began = time.monotonic()
        ran = play(test)
        self.assertLess(time.monotonic() - began, 1.5)  # nobody was waited for in vain
        self.assertEqual(ran.words, {"ran": 1, "failures": 1}, ran.text)
        for part in (" did not end within 0.2 s", "these wait for each other:", *parts):
            self.assertIn(part, ran.text)
        self.assertNotIn("RecursionError", ran.text)

    def test_the_test_waits_for_a_circle(self):
        async def test(self):
            await circle()["a"]

        self.assertStuck(test, "waits for task 'A'", "  'A' -> 'B' -> 'A'")

    def test_a_task_group_waits_for_a_circle(self):
        async def test(self):
            async with asyncio.TaskGroup() as group:
                circle(group.create_task)

        self.assertStuck(test, "'A' -> 'B' -> 'A'")

    def test_a_circle_through_gather(self):
        async def test(self):
            await circle(wrap=asyncio.gather)["a"]

        self.assertStuck(test, "'A' -> 'B' -> 'A'")

    def test_the_test_itself_is_in_the_circle(self):
        async def test(self):
            async def wait_for(task):
                await task

            asyncio.current_task().set_name("test")
            await asyncio.create_task(wait_for(asyncio.current_task()), name="child")

        self.assertStuck(test, "'child' -> 'test' -> 'child'")

    def test_a_chain_is_no_circle(self):
        async def test(self):
            async def wait_for(awaitable):
                await awaitable

            first = asyncio.create_task(wait_for(asyncio.Event().wait()))
            await asyncio.gather(first, asyncio.create_task(wait_for(first)))

        ran = play(test)
        self.assertIn("did not end within", ran.text)
        self.assertNotIn("wait for each other", ran.text)


class CirclesLeft(CheckTest):
    check = "leaked_tasks"

    def test_one_that_is_left_behind_ends_with_the_loop(self):
        async def test(case):
            circle()
            await asyncio.sleep(0)

        began = time.monotonic()
        self.assertFound(test, "task 'A' waits at", "for task 'B'")
        self.assertLess(time.monotonic() - began, 1.5)


class GatheredCancellations(CheckTest):
    check = "lost_exceptions"

    def test_a_cancellation_that_gather_keeps_is_not_lost(self):
        async def test(case):
            task = asyncio.create_task(asyncio.sleep(60))
            gathered = asyncio.gather(task)
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.sleep(0.01)
            self.assertTrue(gathered.done())

        self.assertClean(test)
