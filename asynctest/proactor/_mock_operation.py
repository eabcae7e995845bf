"""I/O on a stand-in: it happens when the test says that the stand-in is ready."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Any, Protocol, cast

from .._errors import MisuseError, say
from ._operation import Operation

__all__ = ["MockOperation", "MockSending", "MockSendingTo", "fill", "send_once"]

_READ_SIZE = 256 * 1024
"""What transports on selector loops ask a socket for; a stand-in hears the same here."""


class Eager(Protocol):
    """Whoever keeps pending operations and can make one try at once."""

    def first_try(self, operation: MockOperation) -> None: ...


class MockOperation(Operation):
    """An operation that learns who waits for it, and behaves as that one is used to.

    On a selector loop, ``loop.sock_recv()`` and its kin try the socket at once
    and wait only if it would block, while a transport waits for the selector
    first, reads only while it is not paused, and closes if a read fails. Here
    both kinds come through the same door; the callback they leave tells them
    apart.
    """

    transport: Any = None
    awaited = False

    def add_done_callback(
        self, fn: Callable[[Any], object], /, *, context: Context | None = None
    ) -> None:
        super().add_done_callback(fn, context=context)
        waiting = getattr(fn, "__self__", None)
        if isinstance(waiting, asyncio.BaseTransport):
            self.transport = waiting
        elif asyncio.isfuture(waiting) and not self.awaited:
            self.awaited = True
            cast(Eager, self._keeper).first_try(self)

    def cancel(self, msg: Any | None = None) -> bool:
        """Withdraw the request.

        A server that stops serving closes its socket and cancels its accept,
        and would close the socket again on hearing of that.
        """
        if self.what == "accept" and not self.awaited and not self.done():
            self._keeper.withdraw(self)
            self.attempt = None
            return True
        return super().cancel(msg)

    @property
    def held_back(self) -> bool:
        """Whether it is a read of a transport that does not want to read now."""
        transport = self.transport
        streams = isinstance(transport, asyncio.ReadTransport) and self in self.place.readers
        if not streams or isinstance(transport, asyncio.DatagramTransport):
            return False
        return not transport.is_reading()

    @property
    def buffered(self) -> bool:
        """Whether what is read goes into a buffer of the reader's own."""
        if self.transport is None:
            return True
        return isinstance(self.transport.get_protocol(), asyncio.BufferedProtocol)

    def fail(self, exc: Exception) -> None:
        """End with an error that a transport, or a coroutine, can digest."""
        if isinstance(exc, OSError) or self.done():
            super().fail(exc)
        elif self.transport is not None:
            # Transports of this model expect nothing but OSError.
            self.get_loop().call_exception_handler(
                {
                    "message": "Fatal error on transport",
                    "exception": exc,
                    "transport": self.transport,
                    "protocol": self.transport.get_protocol(),
                }
            )
            broken = ConnectionAbortedError(f"a stand-in raised {exc!r}")
            broken.__cause__ = exc
            super().fail(broken)
        elif isinstance(exc, StopIteration):  # no future takes one
            exhausted = RuntimeError("the side effects of a stand-in are used up")
            exhausted.__cause__ = exc
            super().fail(exhausted)
        else:
            super().fail(exc)


def fill(operation: MockOperation, conn: Any, buf: Any, unread: bytearray) -> int:
    """Read from a stand-in into a buffer, the way its reader does on a selector loop.

    A transport with an ordinary protocol calls ``recv`` there, and takes
    whatever that gives; what does not fit stays in ``unread``.
    """
    if operation.buffered:
        return _number_of_bytes("recv_into", conn, conn.recv_into(buf))
    if not unread:
        data = conn.recv(_READ_SIZE)
        if not isinstance(data, bytes | bytearray | memoryview):
            raise MisuseError(
                say(
                    f"recv() of a stand-in gave {data!r:.60}, which is not bytes",
                    [f"asked of {conn!r}"],
                    "Set its recv.return_value or recv.side_effect.",
                )
            )
        unread += data
    size = min(len(buf), len(unread))
    buf[:size] = unread[:size]
    del unread[:size]
    return size


class MockSending:
    """Send to a stand-in: once now, then once each time it is ready again."""

    def __init__(self, conn: Any, data: Any) -> None:
        self._conn = conn
        self._rest = data
        self._total = len(data)

    def add(self, data: Any) -> None:
        """Have more sent together with what has not been sent yet."""
        self._rest = bytes(self._rest) + bytes(data)
        self._total += len(data)

    def __call__(self) -> int:
        self._rest = self._rest[send_once(self._conn, self._rest) :]
        if self._rest:
            raise BlockingIOError
        return self._total


class MockSendingTo:
    """Send a datagram to a stand-in, with the arguments that selector loops choose."""

    def __init__(self, conn: Any, data: Any, address: Any, again: tuple[int, ...]) -> None:
        self._call = conn.sendto
        self._arguments: tuple[Any, ...] = (data, address)
        self._next = (data, *again, address)

    def __call__(self) -> Any:
        arguments, self._arguments = self._arguments, self._next
        return self._call(*arguments)


def send_once(conn: Any, data: Any) -> int:
    """Call ``send`` of a stand-in; say what is wrong if it gives no number."""
    return _number_of_bytes("send", conn, conn.send(data))


def _number_of_bytes(name: str, conn: Any, given: Any) -> int:
    if isinstance(given, int):
        return given
    raise MisuseError(
        say(
            f"{name}() of a stand-in gave {given!r:.60}, which is not a number of bytes",
            [f"asked of {conn!r}"],
            f"Set its {name}.return_value, or {name}.side_effect to something that counts.",
        )
    )
