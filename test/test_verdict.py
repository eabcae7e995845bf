import asyncio
import contextlib
import io
import unittest
import warnings

import asynctest
from asynctest import checks
from test.checks.tools import CheckTest, only
from test.tools import one, print_run, run


async def fetch():
    pass


async def fail():
    raise ValueError("lost")


def both(first, second):
    words = dict.fromkeys(checks.known(), False)
    return asynctest.fail_on(**{**words, "never_awaited": first, "lost_exceptions": second})


class CodeOfNoModule(CheckTest):
    check = "lost_exceptions"

    def test_what_is_found_in_it_is_told(self):
        names = {}
        exec(compile("async def fail():\n    raise ValueError", "/no/such/file.py", "exec"), names)

        async def test(case):
            asyncio.create_task(names["fail"]())
            await asyncio.sleep(0)

        self.assertFound(test, "file.py:2 in fail")


class Offender:
    async def test(self):
        fetch()
        self.task = asyncio.create_task(fail())
        await asyncio.sleep(0)


def offender():
    return type("Case", (Offender, asynctest.TestCase), {})


class OneReport(CheckTest):
    def test_failures_of_all_checks_are_one_failure(self):
        Case = both(True, True)(offender())
        ran = one(Case)
        self.assertEqual(ran.words, {"ran": 1, "failures": 1})
        self.assertIn("never awaited", ran.text)
        self.assertIn("ValueError: lost", ran.text)
        self.assertEqual(ran.warnings, [])

    def test_what_fails_stands_before_what_warns(self):
        ran = one(both("warn", True)(offender()))
        self.assertEqual(ran.words, {"ran": 1, "failures": 1})
        self.assertLess(ran.text.index("lost"), ran.text.index("never awaited"))

    def test_warnings_have_a_category_for_each_check(self):
        ran = one(both("warn", "warn")(offender()))
        names = sorted(one.category.__name__ for one in ran.warnings)
        self.assertEqual(names, ["LostExceptionsWarning", "NeverAwaitedWarning"])
        self.assertEqual(ran.words, {"ran": 1})

    def test_a_warning_points_at_the_users_line(self):
        class Case(asynctest.TestCase):
            async def test(self):
                fetch()

        (warning,) = one(only("never_awaited", "warn")(Case)).warnings
        self.assertEqual(warning.filename, __file__)
        self.assertEqual(warning.lineno, Case.test.__code__.co_firstlineno + 1)

    def test_a_filter_can_make_one_check_an_error(self):
        Case = both("warn", "warn")(offender())
        result = unittest.TestResult()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.filterwarnings("error", category=asynctest.NeverAwaitedWarning)
            Case("test").run(result)
        self.assertEqual(len(result.errors), 1)
        self.assertIn("asynctest.NeverAwaitedWarning: coroutine", result.errors[0][1])
        self.assertEqual([one.category.__name__ for one in caught], ["LostExceptionsWarning"])

    def test_a_filter_can_silence_one_check(self):
        Case = both("warn", True)(offender())
        result = unittest.TestResult()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=asynctest.NeverAwaitedWarning)
            Case("test").run(result)
        self.assertNotIn("never awaited", result.failures[0][1])

    def test_every_known_check_has_its_warning_on_the_front_desk(self):
        for check in checks.known().values():
            self.assertIs(getattr(asynctest, check.warning.__name__), check.warning)

    def test_an_unknown_warning_is_an_attribute_error(self):
        with self.assertRaises(AttributeError):
            asynctest.NoSuchWarning


