"""Virtual time on a completion loop: the same claims as on a selector loop."""

import asyncio
import socket
import sys
import time

import asynctest
from asynctest import SocketMock, set_read_ready


class AutomaticTime(asynctest.TestCase):
    loop_model = "both"
    clock = "auto"

    def setUp(self):
        self.begin = time.monotonic()

    def tearDown(self):
        self.assertLess(time.monotonic() - self.begin, 30, "virtual time took real time")

    async def test_a_year_passes_at_once(self):
        before = self.loop.time()
        await asyncio.sleep(365 * 86400)
        self.assertEqual(self.loop.time() - before, 365 * 86400)

    async def test_a_timeout_comes_at_its_time(self):
        before = self.loop.time()
        with self.assertRaises(asyncio.TimeoutError):
            await asyncio.wait_for(self.loop.create_future(), 60)
        self.assertEqual(self.loop.time() - before, 60)

    async def test_time_stands_still_while_data_are_on_their_way(self):
        served = self.loop.create_future()

        async def echo(reader, writer):
            while line := await reader.readline():
                await asyncio.sleep(100)
                writer.write(line)
            writer.close()
            await writer.wait_closed()
            served.set_result(None)

        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        before = self.loop.time()
        for number in range(10):
            writer.write(b"%d\n" % number)
            line = await asyncio.wait_for(reader.readline(), 101)
            self.assertEqual(line, b"%d\n" % number)
        self.assertEqual(self.loop.time() - before, 1000)
        writer.close()
        await writer.wait_closed()
        await served
        server.close()

    async def test_time_stands_still_while_much_is_sent(self):
        left, right = socket.socketpair()
        with left, right:
            left.setblocking(False)
            right.setblocking(False)
            data = b"x" * 2_000_000

            async def receive():
                received = 0
                while received < len(data):
                    received += len(await self.loop.sock_recv(right, 65536))
                return received

            before = self.loop.time()
            async with asyncio.timeout(1):
                _, received = await asyncio.gather(self.loop.sock_sendall(left, data), receive())
            self.assertEqual((received, self.loop.time()), (len(data), before))

    async def test_time_stands_still_while_the_executor_works(self):
        before = self.loop.time()
        async with asyncio.timeout(1):
            await self.loop.run_in_executor(None, time.sleep, 0.01)
        self.assertEqual(self.loop.time(), before)

    async def test_time_stands_still_while_a_child_runs(self):
        before = self.loop.time()
        async with asyncio.timeout(1):
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-c", "print('done')", stdout=-1
            )
            out, _ = await child.communicate()
        self.assertEqual((out.strip(), self.loop.time()), (b"done", before))

    async def test_a_stand_in_is_ready_at_its_time(self):
        sock = SocketMock(**{"recv.side_effect": [BlockingIOError, b"data"]})
        before = self.loop.time()
        self.loop.call_later(30, set_read_ready, sock, self.loop)
        self.assertEqual(await self.loop.sock_recv(sock, 10), b"data")
        self.assertEqual(self.loop.time() - before, 30)


class ManualTime(asynctest.TestCase):
    loop_model = "both"
    clock = "manual"

    async def test_time_passes_when_told(self):
        called = []
        self.loop.call_later(10, called.append, "called")
        await self.clock.advance(9)
        self.assertEqual(called, [])
        await self.clock.advance(1)
        self.assertEqual(called, ["called"])
