"""Type-checked, not run: patching, as a decorator and as a context manager."""

import unittest
from collections.abc import AsyncIterator, Iterator
from typing import Any, assert_type

from asynctest.mock import (
    DEFAULT,
    GLOBAL,
    LIMITED,
    CoroutineMock,
    MagicMock,
    Mock,
    PatchScope,
    patch,
)

settings = {"debug": False}
scope: PatchScope = LIMITED


@patch("os.getcwd", lambda: "/")
def plain(argument: int) -> str:
    return str(argument)


@patch.object(unittest, "TestCase", 1, scope=LIMITED)
async def coroutine(argument: int, *, other: str = "") -> bytes:
    return b""


@patch.dict(settings, debug=True, scope=GLOBAL)
def generator(argument: int) -> Iterator[str]:
    yield ""


@patch.dict("os.environ", {"A": "1"}, clear=True)
async def async_generator(argument: int) -> AsyncIterator[str]:
    yield ""


@patch("os.getpid")
@patch.object(unittest, "TestCase")
async def with_mocks(case: MagicMock, getpid: MagicMock) -> int:
    return 1


@patch.multiple("os", getpid=DEFAULT, sep="|")
def with_keywords(**mocks: MagicMock) -> int:
    return 1


@patch("os.getpid")
@patch("os.sep", "|")
@patch.dict(settings)
@patch.multiple("os", getcwd=DEFAULT)
class Case(unittest.TestCase):
    def test(self, getpid: MagicMock) -> None: ...


async def signatures_are_kept() -> None:
    assert_type(plain(1), str)
    assert_type(await coroutine(1, other=""), bytes)
    assert_type(next(generator(1)), str)
    async for item in async_generator(1):
        assert_type(item, str)
    assert_type(await with_mocks(), int)
    assert_type(with_keywords(), int)
    assert_type(Case(), Case)
    plain("")  # type: ignore[arg-type]
    await coroutine()  # type: ignore[call-arg]


async def what_is_given() -> None:
    with patch("os.getpid") as made:
        assert_type(made, MagicMock | CoroutineMock)
    with patch("os.getpid", 1) as given:
        assert_type(given, int)
    with patch("os.getpid", new=1) as given:
        assert_type(given, int)
    with patch("os.getpid", new_callable=Mock) as mock:
        assert_type(mock, Mock)
    with patch.object(unittest, "TestCase", autospec=True, return_value=1) as made:
        assert_type(made, MagicMock | CoroutineMock)
    with patch.object(unittest, "TestCase", "given") as text:
        assert_type(text, str)
    with patch.multiple("os", getpid=DEFAULT) as several:
        assert_type(several, dict[str, Any])
    with patch.dict(settings, debug=True) as changed:
        assert_type(changed, dict[str, bool])
    async with patch("os.getpid") as made:
        assert_type(made, MagicMock | CoroutineMock)
    async with patch.dict(settings, debug=True) as changed:
        assert_type(changed, dict[str, bool])


def started_and_stopped() -> None:
    patcher = patch("os.getpid", 1)
    assert_type(patcher.start(), int)
    patcher.stop()
    patch.stopall()
    patch.TEST_PREFIX = "should"
