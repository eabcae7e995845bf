import asyncio
import contextlib
import io
import unittest

import asynctest
from asynctest import SocketMock
from asynctest._errors import AsynctestError
from asynctest._settings import parse_word, use_command_line
from asynctest.proactor import ProactorEventLoop, has_proactor
from test import tools


def model_of(loop):
    return "proactor" if has_proactor(loop) else "selector"


class Choosing(unittest.TestCase):
    def seen_by(self, **attributes):
        seen = []

        async def test(case):
            seen.append((model_of(case.loop), case.id().rpartition(".")[2]))

        case = type("Inner", (asynctest.TestCase,), {"test": test, **attributes})
        self.ran = tools.run(case)
        self.assertEqual(self.ran.text, "")
        return seen

    def test_nothing_said_means_the_stock_loop(self):
        with contextlib.closing(asyncio.new_event_loop()) as stock:
            self.assertEqual(self.seen_by(), [(model_of(stock), "test")])

    def test_a_class_attribute_chooses(self):
        self.assertEqual(self.seen_by(loop_model="proactor"), [("proactor", "test")])
        self.assertEqual(self.seen_by(loop_model="selector"), [("selector", "test")])

    def test_both_runs_the_test_once_on_each(self):
        self.assertEqual(
            self.seen_by(loop_model="both"),
            [("selector", "test [selector]"), ("proactor", "test [proactor]")],
        )
        self.assertEqual(self.ran.words, {"ran": 2})

    def test_a_decorator_chooses_for_one_method(self):
        seen = []

        class Inner(asynctest.TestCase):
            @asynctest.configure(loop_model="both")
            async def test_one(self):
                seen.append(self.id()[-14:])

            async def test_two(self):
                seen.append("once")

        tools.run(Inner)
        self.assertEqual(seen, ["one [selector]", "one [proactor]", "once"])

    def test_one_of_the_two_runs_can_be_made_by_name(self):
        seen = []

        class Inner(asynctest.TestCase):
            loop_model = "both"

            async def test(self):
                seen.append((model_of(self.loop), self.id()[-15:]))

        self.assertEqual(tools.one(Inner, "test[proactor]").words, {"ran": 1})
        self.assertEqual(seen, [("proactor", "test [proactor]")])
        with self.assertRaises(ValueError):
            Inner("test[uvloop]")

    def test_a_method_that_has_such_a_name_is_that_method(self):
        seen = []
        case = type("Inner", (asynctest.TestCase,), {"test[proactor]": lambda self: seen.append(1)})
        self.assertEqual(tools.one(case, "test[proactor]").words, {"ran": 1})
        self.assertEqual(seen, [1])

    def test_the_command_line_chooses_for_all(self):
        self.addCleanup(use_command_line, {})
        use_command_line({"loop_model": parse_word("loop_model", "proactor")})
        self.assertEqual(self.seen_by(), [("proactor", "test")])

    def test_the_nearest_word_wins(self):
        self.addCleanup(use_command_line, {})
        use_command_line({"loop_model": "both"})
        self.assertEqual(self.seen_by(loop_model="selector"), [("selector", "test")])

    def test_another_word_is_refused_with_those_that_are_known(self):
        with self.assertRaisesRegex(
            ValueError, '"selector", "proactor", "both" or "uvloop"'
        ) as caught:
            asynctest.configure(loop_model="iocp")
        self.assertIsInstance(caught.exception, AsynctestError)


class Reporting(unittest.TestCase):
    def test_the_printed_name_has_the_model(self):
        class Inner(asynctest.TestCase):
            loop_model = "both"

            def test(self):
                pass

        text = tools.print_run([Inner], verbosity=2)
        self.assertIn("[selector] ... ok", text)
        self.assertIn("[proactor] ... ok", text)

    def test_each_model_fails_by_itself(self):
        class Inner(asynctest.TestCase):
            loop_model = "both"

            def test(self):
                self.assertFalse(has_proactor(self.loop))

        ran = tools.run(Inner)
        self.assertEqual(ran.words, {"ran": 2, "failures": 1})
        self.assertIn("[proactor]", str(ran.result.failures[0][0]))

    def test_expected_failures_and_subtests_count_for_each(self):
        class Inner(asynctest.TestCase):
            loop_model = "both"

            @unittest.expectedFailure
            def test_expected(self):
                self.fail()

            def test_parts(self):
                with self.subTest(part=1):
                    self.fail()

        self.assertEqual(tools.run(Inner).words, {"ran": 4, "failures": 2, "expected": 2})

    def test_failing_fast_does_not_run_the_second(self):
        class Inner(asynctest.TestCase):
            loop_model = "both"

            def test(self):
                self.fail()

        result = unittest.TestResult()
        result.failfast = True
        Inner("test").run(result)
        self.assertEqual(result.testsRun, 1)

    def test_run_alone_makes_its_own_result(self):
        class Inner(asynctest.TestCase):
            loop_model = "both"

            def test(self):
                pass

        self.assertEqual(Inner("test").run().testsRun, 2)

    def test_debug_runs_on_each_and_raises(self):
        seen = []

        class Inner(asynctest.TestCase):
            loop_model = "both"

            def test(self):
                seen.append(model_of(self.loop))
                self.assertFalse(has_proactor(self.loop), "on a proactor")

        with self.assertRaisesRegex(AssertionError, "on a proactor"):
            Inner("test").debug()
        self.assertEqual(seen, ["selector", "proactor"])

    def test_a_result_with_one_name_for_both_hears_which_one_failed(self):
        class Inner(asynctest.TestCase):
            loop_model = "both"

            def test(self):
                self.assertFalse(has_proactor(self.loop))

        class Foreign:  # such as pytest's
            def __init__(self):
                self.failures = []

            def addFailure(self, test, err):
                self.failures.append(err[1])

            def startTest(self, *args):
                pass

            stopTest = addSuccess = addDuration = startTest

        result = Foreign()
        Inner("test").run(result)
        (failure,) = result.failures
        self.assertRegex(failure.__notes__[-1], r"in test .*\[proactor\]")


