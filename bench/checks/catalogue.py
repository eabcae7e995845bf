"""Run the catalogue of mistakes under several frameworks: caught, named with a line, false alarms.

    PYTHONPATH=. python bench/checks/catalogue.py [-v]

A mistake is caught if its test does not pass, or if it passes with a warning. It is
named if what is printed has one of the marked lines in it. Each program runs
in a test of its own; with ``-v`` each miss and each false alarm is listed.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import logging
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import warnings

import asynctest
from asynctest import checks
from test.checks.catalogue import Entry, entries

OLD = {"unused_loop", "active_handles", "active_selector_callbacks"}


@asynctest.fail_on(**{name: "warn" for name in checks.known() if name not in OLD})
class Ours(asynctest.TestCase):
    pass


class OursOnUvloop(Ours):
    @staticmethod
    def loop_factory():
        return importlib.import_module("uvloop").new_event_loop()


Outcome = tuple[bool, bool, str]  # did it fail, was anything said, and all that was said


def in_unittest(base: type[unittest.TestCase]):
    def play(entry: type[Entry], program: str) -> Outcome:
        result = unittest.TestResult()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            entry.case(base, program).run(result)
        said = [text for _, text in [*result.failures, *result.errors]]
        said += [str(warning.message) for warning in caught]
        return not result.wasSuccessful(), bool(said), "\n".join(said)

    return play


def in_pytest(*options: str):
    """Run all programs in one session of pytest; return what it says about each."""
    lines = ["import pytest, unittest", "from test.checks.catalogue import entries", ""]
    lines += ["plain = unittest.TestCase()"]
    for entry in entries():
        for program, function in entry.programs():
            name = f"test_{entry.__name__}_{program}"
            lines += [
                f"entry = next(e for e in entries() if e.__name__ == {entry.__name__!r})",
                f"class T_{name}(entry):",
                f"    test = vars(entry)[{program!r}]",
                "    assertTrue, assertFalse = plain.assertTrue, plain.assertFalse",
                "    assertRaises, assertEqual = plain.assertRaises, plain.assertEqual",
                "    assertWarns, assertLogs = plain.assertWarns, plain.assertLogs",
                "    assertIsInstance, failureException = plain.assertIsInstance, AssertionError",
                f"T_{name}.__name__ = T_{name}.__qualname__ = 'Test_{entry.__name__}_{program}'",
                f"Test_{entry.__name__}_{program} = T_{name}",
            ]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "test_generated.py")
        path.write_text("\n".join(line for line in lines) + "\ndel entry\n")
        command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", *options]
        done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def from_pytest(text: str):
    failed = set(re.findall(r"^(?:FAILED|ERROR) \S*::(\w+)::test", text, re.M))
    ran = failed | set(re.findall(r"^PASSED \S*::(\w+)::test", text, re.M))
    warned = set(re.findall(r"^\S*test_generated\.py::(\w+)::test$", text, re.M))

    def play(entry: type[Entry], program: str) -> Outcome | None:
        name = f"Test_{entry.__name__}_{program}"
        if name not in ran:
            return None
        blocks = [block for block in text.split("\n\n") if name in block]
        return name in failed, name in failed | warned, "\n".join(blocks)

    return play


def main() -> None:
    logger = logging.getLogger("asyncio")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    frameworks = {
        "stdlib": in_unittest(unittest.IsolatedAsyncioTestCase),
        "ours": in_unittest(Ours),
    }
    if importlib.util.find_spec("uvloop"):
        frameworks["ours on uvloop"] = in_unittest(OursOnUvloop)
    if importlib.util.find_spec("pytest_asyncio"):
        text = in_pytest("-p", "pytest_asyncio", "-o", "asyncio_mode=auto", "-p", "no:asynctest")
        frameworks["pytest-asyncio"] = from_pytest(text)
    verbose = "-v" in sys.argv
    print(f"python {sys.version.split()[0]}")
    print(
        f"{'':16}{'mistakes':>9}{'failed':>8}{'caught':>8}{'named':>7}{'clean':>7}{'false alarms':>14}"
    )
    for label, play in frameworks.items():
        mistakes = failed = caught = named = clean = alarms = 0
        for entry in entries():
            if entry.check not in checks.known():
                continue
            for program, _ in entry.programs():
                with contextlib.redirect_stderr(io.StringIO()):
                    outcome = play(entry, program)
                if outcome is None:
                    continue
                fails, spoke, text = outcome
                if program == "mistake":
                    mistakes += 1
                    failed += fails
                    caught += spoke
                    line = spoke and any(place in text for place in entry.lines())
                    named += line
                    if verbose and not line:
                        print(f"  {label}: {entry.__name__} {'not named' if spoke else 'missed'}")
                else:
                    clean += 1
                    alarms += spoke
                    if verbose and spoke:
                        print(
                            f"  {label}: false alarm for {entry.__name__}.{program}: {text[-300:]}"
                        )
        print(f"{label:16}{mistakes:9}{failed:8}{caught:8}{named:7}{clean:7}{alarms:14}")


if __name__ == "__main__":
    main()
