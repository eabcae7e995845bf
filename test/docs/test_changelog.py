"""The changelog is built from fragments, one sentence each."""

import pathlib
import re
import runpy
import unittest

import asynctest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLLECT = runpy.run_path(str(ROOT / "changes" / "collect.py"))


@unittest.skipUnless((ROOT / "asynctest").is_dir(), "needs the source, not an installed package")
class Changelog(unittest.TestCase):
    def test_every_fragment_has_a_kind_and_a_finished_sentence(self):
        for sentences in COLLECT["fragments"]().values():
            for sentence in sentences:
                with self.subTest(sentence):
                    self.assertNotIn("\n", sentence)

    def test_the_version_stands_in_one_place(self):
        self.assertEqual(COLLECT["version"](), asynctest.__version__)
        for name in ("pyproject.toml", "docs/conf.py"):
            text = (ROOT / name).read_text(encoding="utf-8")
            self.assertNotRegex(text, rf'"{re.escape(asynctest.__version__)}"')

    def test_collecting_twice_changes_nothing(self):
        once = COLLECT["collect"]()
        COLLECT["collect"].__globals__["CHANGELOG"] = Stub(once)
        self.assertEqual(COLLECT["collect"](), once)

    def test_earlier_versions_stay(self):
        once = COLLECT["collect"]()
        older = once + "\n## 0.9\n\n### Fixed\n\n* Something old.\n"
        COLLECT["collect"].__globals__["CHANGELOG"] = Stub(older)
        self.assertTrue(COLLECT["collect"]().endswith("* Something old.\n"))

    def test_the_citation_names_the_version(self):
        text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
        self.assertIn(f"\nversion: {asynctest.__version__}\n", text)


class Stub:
    def __init__(self, text):
        self.text = text

    def exists(self):
        return True

    def read_text(self, encoding):
        return self.text
