"""Run one small test under one check and look at what is said."""

from __future__ import annotations

import concurrent.futures
import contextlib
import gc
import io
import logging
import os
import subprocess
import sys
import unittest
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import asynctest
from asynctest import checks
from test.checks.catalogue import left_behind
from test.tools import Ran, run


def only(name: str, level: object) -> Callable[[type], type]:
    """Switch one check on and all others off."""
    words = {**dict.fromkeys(checks.known(), False), name: level}
    return asynctest.fail_on(**words)


@contextlib.contextmanager
def swept(collect: bool = True) -> Iterator[None]:
    """Let what mistakes leave behind die here, without a word."""
    with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        try:
            yield
        finally:
            while left_behind.LEFT:
                end(left_behind.LEFT.pop())
            left_behind.POOL.shutdown()
            left_behind.POOL = concurrent.futures.ThreadPoolExecutor(1)
            asynctest.patch.stopall()
            sys.excepthook = sys.__excepthook__
            if collect:
                gc.collect()


def end(process: Any) -> None:
    """Kill a process and wait for it."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    if isinstance(process, subprocess.Popen):
        process.wait()
    else:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process.pid, 0)


class CheckTest(unittest.TestCase):
    """Base of the tests of one check; names it in ``check``."""

    check = ""

    def setUp(self) -> None:
        self.enterContext(swept(collect=False))
        logger = logging.getLogger("asyncio")
        before, logger.propagate = logger.propagate, False
        self.addCleanup(setattr, logger, "propagate", before)
        handler = logging.NullHandler()
        logger.addHandler(handler)
        self.addCleanup(logger.removeHandler, handler)

    def play(self, test: Callable[..., Any], level: object = "warn", **more: Any) -> Ran:
        """Run a function as the test of a class with only this check on."""
        body = {"test": test, "__module__": __name__, **more}
        return run(only(self.check, level)(type("Case", (asynctest.TestCase,), body))("test"))

    def words(self, test: Callable[..., Any], **more: Any) -> str:
        """Return all that is said about a test that passes."""
        ran = self.play(test, **more)
        self.assertEqual(ran.text, "")
        for one in ran.warnings:
            self.assertEqual(one.category.__name__, checks.known()[self.check].warning.__name__)
        return "\n".join(str(one.message) for one in ran.warnings)

    def assertClean(self, test: Callable[..., Any], **more: Any) -> None:
        self.assertEqual(self.words(test, **more), "")

    def assertFound(self, test: Callable[..., Any], *parts: str, **more: Any) -> str:
        """Check that the finding says all parts, names a line of the test, and how to go on."""
        words = self.words(test, **more)
        todo = f"{checks.known()[self.check].fix}; or allow it with @fail_on({self.check}=False)."
        for part in (*parts, todo):
            self.assertIn(part, words)
        return words

    def assertOff(self, test: Callable[..., Any], **more: Any) -> None:
        ran = self.play(test, level=False, **more)
        said = [one for one in ran.warnings if issubclass(one.category, asynctest.AsynctestWarning)]
        self.assertEqual((ran.text, said), ("", []))

    def assertFails(self, test: Callable[..., Any], **more: Any) -> None:
        ran = self.play(test, level=True, **more)
        self.assertEqual(len(ran.result.failures), 1, ran.text)
        self.assertIn(f"@fail_on({self.check}=False)", ran.text)


def line_of(function: Any, offset: int) -> str:
    """Write the place of a line below the first one of a function."""
    code = function.__code__
    name = code.co_filename.replace("\\", "/").rpartition("/")[2]
    return f"{name}:{code.co_firstlineno + offset}"
