"""Run the interpreter's own asyncio tests on our test case and list what the checks find.

    PYTHONPATH=. python bench/checks/cpython.py [MODULE ...]

Needs a Python that was installed with its tests. Nothing of them is kept
here: the classes are read when this runs. Every test runs twice, on its own base class and on
ours with all checks at "warn"; tests that end differently are listed too.
"""

from __future__ import annotations

import collections
import importlib
import logging
import pathlib
import re
import sys
import unittest
import warnings

import asynctest
from asynctest import checks

MODULES = [
    "test_locks",
    "test_queues",
    "test_taskgroups",
    "test_timeouts",
    "test_streams",
    "test_tasks",
    "test_futures",
    "test_futures2",
    "test_waitfor",
    "test_pep492",
    "test_protocols",
    "test_transports",
    "test_runners",
    "test_staggered",
    "test_context",
    "test_threads",
    "test_buffered_proto",
    "test_sock_lowlevel",
    "test_server",
    "test_eager_task_factory",
    "test_free_threading",
    "test_sendfile",
    "test_base_events",
]

OLD = {"unused_loop", "active_handles", "active_selector_callbacks"}


@asynctest.fail_on(**{name: "warn" for name in checks.known() if name not in OLD})
class Checked(asynctest.TestCase):
    pass


def load(name: str, base: type[unittest.TestCase]) -> dict[str, type[unittest.TestCase]]:
    """Import a module of tests afresh, with another base class for asynchronous tests."""
    usual = unittest.IsolatedAsyncioTestCase
    unittest.IsolatedAsyncioTestCase = base  # read by the module while it is imported
    try:
        path = name if "." in name else f"test.test_asyncio.{name}"
        sys.modules.pop(path, None)
        module = importlib.import_module(path)
    finally:
        unittest.IsolatedAsyncioTestCase = usual
    return {
        thing.__name__: thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, unittest.TestCase)
        and thing.__module__ == module.__name__
    }


def on_ours(cls: type[unittest.TestCase]) -> type[unittest.TestCase]:
    """Put our test case under a class that inherits from plain unittest's."""
    if issubclass(cls, Checked):
        return cls
    return type(cls.__name__, (cls, Checked), {"__module__": cls.__module__})


def outcome(case: unittest.TestCase) -> tuple[str, str, list[warnings.WarningMessage]]:
    result = unittest.TestResult()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", asynctest.AsynctestWarning)
        case.run(result)
    bad = [*result.errors, *result.failures]
    word = "fails" if bad else "skipped" if result.skipped else "passes"
    return word, "\n".join(text for _, text in bad), caught


def main(names: list[str]) -> None:
    logging.disable()
    # Our own folder of tests has the same name as the interpreter's.
    root = pathlib.Path(asynctest.__file__).parents[1]
    sys.path[:] = [path for path in sys.path if pathlib.Path(path).resolve() != root]
    ran, same = 0, 0
    findings: dict[str, list[str]] = collections.defaultdict(list)
    for name in names:
        try:
            usual = load(name, unittest.IsolatedAsyncioTestCase)
            ours = load(name, Checked)
        except (ImportError, unittest.SkipTest) as exc:
            print(f"# {name}: {exc}")
            continue
        for label, cls in usual.items():
            checked = on_ours(ours[label])
            for test in unittest.defaultTestLoader.getTestCaseNames(cls):
                before, _, _ = outcome(cls(test))
                after, text, caught = outcome(checked(test))
                ran += 1
                same += before == after
                if before != after:
                    last = (text.strip().splitlines() or [""])[-1]
                    print(f"DIFFERS {name}.{label}.{test}: {before} -> {after}: {last}")
                for warning in caught:
                    words = re.sub(r" at 0x\w+", "", str(warning.message)).splitlines()
                    about = "\n      ".join(words[:3])
                    found = f"{name}.{label}.{test}\n      {about}"
                    findings[warning.category.__name__].append(found)
    print(f"python {sys.version.split()[0]}: {ran} tests, {same} end as they did")
    for label, where in sorted(findings.items()):
        print(f"\n{label}: {len(where)}")
        for line in where:
            print(f"  {line}")


if __name__ == "__main__":
    main(sys.argv[1:] or MODULES)
