"""A completion-based event loop for Unix.

asyncio has the whole machinery of such a loop in ``BaseProactorEventLoop``
and completes it for Windows only. This is the other completion: a proactor
over a selector, and what Unix adds, which is signals, local sockets, pipes
and child processes.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import signal
import socket
import sys
import threading
from asyncio import proactor_events, sslproto
from collections.abc import Iterator
from typing import Any, NoReturn, cast

from .._errors import LoopNotSupported, published, say
from .._ports._proactor_children import start_child
from .._ports._proactor_transports import (
    DatagramTransport,
    ReadPipeTransport,
    SocketTransport,
    WritePipeTransport,
    untyped,
)
from ._polling import PollingProactor

try:
    import ssl
except ImportError:  # Python built without OpenSSL
    ssl = None  # type: ignore[assignment]

__all__ = ["ProactorEventLoop"]

LEANS_ON: tuple[str, ...] = (
    "asyncio.base_events:BaseEventLoop._add_callback_signalsafe",
    "asyncio.base_events:BaseEventLoop._ensure_resolved",
    "asyncio.proactor_events:BaseProactorEventLoop._make_datagram_transport",
    "asyncio.proactor_events:BaseProactorEventLoop._make_read_pipe_transport",
    "asyncio.proactor_events:BaseProactorEventLoop._make_self_pipe",
    "asyncio.proactor_events:BaseProactorEventLoop._make_socket_transport",
    "asyncio.proactor_events:BaseProactorEventLoop._make_ssl_transport",
    "asyncio.proactor_events:BaseProactorEventLoop._make_write_pipe_transport",
    "asyncio.proactor_events:BaseProactorEventLoop._sock_sendfile_native",
    "asyncio.proactor_events:BaseProactorEventLoop._stop_serving",
    "asyncio.sslproto:SSLProtocol",
)
if sys.platform != "win32":  # whose loop needs none of it
    LEANS_ON += (
        "asyncio.unix_events:_UnixSelectorEventLoop._check_signal",
        "asyncio.unix_events:_UnixSelectorEventLoop._handle_signal",
    )

# The stubs describe public methods only; most of what follows is not.
Base = untyped(proactor_events.BaseProactorEventLoop)
unix = untyped(asyncio.SelectorEventLoop)


@published("asynctest.proactor")
class NotOnCompletionLoops(LoopNotSupported, NotImplementedError):
    """What was called exists on selector loops only, on Windows as well as here."""


class UnixProactorEventLoop(Base):  # type: ignore[misc,valid-type]
    """An event loop on the completion model, for Linux and macOS.

    It is made for running, on the machine you develop on, what your users run
    on Windows: what this loop lacks (``add_reader`` and its kin), the loop on
    Windows lacks too. Unlike there, signals and local sockets work.

    ``proactor`` is a `PollingProactor`, or wraps one.

        >>> import asyncio
        >>> from asynctest.proactor import ProactorEventLoop
        >>> async def main():
        ...     await asyncio.sleep(0)
        ...     return "done"
        >>> with asyncio.Runner(loop_factory=ProactorEventLoop) as runner:
        ...     runner.run(main())
        'done'
    """

    def __init__(self, proactor: Any = None) -> None:
        with _wakeup_fd_kept():
            super().__init__(PollingProactor() if proactor is None else proactor)
        self._signal_handlers: dict[int, Any] = {}
        self._unix_server_sockets: dict[Any, int] = {}
        self._proactor.watch(self._ssock, self._on_wakeup)

    def close(self) -> None:
        """Close the loop; signals are handled as they were before."""
        if self.is_running():
            raise RuntimeError("Cannot close a running event loop")
        if self.is_closed():
            return
        if not sys.is_finalizing():
            for sig in list(self._signal_handlers):
                self.remove_signal_handler(sig)
        with _wakeup_fd_kept():
            super().close()

    # -- waking up ---------------------------------------------------------
    # The proactor watches the self-pipe for as long as the loop lives. The
    # inherited way, one read operation per wake-up, would put a callback of
    # the loop's own among the user's each time the loop starts.

    def _on_wakeup(self) -> None:
        with contextlib.suppress(BlockingIOError, InterruptedError):
            for signum in self._ssock.recv(4096):
                if signum:
                    self._handle_signal(signum)

    # -- what asyncio has for Unix, whatever the loop's model ----------------

    async def create_unix_connection(self, *args: Any, **kwargs: Any) -> Any:
        """Connect to a local socket; the arguments are asyncio's."""
        return await unix.create_unix_connection(self, *args, **kwargs)

    async def create_unix_server(self, *args: Any, **kwargs: Any) -> Any:
        """Serve on a local socket; the arguments are asyncio's."""
        return await unix.create_unix_server(self, *args, **kwargs)

    if sys.platform != "win32":
        add_signal_handler = unix.add_signal_handler
        remove_signal_handler = unix.remove_signal_handler
        _handle_signal = unix._handle_signal
        _check_signal = unix._check_signal

    def _stop_serving(self, sock: Any) -> None:
        inode = self._unix_server_sockets.pop(sock, None)
        path = None if inode is None else sock.getsockname()
        super()._stop_serving(sock)
        if path is not None:
            with contextlib.suppress(FileNotFoundError):
                if os.stat(path).st_ino == inode:
                    os.unlink(path)

    # -- what selector loops have and completion loops cannot ----------------

    def _refuse(self, *args: Any) -> NoReturn:
        """Raise NotImplementedError: completion loops watch no descriptors for others."""
        raise NotOnCompletionLoops(
            say(
                "a completion-based loop does I/O itself and does not watch descriptors for others",
                todo="Use streams, a protocol, or loop.sock_recv() and its kin instead of "
                "add_reader() and add_writer(); the loop on Windows lacks them too.",
            )
        )

    add_reader = remove_reader = add_writer = remove_writer = _refuse

    # -- low-level socket calls ----------------------------------------------

    async def _use(self, sock: Any, ask: Any, *args: Any) -> Any:
        if ssl is not None and isinstance(sock, ssl.SSLSocket):
            raise TypeError("Socket cannot be of type SSLSocket")
        if self.get_debug() and sock.gettimeout() != 0:
            raise ValueError("the socket must be non-blocking")
        try:
            return await ask(sock, *args)
        finally:
            # The caller may close the socket now, before the next select().
            self._proactor.release(sock)

    async def sock_recv(self, sock: Any, n: int) -> bytes:
        """Receive at most ``n`` bytes; ``b""`` means that the other side has finished."""
        return cast(bytes, await self._use(sock, self._proactor.recv, n))

    async def sock_recv_into(self, sock: Any, buf: Any) -> int:
        """Receive into a buffer; give the number of bytes."""
        return cast(int, await self._use(sock, self._proactor.recv_into, buf))

    async def sock_recvfrom(self, sock: Any, bufsize: int) -> Any:
        """Receive one datagram: its data and its sender's address."""
        return await self._use(sock, self._proactor.recvfrom, bufsize)

    async def sock_recvfrom_into(self, sock: Any, buf: Any, nbytes: int = 0) -> Any:
        """Receive one datagram into a buffer: its size and its sender's address.

        Raises ValueError if ``nbytes`` is more than the buffer holds.
        """
        if not 0 <= nbytes <= len(buf):
            raise ValueError(f"nbytes is {nbytes}, but the buffer holds {len(buf)} bytes")
        return await self._use(sock, self._proactor.recvfrom_into, buf, nbytes or len(buf))

    async def sock_sendall(self, sock: Any, data: Any) -> None:
        """Send all of ``data``."""
        await self._use(sock, self._proactor.send, data)

    async def sock_sendto(self, sock: Any, data: Any, address: Any) -> int:
        """Send one datagram to an address."""
        return cast(int, await self._use(sock, self._proactor.sendto, data, 0, address))

    async def sock_connect(self, sock: Any, address: Any) -> None:
        """Connect a socket; a host name is looked up first."""
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            found = await self._ensure_resolved(
                address, family=sock.family, type=sock.type, proto=sock.proto, loop=self
            )
            address = found[0][4]
        await self._use(sock, self._proactor.connect, address)

    async def sock_accept(self, sock: Any) -> Any:
        """Accept one connection: the new socket and its peer's address."""
        accepting: Any = None

        def accept(sock: Any) -> Any:
            nonlocal accepting
            accepting = self._proactor.accept(sock)
            return accepting

        try:
            return await self._use(sock, accept)
        except asyncio.CancelledError:
            # It may have happened just before; nobody will get to see it.
            if accepting is not None and accepting.done() and not accepting.cancelled():
                accepting.result()[0].close()
            raise

    async def _sock_sendfile_native(self, sock: Any, file: Any, offset: int, count: int) -> int:
        try:
            size = os.fstat(file.fileno()).st_size
        except (AttributeError, io.UnsupportedOperation, OSError):
            raise asyncio.SendfileNotAvailableError("not a regular file") from None
        count = min(count or size, size - offset)
        if count <= 0:
            file.seek(min(offset, size))
            return 0
        return cast(int, await self._use(sock, self._proactor.sendfile, file, offset, count))

    # -- asyncio's factories -------------------------------------------------
    # Newer versions of Python pass further keywords; the inherited factories
    # ignore them as well.

    def _make_socket_transport(
        self,
        sock: Any,
        protocol: Any,
        waiter: Any = None,
        *,
        extra: Any = None,
        server: Any = None,
        **_: Any,
    ) -> Any:
        return untyped(SocketTransport)(self, sock, protocol, waiter, extra, server)

    def _make_ssl_transport(
        self,
        rawsock: Any,
        protocol: Any,
        sslcontext: Any,
        waiter: Any = None,
        *,
        server_side: bool = False,
        server_hostname: Any = None,
        extra: Any = None,
        server: Any = None,
        ssl_handshake_timeout: Any = None,
        ssl_shutdown_timeout: Any = None,
        **_: Any,
    ) -> Any:
        tls = untyped(sslproto.SSLProtocol)(
            self,
            protocol,
            sslcontext,
            waiter,
            server_side,
            server_hostname,
            ssl_handshake_timeout=ssl_handshake_timeout,
            ssl_shutdown_timeout=ssl_shutdown_timeout,
        )
        untyped(SocketTransport)(self, rawsock, tls, extra=extra, server=server)
        return tls._app_transport

    def _make_datagram_transport(self, sock: Any, protocol: Any, *args: Any, **kw: Any) -> Any:
        return untyped(DatagramTransport)(self, sock, protocol, *args, **kw)

    def _make_read_pipe_transport(self, sock: Any, protocol: Any, *args: Any, **kw: Any) -> Any:
        return untyped(ReadPipeTransport)(self, sock, protocol, *args, **kw)

    def _make_write_pipe_transport(self, sock: Any, protocol: Any, *args: Any, **kw: Any) -> Any:
        return untyped(WritePipeTransport)(self, sock, protocol, *args, **kw)

    async def _make_subprocess_transport(self, protocol: Any, *args: Any, **kw: Any) -> Any:
        return await start_child(self, protocol, *args, **kw)


@contextlib.contextmanager
def _wakeup_fd_kept() -> Iterator[None]:
    """Undo what asyncio does to the signal wake-up descriptor meanwhile.

    The inherited loop takes it for itself when made, and gives it up when
    closed, whosoever it was by then. On Unix it is needed only while there are
    signal handlers, which take it themselves.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.set_wakeup_fd(-1)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)


if sys.platform == "win32":
    ProactorEventLoop = asyncio.ProactorEventLoop
else:
    ProactorEventLoop = UnixProactorEventLoop
