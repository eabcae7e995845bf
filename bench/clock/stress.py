"""Real traffic under virtual time, over and over: how many runs were right.

PYTHONPATH=. python bench/clock/stress.py [RUNS]
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from asynctest.clock import Clock, run

CHUNK = bytes(100_000)


async def megabytes() -> None:
    """20 MB over loopback under a timeout of one virtual second."""
    size = 20_000_000

    async def swallow(reader: Any, writer: Any) -> None:
        left = size
        while left:
            left -= len(await reader.read(1 << 16))
        writer.write(b"k")
        writer.close()

    async with asyncio.timeout(1):
        server = await asyncio.start_server(swallow, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for _ in range(size // len(CHUNK)):
            writer.write(CHUNK)
            await writer.drain()
        assert await reader.read(1) == b"k"
    writer.close()
    await writer.wait_closed()
    server.close()


async def conversations() -> None:
    """300 conversations at once; each answer takes 100 virtual seconds of thought."""

    async def think(reader: Any, writer: Any) -> None:
        while data := await reader.read(100):
            await asyncio.sleep(100)
            writer.write(data)
            await writer.drain()
        writer.close()

    async def talk(address: Any) -> None:
        reader, writer = await asyncio.open_connection(*address)
        for turn in range(1, 4):
            writer.write(b"ping")
            assert await reader.read(10) == b"ping"
            assert asyncio.get_running_loop().time() == turn * 100.0
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(think, "127.0.0.1", 0, backlog=400)
    address = server.sockets[0].getsockname()
    async with asyncio.TaskGroup() as group:
        for _ in range(300):
            group.create_task(talk(address))
    server.close()


async def one_conversation() -> None:
    async def think(reader: Any, writer: Any) -> None:
        data = await reader.read(100)
        await asyncio.sleep(100)
        writer.write(data)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(think, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"ping")
    assert await reader.read(10) == b"ping"
    assert asyncio.get_running_loop().time() == 100.0
    writer.close()
    await writer.wait_closed()
    server.close()


def count(title: str, main: Any, runs: int, expected: float) -> None:
    right = 0
    for _ in range(runs):
        clock = Clock()
        try:
            run(main(), clock=clock)
            right += clock.time() == expected
        except Exception as exc:
            print(repr(exc))
    version = ".".join(map(str, sys.version_info[:2]))
    print(f"{version}  {title:60} {right} of {runs} right", flush=True)


if __name__ == "__main__":
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    count("20 MB under a timeout of 1 virtual second", megabytes, runs, 0.0)
    count("one conversation with 100 s of thought", one_conversation, 3 * runs, 100.0)
    count("300 conversations at once with 3 x 100 s", conversations, max(1, runs // 20), 300.0)
