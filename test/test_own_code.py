import functools
import unittest
import unittest.mock

import asynctest
from asynctest._own_code import codes_of


def decorated(function):
    @functools.wraps(function)
    def wrapper(self):
        return function(self)

    return wrapper


class Case(asynctest.TestCase):
    def setUp(self):
        def inner():
            pass

        inner()

    @decorated
    def test(self):
        pass


def helper():
    pass


class IsWritten(unittest.TestCase):
    def test_a_hook_put_in_the_place_of_unittests_is_called(self):
        class Plain(asynctest.TestCase):
            def test(self):
                self.assertEqual(self.seen, "set up")

        def set_up(case):
            case.seen = "set up"

        with unittest.mock.patch.object(unittest.TestCase, "setUp", set_up):
            Plain("test").debug()

    def test_hooks_of_function_test_cases_are_called(self):
        called = []
        case = asynctest.FunctionTestCase(
            lambda: called.append("test"),
            setUp=lambda: called.append("set-up"),
            tearDown=lambda: called.append("tear-down"),
        )
        case.debug()
        self.assertEqual(called, ["set-up", "test", "tear-down"])


class CodesOf(unittest.TestCase):
    def test_the_test_comes_first_then_hooks_and_functions_in_them(self):
        case = Case("test")
        names = [code.co_name for code in codes_of(case.test, case)]
        self.assertEqual(names, ["test", "setUp", "inner"])

    def test_hooks_that_nobody_wrote_are_left_out(self):
        class Bare(asynctest.TestCase):
            async def test(self):
                pass

        case = Bare("test")
        self.assertEqual([code.co_name for code in codes_of(case.test, case)], ["test"])

    def test_a_function_without_a_case(self):
        def function():
            pass

        self.assertEqual(codes_of(function, None), (function.__code__,))

    def test_helpers_of_the_module_and_of_the_class_come_last(self):
        class Bare(asynctest.TestCase):
            def test(self):
                self.check(helper)

            def check(self, function):
                function()

        case = Bare("test")
        names = [code.co_name for code in codes_of(case.test, case)]
        self.assertEqual(names, ["test", "helper", "check"])

    def test_a_test_without_code(self):
        self.assertEqual(codes_of(print, None), ())
