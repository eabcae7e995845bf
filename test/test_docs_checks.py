"""The pages about checks: their code runs and does what they say."""

import pathlib
import re
import unittest

import asynctest
from asynctest import checks
from test.tools import run

PAGES = pathlib.Path(__file__).parents[1] / "docs"


def code_of(page: str) -> dict[str, object]:
    """Run all Python of a page, as one module."""
    text = (PAGES / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
    names: dict[str, object] = {"__name__": page}
    exec(compile("\n".join(blocks), str(PAGES / page), "exec"), names)
    return names


class OwnCheck(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.names = code_of("own-check.md")
        cls.addClassCleanup(checks.unregister, "no_error_logs")

    def test_the_check_finds_what_the_page_says(self):
        ran = run(self.names["Shop"])
        self.assertEqual(ran.words, {"ran": 3, "failures": 1})
        self.assertIn("logged as an error: out of stock", ran.text)
        self.assertIn("@fail_on(no_error_logs=False)", ran.text)
        self.assertIn("test_sells_what_it_has_not", str(ran.result.failures[0][0]))

    def test_its_warning_is_on_the_front_desk(self):
        category = self.names["NoErrorLogs"].warning
        self.assertIs(asynctest.NoErrorLogsWarning, category)

    def test_an_unregistered_check_is_refused_with_the_nearest_name(self):
        with self.assertRaisesRegex(TypeError, "Did you mean 'no_error_logs'"):
            asynctest.fail_on(no_eror_logs=True)


class FindMistakes(unittest.TestCase):
    def test_the_examples_run(self):
        names = code_of("find-mistakes.md")
        for undo in (names["undo"],):
            undo()
        checks._ignore._rules.clear()
        ran = run(names["Upload"], names["Poller"])
        self.assertEqual((ran.words, ran.warnings), ({"ran": 2}, []))

    def test_the_table_names_every_check(self):
        text = (PAGES / "find-mistakes.md").read_text(encoding="utf-8")
        rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (\w+) \|$", text, re.M))
        for name, level in rows.items():
            self.assertEqual(checks.known()[name].default.value, level)
