import copy
import inspect
import unittest
import unittest.mock

from asynctest.mock import (
    CoroutineMock,
    MagicMock,
    Mock,
    NonCallableMagicMock,
    NonCallableMock,
    PropertyMock,
    call,
    create_autospec,
    sentinel,
)


class Making(unittest.TestCase):
    def test_a_new_mock_starts_with_an_empty_dictionary(self):
        for cls in (Mock, MagicMock, CoroutineMock):
            self.assertEqual(vars(cls()), {})

    def test_arguments_keep_their_positions(self):
        effect, result, wrapped = (lambda: None), sentinel.result, sentinel.wrapped
        made = Mock(None, effect, result, wrapped, "name", ["attribute"])
        self.assertIs(made.side_effect, effect)
        self.assertIs(made.return_value, result)
        self.assertIn("name='name'", repr(made))
        self.assertFalse(hasattr(made, "missing"))
        made = NonCallableMock(None, None, "name", ["attribute"], True)
        self.assertIs(made.is_coroutine, True)
        self.assertFalse(hasattr(made, "missing"))

    def test_non_callable_mocks_cannot_be_called(self):
        for cls in (NonCallableMock, NonCallableMagicMock):
            self.assertFalse(callable(cls()))
            self.assertRaises(TypeError, cls())

    def test_a_subclass_with_arguments_of_its_own_works(self):
        class Named(MagicMock):
            def __init__(self, label, **kwargs):
                super().__init__(**kwargs)
                self.label = label

            def _get_child_mock(self, **kwargs):
                return MagicMock(**kwargs)

        made = Named("x", return_value=3)
        self.assertEqual((made.label, made(), len(made)), ("x", 3, 0))

    def test_a_subclass_may_define_attributes_and_methods(self):
        class Special(Mock):
            limit = 3

            def helper(self):
                return self.child

        made = Special()
        self.assertEqual(made.limit, 3)
        self.assertIs(made.helper(), made.child)

    def test_a_copy_is_a_mock_of_its_own_type(self):
        for cls in (Mock, MagicMock, CoroutineMock):
            for duplicate in (copy.copy, copy.deepcopy):
                made = cls(return_value=1)
                made.child(2)
                if cls is CoroutineMock:
                    made.awaited
                copied = duplicate(made)
                self.assertIsNot(type(copied), type(made))
                self.assertEqual(copied.return_value, 1)
                self.assertEqual(copied.child.call_args, call(2))


class Attributes(unittest.TestCase):
    def test_a_child_is_made_once(self):
        made = Mock()
        self.assertIs(made.child, made.child)

    def test_deleting_and_setting_again(self):
        made = Mock()
        made.child
        del made.child
        self.assertFalse(hasattr(made, "child"))
        made.child = 3
        self.assertEqual(made.child, 3)
        del made.child
        self.assertFalse(hasattr(made, "child"))

    def test_a_child_made_before_a_spec_is_gone_after(self):
        made = Mock()
        made.child
        made.mock_add_spec(["other"])
        self.assertFalse(hasattr(made, "child"))

    def test_an_attribute_set_before_a_spec_stays(self):
        made = Mock()
        made.number = 3
        made.mock_add_spec(["other"])
        self.assertEqual(made.number, 3)

    def test_a_property_mock_on_the_type(self):
        made, other = MagicMock(), MagicMock()
        made.answer
        type(made).answer = answer = PropertyMock(return_value=3)
        self.assertEqual(made.answer, 3)
        made.answer = 4
        answer.assert_has_calls([call(), call(4)])
        self.assertIsInstance(other.answer, MagicMock)

    def test_spec_set_allows_configuration_and_records(self):
        made = Mock(spec_set=["child"])
        made.child.return_value = 1
        made.return_value = 2
        made.side_effect = None
        made.called = False
        made.mock_calls = []
        self.assertEqual(made(), 2)
        with self.assertRaises(AttributeError):
            made.other = 1

    def test_class_can_be_set(self):
        made = Mock()
        made.__class__ = dict
        self.assertIsInstance(made, dict)

    def test_assertions_that_do_not_exist_are_refused_unless_unsafe(self):
        for name in ("assert_called_wiht", "called_once_with"):
            if name == "called_once_with" and not hasattr(unittest.mock, "_ATTRIB_DENY_LIST"):
                continue  # 3.11 does not know this trap
            self.assertRaises(AttributeError, getattr, Mock(), name)
            self.assertIsInstance(getattr(Mock(unsafe=True), name), Mock)

    def test_dir_shows_children_and_hides_machinery(self):
        made = Mock()
        made.child
        self.assertIn("child", dir(made))
        self.assertIn("assert_called_with", dir(made))
        self.assertFalse([name for name in dir(made) if name.startswith("_")])

    def test_inspect_sees_no_coroutine_function_in_a_mocked_one(self):
        made = MagicMock(spec=lambda: None)
        self.assertFalse(inspect.iscoroutinefunction(made))
        self.assertEqual(made.__code__.co_flags, 0)


class Reset(unittest.TestCase):
    def test_children_results_and_records_are_reset(self):
        made = Mock()
        made.child(1).grandchild(2)
        made()
        made.reset_mock()
        for mock in (made, made.child, made.child.return_value, made.child().grandchild):
            mock.assert_not_called() if mock is not made.child else None
        self.assertEqual(made.mock_calls, [call.child()])

    def test_circles_are_fine(self):
        made = Mock()
        made.itself = made
        made.return_value = made
        made.reset_mock()

    def test_values_stay_unless_asked(self):
        made = Mock(return_value=1, side_effect=[2])
        made.child.return_value = 3
        made.reset_mock()
        self.assertEqual((made(), made.child()), (2, 3))
        made.reset_mock(return_value=True, side_effect=True)
        self.assertIsInstance(made(), Mock)
        self.assertIsInstance(made.child(), Mock)

    def test_standard_children_are_reset_too(self):
        made = Mock()
        made.child = unittest.mock.Mock()
        made.child()
        made.reset_mock()
        made.child.assert_not_called()

    def test_an_attached_autospecced_function_is_reset_through_its_mock(self):
        function = create_autospec(lambda: None)
        made = Mock()
        made.attach_mock(function, "function")
        function()
        made.reset_mock()
        self.assertEqual(made.mock_calls, [])
