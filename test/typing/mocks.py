"""Type-checked, not run: the mock classes."""

from collections.abc import Coroutine
from typing import Any, assert_type

from asynctest.mock import (
    Awaited,
    CoroutineMock,
    HeldCall,
    MagicMock,
    Mock,
    NonCallableMock,
    create_autospec,
    mock_open,
    return_once,
    seal,
)


class Client:
    async def fetch(self, url: str) -> str:
        return url


client = MagicMock(spec=Client, name="client", **{"fetch.return_value": ""})
assert_type(client, MagicMock)
assert_type(client.anything, Any)
assert_type(Mock(return_value=1), Mock)
assert_type(client.call_count, int)
assert_type(client.called, bool)
client.assert_called_once_with(1, a=2)
client.reset_mock(return_value=True)
NonCallableMock(is_coroutine=True)


async def use() -> None:
    fetch = CoroutineMock(side_effect=["a", KeyError])
    await assert_type(fetch("/"), Coroutine[Any, Any, Any])
    assert_type(fetch.awaited, Awaited)
    assert_type(fetch.await_count, int)
    await fetch.awaited.wait(skip=1)
    await fetch.awaited.wait_next()
    await fetch.awaited.wait_called()
    with fetch.awaited.hold() as awaited:
        assert_type(awaited, Awaited)
        held = await awaited.wait_in_flight(2)
        assert_type(held, tuple[HeldCall, ...])
        held[0].release("value")
        held[1].fail(OSError())
    fetch.awaited.turns = 1
    fetch.assert_awaited_once_with("/")
    fetch.assert_has_awaits([], any_order=True)


create_autospec(Client, spec_set=True, instance=True).fetch("/")
mock_open(read_data=b"")
Mock(side_effect=return_once(1, then=2))
seal(client)
