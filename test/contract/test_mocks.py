"""What users of asynctest 0.13 rely on in its mocks, and what they expected."""

import asyncio
import inspect
import sys
import unittest
import unittest.mock
import warnings

from asynctest import mock
from asynctest.mock import (
    CoroutineMock,
    MagicMock,
    Mock,
    NonCallableMagicMock,
    NonCallableMock,
    call,
    create_autospec,
)

FAMILY = (NonCallableMock, NonCallableMagicMock, Mock, MagicMock, CoroutineMock)
run = asyncio.run


class Client:
    limit = 1

    def parse(self, text, strict=False): ...

    async def fetch(self, url, retries=1): ...

    @classmethod
    async def connect(cls): ...

    @staticmethod
    async def close(): ...

    async def pages(self):
        yield 1

    @property
    async def status(self): ...


class Magic:
    async def __aenter__(self): ...

    async def __aexit__(self, *exc_info): ...

    def __aiter__(self): ...

    async def __anext__(self): ...


def legacy_iscoroutinefunction(value):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return asyncio.iscoroutinefunction(value)


class Family(unittest.TestCase):
    def test_each_class_subclasses_its_standard_namesake(self):
        for cls in FAMILY:
            standard = getattr(unittest.mock, cls.__name__.replace("Coroutine", "Async"))
            with self.subTest(cls.__name__):
                self.assertTrue(issubclass(cls, standard))
                self.assertIsInstance(cls(), standard)

    def test_instances_are_related_as_in_unittest(self):
        related = {
            NonCallableMock: {NonCallableMock},
            NonCallableMagicMock: {NonCallableMock, NonCallableMagicMock},
            Mock: {NonCallableMock, Mock},
            MagicMock: {NonCallableMock, Mock, MagicMock},
            CoroutineMock: {NonCallableMock, Mock, CoroutineMock},
        }
        for cls, expected in related.items():
            for spec in (None, Client):
                with self.subTest(cls.__name__, spec=spec):
                    made = cls(spec=spec)
                    self.assertEqual({kind for kind in FAMILY if isinstance(made, kind)}, expected)

    def test_the_type_has_the_public_name(self):
        for cls in FAMILY:
            self.assertEqual(type(cls()).__name__, cls.__name__)

    def test_every_mock_has_a_type_of_its_own(self):
        for cls in FAMILY:
            one, other = cls(), cls()
            type(one).answer = mock.PropertyMock(return_value=42)
            self.assertEqual(one.answer, 42)
            self.assertNotEqual(other.answer, 42)

    def test_children_and_results_have_the_contracted_classes(self):
        children = {
            NonCallableMock: Mock,
            NonCallableMagicMock: MagicMock,
            Mock: Mock,
            MagicMock: MagicMock,
            CoroutineMock: MagicMock,
        }
        for cls, expected in children.items():
            with self.subTest(cls.__name__):
                self.assertEqual(type(cls().child).__name__, expected.__name__)
        self.assertEqual(type(Mock()()).__name__, "Mock")
        self.assertEqual(type(MagicMock()()).__name__, "MagicMock")
        self.assertEqual(type(run(CoroutineMock()())).__name__, "MagicMock")

    def test_children_of_a_subclass_are_of_the_subclass(self):
        class Special(MagicMock):
            pass

        self.assertIsInstance(Special().child, Special)
        self.assertIsInstance(Special()(), Special)

    def test_the_namesakes_are_all_here(self):
        for name in unittest.mock.__all__:
            with self.subTest(name):
                self.assertIn(name, mock.__all__)
                self.assertTrue(hasattr(mock, name))

    def test_the_constants_are_the_standard_ones(self):
        for name in ("ANY", "DEFAULT", "call", "sentinel"):
            self.assertIs(getattr(mock, name), getattr(unittest.mock, name))


