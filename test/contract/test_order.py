"""The order of one run, and what each step may count on."""

import asyncio
import unittest
import unittest.mock

import asynctest
from test.tools import one, run


def recorded(**hooks):
    """Make a case whose steps write their name down; hooks replace steps."""
    log = []

    class Case(asynctest.TestCase):
        def setUp(self):
            log.append("setUp")
            self.addCleanup(log.append, "cleanup 1")
            self.addCleanup(self.second_cleanup)

        async def asyncSetUp(self):
            log.append("asyncSetUp")

        async def test(self):
            log.append("test")

        async def asyncTearDown(self):
            log.append("asyncTearDown")

        def tearDown(self):
            log.append("tearDown")

        async def second_cleanup(self):
            log.append("cleanup 2")
            self.addCleanup(log.append, "added by a cleanup")

    for name, hook in hooks.items():
        setattr(Case, name, hook)
    return Case, log


class Order(unittest.TestCase):
    whole = "setUp|asyncSetUp|test|asyncTearDown|tearDown|cleanup 2|added by a cleanup|cleanup 1"

    def test_steps_run_in_the_documented_order(self):
        case, log = recorded()
        self.assertEqual(one(case).words, {"ran": 1})
        self.assertEqual("|".join(log), self.whole)

    def test_debug_runs_the_same_steps(self):
        case, log = recorded()
        case("test").debug()
        self.assertEqual("|".join(log), self.whole)

    def test_a_case_can_run_twice(self):
        case, log = recorded()
        instance = case("test")
        for _ in range(2):
            self.assertEqual(run(instance).words, {"ran": 1})
        self.assertEqual("|".join(log), f"{self.whole}|{self.whole}")

    def test_failing_set_up_leaves_only_clean_ups(self):
        def fail(self):
            self.addCleanup(log.append, "cleanup")
            raise ValueError

        case, log = recorded(setUp=fail)
        self.assertEqual(one(case).words, {"ran": 1, "errors": 1})
        self.assertEqual(log, ["cleanup"])

    def test_a_failing_test_is_torn_down(self):
        async def fail(self):
            raise ValueError

        case, log = recorded(test=fail)
        self.assertEqual(one(case).words, {"ran": 1, "errors": 1})
        self.assertEqual(log[2:4], ["asyncTearDown", "tearDown"])

    def test_skipping_in_a_test_is_torn_down(self):
        async def skip(self):
            self.skipTest("why")

        case, log = recorded(test=skip)
        self.assertEqual(one(case).words, {"ran": 1, "skipped": 1})
        self.assertEqual(log[2:4], ["asyncTearDown", "tearDown"])
        self.assertEqual(log[-1], "cleanup 1")

    def test_a_skipped_test_makes_no_loop(self):
        @unittest.skip("why")
        async def skipped(self):
            self.fail("not run")

        case, log = recorded(test=skipped)
        with unittest.mock.patch("asyncio.new_event_loop") as new_event_loop:
            ran = one(case)
        self.assertEqual([why for _, why in ran.result.skipped], ["why"])
        self.assertEqual(log, [])
        new_event_loop.assert_not_called()
        with self.assertRaisesRegex(unittest.SkipTest, "why"):
            case("test").debug()

    def test_run_without_a_result_makes_and_returns_one(self):
        case, _ = recorded()
        result = case("test").run()
        self.assertIsInstance(result, unittest.TestResult)
        self.assertEqual(result.testsRun, 1)

    def test_success_is_told_after_the_loop_is_closed(self):
        case, _ = recorded()
        instance = case("test")
        told = []

        class Result(unittest.TestResult):
            def addSuccess(self, test):
                told.append(test.loop)

        instance.run(Result())
        self.assertEqual(told, [None])


