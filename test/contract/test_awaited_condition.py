import asyncio
import unittest

import asynctest


class Condition(unittest.TestCase):
    """0.13 made a condition with the first await; suites looked at it."""

    def test_it_is_none_before_the_first_await_and_something_after_it(self):
        mock = asynctest.CoroutineMock()
        self.assertIsNone(mock.awaited._condition)
        asyncio.run(mock())
        self.assertIsNotNone(mock.awaited._condition)


class Answers(unittest.TestCase):
    def test_waiting_answers_with_true(self):
        async def main():
            mock = asynctest.CoroutineMock()
            first = asyncio.ensure_future(mock.awaited.wait())
            following = asyncio.ensure_future(mock.awaited.wait_next())
            await asyncio.sleep(0)
            await mock()
            return await first, await following, await mock.awaited.wait()

        self.assertEqual(asyncio.run(main()), (True, True, True))