class Specs(unittest.TestCase):
    def test_coroutine_functions_of_the_spec_become_coroutine_mocks(self):
        for cls in FAMILY:
            for spec in ({"spec": Client}, {"spec_set": Client}, {"spec": Client()}):
                for name in ("fetch", "connect", "close"):
                    with self.subTest(cls.__name__, spec=spec, name=name):
                        self.assertIsInstance(getattr(cls(**spec), name), CoroutineMock)

    def test_other_attributes_of_the_spec_are_no_coroutine_mocks(self):
        for cls in FAMILY:
            for name in ("parse", "limit", "pages", "status"):
                with self.subTest(cls.__name__, name=name):
                    self.assertNotIsInstance(getattr(cls(spec=Client), name), CoroutineMock)

    def test_a_property_of_the_spec_is_not_run(self):
        class Device:
            @property
            def state(self):
                raise RuntimeError("touched")

        self.assertIsInstance(Mock(spec=Device()).state, Mock)

    def test_a_list_of_names_makes_default_children(self):
        self.assertNotIsInstance(MagicMock(spec=["fetch"]).fetch, CoroutineMock)

    def test_names_the_spec_lacks_are_missing(self):
        for cls in FAMILY:
            with self.subTest(cls.__name__), self.assertRaises(AttributeError):
                cls(spec=Client).missing

    def test_spec_set_refuses_to_set_what_the_spec_lacks(self):
        for cls in FAMILY:
            with self.subTest(cls.__name__), self.assertRaises(AttributeError):
                cls(spec_set=Client).missing = 1

    def test_the_spec_is_not_passed_on(self):
        self.assertTrue(hasattr(MagicMock(spec=Client).parse, "anything"))
        self.assertTrue(hasattr(MagicMock(spec=Client)(), "anything"))

    def test_names_and_records_of_specced_children_are_right(self):
        client = Mock(spec=Client, name="client")
        run(client.fetch("/"))
        self.assertIn("name='client.fetch'", repr(client.fetch))
        self.assertIn("spec='Client'", repr(client))
        self.assertEqual(client.mock_calls, [call.fetch("/")])
        self.assertEqual(client.method_calls, [call.fetch("/")])

    def test_a_mock_of_a_coroutine_function_is_to_be_awaited(self):
        async def function(): ...

        for cls in (Mock, MagicMock):
            made = cls(function)
            self.assertEqual(type(run(made())).__name__, "MagicMock")
            self.assertTrue(inspect.iscoroutinefunction(made))
            self.assertIsInstance(made, CoroutineMock)
            self.assertIsInstance(made, cls)

    def test_a_mock_of_a_plain_function_is_no_coroutine_function(self):
        for cls in (Mock, MagicMock, NonCallableMock, NonCallableMagicMock):
            made = cls(spec=lambda: None)
            self.assertFalse(inspect.iscoroutinefunction(made), cls)

    def test_a_mock_of_a_future_passes_for_one(self):
        loop = asyncio.new_event_loop()
        self.addCleanup(loop.close)
        made = Mock(loop.create_future())
        self.assertIsInstance(made, asyncio.Future)
        self.assertTrue(asyncio.isfuture(made))

    def test_wraps_forwards_calls_of_children(self):
        class Real:
            async def double(self, number):
                return 2 * number

        made = Mock(wraps=Real())
        self.assertEqual(run(made.double(4)), 8)
        made.double.assert_called_once_with(4)

    def test_mock_add_spec_takes_away_and_gives(self):
        for cls in (MagicMock, NonCallableMagicMock):
            made = cls()
            _ = made.old
            made.mock_add_spec(Magic)
            self.assertFalse(hasattr(made, "old"))
            self.assertTrue(hasattr(made, "__aenter__"))
            self.assertFalse(hasattr(made, "__len__"))
            with self.assertRaises(TypeError):
                len(made)
            made.mock_add_spec(Client)
            self.assertFalse(hasattr(made, "__aenter__"))
            self.assertIsInstance(made.fetch, CoroutineMock)

    def test_mock_add_spec_works_on_an_autospec(self):
        made = create_autospec(Client, instance=True)
        made.mock_add_spec(["other"])
        self.assertFalse(hasattr(made, "fetch"))
        made.other()


