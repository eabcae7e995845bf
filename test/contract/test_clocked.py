"""ClockedTestCase: what users of 0.13 rely on, and what hung there."""

import asyncio
import unittest

import asynctest

from .. import tools


class Advance(asynctest.ClockedTestCase):
    async def test_time_starts_at_zero_and_stands(self):
        self.assertEqual(self.loop.time(), 0)
        for _ in range(5):
            await asyncio.sleep(0)
        self.assertEqual(self.loop.time(), 0)

    async def test_it_moves_by_what_is_asked(self):
        await self.advance(1)
        await self.advance(0.5)
        self.assertEqual(self.loop.time(), 1.5)

    def test_a_plain_test_advances_with_run_until_complete(self):
        self.loop.run_until_complete(self.advance(2))
        self.assertEqual(self.loop.time(), 2)

    async def test_back_in_time_is_refused_when_awaited_and_time_stays(self):
        advance = self.advance(-1)
        with self.assertRaisesRegex(ValueError, "back in time"):
            await advance
        self.assertEqual(self.loop.time(), 0)

    async def test_advance_by_nothing_drains_what_is_ready(self):
        done = []
        self.loop.call_soon(lambda: self.loop.call_soon(done.append, True))
        await self.advance(0)
        self.assertEqual(done, [True])

    async def test_callbacks_see_their_own_deadlines(self):
        seen = []
        for delay in (3, 1, 2.5):
            self.loop.call_later(delay, lambda: seen.append(self.loop.time()))
        await self.advance(3)
        self.assertEqual(seen, [1, 2.5, 3])

    async def test_timers_made_on_the_way_fire_on_the_way(self):
        seen = []
        self.loop.call_later(
            1, lambda: self.loop.call_later(1, lambda: seen.append(self.loop.time()))
        )
        await self.advance(2)
        self.assertEqual(seen, [2])

    async def test_a_sleeper_that_repeats_ticks_once_in_a_period(self):
        ticks = []

        async def tick():
            while True:
                await asyncio.sleep(10)
                ticks.append(self.loop.time())

        task = asyncio.create_task(tick())
        await self.advance(35)
        task.cancel()
        self.assertEqual(ticks, [10, 20, 30])

    async def test_ready_callbacks_are_drained_before_and_after(self):
        order = []
        self.loop.call_soon(order.append, "before")
        self.loop.call_later(1, lambda: self.loop.call_soon(order.append, "after"))
        await self.advance(1)
        self.assertEqual(order, ["before", "after"])

    async def test_in_debug_mode_asyncio_says_how_long_the_jump_took(self):
        self.loop.set_debug(True)
        with self.assertLogs("asyncio", "WARNING") as logs:
            await self.advance(5)
        self.assertRegex(logs.output[0], r"took 5\.000 seconds")

    async def test_concurrent_calls_overlap(self):
        await asyncio.gather(self.advance(1), self.advance(2))
        self.assertEqual(self.loop.time(), 2)


class InSetUp(asynctest.ClockedTestCase):
    def setUp(self):
        self.loop.run_until_complete(self.advance(1))

    def test_a_plain_set_up_may_advance(self):
        self.assertEqual(self.loop.time(), 1)


class InAsyncSetUp(asynctest.ClockedTestCase):
    async def setUp(self):
        await self.advance(1)

    async def test_a_coroutine_may_advance_in_set_up(self):
        self.assertEqual(self.loop.time(), 1)


class Overridden(asynctest.ClockedTestCase):
    async def advance(self, seconds):
        task = asyncio.ensure_future(super().advance(seconds))
        await task

    async def test_advance_may_be_overridden_and_run_in_a_task(self):
        await self.advance(1)
        self.assertEqual(self.loop.time(), 1)


class WhatHungIn013(unittest.TestCase):
    def test_a_sleep_with_nobody_advancing_fails_at_once_and_names_the_sleeper(self):
        class Case(asynctest.ClockedTestCase):
            async def test(self):
                await asyncio.sleep(1)

        ran = tools.one(Case)
        self.assertEqual(ran.words, {"ran": 1, "failures": 1})
        self.assertRegex(ran.text, r"nobody moves the clock[^\n]*\n  task .*in test, in asyncio's")

    def test_an_endless_chain_fails_and_is_named(self):
        class Case(asynctest.ClockedTestCase):
            clock = asynctest.Clock("manual", limit=100)

            async def test(self):
                def chain():
                    self.loop.call_soon(chain)

                chain()
                await self.advance(1)

        ran = tools.one(Case)
        self.assertEqual(ran.words, {"ran": 1, "failures": 1})
        self.assertRegex(ran.text, r"ran 100 times while time stood at 0[^\n]*\n  .*chain")

    def test_what_is_left_sleeping_is_no_trouble_at_the_end(self):
        class Case(asynctest.ClockedTestCase):
            async def test(self):
                async def leave():
                    try:
                        await asyncio.sleep(100)
                    finally:
                        await asyncio.sleep(50)

                asyncio.create_task(leave())
                await self.advance(1)

        self.assertEqual(tools.one(Case).words, {"ran": 1})

    def test_the_users_own_loop_gets_its_clock_back(self):
        loop = asyncio.new_event_loop()
        self.addCleanup(loop.close)
        self.addCleanup(asyncio.set_event_loop, None)
        asyncio.set_event_loop(loop)
        before = sorted(vars(loop))

        class Case(asynctest.ClockedTestCase):
            use_default_loop = True

            async def test(self):
                await self.advance(3)
                self.assertEqual(self.loop.time(), 3)

        self.assertEqual(tools.one(Case).words, {"ran": 1})
        self.assertEqual(sorted(vars(loop)), before)
        self.assertFalse(loop.is_closed())


