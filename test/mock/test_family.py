import unittest

from asynctest.mock import (
    AsyncMock,
    CoroutineMock,
    MagicMock,
    Mock,
    NonCallableMagicMock,
    NonCallableMock,
    PropertyMock,
)


class Client:
    async def fetch(self): ...

    def parse(self): ...


class Table(unittest.TestCase):
    """The table in ``_family.py``, line by line."""

    def test_children(self):
        for cls, child in (
            (NonCallableMock, Mock),
            (NonCallableMagicMock, MagicMock),
            (Mock, Mock),
            (MagicMock, MagicMock),
            (CoroutineMock, MagicMock),
            (AsyncMock, AsyncMock),
            (PropertyMock, MagicMock),
        ):
            with self.subTest(cls.__name__):
                self.assertIs(type(cls().child).__mro__[1], child)

    def test_asynchronous_children(self):
        for cls in (NonCallableMock, NonCallableMagicMock, Mock, MagicMock, CoroutineMock):
            with self.subTest(cls.__name__):
                self.assertIs(type(cls(Client).fetch).__mro__[1], CoroutineMock)
        self.assertIs(type(AsyncMock(Client).fetch).__mro__[1], AsyncMock)

    def test_asynchronous_magic(self):
        for cls, child in (
            (NonCallableMagicMock, CoroutineMock),
            (MagicMock, CoroutineMock),
            (AsyncMock, AsyncMock),
        ):
            for name in ("__aenter__", "__aexit__", "__anext__"):
                self.assertIs(type(getattr(cls(), name)).__mro__[1], child)

    def test_types_are_used_again_in_the_whole_family(self):
        for cls in (Mock, MagicMock, CoroutineMock, AsyncMock, NonCallableMock):
            made = cls()
            number = id(type(made))
            del made
            made = cls()
            self.assertEqual(id(type(made)), number)


class Names(unittest.TestCase):
    def test_the_public_address_is_shown(self):
        for cls in (Mock, MagicMock, CoroutineMock, AsyncMock, NonCallableMock, PropertyMock):
            self.assertEqual(cls.__module__, "asynctest.mock")
            self.assertEqual(type(cls(name="x")).__module__, "asynctest.mock")


class Properties(unittest.TestCase):
    def test_reading_and_setting_are_calls(self):
        class Device:
            state = PropertyMock(return_value="on")

        device = Device()
        self.assertEqual(device.state, "on")
        device.state = "off"
        Device.__dict__["state"].assert_called_with("off")

    def test_it_is_an_ordinary_mock_of_ours(self):
        self.assertIsInstance(PropertyMock(), Mock)