class IsCoroutine(unittest.TestCase):
    def test_non_callable_mocks_can_pass_for_coroutine_functions(self):
        for cls in (NonCallableMock, NonCallableMagicMock):
            for spec in (None, Client):
                made = cls(spec_set=spec, is_coroutine=True)
                self.assertIs(made.is_coroutine, True)
                self.assertTrue(legacy_iscoroutinefunction(made))

    def test_it_is_false_by_default_and_can_be_set(self):
        for cls in (NonCallableMock, NonCallableMagicMock):
            made = cls()
            self.assertIs(made.is_coroutine, False)
            self.assertFalse(legacy_iscoroutinefunction(made))
            made.is_coroutine = True
            self.assertTrue(legacy_iscoroutinefunction(made))
            made.is_coroutine = False
            self.assertFalse(legacy_iscoroutinefunction(made))

    def test_it_is_an_ordinary_child_of_callable_mocks(self):
        for cls in (Mock, MagicMock, CoroutineMock):
            self.assertIsInstance(cls().is_coroutine, Mock)

    def test_a_coroutine_mock_is_a_coroutine_function(self):
        for made in (CoroutineMock(), CoroutineMock(spec_set=Client), Mock(Client).fetch):
            self.assertTrue(inspect.iscoroutinefunction(made))
            self.assertTrue(legacy_iscoroutinefunction(made))

    def test_a_call_gives_a_coroutine(self):
        coroutine = CoroutineMock()()
        self.assertTrue(asyncio.iscoroutine(coroutine))
        self.assertTrue(inspect.iscoroutine(coroutine))
        coroutine.close()

    def test_the_mock_itself_is_not_awaitable(self):
        self.assertFalse(inspect.isawaitable(CoroutineMock()))


class AsyncMagic(unittest.IsolatedAsyncioTestCase):
    def test_magic_mocks_have_coroutine_mocks_for_async_methods(self):
        for made in (MagicMock(), NonCallableMagicMock(), MagicMock(Magic)):
            for name in ("__aenter__", "__aexit__", "__anext__"):
                self.assertIsInstance(getattr(made, name), CoroutineMock)
            self.assertIsInstance(made.__aiter__, MagicMock)

    def test_a_spec_without_them_leaves_them_out(self):
        for cls in (MagicMock, NonCallableMagicMock):
            for name in ("__aenter__", "__aexit__", "__anext__", "__aiter__"):
                self.assertFalse(hasattr(cls(Client), name))

    def test_other_mocks_never_have_them(self):
        for cls in (Mock, NonCallableMock, CoroutineMock):
            for name in ("__aenter__", "__aiter__", "__len__", "__getitem__"):
                self.assertFalse(hasattr(cls(), name), (cls, name))

    async def test_async_with_gives_another_mock(self):
        for made in (MagicMock(), NonCallableMagicMock()):
            async with made as entered:
                self.assertIsInstance(entered, MagicMock)
                self.assertIsNot(entered, made)
            made.__aexit__.assert_awaited_once_with(None, None, None)

    async def test_aenter_return_value_is_given(self):
        made = MagicMock()
        made.__aenter__.return_value = 7
        async with made as entered:
            self.assertEqual(entered, 7)

    async def test_aexit_lets_exceptions_pass(self):
        with self.assertRaises(KeyError):
            async with MagicMock():
                raise KeyError

    async def test_replaced_methods_get_the_mock(self):
        seen = []

        async def enter(self):
            seen.append(self)
            return "entered"

        made = MagicMock()
        made.__aenter__ = enter
        async with made as entered:
            self.assertEqual(entered, "entered")
        self.assertEqual(seen, [made])

    async def test_async_for_is_empty_by_default(self):
        self.assertEqual([item async for item in MagicMock()], [])

    async def test_async_for_repeats_a_list_and_exhausts_an_iterator(self):
        made = MagicMock()
        made.__aiter__.return_value = [1, 2]
        for _ in range(2):
            self.assertEqual([item async for item in made], [1, 2])
        made.__aiter__.return_value = iter([1, 2])
        self.assertEqual([item async for item in made], [1, 2])
        self.assertEqual([item async for item in made], [])

    async def test_async_for_takes_an_async_iterable(self):
        async def items():
            yield 1
            yield 2

        made = MagicMock()
        made.__aiter__.return_value = items()
        self.assertEqual([item async for item in made], [1, 2])

    async def test_anext_gives_a_magic_mock(self):
        self.assertIsInstance(await MagicMock().__anext__(), MagicMock)


