"""Descriptors the loop watches, and where their other ends are.

A connection whose other end belongs to this loop too cannot bring anything by
itself: what is under way shows as readiness at once, or is still in the
kernel's hands for a moment (`_transit`). One that leads elsewhere can bring
something at any time. A listener, or a datagram socket without a peer, waits
for somebody to call: that somebody is looked for among the threads, the
children and the connections, the listener itself is no sign of one.
"""

from __future__ import annotations

import os
import socket
import stat
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._ports import _time_loop as ports
from ._transit import Flow, Probe
from ._unix_peers import peer_inode
from ._wakers import Waker

__all__ = ["Peers"]

_READ = 1
_TAKE_SOCKETS = (
    "sock_connect",
    "sock_recv",
    "sock_recv_into",
    "sock_recvfrom",
    "sock_recvfrom_into",
    "sock_sendall",
    "sock_sendto",
)
_PASSIVE = "passive"
_INSIDE = "inside"
_OUTSIDE = "outside"
_HERE = "in this process"


@dataclass(slots=True)
class _End:
    """One descriptor, as found when it was first looked at."""

    fd: int
    key: object
    kind: str
    text: str
    local: Any = None
    remote: Any = None
    inode: int = 0
    flow: bool = False


class Peers:
    """Sorts the descriptors of one loop; remembers what it found."""

    def __init__(
        self,
        loop: Any,
        watched: Mapping[int, Any] | None,
        is_alone: Callable[[], bool],
        child_pipes: Callable[[], set[int]],
    ) -> None:
        self._loop = loop
        self._is_alone = is_alone
        self._child_pipes = child_pipes
        self._is_blind = watched is None
        self.watched: Mapping[int, Any] = {} if watched is None else watched
        self.bell = -1
        self._ends: dict[int, _End] = {}
        self._used: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    def wrappers(self) -> dict[str, Callable[..., Any]]:
        """Replacements for the loop's low-level methods, which note whose sockets are the loop's.

        Between two calls such a socket is watched by nobody.
        """
        named = {name: getattr(self._loop, name, None) for name in _TAKE_SOCKETS}
        found = {name: self._noting(method) for name, method in named.items() if method}
        return {**found, "sock_accept": self._noting_accepted(self._loop.sock_accept)}

    def _noting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def noting(sock: Any, *args: Any, **kwargs: Any) -> Any:
            self._note(sock)
            return original(sock, *args, **kwargs)

        return noting

    def _noting_accepted(self, original: Callable[..., Any]) -> Callable[..., Any]:
        async def sock_accept(sock: Any) -> Any:
            self._note(sock)
            accepted, address = await original(sock)
            self._note(accepted)
            return accepted, address

        return sock_accept

    def _note(self, sock: Any) -> None:
        if issubclass(type(sock), socket.socket):  # a stand-in only says that it is one
            self._used.add(sock)

    def any(self) -> bool:
        """True if the loop watches anything but its own alarm bell."""
        number = len(self.watched)
        if number == 1:
            if self.bell not in self.watched:
                self.bell = ports.self_pipe(self._loop)
            return self.bell not in self.watched
        return number > 0 or self._is_blind

    def outside(self) -> list[Waker]:
        """The connections that lead out of this loop, but for the pipes to its children."""
        found = [end for end in self._look() if self._leads_outside(end)]
        if found:
            children = self._child_pipes()
            found = [end for end in found if end.fd not in children]
        return [Waker(end.text, certain=False) for end in found]

    def in_transit(self) -> bool:
        """True while bytes are between two ends of this loop."""
        self._look()
        flows = {(end.local, end.remote): end for end in self._own_ends() if end.flow}
        for end in flows.values():
            sender = flows.get((end.remote, end.local))
            if sender is None or not self._reads(end.fd):
                continue
            if Flow.between(self._probe(end.fd), self._probe(sender.fd)).is_under_way():
                return True
        return False

    def _reads(self, fd: int) -> bool:
        key = self.watched.get(fd)
        return key is not None and bool(key.events & _READ)

    def _probe(self, fd: int) -> Probe:
        transport = ports.transports(self._loop).get(fd)
        found = transport.get_extra_info("socket") if transport is not None else None
        return fd if found is None else found

    def _look(self) -> list[_End]:
        """Every watched descriptor, from memory if it was seen under the same key."""
        bell = ports.self_pipe(self._loop)
        seen: dict[int, _End] = {}
        for fd, key in self.watched.items():
            if fd == bell:
                continue
            end = self._ends.get(fd)
            seen[fd] = end if end is not None and end.key is key else _examine(fd, key)
        self._ends = seen
        return list(seen.values())

    def _leads_outside(self, end: _End) -> bool:
        if end.kind is _OUTSIDE and self._other_end_is_ours(end):
            end.kind = _INSIDE
        if end.kind is _HERE:
            return not self._is_alone()
        return end.kind is _OUTSIDE

    def _other_end_is_ours(self, end: _End) -> bool:
        """Look for the other end among the loop's sockets, then in the whole process."""
        if any(_are_mirrored(end, other) for other in self._own_ends()):
            return True
        if _is_held_here(end):
            # A socket pair or pipe is handed to a thread by somebody, and that thread
            # counts by itself. A socket with a name may be served by one that has been
            # there for long.
            end.kind = _HERE if isinstance(end.remote, tuple) else _INSIDE
        return end.kind is _INSIDE

    def _own_ends(self) -> Iterator[_End]:
        yield from self._ends.values()
        others = {*ports.transports(self._loop), *(each.fileno() for each in list(self._used))}
        for fd in sorted(others - self._ends.keys() - {-1}):
            yield _examine(fd, None)


