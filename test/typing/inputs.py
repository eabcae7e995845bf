"""Type-checked, not run: mocked sockets and files, and loops for them."""

import asyncio
import selectors
import socket
from typing import assert_type

import asynctest
from asynctest.proactor import ProactorEventLoop


class Sockets(asynctest.TestCase):
    loop_model = "both"

    async def test(self) -> None:
        sock = asynctest.SocketMock(type=socket.SOCK_STREAM)
        sock.recv.side_effect = [b"hello", b""]
        asynctest.set_read_ready(sock, self.loop)
        asynctest.set_write_ready(asynctest.FileMock(), self.loop)
        number: int = asynctest.fd(sock)
        assert_type(number, int)
        assert_type(asynctest.isfilemock(sock), bool)
        await asynctest.exhaust_callbacks(self.loop)


selector = asynctest.TestSelector(selectors.DefaultSelector())
assert_type(asynctest.get_registered_events(selector), set[selectors.SelectorKey])

with asyncio.Runner(loop_factory=ProactorEventLoop) as runner:
    runner.run(asyncio.sleep(0))
