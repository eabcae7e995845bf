"""fail_on, strict, lenient, and the extension point of 0.13."""

import asyncio
import unittest
import unittest.mock
import warnings

import asynctest
from asynctest import _fail_on
from test.tools import one, run

KEPT = _fail_on._FAIL_ON_ATTR


def words(thing):
    return getattr(thing, KEPT).checks


class Decorating(unittest.TestCase):
    def test_an_unknown_name_is_a_type_error_with_the_nearest_known_one(self):
        with self.assertRaisesRegex(
            TypeError,
            r"fail_on\(\) got an unexpected keyword argument 'unsed_loop'.*'unused_loop'",
        ):
            asynctest.fail_on(unsed_loop=True)

    def test_arguments_are_keywords_only(self):
        with self.assertRaises(TypeError):
            asynctest.fail_on(True)

    def test_a_word_that_is_no_level_is_a_value_error(self):
        with self.assertRaisesRegex(ValueError, "'off', 'warn' or 'fail'"):
            asynctest.fail_on(unused_loop="loud")

    def test_words_are_kept_on_what_is_decorated_alone(self):
        @asynctest.fail_on(unused_loop=True)
        class Case(asynctest.TestCase):
            @asynctest.fail_on(active_handles=True)
            def test_decorated(self):
                pass

            def test_plain(self):
                pass

        self.assertEqual(words(Case), {"unused_loop": True})
        self.assertEqual(words(Case.test_decorated), {"active_handles": True})
        self.assertFalse(hasattr(Case.test_plain, KEPT))

    def test_a_subclass_starts_from_its_parents_words_and_leaves_them_alone(self):
        @asynctest.fail_on(unused_loop=True, active_handles=True)
        class Parent(asynctest.TestCase):
            pass

        @asynctest.fail_on(active_handles=False)
        class Child(Parent):
            pass

        self.assertEqual(words(Child), {"unused_loop": True, "active_handles": False})
        self.assertEqual(words(Parent), {"unused_loop": True, "active_handles": True})

    def test_the_outer_of_two_decorators_wins(self):
        @asynctest.fail_on(unused_loop=False)
        @asynctest.fail_on(unused_loop=True, active_handles=True)
        def test():
            pass

        self.assertEqual(words(test), {"unused_loop": False, "active_handles": True})

    def test_strict_and_lenient_work_bare_and_with_parentheses(self):
        for decorator, word in ((asynctest.strict, True), (asynctest.lenient, False)):
            for decorate in (decorator, decorator()):

                @decorate
                class Case(asynctest.TestCase):
                    @decorate
                    def test(self):
                        pass

                for thing in (Case, Case.test):
                    self.assertEqual(words(thing), dict.fromkeys(asynctest.DEFAULTS, word))

    def test_ignore_loop_is_deprecated_and_works_bare_and_with_parentheses(self):
        for use in (lambda f: asynctest.ignore_loop(f), lambda f: asynctest.ignore_loop()(f)):
            with self.assertWarnsRegex(DeprecationWarning, "fail_on") as caught:
                function = use(lambda self: None)
            self.assertEqual(caught.filename, __file__)
            self.assertEqual(words(function), {"unused_loop": False})


class Resolution(unittest.TestCase):
    def test_a_method_counts_more_than_its_class_and_that_more_than_the_defaults(self):
        @asynctest.fail_on(unused_loop=True)
        class Case(asynctest.TestCase):
            def test_class(self):
                pass

            @asynctest.fail_on(unused_loop=False)
            def test_method(self):
                pass

        class Default(asynctest.TestCase):
            def test(self):
                pass

        self.assertEqual(run(Case).words, {"ran": 2, "failures": 1})
        self.assertEqual(run(Default).words, {"ran": 1})
        with unittest.mock.patch.dict(asynctest.DEFAULTS, unused_loop=True):
            self.assertEqual(run(Default).words, {"ran": 1, "failures": 1})

    def test_a_subclass_with_words_of_its_own_gets_its_own_answer(self):
        class Parent(asynctest.TestCase):
            @asynctest.fail_on(active_handles=True)
            def test(self):
                pass

        @asynctest.fail_on(unused_loop=True)
        class Child(Parent):
            pass

        self.assertEqual(run(Parent).words, {"ran": 1})
        self.assertEqual(run(Child).words, {"ran": 1, "failures": 1})
        self.assertEqual(run(Parent).words, {"ran": 1})
        checks = getattr(Parent.test, KEPT).get_checks
        self.assertIs(checks(Child("test"))["unused_loop"], True)
        self.assertIs(checks(Parent("test"))["unused_loop"], False)

    def test_warn_on_makes_a_warning_of_it(self):
        class Case(asynctest.TestCase):
            @asynctest.warn_on("unused_loop")
            def test(self):
                pass

        ran = one(Case)
        self.assertEqual(ran.words, {"ran": 1})
        (warning,) = ran.warnings
        self.assertTrue(issubclass(warning.category, asynctest.AsynctestWarning))
        self.assertEqual(warning.category.__name__, "UnusedLoopWarning")
        self.assertIn("Loop did not run during the test", str(warning.message))
        self.assertEqual(warning.filename, __file__)

    def test_warn_on_refuses_unknown_names(self):
        with self.assertRaisesRegex(TypeError, "no_such_check"):
            asynctest.warn_on("no_such_check")


