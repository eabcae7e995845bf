"""Calls that may need several turns, and remember how far they came.

Each is called until it no longer raises ``BlockingIOError``.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable
from typing import Any

__all__ = ["Connecting", "Sending", "SendingFile", "accept", "out_of_resources"]

_OUT_OF_RESOURCES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


def accept(listener: socket.socket) -> tuple[socket.socket, Any]:
    """Accept one connection, ready for use with a loop."""
    try:
        conn, address = listener.accept()
    except ConnectionAbortedError:
        raise BlockingIOError from None  # that peer left again: wait for the next
    conn.setblocking(False)
    return conn, address


def out_of_resources(exc: BaseException) -> bool:
    """Whether accepting failed for a reason that passes when others close something."""
    return isinstance(exc, OSError) and exc.errno in _OUT_OF_RESOURCES


class Sending:
    """Send a whole buffer through a call that may take only a part of it."""

    def __init__(self, data: Any, send: Callable[[Any], int]) -> None:
        self._rest = data
        self._total = len(data)
        self._send = send

    def __call__(self) -> int:
        sent = self._send(self._rest)
        while sent < len(self._rest):
            self._rest = memoryview(self._rest)[sent:]
            sent = self._send(self._rest)
        return self._total


class SendingFile:
    """Let the kernel copy part of a file into a socket.

    The file's position follows what was sent, so that it is right whether the
    call ends, fails or is given up.
    """

    def __init__(self, sock: socket.socket, file: Any, offset: int, count: int) -> None:
        self._sock = sock
        self._file = file
        self._offset = offset
        self._left = count
        self._total = 0

    def __call__(self) -> int:
        while self._left > 0:
            sent = self._some()
            if not sent:
                break
            self._offset += sent
            self._left -= sent
            self._total += sent
            self._file.seek(self._offset)
        return self._total

    def _some(self) -> int:
        try:
            return os.sendfile(self._sock.fileno(), self._file.fileno(), self._offset, self._left)
        except (BlockingIOError, InterruptedError, ConnectionError):
            raise
        except OSError as exc:
            if exc.errno == errno.ENOTCONN:
                raise ConnectionError(errno.ENOTCONN, "socket is not connected") from exc
            if self._total == 0:
                # Not for this kind of file or socket; asyncio then copies by hand.
                raise asyncio.SendfileNotAvailableError("os.sendfile() failed") from exc
            raise


class Connecting:
    """Start to connect, then ask how it went."""

    def __init__(self, sock: socket.socket, address: Any) -> None:
        self._sock = sock
        self._address = address
        self._started = False

    def __call__(self) -> None:
        if not self._started:
            self._started = True
            self._sock.connect(self._address)
            return
        code = self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, f"Connect call failed {self._address}")
