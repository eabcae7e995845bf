"""Entering, starting and decorating with patches."""

import asyncio
import contextlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest
from unittest import mock as standard

from asynctest.mock import DEFAULT, LIMITED, PatchScope, patch


class Target:
    value = "original"
    other = "original"


def patched(value="patched", **arguments):
    return patch.object(Target, "value", value, **arguments)


class Unpatched(unittest.TestCase):
    def tearDown(self):
        patch.stopall()
        self.assertEqual((Target.value, Target.other), ("original", "original"))


class Entering(Unpatched):
    def test_with(self):
        for scope in PatchScope:
            with patched(scope=scope) as given:
                self.assertEqual((given, Target.value), ("patched", "patched"))
            self.assertEqual(Target.value, "original")

    def test_async_with(self):
        async def main():
            for scope in PatchScope:
                async with patched(scope=scope) as given:
                    await asyncio.sleep(0)
                    self.assertEqual((given, Target.value), ("patched", "patched"))
                self.assertEqual(Target.value, "original")

        asyncio.run(main())

    def test_async_with_a_dictionary_and_with_several(self):
        values = {}

        async def main():
            async with patch.dict(values, a=1) as given:
                self.assertIs(given, values)
                self.assertEqual(values, {"a": 1})
            async with patch.multiple(Target, value=DEFAULT, other=2) as mocks:
                self.assertEqual(mocks, {"value": Target.value})

        asyncio.run(main())
        self.assertEqual(values, {})

    def test_exceptions_pass(self):
        with self.assertRaises(KeyError), patched():
            raise KeyError

        async def main():
            async with patched():
                raise KeyError

        with self.assertRaises(KeyError):
            asyncio.run(main())

    def test_async_blocks_that_overlap(self):
        async def block(entered, leave):
            async with patch.object(Target, "value"):
                entered.set()
                await leave.wait()

        async def main():
            first, second = [(asyncio.Event(), asyncio.Event()) for _ in range(2)]
            tasks = [asyncio.create_task(block(*events)) for events in (first, second)]
            await first[0].wait()
            await second[0].wait()
            first[1].set()
            await tasks[0]
            second[1].set()
            await tasks[1]

        asyncio.run(main())

    def test_new_mock_each_time(self):
        patcher = patch.object(Target, "value")
        with patcher as first:
            pass
        with patcher as second:
            pass
        self.assertIsNot(first, second)

    def test_entering_twice_is_refused(self):
        patcher = patched()
        with patcher, self.assertRaisesRegex(RuntimeError, "of 'value' is already started\n.*Stop"):
            patcher.start()

    def test_leaving_twice_is_harmless(self):
        patcher = patched()
        with patcher:
            patcher.__exit__(None, None, None)
            self.assertEqual(Target.value, "original")

    def test_dictionary_may_be_entered_twice(self):
        values = {"a": 0}
        patcher = patch.dict(values, a=1)
        with patcher, patcher:
            self.assertEqual(values, {"a": 1})
        self.assertEqual(values, {"a": 0})

    def test_exit_stack(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(patched())
            self.assertEqual(Target.value, "patched")


class Starting(Unpatched):
    def test_start_and_stop(self):
        patcher = patch.object(Target, "value")
        self.assertIs(patcher.start(), Target.value)
        self.assertIsNone(patcher.stop())
        self.assertEqual(Target.value, "original")

    def test_stop_without_start_does_nothing(self):
        self.assertIsNone(patched().stop())
        with patched() as _:
            patched().stop()
            self.assertEqual(Target.value, "patched")

    def test_start_again(self):
        patcher = patched()
        for _ in range(2):
            patcher.start()
            patcher.stop()
            self.assertEqual(Target.value, "original")

    def test_started_patches_are_known_until_they_are_stopped(self):
        patcher, other = patched(), patch.dict({})
        patcher.start()
        other.start()
        self.assertEqual(patch.started, [patcher, other])
        patcher.stop()
        self.assertEqual(patch.started, [other])
        patch.stopall()
        self.assertEqual(patch.started, [])

    def test_stopall_undoes_every_form(self):
        values = {}
        patched().start()
        patch.multiple(Target, other=1).start()
        patch.dict(values, a=1).start()
        patch(f"{__name__}.Target").start()
        patch.stopall()
        self.assertEqual((Target.value, Target.other, values), ("original", "original", {}))
        patch.stopall()

    def test_stopall_undoes_what_the_standard_patch_started(self):
        patcher = standard.patch.object(Target, "value", 1)
        patcher.start()
        patch.stopall()
        self.assertIsNone(patcher.stop())
        self.assertEqual(Target.value, "original")

    def test_standard_stopall_leaves_ours(self):
        patcher = patched()
        patcher.start()
        standard.patch.stopall()
        self.assertEqual(Target.value, "patched")
        patcher.stop()

    def test_stopall_leaves_what_was_only_entered(self):
        with patched():
            patch.stopall()
            self.assertEqual(Target.value, "patched")

    def test_stopall_goes_on_after_a_failure(self):
        class Sticky:
            def __delattr__(self, name):
                raise AttributeError("sticky")

        patched().start()
        patch.object(Sticky(), "new", 1, create=True).start()
        with self.assertRaisesRegex(AttributeError, "sticky"):
            patch.stopall()
        self.assertEqual(Target.value, "original")


class Multiple(Unpatched):
    def test_mocks_are_given_for_default_only(self):
        with patch.multiple(Target, value=DEFAULT, other=2) as mocks:
            self.assertEqual(mocks, {"value": Target.value})
            self.assertEqual(Target.other, 2)

    def test_decorated_function_gets_keywords(self):
        @patch.multiple(Target, value=DEFAULT, other=DEFAULT)
        async def function(first, *, value, other):
            return first, value is Target.value, other is Target.other

        self.assertEqual(asyncio.run(function(1)), (1, True, True))

    def test_imported_target(self):
        with patch.multiple(f"{__name__}.Target", value=1):
            self.assertEqual(Target.value, 1)

    def test_failing_later_attribute_leaves_nothing_patched(self):
        for arguments in ({"nothing": 1}, {"other": DEFAULT, "nothing": DEFAULT}):
            patcher = patch.multiple(Target, value=1, **arguments)
            with self.assertRaises(AttributeError):
                patcher.start()
            self.assertEqual((Target.value, Target.other), ("original", "original"))
            with self.assertRaises(AttributeError):
                patcher(lambda **_: None)()

    def test_limited(self):
        @patch.multiple(Target, value=1, other=2, scope=LIMITED)
        def function():
            yield Target.value, Target.other
            yield Target.value, Target.other

        for inside in function():
            self.assertEqual(inside, (1, 2))
            self.assertEqual((Target.value, Target.other), ("original", "original"))


class Classes(Unpatched):
    def test_test_methods_of_every_kind_are_decorated(self):
        for scope in PatchScope:

            @patched(scope=scope)
            class Case:
                testing = "not callable"

                def test_function(self):
                    return Target.value

                async def test_coroutine(self):
                    await asyncio.sleep(0)
                    return Target.value

                async def test_async_generator(self):
                    yield Target.value

                @staticmethod
                def test_static():
                    return Target.value

                @classmethod
                async def test_class(cls):
                    return cls, Target.value

                def other(self):
                    return Target.value

            case = Case()
            self.assertEqual(case.test_function(), "patched")
            self.assertEqual(asyncio.run(case.test_coroutine()), "patched")
            self.assertEqual(case.test_static(), "patched")
            self.assertEqual(Case.test_static(), "patched")
            self.assertEqual(asyncio.run(case.test_class()), (Case, "patched"))
            self.assertEqual(case.other(), "original")
            self.assertEqual(Case.testing, "not callable")

    def test_inherited_methods_are_decorated_and_the_base_is_not_touched(self):
        class Base:
            async def test_plain(self):
                return Target.value, Target.other

            @patch.object(Target, "other", 1)
            async def test_patched(self):
                return Target.value, Target.other

            @staticmethod
            async def test_static():
                return Target.value, Target.other

        before = dict(vars(Base))
        patchings = list(Base.test_patched.patchings)

        @patched()
        class Derived(Base): ...

        self.assertEqual(dict(vars(Base)), before)
        self.assertEqual(Base.test_patched.patchings, patchings)
        for case, value in ((Base(), "original"), (Derived(), "patched")):
            self.assertEqual(asyncio.run(case.test_plain()), (value, "original"))
            self.assertEqual(asyncio.run(case.test_patched()), (value, 1))
            self.assertEqual(asyncio.run(case.test_static()), (value, "original"))

    def test_inherited_method_gets_the_mock_of_the_class_last(self):
        class Base:
            @patch.object(Target, "other")
            def test(self, other, value=None):
                return (Target.other, Target.value) == (other, value)

        Base.test.mark = object()

        @patch.object(Target, "value")
        class Derived(Base): ...

        @patched()
        class Again(Derived): ...

        self.assertTrue(Derived().test())
        self.assertIs(Derived.test.mark, Base.test.mark)
        self.assertIs(Again.test.__wrapped__, Base.test.__wrapped__)
        counts = [len(case.test.patchings) for case in (Base, Derived, Again)]
        self.assertEqual(counts, [1, 2, 3])

    def test_inherited_method_patched_through_another_decorator(self):
        def other(func):
            import functools

            return functools.wraps(func)(lambda *args: func(*args))

        class Base:
            @other
            @patch.object(Target, "other", 1)
            def test(self):
                return Target.value, Target.other

        @patched()
        class Derived(Base): ...

        self.assertEqual(Base().test(), ("original", 1))
        self.assertEqual(Derived().test(), ("patched", 1))
        self.assertEqual((len(Base.test.patchings), len(Derived.test.patchings)), (1, 2))

    def test_inherited_method_patched_by_the_standard_patch(self):
        class Base:
            @standard.patch.object(Target, "other", 1)
            def test(self):
                return Target.value, Target.other

        @patched()
        class Derived(Base): ...

        self.assertEqual((Base().test(), Derived().test()), (("original", 1), ("patched", 1)))

    def test_stacked_class_decorators(self):
        @patch.object(Target, "other")
        @patch.object(Target, "value")
        class Case:
            def test(self, value, other):
                return (Target.value, Target.other) == (value, other)

        self.assertTrue(Case().test())

    def test_scope_is_kept(self):
        values = {}

        @patched(scope=LIMITED)
        @patch.dict(values, a=1, scope=LIMITED)
        @patch.multiple(Target, other="patched", scope=LIMITED)
        class Case:
            def test(self):
                yield Target.value, Target.other, dict(values)

        for inside in Case().test():
            self.assertEqual(inside, ("patched", "patched", {"a": 1}))
            outside = (Target.value, Target.other, values)
            self.assertEqual(outside, ("original", "original", {}))

    def test_nested_class(self):
        @patched()
        class Case:
            class TestInner:
                def test(self):
                    return Target.value

            class test_inner(TestInner): ...

        self.assertEqual(Case.test_inner().test(), "patched")

    def test_prefix_is_set_once_for_all_forms(self):
        values = {}

        class Base:
            def should(self):
                return Target.value, Target.other, len(values)

            def test(self):
                return Target.value, Target.other, len(values)

        def decorate(forms):
            class Derived(Base): ...

            for form in forms:
                form(Derived)
            return Derived()

        forms = [
            patched(),
            patch.multiple(Target, other=1),
            patch.dict(values, a=1),
        ]
        original, changed = ("original", "original", 0), ("patched", 1, 1)
        case = decorate(forms)
        self.assertEqual((case.should(), case.test()), (original, changed))
        with standard.patch.object(patch, "TEST_PREFIX", "should"):
            case = decorate(forms)
        self.assertEqual((case.should(), case.test()), (changed, original))
        case = decorate([patch(f"{__name__}.Target.value", "patched")])
        self.assertEqual(case.test()[0], "patched")

    def test_prefix_of_the_standard_patch_is_followed(self):
        with standard.patch("unittest.mock.patch.TEST_PREFIX", "should"):
            self.assertEqual(patch.TEST_PREFIX, "should")
        self.assertEqual(patch.TEST_PREFIX, "test")

    def test_test_case(self):
        ran = []

        @patch.object(Target, "value")
        class Case(unittest.IsolatedAsyncioTestCase):
            async def test_async(self, mock):
                ran.append(mock is Target.value)

            def test_sync(self, mock):
                ran.append(mock is Target.value)

        result = unittest.TestResult()
        unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)
        self.assertTrue(result.wasSuccessful(), result)
        self.assertEqual(ran, [True, True])


