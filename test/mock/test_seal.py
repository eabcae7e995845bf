import sys
import unittest
import unittest.mock

from asynctest.mock import CoroutineMock, MagicMock, Mock, create_autospec, seal


class Client:
    limit = 3

    def parse(self, text): ...

    async def fetch(self, url): ...


class Seal(unittest.IsolatedAsyncioTestCase):
    def test_a_sealed_mock_makes_no_children(self):
        for cls in (Mock, MagicMock, CoroutineMock):
            made = cls(name="made")
            made.known.known = 1
            seal(made)
            for where, name in ((made, "made.new"), (made.known, "made.known.new")):
                with self.assertRaisesRegex(AttributeError, name.replace(".", r"\.")):
                    where.new

    def test_a_sealed_mock_has_no_default_result(self):
        made = Mock(name="made")
        seal(made)
        with self.assertRaisesRegex(AttributeError, "made"):
            made()

    def test_the_standard_seal_works_on_an_autospec(self):
        made = create_autospec(Client, instance=True)
        made.parse.return_value = 1
        unittest.mock.seal(made)
        self.assertEqual(made.parse("text"), 1)
        self.assertIs(made.limit.real, made.limit.real)
        with self.assertRaises(AttributeError):
            made.new

    def test_an_autospec_of_nothing_can_be_sealed(self):
        made = create_autospec(None)
        seal(made)
        with self.assertRaises(AttributeError):
            made.new

    def test_a_foreign_child_is_left_open(self):
        made, named = Mock(), Mock(name="named")
        made.child = named
        seal(made)
        named.new

    async def test_a_sealed_autospec_can_be_used(self):
        made = create_autospec(Client, instance=True)
        made.fetch.return_value = 1
        seal(made)
        self.assertEqual(await made.fetch("/"), 1)
        made.parse.return_value = "parsed"
        self.assertEqual(made.parse("text"), "parsed")
        self.assertIs(made.limit.real, made.limit.real)
        for where in (made, made.parse):
            with self.assertRaises(AttributeError):
                where.new

    @unittest.skipIf(sys.version_info < (3, 12), "the standard library sealed results in 3.11")
    def test_results_of_a_sealed_autospec_are_there_and_sealed(self):
        made = create_autospec(Client, instance=True)
        seal(made)
        with self.assertRaises(AttributeError):
            made.parse("x").new