class Outcome(unittest.IsolatedAsyncioTestCase):
    async def test_the_call_is_recorded_before_the_await(self):
        parent = MagicMock()
        parent.fetch = CoroutineMock()
        coroutine = parent.fetch(1, a=2)
        self.assertTrue(parent.fetch.called)
        self.assertEqual(parent.fetch.call_args, call(1, a=2))
        self.assertEqual(parent.mock_calls, [call.fetch(1, a=2)])
        self.assertEqual(parent.fetch.await_count, 0)
        await coroutine

    async def test_a_side_effect_function_runs_at_the_call(self):
        seen = []
        made = CoroutineMock(side_effect=seen.append)
        coroutine = made("now")
        self.assertEqual(seen, ["now"])
        self.assertIsNone(await coroutine)

    async def test_a_wrapped_function_runs_at_the_call(self):
        seen = []
        coroutine = CoroutineMock(wraps=seen.append)("now")
        self.assertEqual(seen, ["now"])
        await coroutine

    async def test_items_are_taken_in_the_order_of_calls(self):
        made = CoroutineMock(side_effect=["first", "second"])
        first, second = made(), made()
        self.assertEqual(await second, "second")
        self.assertEqual(await first, "first")

    async def test_exceptions_are_raised_by_the_await(self):
        def raise_it():
            raise KeyError

        for effect in (KeyError, KeyError(), raise_it, [KeyError], KeyboardInterrupt):
            with self.subTest(effect=effect):
                made = CoroutineMock(side_effect=effect)
                coroutine = made()
                with self.assertRaises((KeyError, KeyboardInterrupt)):
                    await coroutine
                self.assertEqual(made.await_count, 1)

    async def test_an_exhausted_iterator_raises_from_the_call(self):
        made = CoroutineMock(side_effect=[1])
        await made()
        with self.assertRaises(StopIteration):
            made()
        self.assertEqual(made.call_count, 2)
        self.assertEqual(made.await_count, 1)

    async def test_stop_iteration_from_a_function_becomes_a_runtime_error(self):
        def stop():
            raise StopIteration

        coroutine = CoroutineMock(side_effect=stop)()
        with self.assertRaises(RuntimeError):
            await coroutine

    async def test_awaitable_outcomes_are_awaited(self):
        async def inner():
            return "inner"

        class Awaitable:
            def __await__(self):
                return inner().__await__()

        future = asyncio.get_running_loop().create_future()
        future.set_result("inner")
        for outcome in (
            {"return_value": inner()},
            {"return_value": future},
            {"return_value": Awaitable()},
            {"side_effect": inner},
            {"side_effect": lambda: future},
            {"side_effect": [inner()]},
            {"side_effect": CoroutineMock(return_value="inner")},
            {"wraps": inner},
        ):
            with self.subTest(outcome=outcome):
                self.assertEqual(await CoroutineMock(**outcome)(), "inner")

    async def test_a_reused_coroutine_is_an_error(self):
        async def inner(): ...

        made = CoroutineMock(return_value=inner())
        await made()
        with self.assertRaises(RuntimeError):
            await made()

    async def test_a_mock_of_a_future_is_returned_as_it_is(self):
        future = Mock(spec=asyncio.Future)
        self.assertIs(await CoroutineMock(return_value=future)(), future)

    async def test_default_from_a_side_effect_means_the_return_value(self):
        async def later():
            return mock.DEFAULT

        for effect in (lambda: mock.DEFAULT, later, [mock.DEFAULT]):
            made = CoroutineMock(side_effect=effect, return_value=3)
            self.assertEqual(await made(), 3)


