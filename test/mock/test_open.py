import asyncio
import unittest
import unittest.mock

from asynctest.mock import CoroutineMock, MagicMock, call, mock_open, patch


class Plain(unittest.TestCase):
    def test_the_default_is_a_magic_mock_named_open(self):
        made = mock_open()
        self.assertIsInstance(made, MagicMock)
        self.assertIn("name='open'", repr(made))

    def test_a_mock_can_be_prepared(self):
        made = MagicMock()
        self.assertIs(mock_open(made, read_data="x"), made)
        self.assertEqual(made().read(), "x")

    def test_every_way_of_reading_shares_the_position(self):
        file = mock_open(read_data="a\nb\nc\nd\n")()
        self.assertEqual(file.read(1), "a")
        self.assertEqual(file.readline(), "\n")
        self.assertEqual(next(file), "b\n")
        self.assertEqual(file.readlines(), ["c\n", "d\n"])
        self.assertEqual((file.read(), file.readline(), list(file)), ("", "", []))

    def test_bytes_are_read_as_bytes(self):
        self.assertEqual(mock_open(read_data=b"a\nb")().readlines(), [b"a\n", b"b"])

    def test_opening_again_starts_again(self):
        made = mock_open(read_data="data")
        self.assertEqual((made().read(), made().read()), ("data", "data"))

    def test_what_is_told_comes_first(self):
        file = mock_open(read_data="data")()
        file.read.return_value = "told"
        file.readline.return_value = "line"
        self.assertEqual((file.read(), file.readline()), ("told", "line"))

    def test_calls_are_recorded_as_in_the_standard_library(self):
        records = []
        for opener in (mock_open, unittest.mock.mock_open):
            made = opener(read_data="data")
            with made("name", "w") as file:
                file.write("x")
                file.read()
            records.append(made.mock_calls)
        self.assertEqual(*records)


class Async(unittest.IsolatedAsyncioTestCase):
    async def test_async_with_gives_a_file_of_coroutine_functions(self):
        made = mock_open(read_data="a\nb\n")
        async with made("name") as file:
            self.assertIsInstance(file.read, CoroutineMock)
            self.assertEqual(await file.readline(), "a\n")
            self.assertEqual(await file.read(), "b\n")
            await file.write("x")
        file.write.assert_awaited_once_with("x")
        made().write.assert_called_once_with("x")

    async def test_async_for_gives_the_lines(self):
        async with mock_open(read_data="a\nb\n")() as file:
            self.assertEqual([line async for line in file], ["a\n", "b\n"])

    async def test_awaiting_gives_the_file_too(self):
        made = mock_open(read_data="data")
        file = await made("name")
        self.assertEqual(await file.read(), "data")
        await file.close()
        made.return_value.close.assert_called_once_with()

    async def test_it_replaces_an_opener(self):
        class files:
            open = None

        with patch.object(files, "open", mock_open(read_data="data")) as opened:
            async with files.open("name", mode="r") as file:
                self.assertEqual(await file.read(), "data")
            opened.assert_called_once_with("name", mode="r")

    async def test_two_handles_do_not_share_types(self):
        one, other = mock_open(read_data="1")(), mock_open(read_data="2")()
        first, second = await asyncio.gather(one, other)
        self.assertEqual((await first.read(), await second.read()), ("1", "2"))
        self.assertEqual(first.mock_calls, [call.read()])
