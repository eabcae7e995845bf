"""asyncio's transports for completion-based loops, made fit for Unix.

They were written for Windows and lean on its habits: a socket is shut down
before it is closed, a read error ends a datagram transport's reading, and the
write end of a pipe can be read to learn that the reader went away.
"""

from __future__ import annotations

import asyncio
import os
import stat
from asyncio import proactor_events
from typing import Any

__all__ = ["DatagramTransport", "ReadPipeTransport", "SocketTransport", "WritePipeTransport"]

LEANS_ON = (
    "asyncio.proactor_events:_ProactorBasePipeTransport._call_connection_lost",
    "asyncio.proactor_events:_ProactorBasePipeTransport._fatal_error",
    "asyncio.proactor_events:_ProactorBaseWritePipeTransport._loop_writing",
    "asyncio.proactor_events:_ProactorBaseWritePipeTransport.write",
    "asyncio.proactor_events:_ProactorDatagramTransport._loop_reading",
    "asyncio.proactor_events:_ProactorReadPipeTransport()._data",
    "asyncio.proactor_events:_ProactorReadPipeTransport._eof_received",
    "asyncio.proactor_events:_ProactorReadPipeTransport._loop_reading",
    "asyncio.proactor_events:_ProactorSocketTransport",
    "asyncio.proactor_events:_ProactorWritePipeTransport._pipe_closed",
)


def untyped(thing: Any) -> Any:
    """Return what is given: the stubs know neither its attributes nor its signatures."""
    return thing


events = untyped(proactor_events)
Socket = events._ProactorSocketTransport
Datagram = events._ProactorDatagramTransport
ReadPipe = events._ProactorReadPipeTransport
WritePipe = events._ProactorWritePipeTransport
BaseWritePipe = events._ProactorBaseWritePipeTransport


_BYTES = (bytes, bytearray)
_LARGE_READ = 256 * 1024


class _OnlyCloses:
    """A socket without ``shutdown``.

    asyncio shuts a socket down before it closes it, for the sake of pending
    overlapped reads. Here nothing is pending by then, and on Unix the call
    fails after a reset, and cuts off a peer that still reads.
    """

    def __init__(self, sock: Any) -> None:
        self.fileno = sock.fileno
        self.close = sock.close


class _ClosesGently:
    _sock: Any
    _called_connection_lost: bool

    def _call_connection_lost(self, exc: BaseException | None) -> None:
        if not self._called_connection_lost:
            self._sock = _OnlyCloses(self._sock)
        super()._call_connection_lost(exc)  # type: ignore[misc]


class _WritesAtOnce:
    """Sends what the kernel takes when ``write`` is called.

    The inherited way is a request whose end is noticed one iteration later;
    until then a second write would be held back. Selector loops do not wait,
    and programs written on them notice.
    """

    _loop: Any
    _sock: Any
    _write_fut: Any
    _empty_waiter: Any
    _buffer: Any
    _closing: bool
    _conn_lost: int
    _eof_written: bool
    _pending_write: int

    # A transport that was closed while it still had something to send takes
    # more until that is out, as selector loops' do: TLS then has its farewell
    # to say. The inherited close() drops it, and the peer waits for ever.

    def close(self) -> None:
        if not self._closing:
            super().close()  # type: ignore[misc]
            if self._has_unsent:
                self._conn_lost -= 1

    def _loop_writing(self, f: Any = None, data: Any = None) -> None:
        had_unsent = self._has_unsent
        super()._loop_writing(f, data)  # type: ignore[misc]
        if self._closing and had_unsent and not self._has_unsent:
            self._conn_lost += 1

    @property
    def _has_unsent(self) -> bool:
        return bool(self._buffer) or self._write_fut is not None

    def write(self, data: Any) -> None:
        refused = self._conn_lost or self._eof_written or self._empty_waiter is not None
        if not refused and isinstance(data, _BYTES):
            if self._write_fut is None:
                data = self._send_now(data)
            elif not self._buffer and self._send_more(data):
                return
        if data or refused:
            super().write(data)  # type: ignore[misc]

    def _send_now(self, data: Any) -> Any:
        """Send what can be sent, and return the rest."""
        try:
            return data[self._loop._proactor.send_now(self._sock, data) :]
        except Exception as exc:  # noqa: BLE001 - as on selector loops, also of stand-ins
            self._fatal_error(exc, "Fatal write error on transport")  # type: ignore[attr-defined]
            return b""

    def _send_more(self, data: Any) -> bool:
        """Join what a stand-in has yet to take; a selector loop's buffer does so."""
        join = getattr(self._loop._proactor, "send_more", None)
        if join is None or not join(self._sock, data):
            return False
        self._pending_write += len(data)
        self._maybe_pause_protocol()  # type: ignore[attr-defined]
        return True


