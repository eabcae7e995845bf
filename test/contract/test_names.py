import unittest
import unittest.mock

import asynctest


class TopLevel(unittest.TestCase):
    def test_every_name_of_unittest_is_there(self):
        for name in unittest.__all__:
            with self.subTest(name):
                self.assertTrue(hasattr(asynctest, name))
                self.assertIn(name, asynctest.__all__)

    def test_ours_shadow_those_of_unittest(self):
        for name in ("TestCase", "FunctionTestCase"):
            ours, theirs = getattr(asynctest, name), getattr(unittest, name)
            with self.subTest(name):
                self.assertIsNot(ours, theirs)
                self.assertTrue(issubclass(ours, theirs))

    def test_names_of_0_13_are_there(self):
        for name in (
            "TestCase FunctionTestCase ClockedTestCase ignore_loop fail_on strict lenient Mock "
            "MagicMock NonCallableMock NonCallableMagicMock CoroutineMock patch create_autospec "
            "mock_open return_once ANY DEFAULT sentinel call PropertyMock LIMITED GLOBAL "
            "PatchScope FileDescriptor FileMock SocketMock SSLSocketMock TestSelector "
            "set_read_ready set_write_ready fd isfilemock get_registered_events "
            "exhaust_callbacks DEFAULTS case mock selector helpers _fail_on"
        ).split():
            with self.subTest(name):
                self.assertTrue(hasattr(asynctest, name))

    def test_default_is_that_of_unittest_mock(self):
        self.assertIs(asynctest.DEFAULT, unittest.mock.DEFAULT)

    def test_an_unknown_name_is_an_attribute_error(self):
        with self.assertRaisesRegex(AttributeError, "no_such_name"):
            asynctest.no_such_name
