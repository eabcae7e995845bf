import ast
import pathlib
import unittest

import asynctest
from asynctest import checks


class Registry(unittest.TestCase):
    def test_names_and_files_are_the_same(self):
        folder = pathlib.Path(checks.__file__).parent
        files = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
        self.assertEqual(files, set(checks.NAMES))
        self.assertEqual(len(files), len(checks.NAMES))

    def test_names_and_checks_come_in_the_same_order(self):
        self.assertEqual([check.name for check in checks.BUILT_IN], list(checks.NAMES))
        self.assertEqual(list(checks.known())[: len(checks.NAMES)], list(checks.NAMES))
        self.assertEqual(list(checks.defaults()), list(checks.known()))

    def test_a_registered_check_comes_last_and_has_its_default(self):
        class LastOfAll(checks.Check):
            name = "last_of_all"
            default = checks.Level.FAIL

        checks.register(LastOfAll)
        self.addCleanup(checks.unregister, "last_of_all")
        self.assertEqual(list(checks.known().items())[-1], ("last_of_all", LastOfAll))
        self.assertEqual(checks.defaults()["last_of_all"], checks.Level.FAIL)
        self.assertIs(asynctest.LastOfAllWarning, LastOfAll.warning)

    def test_a_check_that_was_unregistered_is_gone(self):
        class Gone(checks.Check):
            name = "gone"

        checks.register(Gone)
        checks.unregister("gone")
        self.assertNotIn("gone", checks.known())
        self.assertNotIn("gone", checks.defaults())
        self.assertFalse(hasattr(asynctest, "GoneWarning"))

    def test_every_warning_is_found_by_its_name(self):
        for check in checks.BUILT_IN:
            self.assertIs(getattr(asynctest, check.warning.__name__), check.warning)

    def test_registering_a_check_again_is_harmless(self):
        check = checks.known()["never_awaited"]
        self.assertIs(checks.register(check), check)

    def test_every_built_in_check_has_words(self):
        for check in checks.BUILT_IN:
            with self.subTest(check.name):
                self.assertTrue(check.__doc__ and check.fix)
                self.assertNotRegex(check.fix, r"[.\n]$")  # "; or allow it ..." follows

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
