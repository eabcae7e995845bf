"""Echo throughput of the completion loop against the stock selector loop.

Both serve and call in one process, over loopback; rounds alternate, time is
the process's CPU time, the ratio is that of medians. Prints one number per line:
round trips per second on each, and their ratio (to stay above 0.5).
"""

from __future__ import annotations

import argparse
import asyncio
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from asynctest.proactor import ProactorEventLoop


class Echo(asyncio.Protocol):
    """Sends back what it hears."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)  # type: ignore[attr-defined]


class Caller(asyncio.Protocol):
    """Sends a message, waits until it is back, and does so again."""

    def __init__(self, message: bytes, times: int) -> None:
        self.message, self.times = message, times
        self.missing = len(message)
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.write(self.message)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.missing -= len(data)
        if self.missing:
            return
        self.missing = len(self.message)
        self.times -= 1
        if self.times:
            self.transport.write(self.message)  # type: ignore[attr-defined]
        else:
            self.transport.close()
            self.done.set_result(None)


async def protocols(size: int, times: int, connections: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    callers = [
        (await loop.create_connection(lambda: Caller(b"x" * size, times), host, port))[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(caller.done for caller in callers))
    server.close()
    await server.wait_closed()


async def streams(size: int, times: int, connections: int) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def call() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        for _ in range(times):
            writer.write(b"x" * size)
            await reader.readexactly(size)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    await asyncio.gather(*(call() for _ in range(connections)))
    server.close()
    await server.wait_closed()


def seconds(factory: type[asyncio.AbstractEventLoop], work: object, *args: int) -> float:
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.get_loop()
        begin = time.process_time()
        runner.run(work(*args))  # type: ignore[operator]
        return time.process_time() - begin


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--quick", action="store_true", help="3 rounds, for CI")
    options = parser.parse_args()
    rounds = 3 if options.quick else options.rounds
    worst = float("inf")
    for work in (protocols, streams):
        for size, connections in ((100, 1), (100, 10), (100_000, 1)):
            times = max(1, options.times // connections)
            taken: dict[type, list[float]] = {asyncio.SelectorEventLoop: [], ProactorEventLoop: []}
            for _ in range(rounds):
                for factory, results in taken.items():
                    results.append(seconds(factory, work, size, times, connections))
            stock, ours = (statistics.median(results) for results in taken.values())
            name = f"{work.__name__} {size} bytes x {connections}"
            count = times * connections
            print(f"{name}, selector loop: {count / stock:.0f}/s")
            print(f"{name}, completion loop: {count / ours:.0f}/s")
            print(f"{name}, ratio: {stock / ours:.2f}")
            worst = min(worst, stock / ours)
    print(f"worst ratio: {worst:.2f}")
    return 0 if worst >= 0.5 else 1


if __name__ == "__main__":
    sys.exit(main())
