"""Stand-ins for files and sockets, told apart from real ones by their descriptor.

Every stand-in has a `FileDescriptor` of its own. It is an integer, so loops
and selectors take it; it is of a type of its own, so ours know that there is
nothing behind it to wait for.
"""

from __future__ import annotations

import functools
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any, ClassVar
from unittest.mock import DEFAULT

from .._errors import AsynctestValueError, say
from ._family import Mock
from ._stdlib import knows_its_answer

try:
    import ssl
except ImportError:  # Python built without OpenSSL
    ssl = None  # type: ignore[assignment]

__all__ = ["FileDescriptor", "FileMock", "SocketMock", "fd", "isfilemock", "mock_descriptor"]
if ssl is not None:
    __all__ += ["SSLSocketMock"]

_numbering = threading.Lock()  # mocks are made in parallel on free-threaded Pythons


class FileDescriptor(int):
    """The number of a file that does not exist.

    Without an argument the next free number is taken, from
    ``FileDescriptor.next_fd`` up. A descriptor equals its number, but has
    another hash: a real file and a stand-in of the same number live side by
    side in one dictionary.

    >>> FileDescriptor(7) == 7, FileDescriptor(7) in {7: "a real file"}
    (True, False)
    """

    next_fd: ClassVar[int] = 0

    def __new__(cls, value: int | None = None) -> FileDescriptor:
        with _numbering:
            number = FileDescriptor.next_fd if value is None else int(value)
            FileDescriptor.next_fd = max(FileDescriptor.next_fd, number) + 1
        return super().__new__(cls, number)

    def __hash__(self) -> int:
        return ~int.__hash__(self)


class FileMock(Mock):
    """A file that records what is done to it; ``fileno()`` is a `FileDescriptor`.

    Give it to a loop in place of a file, then say when it is ready with
    `set_read_ready` and `set_write_ready`. Its children are plain mocks.

    >>> file = FileMock()
    >>> file.read.return_value = b"data"
    >>> isfilemock(file), file.read()
    (True, b'data')
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        descriptor = FileDescriptor()
        # A spec_set without fileno refuses the attribute unless it is there already.
        self.__dict__["fileno"] = None
        # Forwarding outlives reset_mock(return_value=True), a return_value would not.
        self.fileno = Mock(wraps=lambda: descriptor)

    def _get_child_mock(self, /, **kw: Any) -> Any:
        return Mock(**kw)


class SocketMock(FileMock):
    """A `FileMock` with the attributes of `socket.socket`.

    What a loop asks every socket is answered as by a healthy one that does
    not block: ``gettimeout()`` is 0 and ``getsockopt()`` is 0, no error. From
    Python 3.12 on transports write with ``sendmsg()``: as long as only
    ``send`` is told what to answer, ``sendmsg`` hands its data to ``send``.

    What is sent is recorded as it was then, whatever becomes of the buffer.

    Loops look at the type of a socket: pass ``type=socket.SOCK_STREAM`` for
    connections and servers, ``SOCK_DGRAM`` for datagram endpoints. Those call
    ``send`` if there is a peer; ``getpeername.side_effect = OSError`` says that
    there is none, and they call ``sendto``.

    >>> sock = SocketMock(type=socket.SOCK_STREAM)
    >>> sock.send.side_effect = len
    >>> sock.sendmsg([b"one", b"two"])
    6
    >>> sock.send.call_args
    call(b'onetwo')
    """

    _spec: ClassVar[type] = socket.socket

    def __init__(
        self,
        side_effect: Any = None,
        return_value: Any = DEFAULT,
        wraps: Any = None,
        name: str | None = None,
        spec_set: Any = None,
        parent: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            spec=self._spec,
            side_effect=side_effect,
            return_value=return_value,
            wraps=wraps,
            name=name,
            spec_set=spec_set,
            parent=parent,
            **kwargs,
        )

    def _get_child_mock(self, /, **kw: Any) -> Any:
        name = kw.get("name")
        if name in _SENDS:
            return _Sending(**kw)
        if name in _ANSWERS and kw.get("wraps") is None:
            kw["wraps"] = functools.partial(_ANSWERS[name], self)
        return super()._get_child_mock(**kw)


def _zero(sock: SocketMock, *args: Any, **kwargs: Any) -> int:
    return 0


def _send_joined(sock: SocketMock, buffers: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
    if knows_its_answer(sock.send):
        return sock.send(b"".join(buffers))
    return sock.sendmsg.return_value


# Given as ``wraps``: whatever a test sets on the child comes first, and
# reset_mock() keeps it.
_ANSWERS: dict[str | None, Callable[..., Any]] = {
    "getsockopt": _zero,
    "gettimeout": _zero,
    "sendmsg": _send_joined,
}


class _Sending(Mock):
    """A method that records buffers by value: transports empty and reuse theirs."""

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return super().__call__(*map(_frozen, args), **kwargs)

    def _get_child_mock(self, /, **kw: Any) -> Any:
        return Mock(**kw)


_Sending.__name__ = Mock.__name__  # users see it in the repr
_SENDS = frozenset({"send", "sendall", "sendto"})


def _frozen(argument: Any) -> Any:
    return bytes(argument) if isinstance(argument, bytearray | memoryview) else argument


if ssl is not None:

    class SSLSocketMock(SocketMock):
        """A `SocketMock` with the attributes of `ssl.SSLSocket`.

        Loops refuse it in their ``sock_*`` methods, as they refuse a real one.

        >>> isinstance(SSLSocketMock(), ssl.SSLSocket)
        True
        """

        _spec = ssl.SSLSocket


def isfilemock(obj: Any) -> bool:
    """Tell whether this is a stand-in, or the descriptor of one.

    >>> isfilemock(FileMock()), isfilemock(FileDescriptor()), isfilemock(3)
    (True, True, False)
    """
    return mock_descriptor(obj) is not None


def mock_descriptor(obj: Any) -> FileDescriptor | None:
    """The descriptor of a stand-in; None for everything else."""
    if type(obj) is int:  # what loops ask about nearly always
        return None
    if isinstance(obj, FileDescriptor):
        return obj
    try:
        number = obj.fileno()
    except (AttributeError, TypeError, ValueError, OSError):  # a string, a class, a closed file
        return None
    return number if isinstance(number, FileDescriptor) else None


def fd(fileobj: Any) -> Any:
    """Give the descriptor of a file: its `FileDescriptor` if it is a stand-in.

    A `FileDescriptor` is given back as it is. Raises `ValueError` for a plain
    number and for what has no working ``fileno()``.

    >>> file = FileMock()
    >>> fd(file) is file.fileno()
    True
    """
    if isinstance(fileobj, FileDescriptor):
        return fileobj
    try:
        return fileobj.fileno()
    except Exception as error:
        raise AsynctestValueError(
            say(
                f"no file descriptor can be had from {fileobj!r}",
                todo="Pass a file, a socket, or a stand-in for one.",
            )
        ) from error
