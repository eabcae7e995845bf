"""Bytes that one end of a loopback connection has sent and the other has not got.

Loopback delivers at once as a rule, so an empty poll means that nothing is
there. The exceptions are a loaded kernel that postpones delivery, and a sender
without ``TCP_NODELAY`` that holds back a small write until the last one is
acknowledged, up to 40 ms later. Both show in the counters the kernel keeps for
each end: Linux 4.19 or later.
"""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeAlias

__all__ = ["Flow", "Probe"]

_LENGTH = 216
_RECEIVED = (128, "=Q")
_UNSENT = (144, "=I")
_SENT = (200, "=Q")
_RESENT = (208, "=Q")


class _HasOptions(Protocol):
    def getsockopt(self, level: int, option: int, size: int, /) -> bytes: ...


Probe: TypeAlias = "int | _HasOptions"


@dataclass(frozen=True, slots=True)
class Flow:
    """One direction of a connection between two sockets of this process."""

    sent: int
    unsent: int
    received: int

    @classmethod
    def between(cls, receiver: Probe, sender: Probe) -> Flow:
        to_info, from_info = _info(receiver), _info(sender)
        if not (to_info and from_info):
            return cls(0, 0, 0)
        sent = _get(from_info, _SENT) - _get(from_info, _RESENT)
        return cls(sent, _get(from_info, _UNSENT), _get(to_info, _RECEIVED))

    def is_under_way(self) -> bool:
        """True if something was sent that has not arrived, or is about to be sent."""
        return self.unsent > 0 or self.sent > self.received


def _info(probe: Probe) -> bytes:
    if not hasattr(socket, "TCP_INFO"):
        return b""
    with suppress(OSError):
        if not isinstance(probe, int):
            info = probe.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        else:
            info = _info_of_descriptor(probe)
        return info if len(info) >= _LENGTH else b""
    return b""


def _info_of_descriptor(fd: int) -> bytes:
    borrowed = socket.socket(fileno=fd)
    try:
        return borrowed.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    finally:
        borrowed.detach()


def _get(info: bytes, field: tuple[int, str]) -> int:
    return int(struct.unpack_from(field[1], info, field[0])[0])
