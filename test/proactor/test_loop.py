import asyncio
import contextlib
import gc
import io
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest
import warnings
from unittest import mock

from asynctest.proactor import ProactorEventLoop

unix_only = unittest.skipIf(sys.platform == "win32", "Windows has a loop of its own")


class LoopCase(unittest.TestCase):
    def setUp(self):
        self.loop = ProactorEventLoop()
        self.addCleanup(self.loop.close)

    def run_async(self, coroutine):
        return self.loop.run_until_complete(asyncio.wait_for(coroutine, 20))

    def pair(self):
        pair = socket.socketpair()
        for sock in pair:
            sock.setblocking(False)
            self.addCleanup(sock.close)
        return pair


@unix_only
class Sockets(LoopCase):
    def test_streams_echo(self):
        async def echo(reader, writer):
            writer.write(await reader.read())
            writer.close()

        async def main():
            server = await asyncio.start_server(echo, "127.0.0.1", 0)
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"x" * 3_000_000)
            writer.write_eof()
            received = await reader.read()
            writer.close()
            await writer.wait_closed()
            server.close()
            return len(received)

        self.assertEqual(self.run_async(main()), 3_000_000)

    def test_a_closed_server_can_be_followed_by_another_on_its_port(self):
        async def main():
            first = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
            host, port = first.sockets[0].getsockname()
            await asyncio.sleep(0)
            first.close()
            await first.wait_closed()
            second = await asyncio.start_server(lambda r, w: None, host, port)
            second.close()

        self.run_async(main())

    def test_a_low_level_connection_by_name(self):
        async def main():
            listener = socket.create_server(("127.0.0.1", 0))
            listener.setblocking(False)
            with listener, socket.socket() as sock:
                sock.setblocking(False)
                accepting = asyncio.create_task(self.loop.sock_accept(listener))
                await self.loop.sock_connect(sock, ("localhost", listener.getsockname()[1]))
                conn, address = await accepting
                with conn:
                    self.assertEqual(address, sock.getsockname())

        self.run_async(main())

    def test_what_was_accepted_too_late_is_closed(self):
        async def main():
            listener = socket.create_server(("127.0.0.1", 0))
            listener.setblocking(False)
            with listener, socket.socket() as sock:
                accepting = asyncio.create_task(self.loop.sock_accept(listener))
                await asyncio.sleep(0)
                sock.connect(listener.getsockname())
                self.loop.call_soon(accepting.cancel)
                await asyncio.sleep(0)
                with self.assertRaises(asyncio.CancelledError):
                    await accepting
            gc.collect()

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.run_async(main())
        self.assertEqual([str(w.message) for w in caught], [])

    def test_debug_mode_refuses_a_blocking_socket(self):
        left, _ = self.pair()
        left.setblocking(True)
        self.loop.set_debug(True)
        with self.assertRaisesRegex(ValueError, "non-blocking"):
            self.run_async(self.loop.sock_recv(left, 1))

    def test_a_read_larger_than_the_buffer_is_refused(self):
        left, _ = self.pair()
        with self.assertRaisesRegex(ValueError, "nbytes is 11, but the buffer holds 10 bytes"):
            self.run_async(self.loop.sock_recvfrom_into(left, bytearray(10), 11))

    def test_descriptors_are_not_watched_for_others(self):
        left, _ = self.pair()
        for method in (
            self.loop.add_reader,
            self.loop.add_writer,
            self.loop.remove_reader,
            self.loop.remove_writer,
        ):
            with self.assertRaisesRegex(NotImplementedError, "sock_recv.*Windows lacks them too"):
                method(left, print)

    def test_the_second_write_need_not_wait_for_the_loop(self):
        async def main():
            left, right = self.pair()
            _, writer = await asyncio.open_connection(sock=left)
            writer.write(b"one")
            writer.write(b"two")
            self.assertEqual(right.recv(10), b"onetwo")
            writer.close()
            await writer.wait_closed()

        self.run_async(main())

    def test_what_is_written_after_close_but_before_the_end_is_sent(self):
        async def main():
            left, right = self.pair()
            _, writer = await asyncio.open_connection(sock=left)
            writer.write(b"x" * 5_000_000)
            writer.close()
            writer.write(b"farewell")
            reader, other = await asyncio.open_connection(sock=right)
            received = await reader.read()
            other.close()
            return received[-8:]

        self.assertEqual(self.run_async(main()), b"farewell")

    def test_what_is_written_when_all_is_out_and_closed_is_dropped(self):
        async def main():
            left, right = self.pair()
            _, writer = await asyncio.open_connection(sock=left)
            writer.write(b"x" * 1_000_000)
            writer.close()
            received = bytearray()
            while writer.transport.get_write_buffer_size():
                with contextlib.suppress(BlockingIOError):
                    received += right.recv(1 << 20)
                await asyncio.sleep(0)
            writer.write(b"late")
            await writer.wait_closed()
            while data := right.recv(1 << 20):
                received += data
            return bytes(received[-4:])

        self.assertEqual(self.run_async(main()), b"xxxx")

    def test_large_reads_come_in_large_pieces(self):
        left, right = self.pair()
        left.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 19)
        right.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 19)
        waiting = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                waiting += left.send(b"x" * 65536)
        if waiting < 150_000:
            self.skipTest("this kernel does not buffer that much")

        async def main():
            sizes, done = [], self.loop.create_future()

            class Protocol(asyncio.Protocol):
                def data_received(self, data):
                    sizes.append(len(data))
                    if sum(sizes) == waiting:
                        done.set_result(max(sizes))

            transport, _ = await self.loop.create_connection(Protocol, sock=right)
            largest = await done
            transport.close()
            await asyncio.sleep(0)
            return largest

        self.assertGreater(self.run_async(main()), 65536)

    def test_a_reset_peer_does_not_break_the_closing(self):
        async def main():
            lost = self.loop.create_future()

            class Protocol(asyncio.Protocol):
                def connection_lost(self, exc):
                    lost.set_result(exc)

            server = await self.loop.create_server(Protocol, "127.0.0.1", 0)
            with socket.create_connection(server.sockets[0].getsockname()) as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            self.assertIsInstance(await lost, (ConnectionResetError, type(None)))
            server.close()

        told = []
        self.loop.set_exception_handler(lambda loop, context: told.append(context))
        self.run_async(main())
        self.assertEqual(told, [])


