import asyncio
import gc
import inspect
import types
import unittest
import unittest.mock

from asynctest.mock import AsyncMock, CoroutineMock, MagicMock, Mock, call


class Delivery(unittest.IsolatedAsyncioTestCase):
    async def test_a_generator_coroutine_is_awaited_and_a_generator_is_not(self):
        @types.coroutine
        def legacy():
            yield from asyncio.sleep(0).__await__()
            return "legacy"

        def generator():
            yield

        self.assertEqual(await CoroutineMock(side_effect=legacy)(), "legacy")
        made = generator()
        self.assertIs(await CoroutineMock(return_value=made)(), made)

    async def test_default_may_stand_for_an_awaitable_return_value(self):
        async def inner():
            return "inner"

        async def later():
            return unittest.mock.DEFAULT

        made = CoroutineMock(side_effect=later, return_value=inner())
        self.assertEqual(await made(), "inner")

    async def test_a_class_of_awaitables_as_outcome_is_no_awaitable(self):
        self.assertIs(await CoroutineMock(return_value=asyncio.Future)(), asyncio.Future)

    async def test_an_exception_leaves_no_circle_behind(self):
        made = CoroutineMock(side_effect=KeyError("x"))
        with self.assertRaises(KeyError):
            await made()
        made = CoroutineMock(side_effect=lambda: 1 / 0)
        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)
        coroutine = made()
        with self.assertRaises(ZeroDivisionError):
            await coroutine
        self.assertIsNone(coroutine.cr_frame)

    async def test_a_closed_coroutine_was_not_awaited(self):
        made = CoroutineMock()
        made().close()
        self.assertEqual(made.await_count, 0)

    async def test_one_coroutine_can_be_awaited_once(self):
        coroutine = CoroutineMock()()
        await coroutine
        with self.assertRaises(RuntimeError):
            await coroutine

    async def test_a_result_made_by_default_is_the_same_each_time(self):
        made = CoroutineMock()
        self.assertIs(await made(), await made())
        self.assertIs(await made(), made.return_value)

    async def test_what_is_done_with_the_result_is_recorded(self):
        made = CoroutineMock(name="fetch")
        (await made("/")).json()
        self.assertEqual(made.mock_calls, [call("/"), call().json()])


class Kind(unittest.TestCase):
    def test_the_signature_takes_anything(self):
        self.assertEqual(str(inspect.signature(CoroutineMock())), "(*args, **kwargs)")

    def test_asyncio_takes_its_coroutines(self):
        self.assertEqual(asyncio.run(CoroutineMock(return_value=3)()), 3)

    def test_the_coroutine_is_named_after_the_mock(self):
        for made, name in (
            (CoroutineMock(name="fetch"), "fetch"),
            (CoroutineMock(), "CoroutineMock"),
        ):
            coroutine = made()
            self.assertTrue(coroutine.__qualname__.startswith(name + " (called at "))
            coroutine.close()

    def test_the_class_is_no_coroutine_function(self):
        for cls in (CoroutineMock, AsyncMock):
            self.assertFalse(inspect.iscoroutinefunction(cls))
            self.assertFalse(hasattr(cls, "_is_coroutine"))

    def test_it_has_no_magic(self):
        made = CoroutineMock()
        for use in (len, iter, lambda m: m[0], lambda m: m + 1):
            self.assertRaises(TypeError, use, made)
        self.assertTrue(made)

    def test_magic_can_be_given_to_it(self):
        made = CoroutineMock()
        made.__len__ = lambda self: 3
        self.assertEqual(len(made), 3)

    def test_it_is_an_async_mock_of_both_libraries(self):
        self.assertIsInstance(CoroutineMock(), AsyncMock)
        self.assertIsInstance(CoroutineMock(), unittest.mock.AsyncMock)

    def test_a_subclass_delivers_too(self):
        class Special(CoroutineMock):
            pass

        self.assertEqual(asyncio.run(Special(return_value=1)()), 1)
        self.assertIsInstance(Special().child, MagicMock)

    def test_a_mock_of_a_coroutine_function_has_it_all(self):
        async def function(a): ...

        for cls in (Mock, MagicMock):
            made = cls(function, return_value=2)
            self.assertEqual(asyncio.run(made(1)), 2)
            made.assert_awaited_once_with(a=1)
            self.assertTrue(made.awaited)
            self.assertIsInstance(made, cls)


class Assertions(unittest.IsolatedAsyncioTestCase):
    async def test_they_agree_with_the_standard_ones(self):
        ours, theirs = CoroutineMock(name="m"), unittest.mock.AsyncMock(name="m")
        for made in (ours, theirs):
            for number in (1, 2, 1):
                await made(number)
        for ask in (
            lambda m: m.assert_awaited_with(2),
            lambda m: m.assert_awaited_with(1),
            lambda m: m.assert_awaited_once_with(1),
            lambda m: m.assert_any_await(3),
            lambda m: m.assert_has_awaits([call(2), call(1)]),
            lambda m: m.assert_has_awaits([call(1), call(1)]),
            lambda m: m.assert_has_awaits([call(1), call(1)], any_order=True),
            lambda m: m.assert_has_awaits([call(2), call(2)], any_order=True),
            lambda m: m.assert_not_awaited(),
            lambda m: m.assert_awaited_once(),
        ):
            verdicts = []
            for made in (ours, theirs):
                try:
                    verdicts.append(ask(made))
                except AssertionError as error:
                    verdicts.append(str(error))
            self.assertEqual(*verdicts)

    async def test_await_lists_that_are_held_stay_live(self):
        made = CoroutineMock()
        held = made.await_args_list
        await made(1)
        self.assertEqual(held, [call(1)])
        self.assertIs(made.await_args, held[0])