class SocketTransport(_WritesAtOnce, _ClosesGently, Socket):  # type: ignore[misc,valid-type]
    """A connected stream socket.

    Its buffer grows when a read has filled it, to what selector loops ask for
    at once: most connections never need that much.
    """

    _data: Any

    def _loop_reading(self, fut: Any = None) -> None:
        read = 0
        if fut is not None and not fut.cancelled() and fut.exception() is None:
            read = fut.result()
        if read == len(self._data) < _LARGE_READ:
            self._data = self._data.ljust(_LARGE_READ, b"\0")
        super()._loop_reading(fut)


class DatagramTransport(_ClosesGently, Datagram):  # type: ignore[misc,valid-type]
    """A datagram socket that reads as those of selector loops do.

    It goes on after an error, and an empty datagram is a datagram.
    """

    def _loop_reading(self, fut: asyncio.Future[Any] | None = None) -> None:
        closing = self._closing
        super()._loop_reading(fut)
        if fut is None or fut.cancelled() or closing:
            return
        if fut.exception() is not None:
            self._loop.call_soon(self._read_again)
            return
        data, sender = fut.result() if self._address is None else (fut.result(), self._address)
        if not data:
            self._protocol.datagram_received(data, sender)

    def _read_again(self) -> None:
        # Some versions of asyncio go on reading by themselves after some errors.
        if self._read_fut is None and not self._closing:
            self._loop_reading()


class _PipeEnd:
    _sock: Any
    _closing: bool

    def __repr__(self) -> str:
        state = "closed" if self._sock is None else "closing" if self._closing else "open"
        return f"<{type(self).__name__} {state} pipe={self._sock!r}>"


class ReadPipeTransport(_PipeEnd, ReadPipe):  # type: ignore[misc,valid-type]
    """The read end of a pipe; it closes when everything was read, as on selector loops."""

    def __init__(self, loop: Any, pipe: Any, *args: Any, **kwargs: Any) -> None:
        _prepare(self, pipe)
        ReadPipe.__init__(self, loop, pipe, *args, **kwargs)

    def _eof_received(self) -> None:
        super()._eof_received()
        self.close()


class WritePipeTransport(_PipeEnd, _WritesAtOnce, WritePipe):  # type: ignore[misc,valid-type]
    """The write end of a pipe; it closes when nobody reads any more."""

    def __init__(self, loop: Any, pipe: Any, *args: Any, **kwargs: Any) -> None:
        mode = _prepare(self, pipe)
        # Not the direct parent: that one would read from the pipe, which on
        # a terminal takes away what the user types.
        BaseWritePipe.__init__(self, loop, pipe, *args, **kwargs)
        if not stat.S_ISCHR(mode):
            self._read_fut = self._loop._proactor.wait_for_hangup(pipe)
            self._read_fut.add_done_callback(self._pipe_closed)


def _prepare(transport: Any, pipe: Any) -> int:
    mode = os.fstat(pipe.fileno()).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or stat.S_ISCHR(mode)):
        transport._sock = None  # its destructor looks
        raise ValueError("Pipe transport is for pipes/sockets/character devices only.")
    os.set_blocking(pipe.fileno(), False)
    return mode
