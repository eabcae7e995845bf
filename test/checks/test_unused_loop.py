import asyncio
import unittest

import asynctest
from test.tools import one, run


@asynctest.fail_on(unused_loop=True)
class Checked(asynctest.TestCase):
    pass


class UnusedLoop(unittest.TestCase):
    def assert_found(self, *cases):
        for case in cases:
            with self.subTest(case.__name__):
                ran = one(case)
                self.assertEqual(ran.words, {"ran": 1, "failures": 1})
                self.assertIn("Loop did not run during the test", ran.text)

    def assert_clean(self, *cases):
        for case in cases:
            with self.subTest(case.__name__):
                self.assertEqual(one(case).words, {"ran": 1})

    def test_a_sync_test_is_found_and_told_what_to_do(self):
        class Case(Checked):
            def test(self):
                pass

        self.assert_found(Case)
        self.assertIn("or allow it with @fail_on(unused_loop=False)", one(Case).text)

    def test_running_in_set_up_clean_ups_or_another_loop_does_not_count(self):
        class SetUp(Checked):
            async def setUp(self):
                await asyncio.sleep(0)

            def test(self):
                pass

        class CleanUp(Checked):
            def test(self):
                self.addCleanup(asyncio.sleep, 0)

        class Other(Checked):
            def test(self):
                loop = asyncio.new_event_loop()
                loop.run_until_complete(asyncio.sleep(0))
                loop.close()

        self.assert_found(SetUp, CleanUp, Other)

    def test_any_way_of_running_the_loop_counts(self):
        class Coroutine(Checked):
            async def test(self):
                pass

        class RunUntilComplete(Checked):
            def test(self):
                self.loop.run_until_complete(asyncio.sleep(0))

        class Done(Checked):
            def test(self):
                future = self.loop.create_future()
                future.set_result(None)
                self.loop.run_until_complete(future)

        class RunForever(Checked):
            def test(self):
                self.loop.call_soon(self.loop.stop)
                self.loop.run_forever()

        class TearDown(Checked):
            def test(self):
                pass

            async def tearDown(self):
                pass

        self.assert_clean(Coroutine, RunUntilComplete, Done, RunForever, TearDown)

    def test_a_failing_coroutine_counts(self):
        class Case(Checked):
            async def test(self):
                self.fail("mine")

        ran = one(Case)
        self.assertEqual(ran.words, {"ran": 1, "failures": 1})
        self.assertIn("mine", ran.text)

    def test_switched_off_it_is_silent_and_leaves_no_marker(self):
        class Case(Checked):
            @asynctest.fail_on(unused_loop=False)
            def test(self):
                self.assertFalse(self.loop._ready)

        self.assert_clean(Case)

    def test_on_a_lent_loop_nothing_stays_behind(self):
        loop = asyncio.new_event_loop()
        self.addCleanup(loop.close)
        asyncio.set_event_loop(loop)
        self.addCleanup(asyncio.set_event_loop, None)

        class Case(Checked):
            use_default_loop = True

            def test(self):
                pass

        self.assert_found(Case)
        self.assertTrue(all(handle.cancelled() for handle in loop._ready))
        run(Case)
