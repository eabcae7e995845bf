"""Type-checked, not run: test cases and their decorators."""

import asyncio
import contextlib
import unittest
from collections.abc import AsyncIterator
from typing import assert_type

import asynctest


@contextlib.asynccontextmanager
async def resource() -> AsyncIterator[int]:
    yield 1


@asynctest.fail_on(unused_loop=True)
class Typed(asynctest.TestCase):
    use_default_loop = False
    forbid_get_event_loop = True

    async def setUp(self) -> None:  # type: ignore[override]
        assert_type(await self.enterAsyncContext(resource()), int)
        self.addCleanup(asyncio.sleep, 0)
        self.addAsyncCleanup(asyncio.sleep, 0)

    @asynctest.strict
    @asynctest.configure(debug=True)
    async def test_something(self, extra: int = 0) -> None:
        assert_type(self.loop, asyncio.AbstractEventLoop)
        await self.assertAsyncRaises(ValueError, asyncio.sleep(0))
        assert_type(await self.assertAsyncWarns(UserWarning, asyncio.sleep(0, "x")), str)

    @asynctest.lenient()
    def test_plain(self) -> None:
        self.loop.run_until_complete(self.test_something(extra=1))


class Classes(asynctest.TestCase):
    @classmethod
    async def asyncSetUpClass(cls) -> None:
        assert_type(await cls.enterAsyncClassContext(resource()), int)
        cls.addAsyncClassCleanup(asyncio.sleep, 0)


case: unittest.TestCase = Typed("test_something")


class Timed(asynctest.ClockedTestCase):
    async def test_time(self) -> None:
        await self.advance(1.5)


class Jumping(asynctest.TestCase):
    clock = asynctest.Clock("auto", external="error", start=5)

    @asynctest.configure(clock="manual")
    async def test_time(self) -> None:
        await asynctest.settle(limit=10)


async def answer() -> int:
    return 42


assert_type(asynctest.run(answer(), clock="manual"), int)
assert_type(asynctest.Clock().time(), float)
assert_type(asynctest.Clock().timers(), list[asynctest.clock.Timer])
