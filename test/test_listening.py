import sys
import threading
import unittest
import warnings

import asynctest
from test.checks.tools import only


async def fetch():
    pass


def in_thread(function, *args):
    thread = threading.Thread(target=function, args=args)
    thread.start()
    thread.join()


class TheInterpretersWarning(unittest.TestCase):
    def test_it_reads_as_ever_and_points_at_the_same_line(self):
        said = "^coroutine 'fetch' was never awaited$"

        class Case(asynctest.TestCase):
            async def test(self):
                with self.assertWarnsRegex(RuntimeWarning, said) as seen:
                    fetch(), lines.append(sys._getframe().f_lineno)
                self.assertEqual((seen.filename, seen.lineno), (__file__, lines[0]))

        lines = []
        result = unittest.TestResult()
        Case("test").run(result)
        self.assertEqual(result.failures + result.errors, [])

    def test_a_recorded_warning_is_not_found_once_more(self):
        class Case(asynctest.TestCase):
            async def test(self):
                with warnings.catch_warnings(record=True) as self.kept:
                    warnings.simplefilter("always")
                    fetch()

        result = unittest.TestResult()
        case = only("never_awaited", True)(Case)("test")
        case.run(result)
        self.assertEqual(result.failures + result.errors, [])
        self.assertEqual(len(case.kept), 1)


class SeveralThreads(unittest.TestCase):
    def test_a_case_in_another_thread_is_judged_like_any_other(self):
        class Case(asynctest.TestCase):
            async def test(self):
                fetch()

        result = unittest.TestResult()
        in_thread(only("never_awaited", True)(Case)("test").run, result)
        self.assertEqual(len(result.failures), 1)
        self.assertIn("test_listening.py", result.failures[0][1])

    def test_each_of_two_parallel_tests_hears_of_its_own_mistakes(self):
        barrier = threading.Barrier(2, timeout=10)

        class Case(asynctest.TestCase):
            def test_offends(self):
                barrier.wait()
                fetch()
                barrier.wait()

            def test_does_not(self):
                barrier.wait()
                barrier.wait()

        Case = only("never_awaited", True)(Case)
        results = {name: unittest.TestResult() for name in ("test_offends", "test_does_not")}
        threads = [threading.Thread(target=Case(n).run, args=(r,)) for n, r in results.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        failed = {name: len(result.failures) for name, result in results.items()}
        self.assertEqual(failed, {"test_offends": 1, "test_does_not": 0})

    def test_hooks_are_given_back_whatever_order_tests_end_in(self):
        before = threading.excepthook, sys.unraisablehook, warnings._warn_unawaited_coroutine
        first_is_open, second_is_open = threading.Event(), threading.Event()

        class Case(asynctest.TestCase):
            def test_first(self):
                first_is_open.set()
                second_is_open.wait(10)

            def test_second(self):
                second_is_open.set()
                first.join()

        first = threading.Thread(target=Case("test_first").run, args=(unittest.TestResult(),))
        first.start()
        first_is_open.wait(10)
        in_thread(Case("test_second").run, unittest.TestResult())
        after = threading.excepthook, sys.unraisablehook, warnings._warn_unawaited_coroutine
        self.assertEqual(after, before)

    def test_a_hook_that_the_test_sets_stays(self):
        def mine(args):
            pass

        class Case(asynctest.TestCase):
            def test(self):
                threading.excepthook = mine

        before = threading.excepthook
        self.addCleanup(setattr, threading, "excepthook", before)
        Case("test").run(unittest.TestResult())
        self.assertIs(threading.excepthook, mine)

    def test_an_inner_test_hears_and_then_the_outer_one_again(self):
        class Inner(asynctest.TestCase):
            def test(self):
                fetch()

        inner = unittest.TestResult()

        class Outer(asynctest.TestCase):
            def test(self):
                only("never_awaited", True)(Inner)("test").run(inner)
                fetch()
                fetch()

        outer = unittest.TestResult()
        only("never_awaited", True)(Outer)("test").run(outer)
        self.assertEqual(len(inner.failures), 1)
        self.assertIn("never_awaited: 2 findings", outer.failures[0][1])