class Outcomes(unittest.TestCase):
    def test_expected_failures_and_unexpected_successes(self):
        class Case(asynctest.TestCase):
            @unittest.expectedFailure
            async def test_fails(self):
                self.fail()

            @unittest.expectedFailure
            async def test_passes(self):
                pass

        self.assertEqual(run(Case).words, {"ran": 2, "expected": 1, "unexpected": 1})

    def test_a_check_makes_a_plain_failure_of_an_expected_one(self):
        class Case(asynctest.TestCase):
            @unittest.expectedFailure
            @asynctest.fail_on(unused_loop=True)
            def test_fails(self):
                self.fail()

            @unittest.expectedFailure
            @asynctest.fail_on(unused_loop=True)
            def test_passes(self):
                pass

        self.assertEqual(run(Case).words, {"ran": 2, "failures": 2})

    def test_a_failing_check_is_a_second_entry(self):
        class Case(asynctest.TestCase):
            @asynctest.fail_on(active_handles=True)
            async def test(self):
                self.loop.call_later(100, print)
                self.fail("first")

        ran = one(Case)
        self.assertEqual(ran.words, {"ran": 1, "failures": 2})
        self.assertIn("first", ran.result.failures[0][1])
        self.assertIn("unfinished work", ran.result.failures[1][1])

    def test_a_raising_tear_down_skips_the_checks(self):
        class Case(asynctest.TestCase):
            @asynctest.fail_on(unused_loop=True)
            def test(self):
                pass

            def tearDown(self):
                raise ValueError("in tearDown")

        ran = one(Case)
        self.assertEqual(ran.words, {"ran": 1, "errors": 1})

    def test_each_failing_subtest_is_one_failure(self):
        class Case(asynctest.TestCase):
            async def test(self):
                for i in range(4):
                    with self.subTest(i=i):
                        await asyncio.sleep(0)
                        self.assertTrue(i % 2)

        self.assertEqual(one(Case).words, {"ran": 1, "failures": 2})

    def test_failures_in_clean_ups_are_all_told(self):
        class Case(asynctest.TestCase):
            async def test(self):
                for number in (1, 2):
                    self.addCleanup(self.broken, number)

            async def broken(self, number):
                raise ValueError(number)

        self.assertEqual(one(Case).words, {"ran": 1, "errors": 2})


class DoCleanups(unittest.TestCase):
    def test_awaited_in_a_test_it_runs_them_and_says_so(self):
        log = []

        class Case(asynctest.TestCase):
            async def test(self):
                self.addCleanup(log.append, "plain")
                self.addCleanup(self.coroutine)
                log.append(await self.doCleanups())

            async def coroutine(self):
                await asyncio.sleep(0)
                log.append("coroutine")

        self.assertEqual(one(Case).words, {"ran": 1})
        self.assertEqual(log, ["coroutine", "plain", True])

    def test_a_failing_one_is_false_and_reported(self):
        answers = []

        class Case(asynctest.TestCase):
            async def test(self):
                self.addCleanup(self.broken)
                answers.append(await self.doCleanups())

            async def broken(self):
                raise ValueError("broken clean-up")

        ran = one(Case)
        self.assertEqual(answers, [False])
        self.assertEqual(ran.words, {"ran": 1, "errors": 1})
        self.assertIn("broken clean-up", ran.text)

    def test_a_sync_test_runs_them_on_the_loop_or_at_once(self):
        log = []

        class Case(asynctest.TestCase):
            def test(self):
                self.addCleanup(self.coroutine)
                log.append(self.loop.run_until_complete(self.doCleanups()))
                self.addCleanup(self.coroutine)
                log.append(bool(self.doCleanups()))

            async def coroutine(self):
                log.append("coroutine")

        self.assertEqual(one(Case).words, {"ran": 1})
        self.assertEqual(log, ["coroutine", True, "coroutine", True])

    def test_a_sync_clean_up_may_run_the_loop(self):
        class Case(asynctest.TestCase):
            def test(self):
                self.addCleanup(lambda: self.loop.run_until_complete(asyncio.sleep(0)))

        self.assertEqual(one(Case).words, {"ran": 1})

    def test_outside_of_a_run_it_works(self):
        log = []
        case = asynctest.FunctionTestCase(print)
        case.addCleanup(log.append, 1)
        self.assertTrue(case.doCleanups())
        self.assertEqual(log, [1])


class Debug(unittest.TestCase):
    def test_the_original_exception_is_raised_and_everything_is_undone(self):
        for step in ("setUp", "test", "tearDown", "clean_up"):
            with self.subTest(step):
                log = []

                def fail(self, step=step):
                    raise ValueError(step)

                def clean(self):
                    pass

                class Case(asynctest.TestCase):
                    def test(self):
                        self.addCleanup(self.clean_up)

                    def tearDown(self):
                        log.append(self.loop)

                    clean_up = clean

                setattr(Case, step, fail)
                case = Case("test")
                with self.assertRaisesRegex(ValueError, step):
                    case.debug()
                self.assertIsNone(case.loop)
                self.assertTrue(all(loop.is_closed() for loop in log))

    def test_a_check_raises_assertion_error(self):
        class Case(asynctest.TestCase):
            @asynctest.strict
            def test(self):
                pass

        with self.assertRaisesRegex(AssertionError, "Loop did not run during the test"):
            Case("test").debug()
