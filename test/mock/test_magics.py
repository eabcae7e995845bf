import asyncio
import operator
import os
import unittest
import unittest.mock

from asynctest.mock import CoroutineMock, MagicMock, Mock, NonCallableMagicMock, _magics


class Lazy(unittest.TestCase):
    def test_no_child_is_made_before_a_magic_method_is_used(self):
        made = MagicMock()
        self.assertEqual(made._mock_children, {})
        len(made)
        self.assertEqual(list(made._mock_children), ["__len__"])

    def test_each_mock_has_a_child_of_its_own(self):
        one, other = MagicMock(), MagicMock()
        one.__len__.return_value = 5
        self.assertEqual((len(one), len(other)), (5, 0))

    def test_the_child_stays_the_same(self):
        made = MagicMock()
        self.assertIs(made.__len__, made.__len__)

    def test_uses_are_recorded(self):
        made = MagicMock()
        made["key"]
        self.assertEqual(made.mock_calls, [unittest.mock.call.__getitem__("key")])
        made.__getitem__.assert_called_once_with("key")

    def test_the_type_finds_the_mock(self):
        made = MagicMock()
        type(made).__str__.return_value = "text"
        self.assertEqual(str(made), "text")

    def test_the_class_has_none(self):
        for name in ("__len__", "__add__", "__aenter__"):
            self.assertFalse(hasattr(MagicMock, name), name)

    def test_all_of_the_standard_ones_are_there(self):
        made, standard = MagicMock(), unittest.mock.MagicMock()
        for name in _magics.ALL:
            with self.subTest(name):
                self.assertEqual(hasattr(made, name), hasattr(standard, name))

    def test_presets_are_the_standard_ones(self):
        for use in (int, float, complex, bool, len, list, operator.index, bytes, abs, os.fspath):
            with self.subTest(use):
                ours, standard = MagicMock(), unittest.mock.MagicMock()
                results = [str(type(self.outcome(use, mock))) for mock in (ours, standard)]
                self.assertEqual(results[0].split(".")[-1], results[1].split(".")[-1])

    def outcome(self, use, mock):
        try:
            return use(mock)
        except TypeError as error:
            return error

    def test_equality_and_hash_are_by_identity(self):
        one, other = MagicMock(), MagicMock()
        self.assertEqual(one, one)
        self.assertNotEqual(one, other)
        self.assertEqual(len({one, other, one}), 2)

    def test_preset_results_survive_a_reset_of_return_values(self):
        made = MagicMock()
        len(made), str(made)
        made.reset_mock(return_value=True)
        self.assertEqual(len(made), 0)
        self.assertIsInstance(str(made), str)


class Changed(unittest.TestCase):
    def test_a_function_takes_the_place_of_the_magic_method(self):
        made = MagicMock()
        made.__len__ = lambda self: 7
        self.assertEqual(len(made), 7)

    def test_a_mock_takes_its_place_and_is_recorded(self):
        made = MagicMock()
        made.__len__ = Mock(return_value=7)
        self.assertEqual(len(made), 7)
        self.assertEqual(made.mock_calls, [unittest.mock.call.__len__()])

    def test_it_can_be_deleted(self):
        made, other = MagicMock(), MagicMock()
        del made.__len__
        with self.assertRaises(TypeError):
            len(made)
        self.assertEqual(len(other), 0)

    def test_a_used_one_can_be_deleted(self):
        made = MagicMock()
        len(made)
        del made.__len__
        self.assertFalse(hasattr(made, "__len__"))
        self.assertNotIn("__len__", dir(made))
        with self.assertRaises(TypeError):
            len(made)

    def test_a_used_one_goes_when_a_new_spec_lacks_it(self):
        made = MagicMock()
        len(made), made[0]
        made.mock_add_spec(["__len__"])
        self.assertFalse(hasattr(made, "__getitem__"))
        self.assertNotIn("__getitem__", dir(made))
        self.assertEqual(len(made), 0)

    def test_it_can_be_configured_by_keyword(self):
        self.assertEqual(len(MagicMock(**{"__len__.return_value": 4})), 4)

    def test_a_subclass_keeps_working(self):
        class Special(MagicMock):
            def __init__(self, **kwargs):
                super().__init__(spec=["__len__"], **kwargs)

        self.assertEqual(len(Special()), 0)
        self.assertFalse(hasattr(Special(), "__getitem__"))

    def test_a_sealed_mock_makes_no_more(self):
        made = MagicMock()
        len(made)
        unittest.mock.seal(made)
        self.assertEqual(len(made), 0)
        with self.assertRaises(AttributeError):
            made["key"]


class Specs(unittest.TestCase):
    def test_only_those_of_the_spec_exist(self):
        class Sized:
            def __len__(self): ...

        for cls in (MagicMock, NonCallableMagicMock):
            made = cls(spec=Sized)
            self.assertEqual(len(made), 0)
            with self.assertRaises(TypeError):
                made["key"]
            self.assertFalse(hasattr(made, "__getitem__"))

    def test_a_false_object_is_a_spec(self):
        made = MagicMock(spec=())
        self.assertFalse(hasattr(made, "__len__"))
        self.assertFalse(hasattr(MagicMock(spec=0), "__getitem__"))

    def test_an_object_whose_truth_is_not_to_be_asked_is_a_spec(self):
        class Array:
            def __bool__(self):
                raise ValueError("ambiguous")

            def __len__(self): ...

        self.assertEqual(len(MagicMock(spec=Array())), 0)

    def test_a_list_of_names_is_a_spec(self):
        made = MagicMock(spec=["__getitem__"])
        self.assertIsInstance(made[0], MagicMock)
        self.assertFalse(hasattr(made, "__len__"))


class AsyncIteration(unittest.IsolatedAsyncioTestCase):
    async def test_the_iterator_can_be_iterated_itself(self):
        made = MagicMock()
        made.__aiter__.return_value = [1]
        self.assertEqual([item async for item in aiter(made)], [1])

    async def test_a_side_effect_comes_first(self):
        async def items():
            yield 9

        made = MagicMock()
        made.__aiter__.side_effect = items
        self.assertEqual([item async for item in made], [9])

    async def test_a_queue_like_iterator_is_used_as_it_is(self):
        class Numbers:
            async def __anext__(self):
                await asyncio.sleep(0)
                raise StopAsyncIteration

            def __aiter__(self):
                return self

        made = MagicMock()
        made.__aiter__.return_value = Numbers()
        self.assertIsInstance(aiter(made), Numbers)
        self.assertEqual([item async for item in made], [])

    async def test_anext_can_be_told_its_items(self):
        made = MagicMock()
        made.__aiter__.side_effect = lambda: made
        made.__anext__.side_effect = [1, 2, StopAsyncIteration]
        self.assertEqual([item async for item in made], [1, 2])
        self.assertIsInstance(made.__anext__, CoroutineMock)
