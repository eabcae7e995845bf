import asyncio
import os
import pathlib
import socket
import sysconfig
import threading
import unittest

from asynctest.clock import Clock, run, settle

from . import world
from .world import now

try:
    import ssl
except ImportError:  # Python may be built without OpenSSL
    ssl = None

ON_LINUX = os.path.isdir("/proc/self/fd")


class Inside(unittest.TestCase):
    """Connections between two ends of the same loop hold nothing up."""

    def assert_jumps(self, main, seconds):
        self.assertEqual(world.run(main(), external="error")[1], seconds)

    def test_a_conversation_over_tcp_takes_the_time_it_says(self):
        async def main():
            async with world.echo_client(delay=100) as (reader, writer):
                for _ in range(3):
                    writer.write(b"ping")
                    self.assertEqual(await reader.read(10), b"ping")

        self.assert_jumps(main, 300.0)

    @unittest.skipUnless(hasattr(socket, "AF_UNIX"), "needs UNIX sockets")
    def test_a_socket_pair(self):
        async def main():
            loop = asyncio.get_running_loop()
            near, far = socket.socketpair()
            with near, far:
                near.setblocking(False)
                far.setblocking(False)

                async def send_later():
                    await asyncio.sleep(100)
                    await loop.sock_sendall(far, b"x")

                task = asyncio.create_task(send_later())
                self.assertEqual(await loop.sock_recv(near, 1), b"x")
                await task

        self.assert_jumps(main, 100.0)

    def test_a_pipe(self):
        async def main():
            loop = asyncio.get_running_loop()
            read, write = os.pipe()
            reader = asyncio.StreamReader()
            transport, _ = await loop.connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read, "rb", 0)
            )
            loop.call_later(100, os.write, write, b"x")
            self.assertEqual(await reader.read(1), b"x")
            os.close(write)
            transport.close()
            await asyncio.sleep(0)

        self.assert_jumps(main, 100.0)

    def test_datagrams(self):
        async def main():
            loop = asyncio.get_running_loop()
            got = loop.create_future()

            class Server(asyncio.DatagramProtocol):
                def connection_made(self, transport):
                    self.transport = transport

                def datagram_received(self, data, address):
                    loop.call_later(100, self.transport.sendto, data, address)

            class Client(asyncio.DatagramProtocol):
                def datagram_received(self, data, address):
                    got.set_result(data)

            server, _ = await loop.create_datagram_endpoint(Server, ("127.0.0.1", 0))
            client, _ = await loop.create_datagram_endpoint(
                Client, remote_addr=server.get_extra_info("sockname")
            )
            client.sendto(b"x")
            self.assertEqual(await got, b"x")
            client.close()
            server.close()
            await asyncio.sleep(0)

        self.assert_jumps(main, 100.0)

    def test_a_reader_that_is_paused_still_belongs_to_the_loop(self):
        async def main():
            over = asyncio.Event()

            async def never_read(reader, writer):
                await over.wait()
                writer.transport.abort()

            server = await asyncio.start_server(never_read, "127.0.0.1", 0)
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(bytes(20_000_000))
            with self.assertRaises(TimeoutError):
                async with asyncio.timeout(50):
                    await writer.drain()
            over.set()
            writer.transport.abort()
            server.close()
            await settle()

        self.assert_jumps(main, 50.0)

    def test_sockets_used_by_hand_are_the_loops_even_if_there_are_other_threads(self):
        async def main():
            loop = asyncio.get_running_loop()
            near = socket.socket()
            with socket.create_server(("127.0.0.1", 0)) as listener, near:
                for each in (listener, near):
                    each.setblocking(False)
                await loop.sock_connect(near, listener.getsockname())
                far, _ = await loop.sock_accept(listener)
                with far:

                    async def answer():
                        await asyncio.sleep(100)
                        await loop.sock_sendall(far, b"x")

                    task = asyncio.create_task(answer())
                    self.assertEqual(await loop.sock_recv(near, 1), b"x")
                    await task

        with world.running_thread():
            self.assert_jumps(main, 100.0)

    def test_a_socket_pair_is_the_loops_even_if_there_are_other_threads(self):
        with world.running_thread():
            self.test_a_socket_pair()

    @unittest.skipUnless(ON_LINUX, "peers of unnamed sockets are known on Linux only")
    def test_a_socket_pair_is_known_for_one_even_if_there_are_other_threads(self):
        release = threading.Event()
        thread = threading.Thread(target=release.wait)

        async def main():
            near, far = socket.socketpair()
            streams = [await asyncio.open_connection(sock=each) for each in (near, far)]
            asyncio.get_running_loop().call_later(100, streams[1][1].write, b"x")
            self.assertEqual(await streams[0][0].read(1), b"x")
            for _, writer in streams:
                writer.close()
            await asyncio.sleep(0)

        thread.start()
        try:
            self.assert_jumps(main, 100.0)
        finally:
            release.set()
            thread.join()