@unix_only
class Datagrams(LoopCase):
    def test_reading_goes_on_after_a_refused_and_an_empty_datagram(self):
        async def main():
            errors, received, arrived = [], [], self.loop.create_future()

            class Protocol(asyncio.DatagramProtocol):
                def error_received(self, exc):
                    errors.append(exc)

                def datagram_received(self, data, addr):
                    received.append(data)
                    if data:
                        arrived.set_result(received)

            with socket.socket(type=socket.SOCK_DGRAM) as peer:
                peer.bind(("127.0.0.1", 0))
                address = peer.getsockname()
            transport, _ = await self.loop.create_datagram_endpoint(Protocol, remote_addr=address)
            transport.sendto(b"nobody hears this")
            while not errors:
                await asyncio.sleep(0.001)
            with socket.socket(type=socket.SOCK_DGRAM) as peer:
                peer.bind(address)
                peer.sendto(b"", transport.get_extra_info("sockname"))
                peer.sendto(b"hello", transport.get_extra_info("sockname"))
                self.assertEqual(await arrived, [b"", b"hello"])
            transport.close()
            await asyncio.sleep(0)

        self.run_async(main())


@unix_only
class Local(LoopCase):
    def test_a_local_server_echoes_and_leaves_nothing(self):
        async def echo(reader, writer):
            writer.write(await reader.readline())
            writer.close()

        async def main(path):
            server = await asyncio.start_unix_server(echo, path)
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b"hello\n")
            self.assertEqual(await reader.read(), b"hello\n")
            writer.close()
            server.close()
            await asyncio.sleep(0)
            if sys.version_info >= (3, 13):
                self.assertFalse(os.path.exists(path))

        with tempfile.TemporaryDirectory() as folder:
            self.run_async(main(os.path.join(folder, "socket")))


