"""The scenarios again, as far as trio has words for them."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
import time
from typing import Any

import trio
from scenarios import HEARTBEAT, PEER, SLEEPER, Wrong, expect
from scenarios import scenarios as theirs

scenarios: dict[str, Any] = {}
now = trio.current_time


def scenario(name: str) -> Any:
    assert name in theirs, name
    return lambda function: scenarios.setdefault(name, function)


def address() -> Any:
    import scenarios as common

    return common.ADDRESS


@scenario("sleep(3600), timeout(10), wait_for")
async def sleeps() -> None:
    start = now()
    await trio.sleep(3600)
    for seconds in (10, 10, 5):
        with trio.move_on_after(seconds):
            await trio.sleep(60)
    expect(now() - start, 3625.0)


async def _connected(handler: Any, nursery: Any) -> Any:
    listeners = await nursery.start(trio.serve_tcp, handler, 0)
    return await trio.testing.open_stream_to_socket_listener(listeners[0])


async def _echo(stream: Any) -> None:
    async for data in stream:
        await stream.send_all(data)


@scenario("TCP echo inside the loop under timeout(5)")
async def tcp() -> None:
    async with trio.open_nursery() as nursery:
        with trio.fail_after(5):
            stream = await _connected(_echo, nursery)
            for _ in range(100):
                await stream.send_all(b"ping")
                expect(await stream.receive_some(4), b"ping")
        nursery.cancel_scope.cancel()


@scenario("8 MiB inside the loop under timeout(5)")
async def megabytes() -> None:
    async def swallow(stream: Any) -> None:
        left = 8 << 20
        while left:
            left -= len(await stream.receive_some(1 << 16))
        await stream.send_all(b"k")

    async with trio.open_nursery() as nursery:
        with trio.fail_after(5):
            stream = await _connected(swallow, nursery)
            for _ in range(128):
                await stream.send_all(bytes(1 << 16))
            expect(await stream.receive_some(1), b"k")
        nursery.cancel_scope.cancel()


@scenario("UDP inside the loop under timeout(5)")
async def udp() -> None:
    near = trio.socket.socket(type=socket.SOCK_DGRAM)
    far = trio.socket.socket(type=socket.SOCK_DGRAM)
    await near.bind(("127.0.0.1", 0))
    await far.bind(("127.0.0.1", 0))
    with trio.fail_after(5):
        await near.sendto(b"x", far.getsockname())
        await far.recvfrom(10)


@scenario("conversation with 3 x 100 s of thought, exact")
async def conversation() -> None:
    async def think(stream: Any) -> None:
        async for data in stream:
            await trio.sleep(100)
            await stream.send_all(data)

    async with trio.open_nursery() as nursery:
        start = now()
        stream = await _connected(think, nursery)
        for _ in range(3):
            await stream.send_all(b"ping")
            await stream.receive_some(4)
        expect(now() - start, 300.0)
        nursery.cancel_scope.cancel()


@scenario(PEER)
async def peer() -> None:
    with trio.fail_after(5):
        stream = await trio.open_tcp_stream(*address())
        await stream.send_all(b"?")
        expect(await stream.receive_some(1), b"x")


@scenario(HEARTBEAT)
async def heartbeat() -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await trio.sleep(0.001)
            beats += 1

    async with trio.open_nursery() as nursery:
        real = time.monotonic()
        nursery.start_soon(beat)
        stream = await trio.open_tcp_stream(*address())
        await stream.send_all(b"?")
        await stream.receive_some(1)
        nursery.cancel_scope.cancel()
    if beats > (time.monotonic() - real) / 0.001:
        raise Wrong(f"{beats} beats in 50 ms")


@scenario("child process, 0.1 s, under timeout(5)")
async def child() -> None:
    with trio.fail_after(5):
        await trio.run_process(SLEEPER)


@scenario("to_thread, 0.1 s, under timeout(5)")
async def to_thread() -> None:
    with trio.fail_after(5):
        await trio.to_thread.run_sync(time.sleep, 0.1)


@scenario("to_thread, then sleep(10), exact")
async def exact_after_thread() -> None:
    start = now()
    for _ in range(20):
        await trio.to_thread.run_sync(int)
    await trio.sleep(10)
    expect(now() - start, 10.0)


@scenario("thread and call_soon_threadsafe under timeout(5)")
async def thread() -> None:
    token, event = trio.lowlevel.current_trio_token(), trio.Event()

    def call() -> None:
        time.sleep(0.1)
        with contextlib.suppress(trio.RunFinishedError):
            token.run_sync_soon(event.set)

    threading.Thread(target=call).start()
    with trio.fail_after(5):
        await event.wait()


@scenario("socket pair handed to a thread under timeout(5)")
async def pair() -> None:
    near, far = socket.socketpair()
    threading.Thread(target=lambda: (time.sleep(0.1), far.send(b"x"))).start()
    with trio.fail_after(5):
        await trio.socket.from_stdlib_socket(near).recv(1)


@scenario("getaddrinfo under timeout(5)")
async def dns() -> None:
    with trio.fail_after(5):
        await trio.socket.getaddrinfo("localhost", 80)


@scenario("signal after 0.1 s under timeout(5)")
async def alarm() -> None:
    with trio.open_signal_receiver(signal.SIGALRM) as signals:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        try:
            with trio.fail_after(5):
                async for _ in signals:
                    break
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


@scenario("leaked thread: sleep(100) still ends, soon")
async def leaked() -> None:
    def idle() -> None:
        while True:
            time.sleep(0.01)

    threading.Thread(target=idle, daemon=True).start()
    await trio.sleep(100)


@scenario("1000 x sleep(0.1) == 100.0")
async def drift() -> None:
    start = now()
    for _ in range(1000):
        await trio.sleep(0.1)
    expect(now() - start, 100.0)


@scenario("sleep(1e9), then sleep(0.5)")
async def large() -> None:
    start = now()
    await trio.sleep(1e9)
    await trio.sleep(0.5)
    expect(now() - start, 1e9 + 0.5)


@scenario("busy poll")
async def busy() -> None:
    end = now() + 1
    while now() < end:
        await trio.lowlevel.checkpoint()


@scenario("deadlock")
async def deadlock() -> None:
    await trio.Event().wait()


@scenario("time.time, time.monotonic move along")
async def wall() -> None:
    before = time.time(), time.monotonic()
    await trio.sleep(3600)
    moved = round(time.time() - before[0]), round(time.monotonic() - before[1])
    expect(moved, (3600, 3600))
