"""What the test selector costs real sockets, against the same loop without it.

python bench/selector/wrapper.py [ROUNDS]
"""

from __future__ import annotations

import asyncio
import os
import pathlib
import socket
import sys
from collections.abc import Callable

sys.path[:0] = [str(pathlib.Path(__file__).parents[2])]

from asynctest.selector import FileMock, TestSelector, wrap_selector
from bench._ab import compare

BATCH = 400


def add_remove(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    left, _ = keep(socket.socketpair())
    fd = left.fileno()

    def work() -> None:
        for _ in range(BATCH):
            loop.add_reader(fd, int)
            loop.remove_reader(fd)

    return work


def add_remove_both(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    left, _ = keep(socket.socketpair())
    fd = left.fileno()

    def work() -> None:
        for _ in range(BATCH // 2):
            loop.add_reader(fd, int)
            loop.add_writer(fd, int)
            loop.remove_reader(fd)
            loop.remove_writer(fd)

    return work


def add_remove_object(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    left, _ = keep(socket.socketpair())

    def work() -> None:
        for _ in range(BATCH):
            loop.add_reader(left, int)
            loop.remove_reader(left)

    return work


def sock_round_trips(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    left, right = keep(socket.socketpair())

    async def echo() -> None:
        for _ in range(BATCH // 4):
            await loop.sock_sendall(left, await loop.sock_recv(left, 64))

    async def work() -> None:
        task = loop.create_task(echo())
        for _ in range(BATCH // 4):
            waiting = loop.create_task(loop.sock_recv(right, 64))
            await asyncio.sleep(0)
            await loop.sock_sendall(right, b"ping")
            await waiting
        await task

    return lambda: loop.run_until_complete(work())


class Echo(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)  # type: ignore[attr-defined]


class Ping(Echo):
    left = 0

    def data_received(self, data: bytes) -> None:
        self.left -= 1
        if self.left:
            self.transport.write(data)  # type: ignore[attr-defined]
        else:
            self.done.set_result(None)


def transport_round_trips(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    left, right = keep(socket.socketpair())

    async def connect() -> Ping:
        await loop.create_connection(Echo, sock=left)
        _, ping = await loop.create_connection(Ping, sock=right)
        return ping

    ping = loop.run_until_complete(connect())

    async def work() -> None:
        ping.left, ping.done = BATCH, loop.create_future()
        ping.transport.write(b"ping")  # type: ignore[attr-defined]
        await ping.done

    return lambda: loop.run_until_complete(work())


def idle_turns(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    async def work() -> None:
        for _ in range(BATCH):
            await asyncio.sleep(0)

    return lambda: loop.run_until_complete(work())


_kept: list[socket.socket] = []


def keep(pair: tuple[socket.socket, socket.socket]) -> tuple[socket.socket, socket.socket]:
    for sock in pair:
        sock.setblocking(False)
    _kept.extend(pair)
    return pair


WORKS = {
    f"{BATCH} transport round trips, at most 1.05x": transport_round_trips,
    f"{BATCH // 4} sock_recv/sock_sendall round trips, at most 1.05x": sock_round_trips,
    f"{BATCH} idle turns of the loop, at most 1.05x": idle_turns,
    f"{BATCH} readers added and removed, at most 1.3x": add_remove,
    f"{BATCH // 2} readers and writers added and removed, at most 1.3x": add_remove_both,
    f"{BATCH} readers added and removed by socket object": add_remove_object,
}


def main(rounds: int) -> None:
    for name, make in WORKS.items():
        print(f"{name}:")
        bare, wrapped = asyncio.new_event_loop(), asyncio.new_event_loop()
        wrap_selector(wrapped)
        compare("bare", {"bare": (make(bare), 1), "wrapped": (make(wrapped), 1)}, rounds)
        bare.close()
        wrapped.close()
    print("what a test pays:")
    loop = asyncio.new_event_loop()
    compare(
        "a new TestSelector",
        {
            "a new TestSelector": (TestSelector, 2000),
            "a loop's selector wrapped and unwrapped": (lambda: wrap_selector(loop)(), 2000),
            "a new FileMock": (FileMock, 200),
        },
    )
    loop.close()


if __name__ == "__main__":
    # Transports ask for 256 KiB per read; by default glibc maps and unmaps
    # that every time, and the kernel's share hides everything else.
    if "MALLOC_MMAP_THRESHOLD_" not in os.environ:
        os.environ["MALLOC_MMAP_THRESHOLD_"] = "8388608"
        os.environ["MALLOC_TRIM_THRESHOLD_"] = "33554432"
        os.execv(sys.executable, [sys.executable, *sys.argv])
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 51)
