"""The outside, for tests of what the clock waits for: all of it on this machine, and brief."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

from asynctest import clock as clocks

MOMENT = 0.03
"""Real seconds: long enough that a clock that does not wait for it jumps past it."""


def run(main, **options):
    """Run a coroutine under a clock, and return its result and what time it was at the end."""
    clock = clocks.Clock(**options)
    result = clocks.run(main, clock=clock)
    return result, clock.time()


def now() -> float:
    return asyncio.get_running_loop().time()


def in_a_moment(function, *args) -> threading.Thread:
    """Call a function from a thread, a moment later in real time."""

    def wait_and_call():
        threading.Event().wait(MOMENT)
        function(*args)

    thread = threading.Thread(target=wait_and_call)
    thread.start()
    return thread


@contextlib.contextmanager
def running_thread():
    """A thread that runs, and never says anything, until the block is left."""
    end = threading.Event()

    def poll():
        while not end.wait(0.01):
            pass

    thread = threading.Thread(target=poll, name="restless")
    thread.start()
    try:
        yield thread
    finally:
        end.set()
        thread.join()


@contextlib.contextmanager
def peer(talk):
    """A server outside of the loop, with one visitor; gives its address.

    It has been there before the clock, so it is seen by its connection alone.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def serve():
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(10)
                talk(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        listener.close()
        thread.join()


async def echo(reader, writer, delay=0.0):
    """Serve one connection: send everything back, ``delay`` virtual seconds later."""
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            await asyncio.sleep(delay)
            writer.write(data)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def echo_client(delay=0.0):
    """An echo server and a client of it, both on this loop: gives the client's streams."""
    server = await asyncio.start_server(
        lambda reader, writer: echo(reader, writer, delay), "127.0.0.1", 0
    )
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        server.close()
        await clocks.settle()
