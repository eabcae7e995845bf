import asyncio
import contextlib
import sys
import unittest
from unittest import mock

import asynctest
from test.checks.tools import CheckTest, line_of, only
from test.tools import one

needs_monitoring = unittest.skipIf(sys.version_info < (3, 12), "Python 3.11 cannot tell")


async def stubborn():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        pass


async def cancel(coro):
    task = asyncio.create_task(coro, name="worker")
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])


def verify(send):
    send.assert_not_called  # noqa: B018


class SwallowedCancellation(CheckTest):
    check = "swallowed_cancellation"

    def test_a_task_is_named_with_its_line(self):
        async def test(self):
            task = asyncio.create_task(stubborn(), name="worker")
            await asyncio.sleep(0)
            task.cancel()
            await task

        found = self.assertFound(test, "task 'worker'", "was cancelled and ended normally")
        self.assertIn(line_of(test, 1), found)

    @needs_monitoring
    def test_the_await_that_was_cancelled_is_named(self):
        async def test(self):
            await cancel(stubborn())

        self.assertFound(test, line_of(stubborn, 2))

    def test_fails_when_told_to(self):
        self.assertFails(lambda self: cancel(stubborn()))

    def test_switched_off_it_is_silent(self):
        self.assertOff(lambda self: cancel(stubborn()))

    def test_a_task_that_raises_it_again_is_innocent(self):
        async def work():
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                await asyncio.sleep(0)
                raise

        self.assertClean(lambda self: cancel(work()))

    def test_a_task_that_fails_instead_is_innocent(self):
        async def work():
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                raise ValueError from None

        async def test(self):
            task = asyncio.create_task(work())
            await asyncio.sleep(0)
            task.cancel()
            with self.assertRaises(ValueError):
                await task

        self.assertClean(test)

    def test_a_cancellation_taken_back_is_innocent(self):
        async def work():
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                asyncio.current_task().uncancel()

        self.assertClean(lambda self: cancel(work()))

    def test_a_task_that_asserts_its_cancellation_is_innocent(self):
        async def test(self):
            async def work():
                with self.assertRaises(asyncio.CancelledError):
                    await asyncio.sleep(10)

            await cancel(work())

        self.assertClean(test)

    def test_a_timeout_is_innocent(self):
        async def work():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0):
                    await asyncio.sleep(10)

        async def test(self):
            await asyncio.create_task(work())

        self.assertClean(test)

    def test_the_tests_own_task_is_innocent(self):
        async def test(self):
            asyncio.current_task().cancel()
            with self.assertRaises(asyncio.CancelledError):
                await asyncio.sleep(0)

        self.assertClean(test)

    def test_who_waits_for_a_cancelled_task_is_innocent(self):
        async def parent():
            child = asyncio.create_task(asyncio.sleep(10))
            await asyncio.sleep(0)
            child.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await child

        async def test(self):
            await asyncio.create_task(parent())

        self.assertClean(test)

    def test_a_leftover_that_we_cancel_is_innocent(self):
        async def test(self):
            self.task = asyncio.create_task(stubborn())
            await asyncio.sleep(0)

        self.assertClean(test)

    def test_allowed_in_a_block(self):
        async def test(self):
            with asynctest.allow("swallowed_cancellation", match="worker"):
                await cancel(stubborn())

        self.assertClean(test)

    def test_a_block_does_not_allow_what_comes_after_it(self):
        async def test(self):
            with asynctest.allow("swallowed_cancellation"):
                pass
            await cancel(stubborn())

        self.assertFound(test)

    def test_cancel_answers_as_ever(self):
        async def test(self):
            task = asyncio.create_task(asyncio.sleep(10))
            await asyncio.sleep(0)
            self.assertIs(task.cancel("reason"), True)
            with self.assertRaisesRegex(asyncio.CancelledError, "reason"):
                await task
            self.assertIs(task.cancel(), False)

        self.assertClean(test)


