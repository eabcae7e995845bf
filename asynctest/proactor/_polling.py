"""Completion-based I/O on top of a readiness selector.

A proactor is asked to *do* something and says when it is done; a selector
says when something *could* be done. ``PollingProactor`` bridges the two: it
keeps each request, waits with a selector until its descriptor is ready, makes
the call, and resolves the request's future with the outcome.

Three rules keep this indistinguishable from a kernel that completes I/O:

* Reads and accepts happen only inside ``select()``, never when asked for.
  Transports ask for the next read before they deliver the last one, and must
  not find themselves called back in between.
* Writes may happen at once, and end when everything is out: transports do not
  look at the count.
* Between two calls of ``select()`` a transport usually replaces a finished
  operation by a new one, so what is finished stays registered until the next
  ``select()`` begins. Most of the time there is nothing to change by then.
  What is asked for is registered at once: whoever looks at the selector's map
  sees all that is waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import selectors
import socket
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from ._attempts import Connecting, Sending, SendingFile, accept, out_of_resources
from ._channel import READ, WRITE, Channel
from ._operation import Operation

__all__ = ["PollingProactor"]

_ACCEPT_RETRY_DELAY = 1.0  # seconds, as the selector loop waits


class PollingProactor:
    """The proactor asyncio's completion-based loop needs, for any Unix.

    It has the interface of Windows' ``IocpProactor`` and can be handed to
    anything that takes one.

        >>> import asyncio, socket
        >>> from asynctest.proactor import PollingProactor, ProactorEventLoop
        >>> proactor = PollingProactor()
        >>> loop = ProactorEventLoop(proactor)
        >>> left, right = socket.socketpair()
        >>> left.setblocking(False)
        >>> async def talk():
        ...     reading = proactor.recv(left, 10)
        ...     right.sendall(b"hello")
        ...     return await reading
        >>> loop.run_until_complete(talk())
        b'hello'
        >>> left.close(), right.close(), loop.close()
        (None, None, None)
    """

    def __init__(self, selector: selectors.BaseSelector | None = None) -> None:
        self._selector: selectors.BaseSelector | None = selector or selectors.DefaultSelector()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._channels: dict[int, Channel] = {}
        self._unsettled: dict[int, Channel] = {}

    def __repr__(self) -> str:
        if self._selector is None:
            return f"<{type(self).__name__} closed>"
        return f"<{type(self).__name__} {len(self.pending())} pending>"

    def set_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Remember the loop on which results are delivered."""
        self._loop = loop

    def pending(self) -> list[Operation]:
        """Operations that were asked for and have not happened, oldest first per descriptor."""
        return [op for channel in self._channels.values() for op in channel.operations()]

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """What is waited for, told as by a selector: descriptor, and whether to read or write."""
        return {fd: channel.key for fd, channel in self._channels.items() if channel.wanted}

    def close(self) -> None:
        """Cancel what is pending and let go of the selector."""
        if self._selector is None:
            return
        for operation in self.pending():
            operation.cancel()
        self._selector.close()
        self._selector = None
        self._channels.clear()
        self._unsettled.clear()

    # -- waiting -----------------------------------------------------------

    def watch(self, fileobj: Any, callback: Callable[[], None]) -> None:
        """Call ``callback`` from ``select()`` whenever ``fileobj`` is readable, until closed."""
        self._poller().register(fileobj, READ, callback)

    def select(self, timeout: float | None = None) -> list[Any]:
        """Wait for I/O and perform it; return the events that led to some, ``[]`` if none did.

        Not only what was completed counts: part of a send may be out.
        """
        poller = self._poller()
        if self._unsettled:
            self._settle_all()
        ready = poller.select(timeout)
        for key, events in ready:
            channel = key.data
            if not isinstance(channel, Channel):
                channel()
                continue
            if events & READ:
                self._advance(channel, channel.readers)
            if events & WRITE:
                self._advance(channel, channel.writers)
        return ready

    def _advance(self, channel: Channel, queue: deque[Operation]) -> None:
        while queue and queue[0].perform():
            queue.popleft()
        if not queue:
            self._changed(channel)

    # -- asking ------------------------------------------------------------

    def recv(self, conn: Any, nbytes: int, flags: int = 0) -> asyncio.Future[bytes]:
        """Receive at most ``nbytes``; ``b""`` means the other side has finished."""
        if isinstance(conn, socket.socket):
            return self._when_readable("recv", conn, lambda: conn.recv(nbytes, flags))
        return self._when_readable("recv", conn, lambda: os.read(conn.fileno(), nbytes))

    def recv_into(self, conn: Any, buf: Any, flags: int = 0) -> asyncio.Future[int]:
        """Receive into a buffer; the result is the number of bytes."""
        if isinstance(conn, socket.socket):
            return self._when_readable("recv_into", conn, lambda: conn.recv_into(buf, 0, flags))
        return self._when_readable("recv_into", conn, lambda: os.readv(conn.fileno(), [buf]))

    def recvfrom(self, conn: Any, nbytes: int, flags: int = 0) -> asyncio.Future[Any]:
        """Receive one datagram and its sender's address."""
        return self._when_readable("recvfrom", conn, lambda: conn.recvfrom(nbytes, flags))

    def recvfrom_into(
        self, conn: Any, buf: Any, nbytes: int = 0, flags: int = 0
    ) -> asyncio.Future[Any]:
        """Receive one datagram into a buffer; the result is its size and sender."""
        return self._when_readable(
            "recvfrom_into", conn, lambda: conn.recvfrom_into(buf, nbytes, flags)
        )

    def send(self, conn: Any, buf: Any, flags: int = 0) -> asyncio.Future[Any]:
        """Send all of ``buf``."""
        if isinstance(conn, socket.socket):
            return self._now_or_when_writable(
                "send", conn, Sending(buf, lambda b: conn.send(b, flags))
            )
        return self._now_or_when_writable(
            "send", conn, Sending(buf, lambda b: os.write(conn.fileno(), b))
        )

    def send_now(self, conn: Any, buf: Any) -> int:
        """Send what can be sent without waiting; return how many bytes that were."""
        channel = self._channels.get(conn.fileno())
        if channel is not None and channel.writers:
            return 0  # others wait for their turn
        try:
            if isinstance(conn, socket.socket):
                return conn.send(buf)
            return os.write(conn.fileno(), buf)
        except (BlockingIOError, InterruptedError):
            return 0

    def sendto(self, conn: Any, buf: Any, flags: int = 0, addr: Any = None) -> asyncio.Future[int]:
        """Send one datagram, to ``addr`` or to the address the socket is connected to."""
        if addr is None:
            return self._now_or_when_writable("sendto", conn, lambda: conn.send(buf, flags))
        return self._now_or_when_writable("sendto", conn, lambda: conn.sendto(buf, flags, addr))

    def sendfile(self, sock: Any, file: Any, offset: int, count: int) -> asyncio.Future[Any]:
        """Send ``count`` bytes of ``file`` from ``offset`` on."""
        return self._now_or_when_writable("sendfile", sock, SendingFile(sock, file, offset, count))

    def connect(self, conn: Any, address: Any) -> asyncio.Future[None]:
        """Connect; an address that takes time to resolve must have been resolved."""
        return self._now_or_when_writable("connect", conn, Connecting(conn, address))

    def accept(self, listener: Any) -> asyncio.Future[Any]:
        """Accept one connection; the result is the new socket and its peer's address."""
        operation = self._when_readable(
            "accept", listener, lambda: self._accept(listener, operation)
        )
        return operation

    def wait_for_handle(self, handle: int, timeout: float | None = None) -> asyncio.Future[bool]:
        """Wait until a descriptor becomes readable: True, or False after ``timeout`` seconds."""
        operation = self._when_readable("wait_for_handle", handle, lambda: True)
        if timeout is not None:
            timer = self._running_loop().call_later(timeout, self._give_up, operation)
            operation.add_done_callback(lambda _: timer.cancel())
        return operation

    def wait_for_hangup(self, pipe: Any) -> asyncio.Future[bytes]:
        """Wait until nobody can read any more what is written to ``pipe``: ``b""``."""
        return self._when_readable("wait_for_hangup", pipe, lambda: b"")

    def release(self, conn: Any) -> None:
        """Make the selector forget a descriptor on which nothing is pending.

        For whoever hands a descriptor back to code that may close it before
        the next ``select()``.
        """
        channel = self._channels.get(conn.fileno())
        if channel is not None:
            self._settle(channel)

    def withdraw(self, operation: Operation) -> None:
        """Forget a pending operation, at once: its descriptor may be closed next."""
        channel = operation.place
        if channel is not None:
            channel.remove(operation)
            self._settle(channel)

    # The rest of the interface asyncio's loops expect of a proactor. Closing a
    # listening socket here needs no preparation: its accept is cancelled first.

    def _stop_serving(self, listener: Any) -> None:
        self.release(listener)

    # -- inside ------------------------------------------------------------

    def _poller(self) -> selectors.BaseSelector:
        if self._selector is None:
            raise RuntimeError(f"{type(self).__name__} is closed")
        return self._selector

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise RuntimeError(f"{type(self).__name__} has no loop; call set_loop() first")
        return self._loop

    def _when_readable(self, what: str, conn: Any, attempt: Callable[[], Any]) -> Operation:
        channel = self._channel(conn)
        return self._enqueue(what, channel, channel.readers, attempt)

    def _now_or_when_writable(
        self, what: str, conn: Any, attempt: Callable[[], Any]
    ) -> asyncio.Future[Any]:
        """Try at once, unless others wait for their turn; an error now is raised now."""
        channel = self._channels.get(conn.fileno())
        if channel is None or not channel.writers or not channel.belongs_to(conn):
            with contextlib.suppress(BlockingIOError, InterruptedError):
                result = attempt()
                done: asyncio.Future[Any] = self._running_loop().create_future()
                done.set_result(result)
                return done
            channel = self._channel(conn)
        return self._enqueue(what, channel, channel.writers, attempt)

    def _enqueue(
        self, what: str, channel: Channel, queue: deque[Operation], attempt: Callable[[], Any]
    ) -> Operation:
        operation = Operation(what, attempt, self, self._running_loop())
        operation.place = channel
        queue.append(operation)
        self._settle(channel)
        return operation

    def _channel(self, conn: Any) -> Channel:
        self._poller()
        fd = conn if isinstance(conn, int) else conn.fileno()
        if fd < 0:
            raise OSError(errno.EBADF, f"{conn!r} is closed")
        channel = self._channels.get(fd)
        if channel is not None and not channel.belongs_to(conn):
            self._drop(channel, ConnectionAbortedError(errno.ECONNABORTED, "closed while in use"))
            channel = None
        if channel is None:
            channel = self._channels[fd] = Channel(fd, conn)
        return channel

    def _changed(self, channel: Channel) -> None:
        if channel.lasting:
            self._unsettled[channel.fd] = channel
        else:
            self._settle(channel)

    def _settle_all(self) -> None:
        channels = list(self._unsettled.values())
        self._unsettled.clear()
        for channel in channels:
            self._settle(channel)

    def _settle(self, channel: Channel) -> None:
        """Tell the selector what a channel waits for now."""
        wanted, known = channel.wanted, channel.known
        if wanted == known and wanted:
            return
        if not wanted:
            self._drop(channel)
            return
        try:
            if known:
                self._poller().modify(channel.fd, wanted, channel)
            else:
                self._poller().register(channel.fd, wanted, channel)
            channel.known = wanted
        except (OSError, KeyError, ValueError) as exc:
            self._drop(channel, exc)

    def _drop(self, channel: Channel, exc: Exception | None = None) -> None:
        if self._channels.get(channel.fd) is channel:
            del self._channels[channel.fd]
        self._unsettled.pop(channel.fd, None)
        if channel.known:
            channel.known = 0
            with contextlib.suppress(OSError, KeyError, ValueError):
                self._poller().unregister(channel.fd)
        if exc is not None:
            for operation in channel.operations():
                channel.remove(operation)
                operation.fail(exc)

    def _give_up(self, operation: Operation) -> None:
        if not operation.done():
            self.withdraw(operation)
            operation.set_result(False)

    def _accept(self, listener: Any, operation: Operation) -> Any:
        try:
            return accept(listener)
        except OSError as exc:
            if not out_of_resources(exc):
                raise
            self._rest(listener, operation, exc)
            raise BlockingIOError from None

    def _rest(self, listener: Any, operation: Operation, exc: OSError) -> None:
        """Look away from a listener for a while: being out of descriptors passes."""
        loop = self._running_loop()
        loop.call_exception_handler(
            {"message": "accept() is out of system resources", "exception": exc, "socket": listener}
        )
        operation.place.remove(operation)
        loop.call_later(_ACCEPT_RETRY_DELAY, self._resume, listener, operation)

    def _resume(self, listener: Any, operation: Operation) -> None:
        if operation.done() or listener.fileno() < 0 or self._selector is None:
            return
        channel = operation.place = self._channel(listener)
        channel.readers.append(operation)
        self._settle(channel)
