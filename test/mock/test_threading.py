import threading
import unittest
import unittest.mock

from asynctest import mock


class Waiting(unittest.TestCase):
    def make(self, **kwargs):
        return mock.ThreadingMock(timeout=30, **kwargs)

    def in_thread(self, function, *args, **kwargs):
        thread = threading.Thread(target=function, args=args, kwargs=kwargs)
        thread.start()
        self.addCleanup(thread.join)

    def test_a_call_in_another_thread_is_waited_for(self):
        made = self.make()
        self.in_thread(made)
        made.wait_until_called()
        made.assert_called_once_with()

    def test_a_call_of_a_child_with_arguments_is_waited_for(self):
        made = self.make()
        self.in_thread(made.child, 1, a=2)
        made.child.wait_until_any_call_with(1, a=2)
        self.assertEqual(made.mock_calls, [mock.call.child(1, a=2)])

    def test_the_wait_ends_in_an_assertion(self):
        made = mock.ThreadingMock(name="made", timeout=0)
        with self.assertRaisesRegex(AssertionError, r"made was not called before timeout\(0\)"):
            made.wait_until_called()
        made(1)
        with self.assertRaisesRegex(AssertionError, r"made\(2\) call not found"):
            made.wait_until_any_call_with(2)
        made.wait_until_any_call_with(mock.ANY)

    def test_a_reset_forgets_calls(self):
        made = mock.ThreadingMock(timeout=0)
        made()
        made.reset_mock()
        self.assertRaises(AssertionError, made.wait_until_called)

    def test_it_belongs_to_both_families(self):
        made = self.make()
        self.assertIsInstance(made, mock.MagicMock)
        if hasattr(unittest.mock, "ThreadingMock"):  # Python 3.13
            self.assertIsInstance(made, unittest.mock.ThreadingMock)
        self.assertIsInstance(made.child, mock.ThreadingMock)
        self.assertEqual(len(made), 0)
