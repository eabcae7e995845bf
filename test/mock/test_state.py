import unittest

from asynctest.mock import CoroutineMock, MagicMock, Mock, create_autospec


class Lazy(unittest.TestCase):
    def test_what_is_asked_for_is_made_and_kept(self):
        made = CoroutineMock()
        for name in ("_mock_children", "_mock_record", "_mock_awaits", "_spec_signature"):
            self.assertNotIn(name, vars(made))
            self.assertIs(getattr(made, name), getattr(made, name))
            self.assertIn(name, vars(made))

    def test_nothing_of_it_is_shared(self):
        one, other = MagicMock(), MagicMock()
        self.assertIsNot(one._mock_children, other._mock_children)
        self.assertIsNot(one._mock_record, other._mock_record)

    def test_a_class_shows_the_descriptors(self):
        for name in ("_mock_children", "_mock_record", "_mock_awaits", "awaited"):
            self.assertTrue(hasattr(CoroutineMock, name))

    def test_reading_a_counter_makes_no_lists(self):
        made = Mock()
        made(1)
        self.assertEqual((made.called, made.call_count, made.call_args), (True, 1, ((1,),)))
        self.assertFalse(made._mock_record.live)


class Signature(unittest.TestCase):
    def test_it_is_that_of_the_spec(self):
        def spec(a, b=1): ...

        made = Mock(spec)
        made(1)
        made.assert_called_once_with(a=1)

    def test_a_spec_that_cannot_be_called_has_none(self):
        self.assertIsNone(Mock(object())._spec_signature)

    def test_a_new_spec_brings_a_new_one(self):
        made = Mock(lambda a: None)
        made._spec_signature
        made.mock_add_spec(lambda b: None)
        self.assertEqual(list(made._spec_signature.parameters), ["b"])

    def test_a_spec_that_cannot_be_called_is_not_kept_alive(self):
        import gc
        import weakref

        class Device: ...

        device = Device()
        reference, made = weakref.ref(device), Mock(device)
        del device
        gc.collect()
        self.assertIsNone(reference())
        self.assertIsInstance(made, Device)


class Delegated(unittest.TestCase):
    def test_records_of_a_function_s_mock_are_the_function_s(self):
        function = create_autospec(lambda: None)
        function()
        self.assertEqual(function.mock.call_count, 1)
        self.assertIs(function.mock.call_args_list, function.call_args_list)
        function.mock.call_count = 5
        self.assertEqual(function.call_count, 5)
