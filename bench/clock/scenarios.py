"""What a virtual clock has to get right, one coroutine each, for any asyncio loop.

A scenario returns if the clock was right and raises if it was not. Those that
are about hanging must end with the clock's own error. ``table.py`` runs them.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

REAL_MONOTONIC = time.monotonic
MUST_RAISE = {"busy poll", "deadlock"}
SLEEPER = [sys.executable, "-c", "import time; time.sleep(0.1)"]

scenarios: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {}


class Wrong(Exception):
    """The clock was wrong."""


def scenario(name: str) -> Callable[[Any], Any]:
    def add(function: Any) -> Any:
        scenarios[name] = function
        return function

    return add


def now() -> float:
    return asyncio.get_running_loop().time()


def expect(actual: object, expected: object) -> None:
    if actual != expected:
        raise Wrong(f"{actual!r} instead of {expected!r}")


@scenario("sleep(3600), timeout(10), wait_for")
async def sleeps() -> None:
    start = now()
    await asyncio.sleep(3600)
    for _ in range(2):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10):
                await asyncio.sleep(60)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.sleep(60), 5)
    expect(now() - start, 3625.0)


async def _serve(handler: Any) -> tuple[Any, Any, Any]:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    return server, reader, writer


@scenario("TCP echo inside the loop under timeout(5)")
async def tcp() -> None:
    async def echo(reader: Any, writer: Any) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    async with asyncio.timeout(5):
        server, reader, writer = await _serve(echo)
        for _ in range(100):
            writer.write(b"ping")
            expect(await reader.readexactly(4), b"ping")
    writer.close()
    server.close()


@scenario("8 MiB inside the loop under timeout(5)")
async def megabytes() -> None:
    size = 8 << 20

    async def swallow(reader: Any, writer: Any) -> None:
        left = size
        while left:
            left -= len(await reader.read(1 << 16))
        writer.write(b"k")
        writer.close()

    async with asyncio.timeout(5):
        server, reader, writer = await _serve(swallow)
        for _ in range(128):
            writer.write(bytes(1 << 16))
            await writer.drain()
        expect(await reader.read(1), b"k")
    writer.close()
    server.close()


@scenario("UDP inside the loop under timeout(5)")
async def udp() -> None:
    loop = asyncio.get_running_loop()
    got = loop.create_future()

    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, address: Any) -> None:
            self.transport.sendto(data, address)

    class Client(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, address: Any) -> None:
            got.set_result(data)

    async with asyncio.timeout(5):
        server, _ = await loop.create_datagram_endpoint(Server, ("127.0.0.1", 0))
        client, _ = await loop.create_datagram_endpoint(
            Client, remote_addr=server.get_extra_info("sockname")
        )
        client.sendto(b"x")
        await got
    client.close()
    server.close()


@scenario("conversation with 3 x 100 s of thought, exact")
async def conversation() -> None:
    async def think(reader: Any, writer: Any) -> None:
        while data := await reader.read(100):
            await asyncio.sleep(100)
            writer.write(data)
        writer.close()

    start = now()
    server, reader, writer = await _serve(think)
    for _ in range(3):
        writer.write(b"ping")
        await reader.readexactly(4)
    expect(now() - start, 300.0)
    writer.close()
    server.close()


def _late_peer(delay: float = 0.05) -> Any:
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = listener.accept()
        connection.recv(1)
        time.sleep(delay)
        connection.sendall(b"x")
        connection.close()

    threading.Thread(target=answer, daemon=True).start()
    return listener.getsockname()


ADDRESS = None


def prepare(name: str) -> None:
    """Start what has to be there before the clock is."""
    global ADDRESS
    if name in (PEER, HEARTBEAT):
        ADDRESS = _late_peer()


PEER = "real peer, 50 ms, under timeout(5)"
HEARTBEAT = "heartbeat of 1 ms does not run away meanwhile"


@scenario(PEER)
async def peer() -> None:
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection(*ADDRESS)
        writer.write(b"?")
        expect(await reader.read(1), b"x")
    writer.close()


@scenario(HEARTBEAT)
async def heartbeat() -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.001)
            beats += 1

    real = REAL_MONOTONIC()
    task = asyncio.create_task(beat())
    reader, writer = await asyncio.open_connection(*ADDRESS)
    writer.write(b"?")
    await reader.read(1)
    task.cancel()
    writer.close()
    if beats > (REAL_MONOTONIC() - real) / 0.001:
        raise Wrong(f"{beats} beats in 50 ms")


@scenario("child process, 0.1 s, under timeout(5)")
async def child() -> None:
    async with asyncio.timeout(5):
        process = await asyncio.create_subprocess_exec(*SLEEPER)
        expect(await process.wait(), 0)


@scenario("child not started by the loop, polled every 0.1 s")
async def popen() -> None:
    start = now()
    process = subprocess.Popen(SLEEPER)
    while process.poll() is None:
        await asyncio.sleep(0.1)
        if now() - start > 5:
            process.wait()
            raise Wrong("more than 5 s passed")


@scenario("to_thread, 0.1 s, under timeout(5)")
async def to_thread() -> None:
    async with asyncio.timeout(5):
        await asyncio.to_thread(time.sleep, 0.1)


@scenario("to_thread, then sleep(10), exact")
async def exact_after_thread() -> None:
    start = now()
    for _ in range(20):
        await asyncio.to_thread(int)
    await asyncio.sleep(10)
    expect(now() - start, 10.0)


@scenario("pool of one's own and wrap_future under timeout(5)")
async def own_pool() -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        async with asyncio.timeout(5):
            await asyncio.wrap_future(pool.submit(time.sleep, 0.1))


@scenario("thread and call_soon_threadsafe under timeout(5)")
async def thread() -> None:
    loop, event = asyncio.get_running_loop(), asyncio.Event()

    def call() -> None:
        time.sleep(0.1)
        loop.call_soon_threadsafe(event.set)

    threading.Thread(target=call).start()
    async with asyncio.timeout(5):
        await event.wait()


@scenario("socket pair handed to a thread under timeout(5)")
async def pair() -> None:
    near, far = socket.socketpair()
    near.setblocking(False)
    threading.Thread(target=lambda: (time.sleep(0.1), far.send(b"x"))).start()
    async with asyncio.timeout(5):
        await asyncio.get_running_loop().sock_recv(near, 1)
    near.close()
    far.close()


@scenario("pipe handed to a thread under timeout(5)")
async def pipe() -> None:
    loop = asyncio.get_running_loop()
    read, write = os.pipe()
    got = asyncio.Event()
    loop.add_reader(read, got.set)
    threading.Thread(target=lambda: (time.sleep(0.1), os.write(write, b"x"))).start()
    async with asyncio.timeout(5):
        await got.wait()
    loop.remove_reader(read)


@scenario("getaddrinfo under timeout(5)")
async def dns() -> None:
    async with asyncio.timeout(5):
        await asyncio.get_running_loop().getaddrinfo("localhost", 80)


@scenario("signal after 0.1 s under timeout(5)")
async def alarm() -> None:
    loop, rang = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGALRM, rang.set)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        async with asyncio.timeout(5):
            await rang.wait()
    except TimeoutError:
        signal.setitimer(signal.ITIMER_REAL, 0)
        raise


@scenario("shutdown_default_executor, job still running")
async def shutdown() -> None:
    loop, start = asyncio.get_running_loop(), now()
    loop.run_in_executor(None, time.sleep, 0.1)
    await loop.shutdown_default_executor()
    if now() - start > 1:
        raise Wrong(f"{now() - start} s passed")


@scenario("leaked thread: sleep(100) still ends, soon")
async def leaked() -> None:
    def idle() -> None:
        while True:
            time.sleep(0.01)

    threading.Thread(target=idle, daemon=True).start()
    await asyncio.sleep(100)


@scenario("1000 x sleep(0.1) == 100.0")
async def drift() -> None:
    start = now()
    for _ in range(1000):
        await asyncio.sleep(0.1)
    expect(now() - start, 100.0)


@scenario("sleep(1e9), then sleep(0.5)")
async def large() -> None:
    start = now()
    await asyncio.sleep(1e9)
    await asyncio.sleep(0.5)
    expect(now() - start, 1e9 + 0.5)


@scenario("equal deadlines fire in order")
async def order() -> None:
    fired: list[int] = []
    loop = asyncio.get_running_loop()
    when = now() + 1
    for number in range(100):
        loop.call_at(when, fired.append, number)
    await asyncio.sleep(2)
    if fired != sorted(fired):
        raise Wrong("out of order")


@scenario("busy poll")
async def busy() -> None:
    end = now() + 1
    while now() < end:
        await asyncio.sleep(0)


@scenario("deadlock")
async def deadlock() -> None:
    await asyncio.get_running_loop().create_future()


@scenario("time.time, time.monotonic move along")
async def wall() -> None:
    before = time.time(), time.monotonic()
    await asyncio.sleep(3600)
    moved = round(time.time() - before[0]), round(time.monotonic() - before[1])
    expect(moved, (3600, 3600))