class Counting(unittest.IsolatedAsyncioTestCase):
    async def test_an_await_counts_when_it_ends(self):
        counts = []

        async def effect():
            counts.append(made.await_count)
            await asyncio.sleep(0)
            counts.append(made.await_count)

        made = CoroutineMock(side_effect=effect)
        await made()
        self.assertEqual(counts, [0, 0])
        self.assertEqual(made.await_count, 1)

    async def test_each_await_is_recorded_with_its_own_arguments(self):
        made = CoroutineMock()
        first, second = made(1), made(2)
        await second
        self.assertEqual(made.await_args, call(2))
        await first
        self.assertEqual(made.await_args, call(1))
        self.assertEqual(made.await_args_list, [call(2), call(1)])
        self.assertEqual(made.call_args_list, [call(1), call(2)])

    async def test_a_cancelled_await_counts(self):
        made = CoroutineMock(side_effect=asyncio.Event().wait)
        task = asyncio.ensure_future(made())
        await asyncio.sleep(0)
        self.assertEqual(made.await_count, 0)
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertEqual(made.await_count, 1)

    async def test_an_await_takes_no_turn_of_the_loop(self):
        turns = []
        asyncio.get_running_loop().call_soon(turns.append, 1)
        made = CoroutineMock()
        made.awaited
        await made()
        self.assertEqual(turns, [])

    def test_attributes_exist_before_any_await(self):
        for made in (CoroutineMock(), CoroutineMock(spec_set=Client)):
            self.assertEqual(made.await_count, 0)
            self.assertIsNone(made.await_args)
            self.assertEqual(made.await_args_list, [])
            self.assertFalse(made.awaited)

    async def test_reset_mock_resets_awaits_too(self):
        parent = MagicMock()
        parent.fetch = CoroutineMock(return_value=3)
        awaited = parent.fetch.awaited
        await parent.fetch(1)
        parent.reset_mock()
        self.assertEqual(parent.fetch.await_count, 0)
        self.assertIsNone(parent.fetch.await_args)
        self.assertEqual(parent.fetch.await_args_list, [])
        self.assertIsNot(parent.fetch.awaited, awaited)
        self.assertFalse(parent.fetch.awaited)
        self.assertEqual(await parent.fetch(), 3)

    async def test_reset_mock_keeps_outcomes_unless_asked(self):
        made = CoroutineMock(return_value=1, side_effect=[2, 3])
        made.reset_mock()
        self.assertEqual(await made(), 2)
        made.reset_mock(side_effect=True)
        self.assertEqual(await made(), 1)
        made.reset_mock(return_value=True)
        self.assertIsInstance(await made(), MagicMock)


class Waiting(unittest.IsolatedAsyncioTestCase):
    async def test_wait_returns_at_once_if_it_was_awaited(self):
        made = CoroutineMock()
        await made()
        await made.awaited.wait()

    async def test_wait_waits_for_more_than_it_skips(self):
        made = CoroutineMock()
        waiting = asyncio.ensure_future(made.awaited.wait(skip=1))
        await made()
        await asyncio.sleep(0)
        self.assertFalse(waiting.done())
        await made()
        await waiting

    async def test_wait_next_counts_from_its_first_step(self):
        made = CoroutineMock()
        await made()
        coroutine = made.awaited.wait_next()
        await made()
        waiting = asyncio.ensure_future(coroutine)
        await asyncio.sleep(0)
        self.assertFalse(waiting.done())
        await made()
        await waiting

    async def test_wait_for_gives_the_value_of_the_predicate(self):
        made = CoroutineMock()
        waiting = asyncio.ensure_future(made.awaited.wait_for(lambda m: m.await_args_list[1:]))
        await made(1)
        await made(2)
        self.assertEqual(await waiting, [call(2)])

    async def test_a_waiter_is_woken_across_reset_mock(self):
        made = CoroutineMock()
        waiting = asyncio.ensure_future(made.awaited.wait())
        await asyncio.sleep(0)
        made.reset_mock()
        await made()
        await waiting

    def test_one_mock_serves_several_loops(self):
        made = CoroutineMock()

        async def use():
            waiting = asyncio.ensure_future(made.awaited.wait_next())
            await asyncio.sleep(0)
            await made()
            await waiting

        run(use())
        run(use())


