"""Helpers for tests that run a small test case inside and look at its result."""

from __future__ import annotations

import io
import unittest
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Ran:
    """What became of one inner run."""

    result: unittest.TestResult
    warnings: list[warnings.WarningMessage] = field(default_factory=list)

    @property
    def words(self) -> dict[str, int]:
        """Count each kind of outcome, leaving out those that did not happen."""
        counts = {
            "ran": self.result.testsRun,
            "failures": len(self.result.failures),
            "errors": len(self.result.errors),
            "skipped": len(self.result.skipped),
            "expected": len(self.result.expectedFailures),
            "unexpected": len(self.result.unexpectedSuccesses),
        }
        return {name: number for name, number in counts.items() if number}

    @property
    def text(self) -> str:
        """Return every failure and error as unittest prints it."""
        return "\n".join(text for _, text in [*self.result.failures, *self.result.errors])


def run(*cases: type[unittest.TestCase] | unittest.TestCase) -> Ran:
    """Run test cases (classes: all of their tests, with class fixtures) and look at the result."""
    suite = unittest.TestSuite()
    for case in cases:
        if isinstance(case, type):
            suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(case))
        else:
            suite.addTest(case)
    result = unittest.TestResult()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        suite.run(result)
    return Ran(result, list(caught))


def one(cls: type[unittest.TestCase], name: str = "test") -> Ran:
    """Run one test method of a class."""
    return run(cls(name))


def print_run(cases: Iterable[type[unittest.TestCase]], **options: object) -> str:
    """Run classes with unittest's text runner and return what it prints."""
    stream = io.StringIO()
    suite = unittest.TestSuite(map(unittest.defaultTestLoader.loadTestsFromTestCase, cases))
    unittest.TextTestRunner(stream, **options).run(suite)
    return stream.getvalue()