class Notes(CheckTest):
    def failing(self, level, say=str):
        class Case(asynctest.TestCase):
            async def test(self):
                fetch()
                say("printed")
                self.fail("really")

        return only("never_awaited", level)(Case)

    def test_a_failed_test_is_not_failed_again(self):
        ran = one(self.failing(True))
        self.assertEqual(ran.words, {"ran": 1, "failures": 1})
        self.assertIn("AssertionError: really\ncoroutine 'fetch' was never awaited", ran.text)

    def test_suspicions_about_a_failed_test_are_notes_too(self):
        ran = one(self.failing("warn"))
        self.assertEqual(ran.warnings, [])
        self.assertIn("was never awaited", ran.text)

    def test_a_note_stands_above_what_the_test_printed(self):
        with contextlib.redirect_stdout(io.StringIO()):  # unittest mirrors it
            text = print_run([self.failing("warn", print)], buffer=True)
        self.assertLess(text.index("was never awaited"), text.index("Stdout:\nprinted"))

    def test_a_failed_subtest_is_amended(self):
        class Case(asynctest.TestCase):
            async def test(self):
                with self.subTest("inner"):
                    self.fail("really")
                fetch()

        ran = one(only("never_awaited", True)(Case))
        self.assertEqual(ran.words, {"ran": 1, "failures": 1})
        self.assertIn("was never awaited", ran.text)

    def test_an_error_in_set_up_takes_the_note(self):
        class Case(asynctest.TestCase):
            async def setUp(self):
                fetch()
                raise KeyError("set-up")

            def test(self):
                pass

        ran = one(only("never_awaited", True)(Case))
        self.assertEqual(ran.words, {"ran": 1, "errors": 1})
        self.assertIn("was never awaited", ran.text)

    def test_an_error_in_a_cleanup_takes_the_note(self):
        class Case(asynctest.TestCase):
            async def test(self):
                fetch()
                self.addCleanup(self.fail, "cleanup")

        ran = one(only("never_awaited", True)(Case))
        self.assertEqual(ran.words, {"ran": 1, "failures": 1})
        self.assertIn("was never awaited", ran.text)

    def test_an_error_while_closing_takes_the_note(self):
        class Case(asynctest.TestCase):
            cancel_timeout = 0.01

            async def test(self):
                fetch()
                self.task = asyncio.create_task(forever())
                await asyncio.sleep(0)

        async def forever():
            while True:
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(10)

        ran = one(only("never_awaited", True)(Case))
        self.assertEqual(ran.words, {"ran": 1, "errors": 1})
        self.assertIn("did not stop within", ran.text)
        self.assertIn("coroutine 'fetch' was never awaited", ran.text)

    def test_an_error_in_a_check_takes_the_note(self):
        @checks.register
        class Broken(checks.Check):
            name = "broken"

            def after_cleanup(self, stage):
                raise LookupError("broken check")

        self.addCleanup(checks.unregister, "broken")

        class Case(asynctest.TestCase):
            async def test(self):
                fetch()

        ran = one(asynctest.fail_on(broken=True)(only("never_awaited", True)(Case)))
        self.assertEqual(ran.words, {"ran": 1, "errors": 1})
        self.assertIn("broken check", ran.text)
        self.assertIn("coroutine 'fetch' was never awaited", ran.text)

    def test_an_error_in_a_hook_that_nobody_can_see_is_raised_at_the_end(self):
        @checks.register
        class Broken(checks.Check):
            name = "broken"

            def on_unawaited(self, stage, coro):
                raise LookupError("broken hook")

        self.addCleanup(checks.unregister, "broken")

        class Case(asynctest.TestCase):
            async def test(self):
                fetch()

        ran = one(only("broken", True)(Case))
        self.assertEqual(ran.words, {"ran": 1, "errors": 1})
        self.assertIn("broken hook", ran.text)

    def test_a_skipped_test_still_warns(self):
        class Case(asynctest.TestCase):
            async def test(self):
                fetch()
                self.skipTest("enough")

        ran = one(only("never_awaited", "warn")(Case))
        self.assertEqual(ran.words, {"ran": 1, "skipped": 1})
        self.assertEqual(len(ran.warnings), 1)

    def test_debug_raises_with_the_note(self):
        with self.assertRaisesRegex(AssertionError, "really") as caught:
            self.failing(True)("test").debug()
        self.assertIn("was never awaited", caught.exception.__notes__[0])

    def test_debug_raises_what_a_check_found(self):
        class Case(asynctest.TestCase):
            async def test(self):
                fetch()

        with self.assertRaisesRegex(AssertionError, "was never awaited"):
            only("never_awaited", True)(Case)("test").debug()

    def test_a_result_that_keeps_no_text_gets_a_warning_instead(self):
        class Forgetful(unittest.TestResult):
            def addFailure(self, test, err):
                pass

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.failing(True)("test").run(Forgetful())
        self.assertEqual([one.category.__name__ for one in caught], ["NeverAwaitedWarning"])

    def test_under_b_a_warning_is_shown_and_not_captured(self):
        class Case(asynctest.TestCase):
            async def test(self):
                fetch()

        class Shown(unittest.TextTestResult):
            stopped = False

            def stopTest(self, test):
                super().stopTest(test)
                self.stopped = True

        result = Shown(unittest.runner._WritelnDecorator(io.StringIO()), False, 0)
        result.buffer = True
        when = []
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = lambda *args, **kwargs: when.append(result.stopped)
            only("never_awaited", "warn")(Case)("test").run(result)
        self.assertEqual(when, [True])

    def test_several_tests_do_not_share_findings(self):
        class Case(asynctest.TestCase):
            async def test_1_offends(self):
                fetch()

            async def test_2_does_not(self):
                pass

        ran = run(only("never_awaited", True)(Case))
        self.assertEqual(ran.words, {"ran": 2, "failures": 1})
        self.assertIn("test_1_offends", str(ran.result.failures[0][0]))