def _examine(fd: int, key: object) -> _End:
    """Find out what a descriptor is."""
    try:
        mode = os.fstat(fd)
    except OSError:
        return _End(fd, key, _PASSIVE, f"closed descriptor {fd}")
    if stat.S_ISSOCK(mode.st_mode):
        return _examine_socket(fd, key, mode.st_ino)
    kind = _INSIDE if _is_process_handle(fd) else _OUTSIDE
    noun = "pipe" if stat.S_ISFIFO(mode.st_mode) else "device"
    return _End(fd, key, kind, f"{noun} on descriptor {fd}", inode=mode.st_ino)


def _is_process_handle(fd: int) -> bool:
    """True for the handle by which asyncio waits for a child: counted as a child."""
    try:
        return "pidfd" in os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        return False


def _examine_socket(fd: int, key: object, inode: int) -> _End:
    probe = socket.socket(fileno=fd)
    try:
        local, remote = _address(probe.getsockname), _address(probe.getpeername)
        if remote is None:
            return _unconnected(probe, fd, key, local)
        text = f"connection {_name(local)} to {_name(remote)}"
        return _End(fd, key, _OUTSIDE, text, local, remote, inode, flow=_is_tcp(probe))
    finally:
        probe.detach()


def _address(ask: Callable[[], Any]) -> Any:
    """An address, or None if there is none, as for the peer of a listener."""
    try:
        return ask()
    except OSError:
        return None


def _unconnected(probe: socket.socket, fd: int, key: object, local: Any) -> _End:
    """A listener, a datagram socket, or a connection that is still being made."""
    is_stream = probe.type == socket.SOCK_STREAM
    listens = is_stream and probe.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    if not is_stream or listens:
        return _End(fd, key, _PASSIVE, f"socket {_name(local)}", local)
    return _End(fd, key, _OUTSIDE, f"connection being made from {_name(local)}", local)


def _is_tcp(probe: socket.socket) -> bool:
    return probe.family in (socket.AF_INET, socket.AF_INET6) and probe.type == socket.SOCK_STREAM


def _name(address: Any) -> str:
    if isinstance(address, tuple) and len(address) >= 2:
        return f"{address[0]}:{address[1]}"
    return str(address) or "(unnamed)"


def _are_mirrored(end: _End, other: _End) -> bool:
    if isinstance(end.remote, tuple):
        return other.local == end.remote and other.remote in (end.local, None)
    return end.remote is not None and peer_inode(end.inode) == other.inode != 0


def _is_held_here(end: _End) -> bool:
    """True if this process itself has the other end of a pipe or socket open."""
    wanted = _wanted_inode(end)
    for fd in _open_descriptors():
        try:
            if fd != end.fd and os.fstat(fd).st_ino == wanted != 0:
                return True
            if isinstance(end.remote, tuple) and _is_socket_named(fd, end):
                return True
        except OSError:
            continue
    return False


def _wanted_inode(end: _End) -> int:
    """A pipe has one inode for both its ends; each half of a socket pair has its own."""
    if end.remote is None:
        return end.inode
    return 0 if isinstance(end.remote, tuple) else peer_inode(end.inode)


def _is_socket_named(fd: int, end: _End) -> bool:
    if fd == end.fd or not stat.S_ISSOCK(os.fstat(fd).st_mode):
        return False
    return _are_mirrored(end, _examine_socket(fd, None, 0))


def _open_descriptors() -> list[int]:
    for folder in ("/proc/self/fd", "/dev/fd"):
        if os.path.isdir(folder):
            return [int(name) for name in os.listdir(folder)]
    return []