@unix_only
class Pipes(LoopCase):
    def test_a_pipe_carries_what_is_written(self):
        async def main():
            read_end, write_end = os.pipe()
            reader = asyncio.StreamReader()
            reading, _ = await self.loop.connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(reader), open(read_end, "rb", 0)
            )
            writing, _ = await self.loop.connect_write_pipe(
                asyncio.Protocol, open(write_end, "wb", 0)
            )
            writing.write(b"x" * 200_000)
            writing.close()
            self.assertEqual(len(await reader.read()), 200_000)
            await asyncio.sleep(0)
            self.assertIn("closed", repr(reading))

        self.run_async(main())

    def test_a_writer_hears_that_nobody_reads(self):
        async def main():
            read_end, write_end = os.pipe()
            protocol = mock.Mock(asyncio.Protocol)
            lost = self.loop.create_future()
            protocol.connection_lost.side_effect = lost.set_result
            await self.loop.connect_write_pipe(lambda: protocol, open(write_end, "wb", 0))
            os.close(read_end)
            await lost

        self.run_async(main())

    def test_a_regular_file_is_no_pipe(self):
        with open(__file__, "rb") as file, self.assertRaisesRegex(ValueError, "pipes/sockets"):
            self.run_async(self.loop.connect_read_pipe(asyncio.Protocol, file))

    def test_writing_to_a_terminal_does_not_read_from_it(self):
        async def main():
            master, slave = os.openpty()
            with open(slave, "r+b", 0) as terminal, open(master, "r+b", 0) as user:
                transport, _ = await self.loop.connect_write_pipe(asyncio.Protocol, terminal)
                user.write(b"typed\n")
                await asyncio.sleep(0.01)
                os.set_blocking(terminal.fileno(), True)
                self.assertEqual(terminal.readline(), b"typed\n")
                transport.close()
                await asyncio.sleep(0)

        self.run_async(main())


@unix_only
class Children(LoopCase):
    script = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.exit(7)"

    async def talk(self):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", self.script, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        out, _ = await child.communicate(b"hello")
        return out, child.returncode

    def test_a_child_talks_and_ends(self):
        self.assertEqual(self.run_async(self.talk()), (b"HELLO", 7))

    def test_a_thread_waits_where_the_kernel_does_not_tell(self):
        with mock.patch("os.pidfd_open", side_effect=OSError, create=True):
            self.assertEqual(self.run_async(self.talk()), (b"HELLO", 7))

    def test_a_killed_child_is_reported_by_its_signal(self):
        async def main():
            child = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=-1)
            child.kill()
            return await child.wait()

        self.assertEqual(self.run_async(main()), -signal.SIGKILL)

    def test_a_child_somebody_else_waited_for_is_not_waited_for_forever(self):
        async def main():
            child = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
            os.waitpid(child.pid, 0)
            return await child.wait()

        self.assertEqual(self.run_async(main()), 255)


@unix_only
class Signals(LoopCase):
    def test_a_signal_calls_its_handler(self):
        async def main():
            called = self.loop.create_future()
            self.loop.add_signal_handler(signal.SIGUSR1, called.set_result, "called")
            os.kill(os.getpid(), signal.SIGUSR1)
            self.assertEqual(await called, "called")
            self.assertTrue(self.loop.remove_signal_handler(signal.SIGUSR1))
            self.assertFalse(self.loop.remove_signal_handler(signal.SIGUSR1))

        self.run_async(main())

    def test_closing_removes_the_handlers(self):
        self.loop.add_signal_handler(signal.SIGUSR1, print)
        self.loop.close()
        self.assertEqual(signal.getsignal(signal.SIGUSR1), signal.SIG_DFL)

    def test_the_wakeup_descriptor_of_another_loop_is_left_alone(self):
        with contextlib.closing(asyncio.SelectorEventLoop()) as other:
            other.add_signal_handler(signal.SIGUSR1, print)
            mine = signal.set_wakeup_fd(-1)
            signal.set_wakeup_fd(mine)
            ProactorEventLoop().close()
            self.assertEqual(signal.set_wakeup_fd(mine), mine)

    def test_ctrl_c_ends_the_run_and_the_loop_goes_on(self):
        async def main():
            signal.raise_signal(signal.SIGINT)
            await asyncio.sleep(10)

        with self.assertRaises(KeyboardInterrupt):
            with asyncio.Runner(loop_factory=ProactorEventLoop) as runner:
                runner.run(main())


