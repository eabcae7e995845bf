"""Which socket is at the other end of an unnamed UNIX socket.

Socket pairs have no names, so the kernel is asked: Linux tells the peer of
every UNIX socket over a netlink socket, to everybody. Elsewhere the answer is
0, "unknown".
"""

from __future__ import annotations

import socket
import struct
from contextlib import suppress

__all__ = ["peer_inode"]

_SOCK_DIAG = 4
_DIAG_BY_FAMILY = 20
_REQUEST = 1
_SHOW_PEER = 4
_ATTRIBUTE_PEER = 2
_ALL_STATES = 0xFFFFFFFF
_NO_COOKIE = 0xFFFFFFFF
_HEADER = struct.Struct("=IHHII")
_QUERY = struct.Struct("=BBHIIIII")
_ANSWER_SIZE = 16
_ATTRIBUTE = struct.Struct("=HH")


def peer_inode(inode: int) -> int:
    """The inode of the socket connected to this one, or 0 if it cannot be found out."""
    if not inode or not hasattr(socket, "AF_NETLINK"):
        return 0
    with suppress(OSError, struct.error):
        return _parse(_ask(inode))
    return 0


def _ask(inode: int) -> bytes:
    query = _QUERY.pack(
        socket.AF_UNIX, 0, 0, _ALL_STATES, inode, _SHOW_PEER, _NO_COOKIE, _NO_COOKIE
    )
    header = _HEADER.pack(_HEADER.size + len(query), _DIAG_BY_FAMILY, _REQUEST, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as kernel:
        kernel.settimeout(1)
        kernel.send(header + query)
        return kernel.recv(8192)


def _parse(answer: bytes) -> int:
    length, kind = _HEADER.unpack_from(answer)[:2]
    if kind != _DIAG_BY_FAMILY:
        return 0
    offset = _HEADER.size + _ANSWER_SIZE
    while offset + _ATTRIBUTE.size <= length:
        size, name = _ATTRIBUTE.unpack_from(answer, offset)
        if name == _ATTRIBUTE_PEER:
            return int(struct.unpack_from("=I", answer, offset + _ATTRIBUTE.size)[0])
        offset += max((size + 3) & ~3, 4)
    return 0