@needs_monitoring
class SwallowedAssertion(CheckTest):
    check = "swallowed_assertion"

    def test_both_lines_are_named(self):
        def test(self):
            try:
                self.assertEqual(1, 2)
            except Exception:
                pass

        found = self.assertFound(test, "an assertion failed at", "(1 != 2) and was swallowed")
        self.assertIn(line_of(test, 2), found)
        self.assertIn(line_of(test, 3), found)

    def test_a_plain_assert_is_found(self):
        def test(self):
            try:
                assert 1 == 2
            except (ValueError, Exception):
                pass

        self.assertFound(test, line_of(test, 2), line_of(test, 3))

    def test_of_a_group_the_assertion_in_it_is_named(self):
        async def test(self):
            async def verify():
                self.assertEqual(1, 2)

            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(verify())
            except Exception:
                pass

        self.assertFound(test, line_of(test, 2), "(1 != 2)", line_of(test, 7))

    def test_a_loop_over_several_things_is_no_second_try(self):
        def test(self):
            for number in (1, 2):
                try:
                    return self.assertEqual(number, 2)
                except Exception:
                    continue

        self.assertFound(test, line_of(test, 3), "(1 != 2)", line_of(test, 4))

    def test_an_assertion_of_a_mock_is_found(self):
        def test(self):
            try:
                mock.Mock().assert_called_once()
            except Exception:
                pass

        self.assertFound(test, line_of(test, 2))

    def test_a_gathering_that_nobody_looks_at_is_found(self):
        async def verify():
            assert 1 == 2

        async def test(self):
            await asyncio.gather(verify(), return_exceptions=True)

        self.assertFound(test, line_of(verify, 1), line_of(test, 1))

    def test_fails_when_told_to(self):
        def test(self):
            try:
                assert 1 == 2
            except Exception:
                pass

        self.assertFails(test)

    def test_switched_off_it_is_silent(self):
        def test(self):
            try:
                assert 1 == 2
            except Exception:
                pass

        self.assertOff(test)

    def test_a_named_exception_is_innocent(self):
        def test(self):
            try:
                assert 1 == 2
            except (ValueError, AssertionError):
                pass

        self.assertClean(test)

    def test_an_expected_failure_is_innocent(self):
        def test(self):
            with self.assertRaises(AssertionError):
                self.assertEqual(1, 2)

        self.assertClean(test)

    def test_raised_again_and_expected_is_innocent(self):
        def verify():
            try:
                assert 1 == 2
            except Exception:
                raise

        def test(self):
            with self.assertRaises(AssertionError):
                verify()

        self.assertClean(test)

    def test_finally_and_with_are_innocent(self):
        def test(self):
            with self.assertRaises(AssertionError), contextlib.ExitStack():
                try:
                    assert 1 == 2
                finally:
                    str(1)

        self.assertClean(test)

    def test_a_gathering_that_is_looked_at_is_innocent(self):
        async def verify():
            assert 1 == 2

        async def test(self):
            outcomes = await asyncio.gather(verify(), return_exceptions=True)
            self.assertIsInstance(outcomes[0], AssertionError)

        self.assertClean(test)

    def test_a_test_that_fails_anyway_says_it_once(self):
        @only("swallowed_assertion", "warn")
        class Case(asynctest.TestCase):
            def test(self):
                try:
                    assert 1 == 2
                except Exception:
                    pass
                self.fail("anyway")

        ran = one(Case)
        self.assertNotIn("was swallowed", ran.text)
        self.assertEqual(ran.warnings, [])

    def test_retries_that_name_it_are_innocent(self):
        def test(self):
            for attempt in range(3):
                try:
                    self.assertEqual(attempt, 2)
                except self.failureException:
                    continue

        self.assertClean(test)


class AwaitedMock(CheckTest):
    check = "awaited_mock"

    @needs_monitoring
    def test_a_swallowed_type_error_is_found(self):
        async def test(self):
            client = mock.MagicMock()
            try:
                await client.send(1)
            except Exception:
                pass

        self.assertFound(test, "MagicMock", "the TypeError was swallowed", line_of(test, 3))

    def test_a_test_that_fails_is_told_what_to_do(self):
        async def test(self):
            await mock.Mock()

        ran = self.play(test)
        self.assertEqual(ran.words, {"ran": 1, "errors": 1})
        self.assertIn("a mock was awaited that is no CoroutineMock", ran.text)
        self.assertIn("Use a CoroutineMock", ran.text)
        self.assertEqual(ran.warnings, [])

    def test_switched_off_it_is_silent(self):
        async def test(self):
            with contextlib.suppress(Exception):
                await mock.Mock()

        self.assertOff(test)

    def test_an_async_mock_is_innocent(self):
        async def test(self):
            await mock.AsyncMock()()

        self.assertClean(test)

    def test_an_expected_type_error_is_innocent(self):
        async def test(self):
            with self.assertRaises(TypeError):
                await mock.Mock()

        self.assertClean(test)

    def test_another_type_error_is_innocent(self):
        async def test(self):
            try:
                len(1)
            except Exception:
                pass

        self.assertClean(test)


