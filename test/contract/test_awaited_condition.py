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