class Separation(unittest.TestCase):
    def test_the_two_runs_share_no_attributes_and_no_clean_ups(self):
        seen = []

        class Inner(asynctest.TestCase):
            loop_model = "both"

            def setUp(self):
                seen.append(hasattr(self, "mark"))
                self.mark = True
                self.addCleanup(seen.append, "cleaned")

            def test(self):
                pass

        tools.run(Inner)
        self.assertEqual(seen, [False, "cleaned"] * 2)

    def test_a_clean_up_added_before_the_run_is_done_after_each(self):
        seen = []

        class Inner(asynctest.TestCase):
            loop_model = "both"

            def __init__(self, *args):
                super().__init__(*args)
                self.addCleanup(seen.append, "cleaned")

            def test(self):
                pass

        tools.run(Inner)
        self.assertEqual(seen, ["cleaned"] * 2)

    def test_a_method_put_on_the_instance_runs_on_the_copy(self):
        seen = []

        class Inner(asynctest.TestCase):
            loop_model = "both"

            def setUp(self):
                self.mark = self.id()

            def test(self):
                seen.append(self.mark)

        case = Inner("test")
        case.test = case.test  # as pytest does
        case.run(unittest.TestResult())
        self.assertEqual(len(set(seen)), 2)

    def test_the_loop_of_each_run_is_closed(self):
        loops = []

        class Inner(asynctest.TestCase):
            loop_model = "both"

            def test(self):
                loops.append(self.loop)

        tools.run(Inner)
        self.assertEqual([loop.is_closed() for loop in loops], [True, True])

    def test_a_function_test_case_runs_on_both(self):
        seen = []

        async def check():
            seen.append(model_of(asyncio.get_running_loop()))

        class Inner(asynctest.FunctionTestCase):
            loop_model = "both"

        Inner(check).run(unittest.TestResult())
        self.assertEqual(seen, ["selector", "proactor"])


class OwnLoop(unittest.TestCase):
    def run_with(self, model, factory, method="test"):
        class Inner(asynctest.TestCase):
            loop_model = model
            loop_factory = factory

            def test(self):
                pass

            async def test_mock(self):
                self.loop.add_reader(SocketMock(), print)

        return tools.one(Inner, method)

    def test_a_test_that_brings_its_loop_runs_once(self):
        self.assertEqual(self.run_with("both", asyncio.SelectorEventLoop).words, {"ran": 1})

    def test_a_loop_of_the_asked_model_is_taken(self):
        self.assertEqual(self.run_with("proactor", ProactorEventLoop).words, {"ran": 1})

    def test_a_loop_of_another_model_skips_with_reason_and_remedy(self):
        ran = self.run_with("proactor", asyncio.SelectorEventLoop)
        self.assertEqual(ran.words, {"ran": 1, "skipped": 1})
        ((_, reason),) = ran.result.skipped
        self.assertRegex(
            reason, "loop_model is 'proactor', but the test's own loop is a .*Selector"
        )
        self.assertIn("Leave loop_factory and use_default_loop unset", reason)

    def test_a_compiled_loop_skips_a_test_with_stand_ins(self):
        try:
            import uvloop
        except ImportError:
            self.skipTest("needs uvloop")
        ran = self.run_with("both", uvloop.new_event_loop, "test_mock")
        self.assertEqual(ran.words, {"ran": 1, "skipped": 1})
        ((_, reason),) = ran.result.skipped
        self.assertIn("uvloop.Loop", reason)

    def test_without_a_model_a_compiled_loop_refuses_stand_ins_by_name(self):
        try:
            import uvloop
        except ImportError:
            self.skipTest("needs uvloop")
        ran = self.run_with("", uvloop.new_event_loop, "test_mock")
        self.assertEqual(ran.words, {"ran": 1, "errors": 1})
        self.assertRegex(ran.text, "this is a uvloop.Loop.\nLeave loop_factory unset")

    def test_what_completion_loops_lack_is_an_error_not_a_skip(self):
        ran = self.run_with("proactor", ProactorEventLoop, "test_mock")
        self.assertEqual(ran.words, {"ran": 1, "errors": 1})
        self.assertIn("Windows lacks them too", ran.text)

    def test_a_lent_loop_is_not_closed_when_it_is_not_fit(self):
        with contextlib.closing(asyncio.SelectorEventLoop()) as loop:
            asyncio.set_event_loop(loop)
            self.addCleanup(asyncio.set_event_loop, None)

            class Inner(asynctest.TestCase):
                loop_model = "proactor"
                use_default_loop = True

                def test(self):
                    pass

            self.assertEqual(tools.one(Inner).words, {"ran": 1, "skipped": 1})
            self.assertFalse(loop.is_closed())


class CommandLine(unittest.TestCase):
    def test_the_option_is_explained(self):
        from asynctest.cli import make_parser

        stream = io.StringIO()
        make_parser().print_help(stream)
        self.assertIn("--loop-model", stream.getvalue())