class Extension(unittest.TestCase):
    """A check may be an attribute of the class ``_fail_on._fail_on``."""

    def setUp(self):
        names = {"on": True, "off": False}
        self.enterContext(unittest.mock.patch.object(_fail_on, "DEFAULTS", names))
        self.calls = []
        for name in names:
            for attribute in (name, f"before_test_{name}"):
                self.attach(attribute, lambda _, case, a=attribute: self.calls.append((a, case)))

    def attach(self, name, value):
        patch = unittest.mock.patch.object(_fail_on._fail_on, name, value, create=True)
        self.enterContext(patch)

    def case(self, *decorators):
        calls = self.calls

        class Case(asynctest.TestCase):
            def setUp(self):
                calls.append("setUp")

            def test(self):
                pass

            def tearDown(self):
                calls.append("tearDown")
                self.addCleanup(calls.append, "clean-up")

        for decorate in decorators:
            decorate(Case)
        return Case("test")

    def test_enabled_ones_are_called_with_the_case_alone_around_the_test(self):
        case = self.case()
        run(case)
        self.assertEqual(
            self.calls,
            [("before_test_on", case), "setUp", "tearDown", ("on", case), "clean-up"],
        )

    def test_decorators_switch_them(self):
        case = self.case(asynctest.fail_on(on=False, off=True))
        run(case)
        self.assertIn(("off", case), self.calls)
        self.assertNotIn(("on", case), self.calls)

    def test_their_assertions_fail_the_test(self):
        def fail(_, case):
            raise AssertionError("from an attribute")

        self.attach("on", fail)
        ran = run(self.case())
        self.assertEqual(ran.words, {"ran": 1, "failures": 1})
        self.assertIn("from an attribute", ran.text)

    def test_a_hook_that_is_missing_or_not_callable_is_ignored(self):
        self.attach("before_test_on", None)
        self.assertEqual(run(self.case()).words, {"ran": 1})

    def test_errors_inside_a_hook_are_told(self):
        def broken(_, case):
            raise AttributeError("in the hook")

        self.attach("before_test_on", broken)
        ran = run(self.case())
        self.assertEqual(ran.words, {"ran": 1, "errors": 1})
        self.assertIn("in the hook", ran.text)

    def test_the_checker_itself_can_be_driven_by_hand(self):
        case = self.case()
        checker = _fail_on._fail_on({"off": True})
        checker.before_test(case)
        checker.check_test(case)
        self.assertEqual(
            [name for name, _ in self.calls],
            ["before_test_on", "before_test_off", "on", "off"],
        )

    def test_update_and_copy(self):
        checker = _fail_on._fail_on({"on": True})
        twin = checker.copy()
        twin.update({"on": False, "off": True}, override=False)
        self.assertEqual(twin.checks, {"on": True, "off": True})
        twin.update({"on": False})
        self.assertEqual(twin.checks, {"on": False, "off": True})
        self.assertEqual(checker.checks, {"on": True})


class Deprecations(unittest.TestCase):
    def test_none_come_from_running_a_test(self):
        class Case(asynctest.TestCase):
            forbid_get_event_loop = True

            async def test(self):
                await asyncio.sleep(0)

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertTrue(Case("test").run().wasSuccessful())
