"""What one trivial asynchronous test costs, against the standard library's test case.

python bench/case/overhead.py
"""

import asyncio
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parents[2])]

import asynctest
from bench._ab import compare


def make(base: type, **members: object) -> type:
    async def test(self: object) -> None:
        pass

    return type("Case", (base,), {"test": test, **members})


async def nothing(self: object = None) -> None:
    pass


def sync_test(self: object) -> None:
    pass


def runner(cls: type):
    result = unittest.TestResult()

    def run() -> None:
        cls("test").run(result)
        assert result.wasSuccessful() and not result.skipped

    return run


def new_loop() -> None:
    loop = asyncio.new_event_loop()
    loop.run_until_complete(nothing())
    loop.close()


STEPS = {"asyncSetUp": nothing, "asyncTearDown": nothing}
ISOLATED = unittest.IsolatedAsyncioTestCase

if __name__ == "__main__":
    print("one trivial async test:")
    compare(
        "IsolatedAsyncioTestCase",
        {
            "IsolatedAsyncioTestCase": (runner(make(ISOLATED)), 200),
            "asynctest.TestCase": (runner(make(asynctest.TestCase)), 1000),
            "asynctest.TestCase, lenient": (
                runner(asynctest.lenient(make(asynctest.TestCase))),
                1000,
            ),
            "asynctest.TestCase, strict": (
                runner(asynctest.strict(make(asynctest.TestCase))),
                1000,
            ),
            "new loop, run, close": (new_loop, 1000),
            "sync unittest.TestCase": (
                runner(type("Case", (unittest.TestCase,), {"test": sync_test})),
                1000,
            ),
        },
    )
    print("async set-up, test and tear-down:")
    compare(
        "IsolatedAsyncioTestCase",
        {
            "IsolatedAsyncioTestCase": (runner(make(ISOLATED, **STEPS)), 200),
            "asynctest.TestCase": (runner(make(asynctest.TestCase, **STEPS)), 1000),
        },
    )
