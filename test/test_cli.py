import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

from asynctest import cli

ROOT = pathlib.Path(__file__).parents[1]

SUITE = """
    import asynctest

    class Tests(asynctest.TestCase):
        def test_without_loop(self):
            pass

        async def test_debug(self):
            print("debug is", self.loop.get_debug())
"""


class CommandLine(unittest.TestCase):
    """Whole processes, as few as will do."""

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        pathlib.Path(cls.folder, "test_inner.py").write_text(textwrap.dedent(SUITE))

    def command(self, *arguments, project=""):
        pathlib.Path(self.folder, "pyproject.toml").write_text(project)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        environment.pop("PYTHONASYNCIODEBUG", None)
        return subprocess.run(
            [sys.executable, "-m", "asynctest", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def test_without_arguments_it_discovers_as_unittest_does(self):
        done = self.command()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Ran 2 tests", done.stderr)
        self.assertIn("debug is False", done.stdout)

    def test_settings_and_checks_are_options_next_to_those_of_unittest(self):
        done = self.command("discover", "-v", "--strict", "--debug", "true", "-k", "test_")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Loop did not run during the test", done.stderr)
        self.assertIn("debug is True", done.stdout)

    def test_what_cannot_be_used_is_an_error_with_the_remedy(self):
        done = self.command("--check", "unsed_loop=warn")
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is no check 'unsed_loop'. Did you mean 'unused_loop'?", done.stderr)

    def test_help_shows_both_kinds_of_options(self):
        done = self.command("-h")
        for word in ("--failfast", "--strict", "--cancel-timeout"):
            self.assertIn(word, done.stdout)

    def test_the_project_can_choose_too_and_the_command_line_counts_more(self):
        project = '[tool.asynctest]\ndebug = true\n[tool.asynctest.checks]\nunused_loop = "fail"\n'
        done = self.command(project=project)
        self.assertIn("debug is True", done.stdout)
        self.assertIn("failures=1", done.stderr)
        done = self.command("--debug", "false", "--check", "unused_loop=off", project=project)
        self.assertIn("debug is False", done.stdout)
        self.assertTrue(done.stderr.rstrip().endswith("OK"))

    def test_an_unknown_name_in_the_project_is_an_error_that_names_the_file(self):
        done = self.command(project="[tool.asynctest]\ndebgu = true\n")
        self.assertIn("[tool.asynctest] debgu in", done.stderr)
        self.assertIn("pyproject.toml: Did you mean 'debug'?", done.stderr)


class Options(unittest.TestCase):
    def read(self, *arguments):
        return cli.read_options(cli.make_parser().parse_args(arguments))

    def test_nothing_said_is_nothing_set(self):
        self.assertEqual(self.read(), {})

    def test_each_setting_is_an_option(self):
        self.assertEqual(self.read("--cancel-timeout", "2"), {"cancel_timeout": 2.0})

    def test_a_check_without_a_level_fails(self):
        self.assertEqual(self.read("--check", "unused_loop"), {"checks": {"unused_loop": "fail"}})

    def test_a_bad_level_or_value_is_a_value_error(self):
        for arguments in (("--check", "unused_loop=loud"), ("--cancel-timeout", "-1")):
            with self.assertRaises(ValueError):
                self.read(*arguments)
