"""The table of mistakes in the pages says of asynctest what happens."""

import importlib.util
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "bench" / "compare" / "mistakes.py"


def load():
    spec = importlib.util.spec_from_file_location("asynctest_bench_mistakes", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Table(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.script = load()
        text = cls.script.PAGE.read_text(encoding="utf-8")
        table = text.split("<!-- mistakes -->")[1].split("<!-- end of mistakes -->")[0]
        rows = [
            [cell.strip(" *") for cell in line.strip("|").split("|")]
            for line in table.strip().splitlines()
        ]
        cls.labels, cls.rows = rows[0], {row[0]: row[1:] for row in rows[2:]}

    def test_every_mistake_of_the_script_is_in_the_page(self):
        self.assertEqual(list(self.rows), list(self.script.MISTAKES))
        self.assertEqual(self.labels[1:], [one.label for one in self.script.FRAMEWORKS])

    def test_asynctest_does_what_the_page_says(self):
        (ours,) = [one for one in self.script.FRAMEWORKS if one.label == "asynctest"]
        column = self.labels.index("asynctest") - 1
        for mistake, (cell,) in self.script.rows([ours]).items():
            if "gather" in mistake and sys.version_info < (3, 12):
                continue  # the interpreter does not tell
            with self.subTest(mistake):
                self.assertEqual(cell, self.rows[mistake][column])

    def test_a_strict_run_lets_none_of_them_pass(self):
        column = self.labels.index("asynctest, strict") - 1
        for mistake, cells in self.rows.items():
            with self.subTest(mistake):
                self.assertTrue(re.fullmatch("fails", cells[column]))
