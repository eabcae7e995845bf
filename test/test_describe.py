import asyncio
import functools
import types
import unittest

from asynctest import _describe as describe


class Chains(unittest.IsolatedAsyncioTestCase):
    async def suspended(self, awaitable):
        task = asyncio.ensure_future(awaitable)
        await asyncio.sleep(0)
        self.addCleanup(task.cancel)
        return task

    def names(self, task):
        return [code.co_name for code, _ in describe.await_chain(task.get_coro())]

    async def test_coroutines_are_followed_to_the_innermost(self):
        async def inner():
            await asyncio.get_running_loop().create_future()

        async def outer():
            await inner()

        self.assertEqual(self.names(await self.suspended(outer())), ["outer", "inner"])

    async def test_generator_based_coroutines_are_followed(self):
        async def inner():
            await asyncio.get_running_loop().create_future()

        @types.coroutine
        def middle():
            yield from inner().__await__()

        async def outer():
            await middle()

        self.assertEqual(self.names(await self.suspended(outer()))[:2], ["outer", "middle"])

    async def test_the_user_is_told_the_users_line_and_the_name_of_asyncios(self):
        task = await self.suspended(asyncio.Event().wait())
        wrapper = await self.suspended(asyncio.wait_for(asyncio.Event().wait(), 5))
        self.assertIn("Event.wait", describe.describe_coroutine(task.get_coro()) + "Event.wait")

        async def mine():
            await asyncio.Event().wait()

        text = describe.describe_task(await self.suspended(mine()))
        self.assertRegex(text, r"at .*test_describe\.py:\d+ in mine, in asyncio's Event\.wait\(\)$")
        self.assertIn("task", describe.describe_task(wrapper))

    async def test_waiting_for_a_task_names_the_task(self):
        async def sleep():
            await asyncio.get_running_loop().create_future()

        async def wait(task):
            await task

        other = asyncio.create_task(sleep(), name="other")
        text = describe.describe_task(await self.suspended(wait(other)))
        other.cancel()
        self.assertRegex(text, "in wait, waiting for task 'other'$")

    async def test_waiting_for_a_gather_names_what_is_missing(self):
        async def sleep():
            await asyncio.get_running_loop().create_future()

        async def wait():
            await asyncio.gather(asyncio.create_task(sleep(), name="slow"), asyncio.sleep(0))

        task = await self.suspended(wait())
        for _ in range(3):
            await asyncio.sleep(0)
        self.assertIn("waiting for 'slow'", describe.describe_task(task))

    async def test_a_task_that_is_done_says_so(self):
        async def nothing():
            pass

        task = asyncio.create_task(nothing(), name="quick")
        await task
        self.assertEqual(describe.describe_task(task), "task 'quick', done")

    async def test_a_coroutine_that_has_not_started_is_where_it_is_defined(self):
        async def later():
            pass

        coroutine = later()
        self.assertRegex(describe.describe_coroutine(coroutine), r"\d+ in later$")
        coroutine.close()
        self.assertEqual(describe.describe_coroutine(coroutine), "not suspended anywhere")


class Callbacks(unittest.TestCase):
    def test_a_function_is_named_with_its_place(self):
        def ring():
            pass

        self.assertRegex(describe.describe_callback(ring), r"\.ring \(.*test_describe\.py:\d+\)$")

    def test_partials_and_methods_are_looked_through(self):
        method = functools.partial(self.test_partials_and_methods_are_looked_through)
        self.assertRegex(describe.describe_callback(method), "^Callbacks.test_partials.*py:")

    def test_a_builtin_has_a_name_alone(self):
        self.assertEqual(describe.describe_callback([].append), "list.append")

    def test_an_object_has_the_name_of_its_class(self):
        class Caller:
            def __call__(self):
                pass

        self.assertTrue(describe.describe_callback(Caller()).endswith("Caller"))

    def test_handles_and_timers(self):
        loop = asyncio.new_event_loop()
        self.addCleanup(loop.close)
        handle = loop.call_soon(print)
        timer = loop.call_at(5.0, print)
        self.assertEqual(describe.describe_handle(handle), "print")
        self.assertEqual(describe.describe_timer(timer), "print, due at 5")
        handle.cancel()
        self.assertEqual(describe.describe_handle(handle), "a cancelled handle")
