"""A proactor that keeps stand-ins away from the operating system."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from selectors import EVENT_READ, EVENT_WRITE, SelectorKey
from typing import Any, cast

from ..mock._files import FileDescriptor, isfilemock, mock_descriptor
from ._attempts import Connecting, accept
from ._channel import Channel
from ._mock_operation import MockOperation, MockSending, MockSendingTo, fill, send_once

try:
    import ssl
except ImportError:  # Python built without OpenSSL
    ssl = None  # type: ignore[assignment]

__all__ = ["TestProactor"]

_MOST_ACCEPTS = 100
"""Connections taken per signal, if the stand-in never blocks: asyncio's usual backlog."""

_FROM_A_TRANSPORT = -1  # the default of ``flags``: only low-level calls pass any


class TestProactor:
    """Wraps a proactor: stand-ins are handled here, everything else passes through.

    I/O on a `SocketMock` happens when `set_read_ready` or `set_write_ready`
    says so, once per signal, as on a selector loop: the mock's own ``recv``,
    ``send``, ``accept`` and so on are called, and ``BlockingIOError`` means
    that it was not ready after all. Test cases put one on their loop by
    themselves; see `wrap_proactor` for other uses.

    Real sockets are not touched, nor are their futures: what the wrapped
    proactor returns is what the loop gets. Attributes that are not known here
    are the wrapped proactor's.
    """

    __test__ = False  # pytest would take it for a test case

    def __init__(self, proactor: Any) -> None:
        self._proactor = proactor
        self._loop: Any = None
        self._channels: dict[FileDescriptor, Channel] = {}
        self._unread: dict[FileDescriptor, bytearray] = {}
        # Signals that were obeyed in this iteration, and how many connections
        # may still be accepted on their account. The operation is over, but
        # its owner has not heard of it yet, nor asked for the next one.
        self._obeyed: dict[tuple[FileDescriptor, int], int] = {}
        self._blocked: set[FileDescriptor] = set()

    def __getattr__(self, name: str) -> Any:
        if name == "_proactor":  # not made yet
            raise AttributeError(name)
        return getattr(self._proactor, name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} around {self._proactor!r}>"

    def set_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Remember the loop on which results are delivered."""
        self._loop = loop
        self._proactor.set_loop(loop)

    def select(self, timeout: float | None = None) -> list[Any]:
        """Wait for real I/O; stand-ins need no waiting."""
        return self._proactor.select(timeout)  # type: ignore[no-any-return]

    def close(self) -> None:
        """Cancel what waits for stand-ins, and close the wrapped proactor."""
        for operation in self.pending_on_mocks():
            operation.cancel()
        self._proactor.close()

    def pending_on_mocks(self) -> list[Any]:
        """Operations that wait for a stand-in to be ready."""
        return [op for channel in self._channels.values() for op in channel.operations()]

    def get_map(self) -> Mapping[Any, SelectorKey]:
        """What is waited for, stand-ins included, told as by a selector."""
        real = self._proactor.get_map() if hasattr(self._proactor, "get_map") else {}
        return {**real, **{fd: channel.key for fd, channel in self._channels.items()}}

    # -- signals -------------------------------------------------------------

    def mock_ready(self, fileobj: Any, event: int, accepts: int = _MOST_ACCEPTS) -> None:
        """Perform what waits for this event on a stand-in; nothing if nothing does."""
        descriptor = mock_descriptor(fileobj)
        if descriptor is None:
            return  # a real file is looked at in every iteration anyway
        operation = self._first(descriptor, event)
        if operation is None:
            if (descriptor, event) in self._obeyed:
                self._loop.call_soon(self.mock_ready, fileobj, event)
        elif not operation.held_back:
            self._perform(operation, event, accepts)

    def first_try(self, operation: MockOperation) -> None:
        """Let a coroutine's read try its luck; its write has done so already."""
        channel = operation.place
        if channel.readers and channel.readers[0] is operation:
            self._perform(operation, EVENT_READ, 0)

    def withdraw(self, operation: Any) -> None:
        """Forget a cancelled operation."""
        operation.place.remove(operation)
        self._tidy(operation.place)

    def _perform(self, operation: MockOperation, event: int, accepts: int) -> None:
        if operation.perform():
            channel = operation.place
            channel.remove(operation)
            self._tidy(channel)
            # set_result() has queued the owner's callbacks; this comes after them.
            key = (cast(FileDescriptor, channel.fd), event)
            self._obeyed[key] = accepts
            self._loop.call_soon(self._obeyed.pop, key, None)

    def _first(self, descriptor: FileDescriptor, event: int) -> MockOperation | None:
        channel = self._channels.get(descriptor)
        if channel is None:
            return None
        queue: Any = channel.readers if event == EVENT_READ else channel.writers
        return queue[0] if queue else None

    def _tidy(self, channel: Channel) -> None:
        if not channel.wanted:
            self._channels.pop(cast(FileDescriptor, channel.fd), None)

    # -- reading ---------------------------------------------------------------

    def recv(self, conn: Any, nbytes: int, *flags: int) -> Any:
        """Receive; a stand-in's ``recv`` is called."""
        if not isfilemock(conn):
            return self._proactor.recv(conn, nbytes, *flags)
        return self._read("recv", conn, lambda _: conn.recv(nbytes, *flags))

    def recv_into(self, conn: Any, buf: Any, *flags: int) -> Any:
        """Receive into a buffer; a stand-in's ``recv``, or ``recv_into``, is called."""
        descriptor = mock_descriptor(conn)
        if descriptor is None:
            return self._proactor.recv_into(conn, buf, *flags)
        unread = self._unread.setdefault(descriptor, bytearray())
        operation = self._read("recv_into", conn, lambda op: fill(op, conn, buf, unread))
        if unread:
            self._loop.call_soon(self._deliver_unread, operation)
        return operation

    def _deliver_unread(self, operation: MockOperation) -> None:
        if not operation.done():
            self._perform(operation, EVENT_READ, 0)

    def recvfrom(self, conn: Any, nbytes: int, *flags: int) -> Any:
        """Receive a datagram; a stand-in's ``recvfrom`` is called."""
        if not isfilemock(conn):
            return self._proactor.recvfrom(conn, nbytes, *flags)
        return self._read("recvfrom", conn, lambda _: conn.recvfrom(nbytes, *flags))

    def recvfrom_into(self, conn: Any, buf: Any, *size: int) -> Any:
        """Receive a datagram into a buffer; a stand-in's ``recvfrom_into`` is called."""
        if not isfilemock(conn):
            return self._proactor.recvfrom_into(conn, buf, *size)
        return self._read("recvfrom_into", conn, lambda _: conn.recvfrom_into(buf, *size))

    def accept(self, listener: Any) -> Any:
        """Accept a connection; a stand-in's ``accept`` is called."""
        descriptor = mock_descriptor(listener)
        if descriptor is None:
            return self._proactor.accept(listener)
        operation = self._read("accept", listener, lambda _: accept(listener))
        # A server on a selector loop accepts until it would block.
        left = self._obeyed.get((descriptor, EVENT_READ), 0)
        if left:
            self._loop.call_soon(self._accept_more, listener, operation, left - 1)
        return operation

    def _accept_more(self, listener: Any, operation: MockOperation, left: int) -> None:
        if not operation.done() and not operation.awaited:
            self.mock_ready(listener, EVENT_READ, left)

    # -- writing ---------------------------------------------------------------

    def send(self, conn: Any, buf: Any, *flags: int) -> Any:
        """Send all; a stand-in's ``send`` is called at once, then once per signal."""
        if not isfilemock(conn):
            return self._proactor.send(conn, buf, *flags)
        return self._write("send", conn, MockSending(conn, buf))

    def send_now(self, conn: Any, buf: Any) -> int:
        """Send what can be sent without waiting; give the number of bytes."""
        descriptor = mock_descriptor(conn)
        if descriptor is None:
            return self._proactor.send_now(conn, buf)  # type: ignore[no-any-return]
        if self._first(descriptor, EVENT_WRITE) is not None:
            return 0
        try:
            sent = send_once(conn, buf)
        except (BlockingIOError, InterruptedError):
            sent = 0
        if sent < len(buf):
            self._blocked.add(descriptor)  # the rest comes next, and has to wait
        return sent

    def send_more(self, conn: Any, buf: Any) -> bool:
        """Have more sent with what a stand-in has not taken yet; False if there is nothing."""
        descriptor = mock_descriptor(conn)
        pending = None if descriptor is None else self._first(descriptor, EVENT_WRITE)
        if pending is None or not isinstance(pending.attempt, MockSending):
            return False
        pending.attempt.add(buf)
        return True

    def sendto(self, conn: Any, buf: Any, flags: int = _FROM_A_TRANSPORT, addr: Any = None) -> Any:
        """Send a datagram; a stand-in's ``sendto`` is called, or ``send`` if it has a peer."""
        low_level = flags != _FROM_A_TRANSPORT
        if not isfilemock(conn):
            return self._proactor.sendto(conn, buf, flags if low_level else 0, addr)
        if not low_level and (addr is None or has_peer(conn)):
            return self._write("send", conn, lambda: conn.send(buf))
        again = (0,) if low_level else ()  # what sock_sendto() passes the second time
        return self._write("sendto", conn, MockSendingTo(conn, buf, addr, again))

    def sendfile(self, sock: Any, file: Any, offset: int, count: int) -> Any:
        """Send a part of a file; not to a stand-in, asyncio then reads and sends it."""
        if isfilemock(sock):
            raise asyncio.SendfileNotAvailableError("the kernel cannot copy into a stand-in")
        return self._proactor.sendfile(sock, file, offset, count)

    def connect(self, conn: Any, address: Any) -> Any:
        """Connect; a stand-in's ``connect`` is called, and ``getsockopt`` when it is ready."""
        if not isfilemock(conn):
            return self._proactor.connect(conn, address)
        return self._write("connect", conn, Connecting(conn, address))

    # -- the rest of the interface of a proactor --------------------------------

    def release(self, conn: Any) -> None:
        """Pass on that a socket is given back to its owner."""
        if not isfilemock(conn) and hasattr(self._proactor, "release"):
            self._proactor.release(conn)

    def _stop_serving(self, listener: Any) -> None:
        if not isfilemock(listener):
            self._proactor._stop_serving(listener)

    def _read(self, what: str, conn: Any, attempt: Callable[[MockOperation], Any]) -> MockOperation:
        operation = MockOperation(what, lambda: attempt(operation), self, self._loop)
        self._enqueue(conn, operation, EVENT_READ)
        return operation

    def _write(self, what: str, conn: Any, attempt: Callable[[], Any]) -> Any:
        refuse_tls(conn)
        descriptor = mock_descriptor(conn)
        assert descriptor is not None
        if descriptor in self._blocked:
            self._blocked.discard(descriptor)
        elif self._first(descriptor, EVENT_WRITE) is None:
            try:
                result = attempt()
            except (BlockingIOError, InterruptedError):
                pass
            else:
                done = self._loop.create_future()
                done.set_result(result)
                return done
        operation = MockOperation(what, attempt, self, self._loop)
        self._enqueue(conn, operation, EVENT_WRITE)
        return operation

    def _enqueue(self, conn: Any, operation: MockOperation, event: int) -> None:
        refuse_tls(conn)
        descriptor = mock_descriptor(conn)
        assert descriptor is not None
        channel = self._channels.setdefault(descriptor, Channel(descriptor, conn))
        operation.place = channel
        (channel.readers if event == EVENT_READ else channel.writers).append(operation)


def refuse_tls(conn: Any) -> None:
    """Raise TypeError for a stand-in that speaks TLS itself, as selector loops do."""
    if ssl is not None and isinstance(conn, ssl.SSLSocket):
        raise TypeError("Socket cannot be of type SSLSocket")


def has_peer(conn: Any) -> bool:
    """Whether a datagram transport takes a stand-in for connected: it asks this too."""
    try:
        return bool(conn.getpeername())
    except OSError:
        return False
