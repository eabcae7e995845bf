import asyncio
import socket
import unittest

import asynctest
from test.tools import one


@asynctest.fail_on(active_selector_callbacks=True)
class Checked(asynctest.TestCase):
    def setUp(self):
        self.ours, self.theirs = socket.socketpair()
        for end in (self.ours, self.theirs):
            end.setblocking(False)
            self.addCleanup(end.close)


class ActiveSelectorCallbacks(unittest.TestCase):
    def test_readers_and_writers_left_are_found_one_line_each(self):
        class Case(Checked):
            async def test(self):
                self.loop.add_reader(self.ours, print)
                self.loop.add_writer(self.ours, locals)

        ran = one(Case)
        self.assertEqual(ran.words, {"ran": 1, "failures": 1})
        self.assertIn("some events watched during the tests were not removed:", ran.text)
        self.assertRegex(ran.text, r" - add_reader\(.*<built-in function print>\)\n")
        self.assertRegex(ran.text, r" - add_writer\(.*<built-in function locals>\)\n")

    def test_what_set_up_registers_is_the_tests(self):
        class Case(Checked):
            def setUp(self):
                super().setUp()
                self.loop.add_reader(self.ours, print)

            def test(self):
                pass

        self.assertEqual(one(Case).words, {"ran": 1, "failures": 1})

    def test_removing_in_a_clean_up_is_too_late(self):
        class Case(Checked):
            def test(self):
                self.loop.add_reader(self.ours, print)
                self.addCleanup(self.loop.remove_reader, self.ours)

        self.assertEqual(one(Case).words, {"ran": 1, "failures": 1})

    def test_innocent_look_alikes_pass(self):
        class Nothing(Checked):
            def test(self):
                pass

        class Removed(Checked):
            async def test(self):
                self.loop.add_reader(self.ours, print)
                self.loop.remove_reader(self.ours)

        class InTearDown(Checked):
            async def test(self):
                self.loop.add_reader(self.ours, print)

            def tearDown(self):
                self.loop.remove_reader(self.ours)

        class SelfPipe(Checked):
            async def test(self):
                await self.loop.run_in_executor(None, int)

        class NotOfTheLoop(Checked):
            async def test(self):
                self.loop._selector.register(self.ours, 1, data="somebody else's")

        for case in (Nothing, Removed, InTearDown, SelfPipe, NotOfTheLoop):
            with self.subTest(case.__name__):
                self.assertEqual(one(case).words, {"ran": 1})

    def test_what_was_there_before_on_a_lent_loop_is_not_the_tests(self):
        loop = asyncio.new_event_loop()
        self.addCleanup(loop.close)
        asyncio.set_event_loop(loop)
        self.addCleanup(asyncio.set_event_loop, None)
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        self.addCleanup(theirs.close)
        loop.add_reader(ours, print)
        self.addCleanup(loop.remove_reader, ours)

        class Case(Checked):
            use_default_loop = True

            async def test(self):
                pass

        self.assertEqual(one(Case).words, {"ran": 1})

    def test_switched_off_it_is_silent(self):
        class Case(Checked):
            @asynctest.lenient
            def test(self):
                self.loop.add_reader(self.ours, print)

        self.assertEqual(one(Case).words, {"ran": 1})
