import asyncio
import sys
import unittest
from unittest import mock

import asynctest
from asynctest import checks
from test.checks.tools import CheckTest, line_of


async def fetch():
    await asyncio.sleep(0)


class NeverAwaited(CheckTest):
    check = "never_awaited"

    def test_a_dropped_coroutine_is_named_with_the_line_that_made_it(self):
        async def test(self):
            fetch()

        self.assertFound(test, "coroutine 'fetch' was never awaited", line_of(test, 1))

    def test_fails_when_told_to(self):
        async def test(self):
            fetch()

        self.assertFails(test)

    def test_switched_off_it_is_silent(self):
        async def test(self):
            with self.assertWarns(RuntimeWarning):  # the interpreter's own, as ever
                fetch()

        self.assertOff(test)

    def test_a_held_coroutine_is_found_at_the_end(self):
        async def test(self):
            self.kept = fetch()

        self.assertFound(test, "coroutine 'fetch' was never awaited", line_of(test, 1))

    def test_a_reported_coroutine_is_not_reported_again_by_the_interpreter(self):
        async def test(self):
            self.kept = fetch()

        ran = self.play(test)
        self.assertEqual(len(ran.warnings), 1)

    def test_a_cycle_is_charged_to_the_test_that_made_it(self):
        async def test(self):
            cycle = [fetch()]
            cycle.append(cycle)

        self.assertFound(test, line_of(test, 1))

    def test_several_are_one_report(self):
        async def test(self):
            fetch()
            fetch()

        words = self.assertFound(test, "never_awaited: 2 findings:", line_of(test, 1))
        self.assertIn(line_of(test, 2), words)
        self.assertEqual(words.count("or allow it"), 1)

    def test_a_mock_is_called_by_its_name(self):
        async def test(self):
            client = mock.AsyncMock(name="client")
            client.send(1)

        found = self.assertFound(test, "the coroutine of <AsyncMock name='client.send'>")
        self.assertIn(line_of(test, 2), found)

    def test_one_that_dies_in_set_up_is_found(self):
        async def setUp(self):
            fetch()

        async def test(self):
            pass

        self.assertFound(test, line_of(setUp, 1), setUp=setUp)

    def test_an_awaited_coroutine_is_innocent(self):
        async def test(self):
            later = fetch()
            await asyncio.sleep(0)
            await later

        self.assertClean(test)

    def test_a_closed_coroutine_is_innocent(self):
        async def test(self):
            fetch().close()

        self.assertClean(test)

    def test_a_task_that_never_started_is_not_its_business(self):
        async def test(self):
            self.task = asyncio.create_task(fetch())

        self.assertClean(test)

    def test_a_test_that_records_the_warning_is_innocent(self):
        async def test(self):
            with self.assertWarnsRegex(RuntimeWarning, "never awaited"):
                fetch()

        self.assertClean(test)

    def test_a_coroutine_cleanup_is_innocent(self):
        async def test(self):
            self.addCleanup(lambda: fetch())

        self.assertClean(test)

    def test_a_coroutine_from_before_the_test_is_not_charged_to_it(self):
        held = [fetch()]

        async def test(self):
            pass

        self.assertClean(test)
        held[0].close()

    def test_ignored_by_name(self):
        async def test(self):
            fetch()

        self.addCleanup(checks.ignore("never_awaited", name="fet*"))
        self.assertClean(test)

    def test_ignored_by_module(self):
        async def test(self):
            fetch()

        self.addCleanup(checks.ignore(module="test.checks"))
        self.assertClean(test)

    def test_another_rule_does_not_ignore_it(self):
        async def test(self):
            fetch()

        self.addCleanup(checks.ignore("never_awaited", module="elsewhere"))
        self.assertFound(test)

    def test_the_users_own_depth_of_origin_tracking_stays(self):
        import sys

        async def test(self):
            self.assertEqual(sys.get_coroutine_origin_tracking_depth(), 3)

        self.addCleanup(sys.set_coroutine_origin_tracking_depth, 0)
        sys.set_coroutine_origin_tracking_depth(3)
        self.assertClean(test)
        self.assertEqual(sys.get_coroutine_origin_tracking_depth(), 3)

    @unittest.skipIf(sys.version_info < (3, 13), "the interpreter tells nothing")
    def test_one_that_dies_with_the_test_is_not_blamed_on_asyncio(self):
        async def numbers():
            yield 1

        async def test(self):
            first = anext(numbers())
            self.assertTrue(first)

        words = self.assertFound(test, "asend() was never awaited", line_of(test, 0))
        self.assertNotIn("events.py", words)


class TestNeverRan(CheckTest):
    check = "test_never_ran"

    def test_fails_by_default(self):
        def forgetful(function):
            def wrapper(self):
                function(self)

            return wrapper

        class Case(asynctest.TestCase):
            @forgetful
            async def test(self):
                raise AssertionError("never reached")

        from test.tools import one

        ran = one(Case)
        self.assertEqual(ran.words, {"ran": 1, "failures": 1})
        self.assertIn("never ran: its coroutine was dropped", ran.text)
        self.assertIn("test_never_awaited.py:", ran.text)

    def test_a_decorator_that_awaits_is_innocent(self):
        def careful(function):
            async def wrapper(self):
                await function(self)

            return wrapper

        @careful
        async def test(self):
            pass

        self.assertClean(test)

    def test_a_decorator_that_returns_is_innocent(self):
        def careful(function):
            return lambda self: function(self)

        @careful
        async def test(self):
            pass

        self.assertClean(test)

    def test_another_dropped_coroutine_is_not_its_business(self):
        async def test(self):
            with self.assertWarns(RuntimeWarning):
                fetch()

        self.assertClean(test)

    def test_switched_off_it_is_silent(self):
        async def test(self):
            pass

        self.assertOff(test)
