import contextlib
import unittest
import unittest.mock

from asynctest.mock import DEFAULT, MagicMock, Mock, NonCallableMock, call


class Response:
    async def __aenter__(self): ...

    async def __aexit__(self, *exc_info): ...


class Client:
    def get(self, url) -> Response: ...

    def post(self, url) -> "Response": ...

    @contextlib.asynccontextmanager
    async def stream(self, url):
        yield

    def count(self) -> int: ...

    def unknown(self): ...

    def odd(self) -> "Missing": ...  # noqa: F821


class Outcome(unittest.TestCase):
    def test_side_effect_return_value_and_wraps_have_their_order(self):
        self.assertEqual(Mock(return_value=1)(), 1)
        self.assertEqual(Mock(side_effect=lambda: 2, return_value=1)(), 2)
        self.assertEqual(Mock(side_effect=lambda: DEFAULT, return_value=1)(), 1)
        self.assertEqual(Mock(wraps=lambda: 3)(), 3)
        self.assertEqual(Mock(wraps=lambda: 3, return_value=1)(), 1)

    def test_items_are_given_one_by_one_and_exceptions_raised(self):
        made = Mock(side_effect=[1, KeyError, DEFAULT], return_value=3)
        self.assertEqual(made(), 1)
        self.assertRaises(KeyError, made)
        self.assertEqual(made(), 3)
        self.assertRaises(StopIteration, made)

    def test_a_call_that_raises_is_recorded(self):
        made = Mock(side_effect=KeyError)
        self.assertRaises(KeyError, made, 1)
        made.assert_called_once_with(1)

    def test_arguments_named_like_ours_are_passed(self):
        made = Mock()
        made(self=1, args=2, kwargs=3, record=4)
        made.assert_called_once_with(self=1, args=2, kwargs=3, record=4)

    def test_the_result_is_made_once(self):
        made = Mock()
        self.assertIs(made(), made())


class Ancestors(unittest.TestCase):
    def test_names_are_those_of_the_standard_library(self):
        records = []
        for cls in (Mock, unittest.mock.Mock):
            made = cls(name="top")
            made.a(1)
            made.a.b.c(2, k=3)
            made.a().d(4)
            made()()(5)
            made.return_value.e(6)
            other = cls()
            made.attach_mock(other, "attached")
            other.f(7)
            records.append((made.mock_calls, made.method_calls, made.a.mock_calls))
        self.assertEqual(*records)

    def test_a_mock_with_a_name_of_its_own_stays_apart(self):
        made, named = Mock(), Mock(name="named")
        made.child = named
        named(1)
        self.assertEqual(made.mock_calls, [])

    def test_a_mock_set_as_return_value_is_attached(self):
        made = Mock()
        made.return_value = Mock()
        made().close()
        self.assertEqual(made.mock_calls, [call(), call().close()])


class AsyncWith(unittest.IsolatedAsyncioTestCase):
    async def test_the_spec_can_say_that_a_result_goes_in_async_with(self):
        for made in (Mock(Client), NonCallableMock(Client), Mock(Client()), MagicMock(Client)):
            for name in ("get", "post", "stream"):
                with self.subTest(made, name=name):
                    method = getattr(made, name)
                    async with method("/") as response:
                        response.json()
                    method.assert_called_once_with("/")

    def test_other_results_have_no_magic(self):
        for name in ("count", "unknown", "odd"):
            result = getattr(Mock(Client), name)()
            self.assertFalse(hasattr(result, "__aenter__"), name)
            self.assertNotIsInstance(result, MagicMock)