@unix_only
class Running(LoopCase):
    def test_starting_puts_nothing_of_its_own_among_the_callbacks(self):
        seen = []
        self.loop.call_soon(lambda: seen.append(len(self.loop._ready)))
        self.loop.call_soon(self.loop.stop)
        self.loop.run_forever()
        self.assertEqual(seen, [1])  # the call of stop

    def test_it_can_run_again(self):
        for number in range(3):
            self.assertEqual(self.run_async(asyncio.sleep(0, number)), number)

    def test_it_cannot_be_closed_while_running(self):
        async def main():
            with self.assertRaisesRegex(RuntimeError, "running"):
                self.loop.close()

        self.run_async(main())

    def test_the_executor_answers(self):
        async def main():
            return await self.loop.run_in_executor(None, sum, (1, 2))

        self.assertEqual(self.run_async(main()), 3)

    def test_closing_twice_is_fine_and_leaves_no_descriptor(self):
        before = os.listdir("/dev/fd")
        loop = ProactorEventLoop()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        loop.close()
        self.assertEqual(os.listdir("/dev/fd"), before)


@unix_only
class SendingFiles(LoopCase):
    def send(self, file, offset=0, count=None):
        async def main():
            left, right = self.pair()
            reader, writer = await asyncio.open_connection(sock=right)
            sent = await self.loop.sock_sendfile(left, file, offset, count)
            left.close()
            received = await reader.read()
            writer.close()
            return sent, received

        return self.run_async(main())

    def test_a_file_is_sent_by_the_kernel(self):
        with tempfile.TemporaryFile() as file, mock.patch("os.sendfile", wraps=os.sendfile) as call:
            file.write(b"hello world")
            file.flush()
            self.assertEqual(self.send(file, 6), (5, b"world"))
            self.assertEqual(file.tell(), 11)
        call.assert_called_once()

    def test_a_part_of_a_file_is_sent(self):
        with tempfile.TemporaryFile() as file:
            file.write(b"hello world")
            file.flush()
            self.assertEqual(self.send(file, 4, 3), (3, b"o w"))
            self.assertEqual(file.tell(), 7)

    def test_nothing_is_sent_from_behind_the_end(self):
        with tempfile.TemporaryFile() as file:
            file.write(b"hello")
            file.flush()
            self.assertEqual(self.send(file, 10), (0, b""))
            self.assertEqual(file.tell(), 5)

    def test_what_the_kernel_cannot_send_is_copied(self):
        self.assertEqual(self.send(io.BytesIO(b"hello")), (5, b"hello"))


def anonymous(purpose):
    """Encryption without certificates, so that none has to be made."""
    context = ssl.SSLContext(purpose)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AECDH:@SECLEVEL=0")
    return context


@unix_only
class Encryption(LoopCase):
    def setUp(self):
        super().setUp()
        self.served = self.loop.create_future()
        try:
            self.server_side = anonymous(ssl.PROTOCOL_TLS_SERVER)
            self.client_side = anonymous(ssl.PROTOCOL_TLS_CLIENT)
        except ssl.SSLError:
            self.skipTest("this OpenSSL has no anonymous ciphers")

    async def serve(self, reader, writer):
        line = await reader.readline()
        if line == b"secure\n":
            writer.write(b"go ahead\n")
            await writer.drain()
            await writer.start_tls(self.server_side)
            line = await reader.readline()
        writer.write(line.upper() * 100_000)
        writer.close()
        await writer.wait_closed()
        self.served.set_result(None)

    async def end(self, writer, server):
        writer.close()
        await writer.wait_closed()
        await self.served
        server.close()

    def test_a_connection_is_encrypted_from_the_start(self):
        async def main():
            server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=self.server_side)
            reader, writer = await asyncio.open_connection(
                *server.sockets[0].getsockname(), ssl=self.client_side
            )
            writer.write(b"hello\n")
            received = await reader.read()
            self.assertIsNotNone(writer.get_extra_info("cipher"))
            await self.end(writer, server)
            return received

        self.assertEqual(self.run_async(main()), b"HELLO\n" * 100_000)

    @unittest.skipIf(sys.version_info < (3, 12), "servers cannot start_tls before 3.12")
    def test_a_connection_becomes_encrypted(self):
        async def main():
            server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"secure\n")
            self.assertEqual(await reader.readline(), b"go ahead\n")
            await writer.start_tls(self.client_side)
            writer.write(b"hello\n")
            received = await reader.read()
            await self.end(writer, server)
            return received

        self.assertEqual(self.run_async(main()), b"HELLO\n" * 100_000)
