import asyncio
import functools
import inspect
import traceback
import unittest
import unittest.mock

from asynctest.mock import MagicMock, call, create_autospec, patch


class Part:
    def turn(self, degrees): ...

    async def wait(self, seconds): ...


async def fetch(url, retries=1):
    """Get a page."""


class Plain(unittest.TestCase):
    def test_a_function_keeps_name_and_documentation(self):
        def original(a):
            """Do something."""

        made = create_autospec(original)
        self.assertEqual(made.__name__, "original")
        self.assertEqual(made.__doc__, "Do something.")

    def test_its_records_are_attributes(self):
        made = create_autospec(lambda a: None)
        made(1)
        self.assertEqual((made.called, made.call_count), (True, 1))
        self.assertEqual(made.call_args, call(1))
        self.assertEqual(made.call_args_list, [call(1)])
        self.assertEqual(made.mock_calls, [call(1)])
        made.reset_mock()
        self.assertEqual((made.called, made.call_count, made.mock_calls), (False, 0, []))
        made.assert_not_called()

    def test_its_outcome_is_set_on_it(self):
        made = create_autospec(lambda a: None)
        made.return_value = 5
        self.assertEqual(made(1), 5)
        made.side_effect = KeyError
        with self.assertRaises(KeyError):
            made(1)

    def test_on_a_class_it_is_a_method(self):
        with patch.object(Part, "turn", autospec=True) as turn:
            part = Part()
            part.turn(90)
            turn.assert_called_once_with(part, 90)

    def test_a_coroutine_function_on_a_class_is_a_method(self):
        with patch.object(Part, "wait", autospec=True) as wait:
            part = Part()
            wait.return_value = 1
            self.assertEqual(asyncio.run(part.wait(2)), 1)
            wait.assert_awaited_once_with(part, 2)

    def test_it_joins_a_parent_s_records(self):
        parent = MagicMock()
        made = create_autospec(lambda a: None)
        parent.attach_mock(made, "function")
        made(1)
        self.assertEqual(parent.mock_calls, [call.function(1)])

    def test_functions_set_on_the_original_are_on_it(self):
        def original(): ...

        def helper(a): ...

        original.helper = helper
        original.number = 3
        made = create_autospec(original)
        made.helper(1)
        made.helper.assert_called_once_with(a=1)
        self.assertRaises(TypeError, made.helper)
        self.assertFalse(hasattr(made, "number"))

    def test_parameters_may_be_named_like_ours(self):
        made = create_autospec(lambda mock, self, args, kwargs, signature: None)
        made(1, 2, args=3, kwargs=4, signature=5)
        made.assert_called_once_with(1, 2, 3, 4, 5)

    def test_a_lambda_gets_a_name(self):
        self.assertEqual(create_autospec(lambda: None).__name__, "funcopy")


class Coroutines(unittest.IsolatedAsyncioTestCase):
    async def test_it_is_called_at_the_call(self):
        made = create_autospec(fetch, return_value="page")
        coroutine = made("/")
        self.assertEqual((made.call_count, made.await_count), (1, 0))
        self.assertEqual(await coroutine, "page")
        self.assertEqual((made.call_count, made.await_count), (1, 1))

    async def test_held_await_lists_stay_live(self):
        made = create_autospec(fetch)
        held = made.await_args_list
        await made("/")
        self.assertEqual(held, [call("/")])

    async def test_a_second_reset_works_like_the_first(self):
        made = create_autospec(fetch)
        for _ in range(2):
            await made("/")
            made.assert_awaited_once_with(url="/")
            made.reset_mock()
            made.assert_not_awaited()
            self.assertEqual((made.await_count, made.await_args), (0, None))

    def test_it_is_a_function_in_every_respect(self):
        made = create_autospec(fetch)
        self.assertTrue(inspect.isfunction(made))
        self.assertTrue(inspect.iscoroutinefunction(made))
        self.assertEqual(str(inspect.signature(made)), "(url, retries=1)")
        self.assertEqual((made.__name__, made.__doc__), ("fetch", "Get a page."))

    def test_errors_at_the_call_have_a_traceback(self):
        made = create_autospec(fetch)
        try:
            made()
        except TypeError as error:
            self.assertIn("made()", "".join(traceback.format_exception(error)))

    def test_it_works_through_a_partial_and_a_wrapper(self):
        made = create_autospec(fetch, return_value=1)
        self.assertEqual(asyncio.run(functools.partial(made, "/")()), 1)
        self.assertEqual(asyncio.run(functools.wraps(made)(lambda: made("/"))()), 1)
        self.assertTrue(inspect.iscoroutinefunction(functools.partial(made, "/")))

    def test_two_functions_do_not_share_anything(self):
        one, other = create_autospec(fetch), create_autospec(fetch)
        asyncio.run(one("/"))
        other.assert_not_awaited()
