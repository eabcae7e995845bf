"""What the pages show is run, and what they link to is there."""

import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import unittest

import asynctest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
HOME = pathlib.Path(asynctest.__file__).resolve().parents[1]
PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "README.md"]
TEXTS = [*PAGES, *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"))]

RUNNER = DOCS / "_ext" / "running.py"
_spec = importlib.util.spec_from_file_location("asynctest_docs_running", RUNNER)
assert _spec is not None
assert _spec.loader is not None
running = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = running
_spec.loader.exec_module(running)


def names(pages):
    return [(str(page.relative_to(ROOT)), page) for page in pages]


class Examples(unittest.TestCase):
    def test_every_block_runs(self):
        environment = {**os.environ, "PYTHONPATH": str(HOME), "PYTHONDONTWRITEBYTECODE": "1"}
        for name, page in names(PAGES):
            with self.subTest(name):
                ran = subprocess.run(
                    [sys.executable, str(RUNNER), str(page)],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    encoding="utf-8",
                    env=environment,
                    cwd=ROOT,
                    timeout=300,
                    check=False,
                )
                self.assertEqual(ran.returncode, 0, ran.stdout)

    def test_every_report_says_what_it_should(self):
        for name, page in names(PAGES):
            blocks = list(running.read_blocks(page))
            for block in blocks:
                if block.kind not in ("report", "example"):
                    continue
                if block.options.get("runner") == "pytest" and not running._has_pytest():
                    continue
                with self.subTest(f"{name}:{block.line}"):
                    output = running.run_report(block, blocks)
                    self.assertEqual(output.missing, [], output.text)
                    self.assertNotRegex(output.text, r"(?<![\w.])/(tmp|home|root|usr|Users)/")


class Links(unittest.TestCase):
    def test_every_link_to_a_file_leads_to_one(self):
        for name, page in names(TEXTS):
            text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
            for target in re.findall(r"\]\(([^)\s]+)\)", text):
                if re.match(r"https?:|mailto:|#", target):
                    continue
                path, _, anchor = target.partition("#")
                with self.subTest(f"{name}: {target}"):
                    found = (page.parent / path).resolve()
                    self.assertTrue(found.exists(), f"{found} is missing")
                    if anchor and found.suffix == ".md":
                        self.assertIn(anchor, anchors(found))

    def test_every_page_is_in_a_table_of_contents(self):
        listed = {DOCS / "index.md"}
        for page in DOCS.rglob("*.md"):
            for block in running.read_blocks(page):
                if block.kind == "toctree":
                    for entry in block.text.split():
                        listed.add((page.parent / f"{entry}.md").resolve())
        self.assertEqual(set(DOCS.rglob("*.md")) - listed, set())


def anchors(page):
    """Return the anchors of a page's headings, as the site makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    found = {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", text, flags=re.M)
    }
    if "{checks-list}" in page.read_text("utf-8"):
        found |= set(asynctest.checks.known())
    return found | set(re.findall(r"^\(([\w-]+)\)=$", text, flags=re.M))


class Words(unittest.TestCase):
    def test_no_page_names_a_place_of_one_machine(self):
        for name, page in names(TEXTS):
            with self.subTest(name):
                text = page.read_text(encoding="utf-8")
                self.assertNotRegex(text, r"(?<![\w.])/(tmp|home|root|usr|work|Users)/")

    def test_every_setting_is_documented_by_its_own_table(self):
        page = (DOCS / "guide" / "settings.md").read_text(encoding="utf-8")
        self.assertIn("{settings-table}", page)

    def test_every_page_of_the_guide_has_a_title_and_no_second_one(self):
        for name, page in names(PAGES):
            with self.subTest(name):
                text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
                self.assertEqual(len(re.findall(r"^# ", text, flags=re.M)), 1)
