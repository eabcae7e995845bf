import unittest

from asynctest.mock import CoroutineMock, Mock, return_once


class ReturnOnce(unittest.IsolatedAsyncioTestCase):
    def test_one_value_then_none(self):
        made = Mock(side_effect=return_once(1))
        self.assertEqual([made(), made(), made()], [1, None, None])

    def test_one_value_then_another_for_ever(self):
        made = Mock(side_effect=return_once(1, then=2))
        self.assertEqual([made() for _ in range(4)], [1, 2, 2, 2])

    def test_exceptions_are_raised(self):
        made = Mock(side_effect=return_once(KeyError, then=ValueError("x")))
        self.assertRaises(KeyError, made)
        self.assertRaises(ValueError, made)
        self.assertRaises(ValueError, made)

    async def test_a_coroutine_mock_takes_it(self):
        made = CoroutineMock(side_effect=return_once("first", then="next"))
        self.assertEqual([await made(), await made()], ["first", "next"])

    def test_it_is_an_iterator(self):
        once = return_once(1)
        self.assertIs(iter(once), once)
