"""What the test selector costs real sockets: wrapped against bare, CPU time.

    PYTHONPATH=. python bench/selector/wrapper.py [ROUNDS]

Each line is a ratio, median over the rounds: the same work on a loop whose
selector is wrapped and on one whose selector is not, one batch after the
other. 1.00 means no cost.
"""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import sys
from collections.abc import Callable
from time import process_time

from asynctest.selector import FileMock, TestSelector, wrap_selector

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
    "transport round trips": (transport_round_trips, 1.05),
    "sock_recv/sock_sendall round trips": (sock_round_trips, 1.05),
    "idle turns of the loop": (idle_turns, 1.05),
    "add and remove a reader": (add_remove, 1.30),
    "add and remove reader and writer": (add_remove_both, 1.30),
    "add and remove a reader, by socket object": (add_remove_object, 1.30),
}


def measure(work: Callable[[], None]) -> float:
    start = process_time()
    work()
    return process_time() - start


def compare(make: Callable[[asyncio.AbstractEventLoop], Callable[[], None]], rounds: int) -> float:
    bare, wrapped = asyncio.new_event_loop(), asyncio.new_event_loop()
    wrap_selector(wrapped)
    works = make(bare), make(wrapped)
    for work in works:
        work()
    ratios = []
    for number in range(rounds):
        # Who goes first alternates: the second finds warmer caches.
        order = (0, 1) if number % 2 else (1, 0)
        times = {which: measure(works[which]) for which in order}
        ratios.append(times[1] / times[0])
    for loop in (bare, wrapped):
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.close()
    return statistics.median(ratios)


def microseconds(work: Callable[[], object], times: int = 2000) -> float:
    batches = []
    for _ in range(15):
        start = process_time()
        for _ in range(times):
            work()
        batches.append((process_time() - start) / times)
    return min(batches) * 1e6


def main(rounds: int) -> None:
    for name, (make, goal) in WORKS.items():
        print(f"{name}: {compare(make, rounds):.3f} (goal {goal:.2f})")
    loop = asyncio.new_event_loop()
    print(f"wrap and unwrap a loop: {microseconds(lambda: wrap_selector(loop)()):.2f} us")
    print(f"make a TestSelector: {microseconds(TestSelector):.2f} us")
    print(f"make a FileMock: {microseconds(FileMock, 200):.2f} us")
    loop.close()


if __name__ == "__main__":
    # Transports ask for 256 KiB per read; by default glibc maps and unmaps
    # that every time, and the kernel's share hides everything else.
    if "MALLOC_MMAP_THRESHOLD_" not in os.environ:
        os.environ["MALLOC_MMAP_THRESHOLD_"] = "8388608"
        os.environ["MALLOC_TRIM_THRESHOLD_"] = "33554432"
        os.execv(sys.executable, [sys.executable, *sys.argv])
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 201)
