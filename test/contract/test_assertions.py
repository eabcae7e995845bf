import asyncio
import unittest
import warnings

import asynctest


async def raises(exc):
    await asyncio.sleep(0)
    raise exc


async def warns(message):
    warnings.warn(message, UserWarning)
    return "result"


class AsyncAssertions(asynctest.TestCase):
    def failed_future(self, exc):
        future = self.loop.create_future()
        future.set_exception(exc)
        return future

    async def test_raises_accepts_coroutines_and_futures_and_returns_none(self):
        for make in (raises, self.failed_future):
            self.assertIsNone(await self.assertAsyncRaises(ValueError, make(ValueError())))
        await self.assertAsyncRaises((KeyError, ValueError), raises(ValueError()))

    async def test_raises_fails_in_the_words_of_the_sync_counterpart(self):
        with self.assertRaisesRegex(AssertionError, "^ValueError not raised"):
            await self.assertAsyncRaises(ValueError, asyncio.sleep(0))

    async def test_other_exceptions_pass_through(self):
        with self.assertRaises(KeyError):
            await self.assertAsyncRaises(ValueError, raises(KeyError()))

    async def test_raises_regex(self):
        await self.assertAsyncRaisesRegex(ValueError, "^a.c$", raises(ValueError("abc")))
        with self.assertRaisesRegex(AssertionError, "does not match"):
            await self.assertAsyncRaisesRegex(ValueError, "x", raises(ValueError("abc")))

    async def test_warns_returns_the_result(self):
        self.assertEqual(await self.assertAsyncWarns(UserWarning, warns("w")), "result")
        self.assertEqual(await self.assertAsyncWarnsRegex(UserWarning, "^w$", warns("w")), "result")

    async def test_warns_fails_in_the_words_of_the_sync_counterpart(self):
        with self.assertRaisesRegex(AssertionError, "^UserWarning not triggered"):
            await self.assertAsyncWarns(UserWarning, asyncio.sleep(0))
        # 3.15 passes warnings on that do not match.
        with (
            warnings.catch_warnings(),
            self.assertRaisesRegex(AssertionError, '"x" does not match'),
        ):
            warnings.simplefilter("ignore")
            await self.assertAsyncWarnsRegex(UserWarning, "x", warns("w"))


class Frames(unittest.TestCase):
    def test_tracebacks_leave_our_frames_out(self):
        class Case(asynctest.TestCase):
            async def test(self):
                await self.assertAsyncRaises(ValueError, asyncio.sleep(0))

        result = Case("test").run()
        text = result.failures[0][1]
        self.assertIn("test_assertions.py", text)
        self.assertNotIn('_assertions.py", line', text.replace("test_assertions.py", ""))
