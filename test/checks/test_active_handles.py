import asyncio
import unittest

import asynctest
from test.tools import one


@asynctest.fail_on(active_handles=True)
class Checked(asynctest.TestCase):
    pass


class ActiveHandles(unittest.TestCase):
    def test_a_waiting_timer_is_found_with_its_callback(self):
        class Case(Checked):
            async def test(self):
                self.loop.call_later(1000, print, "late")

        ran = one(Case)
        self.assertEqual(ran.words, {"ran": 1, "failures": 1})
        self.assertIn("unfinished work", ran.text)
        self.assertRegex(ran.text, r"TimerHandle when=.* print\(")
        self.assertIn("Cancel the timer", ran.text)

    def test_a_sleeping_task_is_found(self):
        class Case(Checked):
            async def test(self):
                self.task = asyncio.create_task(asyncio.sleep(1000))
                await asyncio.sleep(0)

        self.assertEqual(one(Case).words, {"ran": 1, "failures": 1})

    def test_cancelling_in_a_clean_up_is_too_late(self):
        class Case(Checked):
            async def test(self):
                self.addCleanup(self.loop.call_later(1000, print).cancel)

        self.assertEqual(one(Case).words, {"ran": 1, "failures": 1})

    def test_innocent_look_alikes_pass(self):
        class Nothing(Checked):
            async def test(self):
                pass

        class Ready(Checked):
            async def test(self):
                self.loop.call_soon(int)

        class Cancelled(Checked):
            async def test(self):
                self.loop.call_later(1000, print).cancel()

        class InTearDown(Checked):
            async def test(self):
                self.timer = self.loop.call_later(1000, print)

            def tearDown(self):
                self.timer.cancel()

        class Waited(Checked):
            async def test(self):
                await asyncio.sleep(0.001)

        for case in (Nothing, Ready, Cancelled, InTearDown, Waited):
            with self.subTest(case.__name__):
                self.assertEqual(one(case).words, {"ran": 1})

    def test_switched_off_it_is_silent(self):
        class Case(asynctest.TestCase):
            @asynctest.fail_on(active_handles=False)
            async def test(self):
                self.loop.call_later(1000, print)

        self.assertEqual(one(Case).words, {"ran": 1})
