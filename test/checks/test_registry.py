import ast
import pathlib
import unittest

import asynctest
from asynctest import checks


class Registry(unittest.TestCase):
    def test_every_built_in_check_has_words(self):
        for check in checks.BUILT_IN:
            with self.subTest(check.name):
                self.assertTrue(check.__doc__ and check.fix)
                self.assertRegex(check.fix, r"^[A-Z].*[^.]$")  # "; or allow it ..." follows

    def test_a_check_has_a_file_of_its_name(self):
        for check in checks.BUILT_IN:
            self.assertEqual(check.__module__, f"asynctest.checks.{check.name}")
            self.assertEqual(check.__name__.lower(), check.name.replace("_", ""))

    def test_type_checkers_know_the_warning_of_every_check(self):
        source = pathlib.Path(asynctest.__file__).read_text(encoding="utf-8")
        declared = {
            node.target.id
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }
        for check in checks.BUILT_IN:
            self.assertIn(check.warning.__name__, declared)

    def test_only_what_can_only_be_an_error_fails_by_default(self):
        failing = [name for name, level in checks.defaults().items() if level is checks.Level.FAIL]
        self.assertEqual(failing, ["test_never_ran"])

    def test_a_name_that_is_taken_is_refused(self):
        with self.assertRaisesRegex(TypeError, "exists already"):

            @checks.register
            class NeverAwaited(checks.Check):
                name = "never_awaited"

    def test_what_is_no_check_is_refused(self):
        with self.assertRaisesRegex(TypeError, "is not a check"):
            checks.register(object)
