"""The forms of patch, and what they refuse."""

import doctest
import inspect
import os
import types
import unittest
from unittest import mock as standard

import asynctest.mock._patch
from asynctest.mock import DEFAULT, LIMITED, MagicMock, patch


class Target:
    value = "original"


class Forms(unittest.TestCase):
    def test_dotted_name(self):
        with patch(f"{__name__}.Target.value", 1) as given:
            self.assertEqual((given, Target.value), (1, 1))
        self.assertEqual(Target.value, "original")

    def test_name_is_resolved_when_the_patch_starts(self):
        patcher = patch("asynctest_later.value", 1)
        module = types.SimpleNamespace(value=0)
        with standard.patch.dict("sys.modules", asynctest_later=module):
            with patcher:
                self.assertEqual(module.value, 1)
            self.assertEqual(module.value, 0)

    def test_decorating_imports_nothing(self):
        @patch("asynctest_missing.value")
        def function(mock): ...

        with self.assertRaises(ModuleNotFoundError):
            function()

    def test_name_of_a_dictionary_is_resolved_each_time(self):
        module = types.SimpleNamespace()
        patcher = patch.dict("asynctest_later.values", a=1)
        with standard.patch.dict("sys.modules", asynctest_later=module):
            for module.values in ({}, {"b": 2}):
                before = dict(module.values)
                with patcher as given:
                    self.assertIs(given, module.values)
                    self.assertEqual(given, {**before, "a": 1})
                self.assertEqual(module.values, before)

    def test_string_that_is_a_subclass_can_be_a_target(self):
        class Name(str):
            value = "original"

        name = Name()
        with patch.object(name, "value", 1), patch.multiple(name, other=2, create=True):
            self.assertEqual((name.value, name.other), (1, 2))

    def test_values_of_a_dictionary(self):
        for values, keywords in (
            ({"a": 1}, {}),
            ([("a", 1)], {}),
            (iter([("a", 1)]), {}),
            ((), {"a": 1}),
            ({"a": 0}, {"a": 1}),
        ):
            target = {"b": 2}
            with patch.dict(target, values, **keywords):
                self.assertEqual(target, {"b": 2, "a": 1})
            with patch.dict(target, values if type(values) is dict else (), True, **keywords):
                self.assertNotIn("b", target)
            self.assertEqual(target, {"b": 2})

    def test_scope_is_the_last_positional_argument(self):
        forms = (
            patch("os.getcwd", DEFAULT, None, False, None, None, None, LIMITED),
            patch.object(os, "getcwd", DEFAULT, None, False, None, None, None, LIMITED),
            patch.multiple(os, None, False, None, None, None, LIMITED, getcwd=1),
            patch.dict({}, (), False, LIMITED),
        )
        for form in forms:
            self.assertIs(form.scope, LIMITED)

    def test_keywords_reach_the_mock_even_if_they_are_called_like_ours(self):
        with patch.object(Target, "value", side_effect=[1, 2]) as mock:
            self.assertEqual([mock(), mock()], [1, 2])

    def test_global_name(self):
        original = Target
        with patch(f"{__name__}.Target") as mock:
            self.assertIs(Target, mock)
            self.assertIsInstance(mock, MagicMock)
        self.assertIs(Target, original)


class Refusals(unittest.TestCase):
    def test_target_without_a_dot(self):
        for target in ("thing", "", None, 1, Target):
            with self.assertRaisesRegex(TypeError, "valid target to patch.*\n.*patch.object"):
                patch(target)

    def test_string_as_an_object(self):
        with self.assertRaisesRegex(TypeError, r"not a str\n.*patch\(\"os.getcwd\"\)"):
            patch.object("os", "getcwd")

    def test_nothing_to_patch(self):
        with self.assertRaisesRegex(ValueError, "nothing to patch\n.*at least one"):
            patch.multiple(Target)

    def test_nothing_is_written_into_unittest_mock(self):
        before = dict(vars(standard)), dict(vars(standard.patch))
        with patch.object(Target, "value"), patch("os.getcwd"):
            patch.multiple(Target, value=1)
        patch.stopall()
        self.assertEqual((dict(vars(standard)), dict(vars(standard.patch))), before)


class Documentation(unittest.TestCase):
    def test_examples_run(self):
        module = asynctest.mock._patch
        globs = {**vars(module), **vars(asynctest.mock)}
        finder = doctest.DocTestFinder(exclude_empty=True)
        runner = doctest.DocTestRunner()
        found = finder.find(module._Patch, "patch", module=module, extraglobs=globs)
        for test in found:
            runner.run(test)
        self.assertGreaterEqual(runner.tries, 10)
        self.assertEqual(runner.failures, 0)

    def test_every_form_is_documented(self):
        for form in (patch, patch.object, patch.multiple, patch.dict, patch.stopall):
            self.assertTrue(inspect.getdoc(form))


if __name__ == "__main__":
    unittest.main()