class Assertions(unittest.IsolatedAsyncioTestCase):
    async def test_each_passes_and_fails_as_it_should(self):
        made = CoroutineMock()
        made.assert_not_awaited()
        for failing in (
            made.assert_awaited,
            made.assert_awaited_once,
            made.assert_awaited_with,
            made.assert_awaited_once_with,
            made.assert_any_await,
            lambda: made.assert_has_awaits([call(1)]),
        ):
            self.assertRaises(AssertionError, failing)
        await made(1)
        made.assert_awaited()
        made.assert_awaited_once()
        made.assert_awaited_once(2, tolerated=True)
        made.assert_awaited_with(1)
        made.assert_awaited_once_with(1)
        await made(2)
        made.assert_any_await(1)
        made.assert_has_awaits([call(1), call(2)])
        made.assert_has_awaits([call(2), call(1)], any_order=True)
        for failing in (
            made.assert_not_awaited,
            made.assert_awaited_once,
            lambda: made.assert_awaited_with(1),
            lambda: made.assert_awaited_once_with(2),
            lambda: made.assert_any_await(3),
            lambda: made.assert_has_awaits([call(2), call(1)]),
        ):
            self.assertRaises(AssertionError, failing)

    def test_misspelt_assertions_are_refused(self):
        for name in ("assert_awaitd", "asert_awaited", "assrt_called"):
            for cls in (Mock, CoroutineMock):
                with self.assertRaises(AttributeError):
                    getattr(cls(), name)

    def test_the_words_name_the_mock(self):
        with self.assertRaisesRegex(AssertionError, "Expected mock to have been awaited"):
            CoroutineMock().assert_awaited()
        with self.assertRaisesRegex(AssertionError, "Expected fetch to have been awaited once"):
            CoroutineMock(name="fetch").assert_awaited_once()