@unittest.skipUnless(importlib.util.find_spec("pytest"), "needs pytest")
class Pytest(unittest.TestCase):
    def test_mock_arguments_are_not_taken_for_fixtures(self):
        source = """
            import os, pytest
            from unittest import mock as standard
            from asynctest.mock import DEFAULT, LIMITED, patch

            @pytest.fixture
            def number():
                return 7

            @patch.dict("os.environ", A="1")
            @patch("os.getpid")
            @patch("os.sep", "|")
            @patch("os.getcwd", scope=LIMITED)
            @patch.multiple("os", getppid=DEFAULT)
            def test_ours(getcwd, getpid, number, **mocks):
                assert (os.getcwd, os.getpid, os.sep, number) == (getcwd, getpid, "|", 7)
                assert {"getppid": os.getppid} == mocks

            @standard.patch("os.getpid")
            @patch("os.getcwd")
            def test_standard_above(getcwd, getpid, number):
                assert (os.getcwd, os.getpid, number) == (getcwd, getpid, 7)

            @patch("os.getpid")
            @standard.patch("os.getcwd")
            def test_standard_below(getcwd, getpid, number):
                assert (os.getcwd, os.getpid, number) == (getcwd, getpid, 7)

            @patch("os.getpid")
            class TestClass:
                def test_method(self, getpid, number):
                    assert (os.getpid, number) == (getpid, 7)
        """
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "test_sample.py")
            with open(path, "w") as file:
                file.write(textwrap.dedent(source))
            run = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", path],
                env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
                capture_output=True,
                text=True,
            )
        self.assertIn("4 passed", run.stdout, run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main()