class UncalledAssertion(CheckTest):
    check = "uncalled_assertion"

    def test_the_statement_is_named_with_its_line(self):
        async def test(self):
            send = mock.Mock()
            send.assert_called_once  # noqa: B018

        self.assertFound(test, "assert_called_once is named and not called", line_of(test, 2))

    def test_a_function_inside_of_the_test_is_read(self):
        async def test(self):
            def verify(send):
                send.assert_not_called  # noqa: B018

            verify(mock.Mock())

        self.assertFound(test, line_of(test, 2))

    def test_an_assert_statement_about_it_is_found(self):
        def test(self):
            assert mock.Mock().assert_called_once

        self.assertFound(test, line_of(test, 1))

    def test_a_helper_of_the_same_module_is_read(self):
        def test(self):
            verify(mock.Mock())

        self.assertFound(test, line_of(verify, 1))

    def test_tear_down_is_read(self):
        def tearDown(self):
            self.send.assert_not_called  # noqa: B018

        def test(self):
            self.send = mock.Mock()

        self.assertFound(test, line_of(tearDown, 1), tearDown=tearDown)

    def test_fails_when_told_to(self):
        def test(self):
            mock.Mock().assert_not_called  # noqa: B018

        self.assertFails(test)

    def test_switched_off_it_is_silent(self):
        def test(self):
            mock.Mock().assert_not_called  # noqa: B018

        self.assertOff(test)

    def test_a_called_assertion_is_innocent(self):
        self.assertClean(lambda self: mock.Mock().assert_not_called())

    def test_an_assertion_handed_on_is_innocent(self):
        def test(self):
            check = mock.Mock().assert_not_called
            check()
            self.addCleanup(mock.Mock().assert_not_called)

        self.assertClean(test)

    def test_another_attribute_is_innocent(self):
        def test(self):
            send = mock.Mock()
            send.called  # noqa: B018
            send.assert_not_called()

        self.assertClean(test)


class MadeUpAssertion(CheckTest):
    check = "made_up_assertion"

    def test_the_call_is_named_with_its_line(self):
        def test(self):
            send = mock.Mock()
            send.was_called_with(1)

        self.assertFound(test, "was_called_with is no assertion of a mock", line_of(test, 2))

    def test_fails_when_told_to(self):
        def test(self):
            send = mock.Mock()
            send.was_called_with(1)

        self.assertFails(test)

    def test_switched_off_it_is_silent(self):
        def test(self):
            send = mock.Mock()
            send.was_called_with(1)

        self.assertOff(test)

    def test_a_real_method_of_that_name_is_innocent(self):
        class Recorder:
            def was_called_with(self, value):
                return value

        self.assertClean(lambda self: Recorder().was_called_with(1) and None)

    def test_a_specified_method_of_that_name_is_innocent(self):
        class Recorder:
            def was_called_with(self, value):
                return value

        def test(self):
            mock.Mock(Recorder).was_called_with(1)

        self.assertClean(test)

    def test_an_assertion_that_exists_is_innocent(self):
        def test(self):
            send = mock.Mock()
            send(1)
            send.assert_called_with(1)

        self.assertClean(test)

    def test_an_attribute_that_is_only_read_is_found(self):
        def test(self):
            send = mock.Mock()
            assert send.was_called

        self.assertFound(test, "was_called is no assertion of a mock", line_of(test, 2))

    def test_a_misspelt_assertion_is_found_with_what_was_meant(self):
        def test(self):
            send = mock.Mock()
            send.asssert_called_once()

        self.assertFound(test, "did you mean assert_called_once?", line_of(test, 2))

    def test_an_innocent_name_that_looks_like_one_is_not(self):
        def test(self):
            loop = mock.Mock()
            loop.add_callback(1)
            loop.async_call()
            loop.after_call = 1

        self.assertClean(test)
