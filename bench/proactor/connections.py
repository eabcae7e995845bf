"""Many connections, one after the other: descriptors and memory must not grow.

Each connects, sends, receives and closes, over loopback, on the completion
loop. After a warm-up, open descriptors and live memory are compared with those
at the end. Prints one number per line; the exit status is 1 if either grew.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import pathlib
import socket
import struct
import sys
import time
import tracemalloc

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from asynctest import _ports as ports
from asynctest.proactor import ProactorEventLoop

WARM_UP = 500
ALLOWED_BYTES = 64 * 1024  # interned strings, caches of the interpreter
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # else loopback runs out of ports


def open_descriptors() -> int:
    return len(os.listdir("/dev/fd"))


class Echo(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)  # type: ignore[attr-defined]


async def call(host: str, port: int) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    sock = writer.get_extra_info("socket")
    writer.write(b"hello")
    await reader.readexactly(5)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    writer.close()
    await writer.wait_closed()


async def call_low_level(host: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket() as sock:
        sock.setblocking(False)
        await loop.sock_connect(sock, (host, port))
        await loop.sock_sendall(sock, b"hello")
        assert await loop.sock_recv(sock, 10) == b"hello"
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)


async def measure(count: int) -> tuple[int, int, int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    before = descriptors = 0
    for number in range(WARM_UP + count):
        if number == WARM_UP:
            await asyncio.sleep(0.05)
            gc.collect()
            before, descriptors = tracemalloc.get_traced_memory()[0], open_descriptors()
        await (call if number % 2 else call_low_level)(host, port)
    await asyncio.sleep(0.05)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    more = open_descriptors() - descriptors
    left = len(ports.watched(loop) or ()) - 1  # the server's accept
    server.close()
    await server.wait_closed()
    return grown, more, left


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--quick", action="store_true", help="2,000 connections, for CI")
    options = parser.parse_args()
    count = 2_000 if options.quick else options.count
    tracemalloc.start(1)
    begin = time.process_time()
    with asyncio.Runner(loop_factory=ProactorEventLoop) as runner:
        grown, more, left = runner.run(measure(count))
    print(f"connections: {count}")
    print(f"cpu seconds: {time.process_time() - begin:.1f}")
    print(f"descriptors gained: {more}")
    print(f"bytes gained: {grown}")
    print(f"operations left pending: {left}")
    return 0 if not more and not left and grown < ALLOWED_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
