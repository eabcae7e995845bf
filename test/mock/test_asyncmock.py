import inspect
import unittest
import unittest.mock

from asynctest.mock import AsyncMock, CoroutineMock, MagicMock, Mock, call


class Client:
    def parse(self): ...

    async def fetch(self): ...


class LikeTheStandardOne(unittest.IsolatedAsyncioTestCase):
    async def test_a_side_effect_runs_at_the_await(self):
        seen = []
        for cls in (AsyncMock, unittest.mock.AsyncMock):
            coroutine = cls(side_effect=seen.append)(1)
            self.assertEqual(seen, [])
            await coroutine
            self.assertEqual(seen.pop(), 1)

    async def test_awaitable_outcomes_are_returned_as_they_are(self):
        async def inner(): ...

        coroutine = inner()
        self.assertIs(await AsyncMock(return_value=coroutine)(), coroutine)
        coroutine.close()

    async def test_children_and_results_are_async_mocks(self):
        made = AsyncMock()
        for child in (made.child, await made(), await made.child()):
            self.assertIsInstance(child, AsyncMock)
            self.assertNotIsInstance(child, CoroutineMock)

    async def test_a_spec_decides_for_the_children(self):
        made = AsyncMock(Client)
        self.assertIsInstance(made.parse, MagicMock)
        self.assertIsInstance(made.fetch, AsyncMock)
        self.assertNotIsInstance(made.fetch, CoroutineMock)

    async def test_it_has_magic(self):
        made = AsyncMock()
        self.assertEqual(len(made), 0)
        async with made as entered:
            self.assertIsInstance(entered, AsyncMock)
        self.assertIsInstance(made.__len__, MagicMock)

    async def test_awaits_are_counted_at_their_start(self):
        made = AsyncMock(side_effect=lambda number: made.await_count)
        self.assertEqual([await made(1), await made(2)], [1, 2])
        self.assertEqual(made.await_args_list, [call(1), call(2)])
        self.assertEqual(made.await_args, call(2))
        made.assert_has_awaits([call(1), call(2)])
        made.reset_mock()
        made.assert_not_awaited()

    async def test_awaited_is_an_ordinary_child(self):
        self.assertIsInstance(AsyncMock().awaited, AsyncMock)

    def test_it_belongs_to_the_family(self):
        self.assertIsInstance(AsyncMock(), Mock)
        self.assertIsInstance(AsyncMock(), unittest.mock.AsyncMock)
        self.assertTrue(inspect.iscoroutinefunction(AsyncMock()))
        self.assertEqual(type(AsyncMock()).__name__, "AsyncMock")
