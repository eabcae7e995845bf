"""What a clocked uvloop needs of asyncio's timers and of uvloop's own methods.

uvloop accepts foreign handles nowhere, so a due timer is run by a callback of
its own. Which descriptors it watches, the kernel tells: libuv waits in an epoll
whose contents Linux shows under ``/proc``. Elsewhere they stay unknown.
Checked with uvloop 0.23 on 3.11 to 3.15.
"""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ._current import running_loop
from ._time_threads import count as count_threads

__all__ = ["Descriptors", "arm", "arm_later", "count_threads", "make_event_check", "run_timer"]

LEANS_ON = (
    "asyncio.events:Handle._run",
    "uvloop:Loop._get_backend_id",
)


def run_timer(loop: Any, timer: asyncio.TimerHandle) -> None:
    """Let the loop run a due timer, unless it is cancelled before its turn."""
    loop.call_soon(_run_unless_cancelled, timer)


def _run_unless_cancelled(timer: Any) -> None:
    if not timer.cancelled():
        timer._run()


def arm(loop: Any, callback: Callable[..., object], *args: Any) -> None:
    """Arm a callback by uvloop's own method, past the counting one of ours."""
    _plain_class(loop).call_soon(loop, callback, *args)


def arm_later(loop: Any, seconds: float, callback: Callable[..., object], *args: Any) -> None:
    """Arm a callback for a moment of real time."""
    _plain_class(loop).call_later(loop, seconds, callback, *args)


def _plain_class(loop: Any) -> Any:
    """The first class behind ours: the user's, or uvloop's."""
    return type(loop).__mro__[2]


def make_event_check(loop: Any) -> Callable[[], bool]:
    """A function that tells whether an event waits for libuv to take it.

    The descriptor libuv polls with is itself readable exactly then.
    """
    poller = select.poll()
    poller.register(loop._get_backend_id(), select.POLLIN)
    return lambda: bool(poller.poll(0))


class Descriptor(NamedTuple):
    """One watched descriptor; the inode tells it from a later one of the same number."""

    fd: int
    events: int
    inode: int


_USES_DESCRIPTORS = (
    "add_reader",
    "add_writer",
    "connect_accepted_socket",
    "connect_read_pipe",
    "connect_write_pipe",
    "create_connection",
    "create_datagram_endpoint",
    "create_server",
    "create_unix_connection",
    "create_unix_server",
    "sock_accept",
    "sock_connect",
    "sock_recv",
    "sock_recv_into",
    "sock_recvfrom",
    "sock_recvfrom_into",
    "sock_sendall",
    "sock_sendto",
)


class Descriptors(Mapping[int, Descriptor]):
    """What a uvloop watches, libuv's own descriptors left out.

    The kernel is not asked before the loop is first asked for any I/O.
    """

    def __init__(self, loop: Any) -> None:
        self._loop = loop
        self._is_used = False
        self._seen: dict[int, Descriptor] = {}
        if running_loop() is None:
            loop.run_until_complete(_nothing())  # libuv makes its own descriptors now
        self._own = {fd for fd, _ in _epoll(loop)}

    def start_when_used(self) -> None:
        for name in _USES_DESCRIPTORS:
            setattr(self._loop, name, self._noting(getattr(self._loop, name)))

    def _noting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*args: Any, **kwargs: Any) -> Any:
            self._is_used = True
            return original(*args, **kwargs)

        return noting

    def _look(self) -> dict[int, Descriptor]:
        if not self._is_used:
            return {}
        found: dict[int, Descriptor] = {}
        for fd, events in _epoll(self._loop):
            if fd in self._own:
                continue
            new = Descriptor(fd, events, _inode(fd))
            found[fd] = new if self._seen.get(fd) != new else self._seen[fd]
        self._seen = found
        return found

    def __len__(self) -> int:
        return len(self._look())

    def __iter__(self) -> Iterator[int]:
        return iter(self._look())

    def __getitem__(self, fd: int) -> Descriptor:
        return self._seen[fd]


async def _nothing() -> None:
    pass


def _epoll(loop: Any) -> list[tuple[int, int]]:
    """Descriptors and events in a loop's epoll, in order."""
    try:
        with open(f"/proc/self/fdinfo/{loop._get_backend_id()}") as info:
            fields = [line.split() for line in info if line.startswith("tfd:")]
    except OSError:
        return []
    return sorted((int(field[1]), int(field[3], 16)) for field in fields)


def _inode(fd: int) -> int:
    try:
        return os.fstat(fd).st_ino
    except OSError:
        return 0
