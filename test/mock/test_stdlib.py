import unittest
import unittest.mock

from asynctest.mock import CoroutineMock, MagicMock, Mock, _stdlib, create_autospec


class Mocks(unittest.TestCase):
    def test_mocks_of_both_libraries_are_mocks(self):
        for value in (Mock(), CoroutineMock(), unittest.mock.Mock(), Mock(spec=int)):
            self.assertTrue(_stdlib.is_mock(value))
        for value in (Mock, 3, None, create_autospec(lambda: None)):
            self.assertFalse(_stdlib.is_mock(value))

    def test_the_mock_behind_a_function_is_found(self):
        function = create_autospec(lambda: None)
        self.assertIs(_stdlib.extract_mock(function), function.mock)
        self.assertEqual(_stdlib.extract_mock(3), 3)

    def test_a_full_name_has_the_whole_way(self):
        self.assertEqual(_stdlib.full_name(Mock(name="a").b().c), "a.b().c")


class KnowsItsAnswer(unittest.TestCase):
    def test_a_mock_that_was_told(self):
        for told in (Mock(return_value=1), Mock(side_effect=len), Mock(wraps=len), len):
            self.assertTrue(_stdlib.knows_its_answer(told))

    def test_a_mock_that_was_not(self):
        made = MagicMock()
        self.assertFalse(_stdlib.knows_its_answer(made))
        made()
        self.assertFalse(_stdlib.knows_its_answer(made))
