"""Nothing that looks like a test, set-up or clean-up is skipped without a word."""

import asyncio
import functools
import inspect
import types
import unittest

import asynctest
from test.tools import one, run


class CallableObject:
    def __init__(self, log, *, native):
        self.log, self.native = log, native

    def __call__(self, *args):
        return self.native_call() if self.native else self.log.append("ran")

    async def native_call(self):
        await asyncio.sleep(0)
        self.log.append("ran")


async def write(log, *args):
    await asyncio.sleep(0)
    log.append("ran")


def returns_coroutine(log):
    return lambda *args: write(log)


def returns_future(log):
    return lambda *args: asyncio.ensure_future(write(log))


@types.coroutine
def legacy(log, *args):
    yield
    log.append("ran")


FORMS = {
    "coroutine function": lambda log: functools.wraps(write)(lambda *a: write(log)),
    "plain function returning a coroutine": returns_coroutine,
    "plain function returning a task": returns_future,
    "partial of a coroutine function": lambda log: functools.partial(write, log),
    "object with an async call": lambda log: CallableObject(log, native=True),
    "types.coroutine": lambda log: functools.partial(legacy, log),
}


class Runs(unittest.TestCase):
    """Where the meaning is clear, it runs on the loop as the author meant."""

    def check(self, place, make_case):
        for form, make in FORMS.items():
            with self.subTest(f"{place}: {form}"):
                log = []
                self.assertEqual(one(make_case(make(log))).words, {"ran": 1})
                self.assertEqual(log, ["ran"])

    def test_as_a_test(self):
        def make_case(function):
            class Case(asynctest.TestCase):
                test = staticmethod(function)

            return Case

        self.check("test", make_case)

    def test_as_set_up_and_tear_down(self):
        for name in ("setUp", "tearDown", "asyncSetUp", "asyncTearDown"):

            def make_case(function, name=name):
                class Case(asynctest.TestCase):
                    def test(self):
                        pass

                setattr(Case, name, staticmethod(function))
                return Case

            self.check(name, make_case)

    def test_as_a_clean_up(self):
        def make_case(function):
            class Case(asynctest.TestCase):
                def test(self):
                    self.addCleanup(function)

            return Case

        self.check("clean-up", make_case)

    def test_as_parts_of_a_function_test_case(self):
        for part in ("testFunc", "setUp", "tearDown"):
            for form, make in FORMS.items():
                with self.subTest(f"{part}: {form}"):
                    log = []
                    parts = {"testFunc": lambda: None, part: make(log)}
                    case = asynctest.FunctionTestCase(**parts)
                    self.assertEqual(run(case).words, {"ran": 1})
                    self.assertEqual(log, ["ran"])


class Fails(unittest.TestCase):
    """A generator would run none of its body: an error that says where and what to do."""

    def test_generator_functions_anywhere(self):
        def generator(self):
            yield

        async def async_generator(self):
            yield

        for kind in (generator, async_generator):
            for name in ("setUp", "asyncSetUp", "test", "asyncTearDown", "tearDown"):
                if (kind, name) == (generator, "test"):
                    continue  # runs, see GeneratorTests
                with self.subTest(kind=kind.__name__, name=name):

                    class Case(asynctest.TestCase):
                        def test(self):
                            pass

                    setattr(Case, name, kind)
                    ran = one(Case)
                    self.assertEqual(ran.words, {"ran": 1, "errors": 1})
                    self.assertIn("generator function", ran.text)
                    self.assertIn(f"test_silent_pass.py:{kind.__code__.co_firstlineno}", ran.text)
                    self.assertIn("Make it an async def without yield", ran.text)

    def test_generator_as_clean_up(self):
        def generator():
            yield

        class Case(asynctest.TestCase):
            def test(self):
                self.addCleanup(generator)

        ran = one(Case)
        self.assertEqual(ran.words, {"ran": 1, "errors": 1})
        self.assertIn("generator", ran.text)

    def test_decorated_generator_as_a_test(self):
        def generator():
            yield

        class Case(asynctest.TestCase):
            def test(self):
                return generator()

        ran = one(Case)
        self.assertEqual(ran.words, {"ran": 1, "errors": 1})
        self.assertIn("Case.test is a generator function", ran.text)

    def test_a_test_that_returns_a_value_is_told(self):
        class Case(asynctest.TestCase):
            async def test(self):
                return 1

        ran = one(Case)
        self.assertEqual([w.category for w in ran.warnings], [DeprecationWarning])
        self.assertIn("returned a value of type 'int'", str(ran.warnings[0].message))
        self.assertEqual(ran.warnings[0].filename, __file__)


class GeneratorTests(unittest.TestCase):
    """0.13 ran a test that is a plain generator function as a coroutine."""

    def test_it_may_yield_from_coroutines_and_futures(self):
        log = []

        class Case(asynctest.TestCase):
            def test(self):
                yield from write(log)
                yield from asyncio.ensure_future(write(log))
                yield

        self.assertEqual(one(Case).words, {"ran": 1})
        self.assertEqual(log, ["ran", "ran"])
        self.assertTrue(inspect.isgeneratorfunction(Case.test))

    def test_its_failures_are_failures(self):
        class Case(asynctest.TestCase):
            def test(self):
                yield from asyncio.sleep(0)
                self.fail("after a pause")

        ran = one(Case)
        self.assertEqual(ran.words, {"ran": 1, "failures": 1})

    def test_yielding_anything_else_is_an_error(self):
        class Case(asynctest.TestCase):
            def test(self):
                yield self.assertTrue, True

        ran = one(Case)
        self.assertEqual(ran.words, {"ran": 1, "errors": 1})
        self.assertIn("bad yield", ran.text)