class Outside(unittest.TestCase):
    """Connections that lead elsewhere are never outrun."""

    def test_a_peer_in_another_thread(self):
        def answer_late(connection):
            connection.recv(1)
            threading.Event().wait(world.MOMENT)
            connection.sendall(b"x")

        with world.peer(answer_late) as address:

            async def main():
                async with asyncio.timeout(0.001):
                    reader, writer = await asyncio.open_connection(*address)
                    writer.write(b"?")
                    self.assertEqual(await reader.read(1), b"x")
                writer.close()
                await writer.wait_closed()
                return now()

            self.assertEqual(world.run(main(), patience=30)[0], 0.0)

    def test_it_shows_with_both_addresses(self):
        released = threading.Event()
        clock = Clock(patience=30)
        with world.peer(lambda connection: released.wait(10)) as address:

            async def main():
                _, writer = await asyncio.open_connection(*address)
                shown = clock.in_flight()
                writer.close()
                await writer.wait_closed()
                return shown

            (line,) = run(main(), clock=clock)
            released.set()
        self.assertRegex(line, rf"^connection 127\.0\.0\.1:\d+ to 127\.0\.0\.1:{address[1]}$")

    @unittest.skipUnless(hasattr(socket, "AF_UNIX"), "needs UNIX sockets")
    def test_the_half_of_a_socket_pair_that_a_thread_has(self):
        async def main():
            loop = asyncio.get_running_loop()
            near, far = socket.socketpair()
            with near, far:
                near.setblocking(False)
                world.in_a_moment(far.sendall, b"x")
                async with asyncio.timeout(0.001):
                    self.assertEqual(await loop.sock_recv(near, 1), b"x")
            return now()

        self.assertEqual(world.run(main())[0], 0.0)

    def test_the_end_of_a_pipe_that_a_thread_has(self):
        async def main():
            loop = asyncio.get_running_loop()
            read, write = os.pipe()
            got = asyncio.Event()
            loop.add_reader(read, got.set)
            world.in_a_moment(os.write, write, b"x")
            async with asyncio.timeout(0.001):
                await got.wait()
            loop.remove_reader(read)
            os.close(read)
            os.close(write)
            return now()

        self.assertEqual(world.run(main())[0], 0.0)


class Traffic(unittest.TestCase):
    def test_megabytes_inside_the_loop_take_no_time(self):
        size, chunk = 4_000_000, bytes(100_000)

        async def main():
            async def swallow(reader, writer):
                left = size
                while left:
                    left -= len(await reader.read(65536))
                writer.write(b"k")
                writer.close()

            server = await asyncio.start_server(swallow, "127.0.0.1", 0)
            async with asyncio.timeout(1):
                reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
                for _ in range(size // len(chunk)):
                    writer.write(chunk)
                    await writer.drain()
                self.assertEqual(await reader.read(1), b"k")
            writer.close()
            await writer.wait_closed()
            server.close()
            return now()

        self.assertEqual(world.run(main())[0], 0.0)


def certificate():
    """A certificate for localhost, if this Python came with its own tests."""
    folder = pathlib.Path(sysconfig.get_path("stdlib"), "test")
    found = [folder / "certdata" / "keycert.pem", folder / "keycert.pem"]
    return next((path for path in found if path.exists()), None)


@unittest.skipUnless(ssl and certificate(), "needs a certificate")
class Tls(unittest.TestCase):
    def test_a_conversation_over_tls_takes_the_time_it_says(self):
        async def main():
            serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            serving.load_cert_chain(certificate())
            asking = ssl.create_default_context(cafile=certificate())
            asking.check_hostname = False
            asking.verify_mode = ssl.CERT_NONE
            server = await asyncio.start_server(
                lambda reader, writer: world.echo(reader, writer, 100),
                "127.0.0.1",
                0,
                ssl=serving,
            )
            async with asyncio.timeout(1):
                reader, writer = await asyncio.open_connection(
                    *server.sockets[0].getsockname(), ssl=asking
                )
            for _ in range(3):
                writer.write(b"ping")
                self.assertEqual(await reader.read(10), b"ping")
            writer.close()
            await writer.wait_closed()
            server.close()
            return now()

        self.assertEqual(world.run(main(), external="error")[0], 300.0)
