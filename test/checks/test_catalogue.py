"""Every mistake of the catalogue is found, at its line; no clean twin is blamed."""

import logging
import unittest
from collections.abc import Iterator

import asynctest
from asynctest import checks
from test.checks.catalogue import Entry, entries
from test.checks.tools import swept
from test.tools import Ran, run


def everything(**words: object) -> dict[str, object]:
    """Return words for ``fail_on`` that let every check but those of 0.13 speak."""
    old = {"unused_loop", "active_handles", "active_selector_callbacks"}
    return {name: words.get(name, "warn") for name in checks.known() if name not in old}


@asynctest.fail_on(**everything())
class Checked(asynctest.TestCase):
    pass


def outcome(entry: type[Entry], program: str) -> tuple[Ran, str, set[str]]:
    """Run a program with every check; return its run, all words, and which checks spoke."""
    ran = run(entry.case(Checked, program))
    warned = [one for one in ran.warnings if issubclass(one.category, asynctest.AsynctestWarning)]
    names = {check.warning: name for name, check in checks.known().items()}
    spoke = {names.get(one.category, "?") for one in warned}
    return ran, "\n".join(str(one.message) for one in warned), spoke


class Catalogue(unittest.TestCase):
    def setUp(self) -> None:
        logger = logging.getLogger("asyncio")
        logger.addHandler(handler := logging.NullHandler())
        self.addCleanup(logger.removeHandler, handler)
        self.enterContext(swept())
        propagated, logger.propagate = logger.propagate, False
        self.addCleanup(setattr, logger, "propagate", propagated)

    def each(self, mistakes: bool) -> Iterator[tuple[type[Entry], str]]:
        for entry in entries():
            for program, _ in entry.programs():
                if entry.check in checks.known() and (program == "mistake") is mistakes:
                    yield entry, program

    def test_every_mistake_is_found_and_named_with_its_line(self):
        for entry, program in self.each(mistakes=True):
            with self.subTest(entry=entry.__name__):
                ran, words, spoke = outcome(entry, program)
                self.assertIn(f"@fail_on({entry.check}=False)", words)
                self.assertTrue(any(line in words for line in entry.lines()), words)

    def test_no_clean_twin_is_blamed(self):
        for entry, program in self.each(mistakes=False):
            with self.subTest(entry=entry.__name__, program=program):
                ran, words, spoke = outcome(entry, program)
                self.assertEqual((ran.text, words), ("", ""))

    def test_no_mistake_is_blamed_on_another_check(self):
        for entry, program in self.each(mistakes=True):
            with self.subTest(entry=entry.__name__):
                _, words, spoke = outcome(entry, program)
                self.assertLessEqual(spoke, {entry.check, *RELATED.get(entry.check, ())}, words)

    def test_every_mistake_passes_silently_in_unittest(self):
        for entry, program in self.each(mistakes=True):
            with self.subTest(entry=entry.__name__):
                ran = run(entry.case(unittest.IsolatedAsyncioTestCase, program))
                self.assertEqual(ran.text, "")


RELATED = {
    "lost_exceptions": ("leaked_tasks",),
    "awaited_mock": (),
    "leaked_tasks": ("leaked_transports",),
    "leaked_transports": ("leaked_tasks",),
    "idle_loops": ("leaked_loops",),
}