class AnyTestCase(unittest.TestCase):
    """The clock outside of ClockedTestCase."""

    def test_a_class_may_ask_for_time_that_jumps(self):
        class Case(asynctest.TestCase):
            clock = "auto"

            async def test(self):
                await asyncio.sleep(3600)
                self.assertEqual(self.clock.time(), 3600)

        self.assertEqual(tools.one(Case).words, {"ran": 1})

    def test_a_method_may_ask_for_it(self):
        class Case(asynctest.TestCase):
            @asynctest.configure(clock="auto")
            async def test(self):
                await asyncio.sleep(3600)
                self.assertEqual(self.loop.time(), 3600)

            async def test_real(self):
                self.assertNotEqual(self.loop.time(), 0)
                self.assertFalse(hasattr(self, "clock"))

        self.assertEqual(tools.run(Case).words, {"ran": 2})

    def test_a_clock_on_the_class_is_renewed_for_every_test(self):
        class Case(asynctest.TestCase):
            clock = asynctest.Clock(start=10)

            async def test_one(self):
                await asyncio.sleep(1)
                self.assertEqual(self.loop.time(), 11)

            test_two = test_one

        self.assertEqual(tools.run(Case).words, {"ran": 2})

    def test_the_project_may_ask_for_it(self):
        from asynctest import _settings

        self.addCleanup(_settings.use_command_line, {})
        _settings.use_command_line({"clock": "auto"})

        class Case(asynctest.TestCase):
            async def test(self):
                await asyncio.sleep(3600)

            @asynctest.configure(clock=None)
            async def test_but_not_here(self):
                self.assertFalse(hasattr(self, "clock"))

        self.assertEqual(tools.run(Case).words, {"ran": 2})

    def test_a_clock_of_the_users_own_is_left_alone(self):
        class Case(asynctest.TestCase):
            clock = object()

            async def test(self):
                self.assertIs(type(self.clock), object)

        self.assertEqual(tools.one(Case).words, {"ran": 1})

    def test_a_word_that_means_nothing_is_refused(self):
        with self.assertRaisesRegex(ValueError, "clock = 'fast' cannot be used. Give 'auto', 'man"):
            asynctest.configure(clock="fast")

    def test_stand_ins_for_files_work_under_a_clock(self):
        class Case(asynctest.ClockedTestCase):
            async def test(self):
                sock = asynctest.SocketMock()
                sock.recv.return_value = b"x"
                self.loop.call_later(5, asynctest.set_read_ready, sock, self.loop)
                read = asyncio.Event()
                self.loop.add_reader(sock, read.set)
                await self.advance(5)
                self.assertTrue(read.is_set())
                self.loop.remove_reader(sock)

        self.assertEqual(tools.one(Case).words, {"ran": 1})

    def test_a_lent_loop_that_cannot_be_clocked_is_refused_by_name(self):
        try:
            import uvloop
        except ImportError:
            self.skipTest("needs uvloop")
        loop = uvloop.new_event_loop()
        self.addCleanup(loop.close)
        self.addCleanup(asyncio.set_event_loop, None)
        asyncio.set_event_loop(loop)

        class Case(asynctest.ClockedTestCase):
            use_default_loop = True

            async def test(self):
                pass

        ran = tools.one(Case)
        self.assertEqual(ran.words, {"ran": 1, "errors": 1})
        self.assertRegex(ran.text, "LoopNotSupported: the time of a uvloop")

    def test_a_test_on_uvloop_can_have_a_clock(self):
        try:
            import uvloop
        except ImportError:
            self.skipTest("needs uvloop")

        class Case(asynctest.TestCase):
            clock = "auto"
            loop_factory = uvloop.new_event_loop

            async def test(self):
                await asyncio.sleep(3600)
                self.assertIsInstance(self.loop, uvloop.Loop)
                self.assertEqual(self.loop.time(), 3600)

        self.assertEqual(tools.one(Case).words, {"ran": 1})
