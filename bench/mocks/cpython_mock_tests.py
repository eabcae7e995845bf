"""Run CPython's own tests of unittest.mock against asynctest.mock.

    python bench/mocks/cpython_mock_tests.py [-v] [module ...]

The tests are the running interpreter's: they are read where it keeps them, and
every name they took from unittest.mock is replaced by ours before they run.
The exit status is 0 if nothing fails but what ``DIFFERENCES`` explains, and 3
if this interpreter comes without its tests.
"""

from __future__ import annotations

import argparse
import importlib
import io
import pkgutil
import re
import sys
import sysconfig
import types
import unittest
import warnings
from pathlib import Path
from unittest import mock as stdlib

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from asynctest import mock as ours

# A pattern for the test, and the item of our contract that asks for another behaviour.
DIFFERENCES = {
    r"AsyncAutospecTest\.test_autospec_checks_signature": (
        "7, wrong arguments for autospecced coroutine functions:"
        " a TypeError at the call on every Python, not at the await"
    ),
    r"PatchTest\.test_property_setters": (
        "5.3, overlapping patches are undone in any order:"
        " what was there is kept per target, not by the patcher"
    ),
}


class Mixed(types.ModuleType):
    """What a test module gets for unittest.mock: ours, and the rest from there."""

    __dict__ = property(lambda self: vars(ours))  # where patch looks for what to restore

    def __getattr__(self, name):
        return getattr(ours, name) if hasattr(ours, name) else getattr(stdlib, name)

    def __setattr__(self, name, value):
        setattr(ours if hasattr(ours, name) else stdlib, name, value)

    def __delattr__(self, name):
        delattr(ours if hasattr(ours, name) else stdlib, name)


def find_package():
    """Import the package of tests; the repository's own ``test`` must not be it."""
    sys.path.insert(0, sysconfig.get_path("stdlib"))
    for name in ("test.test_unittest.testmock", "unittest.test.testmock"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def use_ours(module):
    """Replace what a test module imported from unittest.mock; count the names."""
    replaced = {
        id(getattr(stdlib, name)): getattr(ours, name)
        for name in stdlib.__all__
        if hasattr(ours, name) and name != "FILTER_DIR"
    }
    replaced[id(stdlib)] = Mixed("unittest.mock")
    found = {name: replaced.get(id(value)) for name, value in vars(module).items()}
    vars(module).update({name: mine for name, mine in found.items() if mine is not None})
    return sum(mine is not None for mine in found.values())


def run(module):
    """Run one module of tests and give its result."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return unittest.TextTestRunner(stream=io.StringIO(), verbosity=0).run(suite)


def explain(test):
    """Find why a test may fail; None if it may not."""
    name = test.id().split("testmock.")[-1]
    return next((why for pattern, why in DIFFERENCES.items() if re.search(pattern, name)), None)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("-v", action="store_true", help="show the tracebacks")
    options.add_argument("module", nargs="*", help="testasync, testpatch, ...")
    args = options.parse_args()
    package = find_package()
    if package is None:
        print("This interpreter comes without its tests.")
        return 3
    names = args.module or sorted(
        found.name for found in pkgutil.iter_modules(package.__path__) if "test" in found.name
    )
    unexplained = 0
    print(f"{'module':<20}{'names':>7}{'tests':>7}{'passed':>8}{'differ':>8}{'FAILED':>8}")
    # Import all before running any: one of the tests imports unittest.mock anew.
    modules = {name: importlib.import_module(f"{package.__name__}.{name}") for name in names}
    for name, module in modules.items():
        replaced = use_ours(module)
        result = run(module)
        bad = [*result.failures, *result.errors]
        failed = [(test, trace) for test, trace in bad if explain(test) is None]
        unexplained += len(failed)
        passed = result.testsRun - len(bad) - len(result.skipped)
        print(
            f"{name:<20}{replaced:>7}{result.testsRun:>7}{passed:>8}{len(bad) - len(failed):>8}{len(failed):>8}"
        )
        for test, _ in bad:
            if explain(test):
                print(f"    {test.id().split('testmock.')[-1]}: contract {explain(test)}")
        for test, trace in failed:
            print(f"    {test.id().split('testmock.')[-1]}: FAILED")
            if args.v:
                print(re.sub("(?m)^", "        ", trace))
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
