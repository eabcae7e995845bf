import asyncio
import unittest

import asynctest
from asynctest._tracebacks import cut_to_users, where_it_waits

from .tools import one


def names(trace):
    found = []
    while trace is not None:
        found.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    return found


class Cutting(unittest.TestCase):
    def raised_by(self, coro):
        try:
            asyncio.run(coro)
        except BaseException as exc:
            # Where a user starts a loop is a user's place, too.
            return exc.__traceback__.tb_next

    def test_the_loop_before_the_users_code_is_cut(self):
        async def fails():
            await asyncio.wait_for(inner(), 10)

        async def inner():
            raise ValueError

        self.assertEqual(
            names(cut_to_users(self.raised_by(fails()))), ["fails", "wait_for", "inner"]
        )

    def test_inside_cuts_what_was_waited_in_as_well(self):
        async def fails():
            async with asyncio.timeout(-1):
                await asyncio.Event().wait()

        self.assertEqual(names(cut_to_users(self.raised_by(fails()), inside=True)), ["fails"])

    def test_nothing_is_left_where_there_is_nothing_of_users(self):
        async def stops():
            asyncio.get_running_loop().stop()
            await asyncio.sleep(10)

        loop = asyncio.new_event_loop()
        task = loop.create_task(stops())
        try:
            loop.run_until_complete(task)
        except RuntimeError as exc:
            self.assertIsNone(cut_to_users(exc.__traceback__.tb_next))
        task.cancel()
        loop.run_until_complete(asyncio.wait([task]))
        loop.close()
        self.assertIsNone(cut_to_users(None, inside=True))

    def test_a_waiting_coroutine_shows_where_it_stands(self):
        async def outer():
            await inner()

        async def inner():
            await asyncio.sleep(0)

        coro = outer()
        coro.send(None)
        trace = where_it_waits(coro)
        self.assertEqual(names(trace), ["outer", "inner"])
        self.assertEqual(trace.tb_lineno, outer.__code__.co_firstlineno + 1)
        coro.close()
        self.assertIsNone(where_it_waits(coro))


class Printed(unittest.TestCase):
    def printed(self, function, **settings):
        class Case(asynctest.TestCase):
            test = asynctest.configure(**settings)(function)

        text = one(Case).text
        for machinery in ("base_events.py", "_calls.py", "_stage.py", "_pilot.py", "_limit.py"):
            self.assertNotIn(machinery, text)
        return text

    def test_a_failure_shows_the_test_alone(self):
        async def fails(self):
            raise ValueError("mine")

        text = self.printed(fails)
        self.assertEqual(text.count('  File "'), 1, text)
        self.assertIn('raise ValueError("mine")', text)

    def test_a_loop_that_nothing_can_wake_shows_what_the_test_waited_for(self):
        async def waits(self):
            await asyncio.Event().wait()

        text = self.printed(waits, clock="auto")
        self.assertIn("await asyncio.Event().wait()", text)
        self.assertIn("asynctest.clock.StuckError: nothing can ever wake", text)
        self.assertNotIn("still running", text)  # the test itself is nothing that it has left

    def test_a_step_out_of_time_shows_what_the_test_waited_for(self):
        async def waits(self):
            await asyncio.Event().wait()

        text = self.printed(waits, timeout=0.05)
        self.assertIn("await asyncio.Event().wait()", text)
        self.assertIn("asynctest.StuckTest: ", text)
        self.assertNotIn("locks.py", text)

    def test_blocked_code_shows_itself(self):
        async def blocks(self):
            while True:
                pass

        text = self.printed(blocks, timeout=0.05)
        self.assertIn("in blocks", text.partition("asynctest.StuckTest")[0])

    def test_a_finding_is_named_as_users_import_it(self):
        @asynctest.fail_on(active_handles=True)
        async def leaves(self):
            self.loop.call_later(10, print)

        text = self.printed(leaves)
        self.assertTrue(text.startswith("asynctest.CheckFailed: "), text)