class NeverAwaited(unittest.TestCase):
    def warned(self, make):
        with self.assertWarns(RuntimeWarning) as caught:
            make()
        return str(caught.warning)

    def test_it_warns_with_the_line_of_the_call(self):
        fetch = CoroutineMock(name="fetch")
        line = sys._getframe().f_lineno + 2
        text = self.warned(
            lambda: fetch(1),
        )
        expected = f"coroutine 'fetch (called at {__file__}:{line})' was never awaited"
        self.assertIn(expected, text)

    def test_an_autospecced_method_warns_with_the_line_of_the_call(self):
        client = create_autospec(Client, instance=True)
        self.assertIn(__file__, self.warned(lambda: client.fetch("/")))

    def test_an_autospecced_function_warns_with_the_line_of_the_call(self):
        fetch = create_autospec(Client.fetch)
        self.assertIn(__file__, self.warned(lambda: fetch(None, "/")))

    def test_an_awaited_call_does_not_warn(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            run(CoroutineMock()())


class Autospec(unittest.IsolatedAsyncioTestCase):
    def test_kinds_are_ours(self):
        self.assertIsInstance(create_autospec(Client), MagicMock)
        self.assertIsInstance(create_autospec(Client, instance=True), NonCallableMagicMock)
        self.assertIsInstance(create_autospec(Client()), NonCallableMagicMock)
        self.assertIsInstance(create_autospec("text"), NonCallableMagicMock)
        self.assertTrue(inspect.isfunction(create_autospec(lambda: None)))
        self.assertNotIsInstance(create_autospec(lambda: None), CoroutineMock)

    async def test_coroutine_methods_of_class_and_instance(self):
        client_class = create_autospec(Client)
        for made in (client_class, client_class(), create_autospec(Client, instance=True)):
            for name in ("fetch", "connect", "close"):
                self.assertIsInstance(getattr(made, name), CoroutineMock)
            self.assertNotIsInstance(made.parse, CoroutineMock)
        self.assertIsInstance(await client_class().fetch("/"), MagicMock)

    async def test_a_coroutine_function_becomes_one(self):
        async def fetch(url, retries=1): ...

        made = create_autospec(fetch)
        self.assertTrue(inspect.isfunction(made))
        self.assertTrue(inspect.iscoroutinefunction(made))
        self.assertTrue(legacy_iscoroutinefunction(made))
        made.return_value = "page"
        self.assertEqual(await made("/"), "page")
        self.assertEqual(made.await_count, 1)
        self.assertEqual(made.await_args, call("/"))
        self.assertEqual(made.await_args_list, [call("/")])
        self.assertTrue(made.awaited)
        made.assert_awaited_once_with("/")
        made.assert_awaited_with(url="/")
        made.assert_has_awaits([call("/")])
        made.reset_mock()
        made.assert_not_awaited()
        self.assertEqual((made.await_count, made.await_args_list), (0, []))
        self.assertFalse(made.awaited)

    async def test_its_outcome_is_configured_on_the_function(self):
        async def fetch(url): ...

        async def later(url):
            return url + "?"

        made = create_autospec(fetch)
        for effect, outcome in ((later, "/?"), (lambda url: url * 2, "//"), (["one"], "one")):
            made.side_effect = effect
            self.assertEqual(await made("/"), outcome)
        made.side_effect = KeyError
        coroutine = made("/")
        with self.assertRaises(KeyError):
            await coroutine

    def test_wrong_arguments_are_a_type_error_at_the_call(self):
        async def fetch(url, retries=1): ...

        client = create_autospec(Client, instance=True)
        for wrong in (create_autospec(fetch), client.fetch, create_autospec(Client).connect):
            with self.assertRaises(TypeError):
                wrong(unexpected=1)
        with self.assertRaisesRegex(TypeError, "url"):
            client.fetch()

    def test_a_coroutine_function_is_no_instance(self):
        with self.assertRaises(RuntimeError):
            create_autospec(Client.fetch, instance=True)


class LeftAlone(unittest.TestCase):
    def test_standard_mocks_in_the_same_process_stay_standard(self):
        standard = unittest.mock.MagicMock(Client)
        self.assertNotIsInstance(standard.fetch, CoroutineMock)
        self.assertNotIsInstance(standard.parse, MagicMock)
        self.assertNotIsInstance(unittest.mock.create_autospec(Client).fetch, CoroutineMock)
        self.assertNotIsInstance(unittest.mock.MagicMock().__aenter__, CoroutineMock)

    def test_filter_dir_is_a_setting_of_ours(self):
        self.addCleanup(setattr, mock, "FILTER_DIR", True)
        mock.FILTER_DIR = False
        self.assertIn("_mock_children", dir(Mock()))
        self.assertNotIn("_mock_children", dir(unittest.mock.Mock()))

    def test_ours_and_theirs_work_in_one_tree(self):
        theirs, made = unittest.mock.Mock(), Mock()
        theirs.ours = Mock()
        theirs.ours.deep(1)
        made.theirs = unittest.mock.Mock()
        made.theirs.deep(2)
        self.assertEqual(theirs.mock_calls, [call.ours.deep(1)])
        self.assertEqual(made.mock_calls, [call.theirs.deep(2)])
        self.assertEqual(made.method_calls, [call.theirs.deep(2)])
