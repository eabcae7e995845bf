"""asyncio's own transports, streams and low-level calls over mocked sockets."""

import asyncio
import errno
import socket
from unittest import mock

import asynctest
from asynctest.selector import SocketMock, get_registered_events, set_read_ready, set_write_ready


class SocketCase(asynctest.TestCase):
    def setUp(self):
        self.before = get_registered_events(self.loop._selector)

    async def settle(self):
        await asynctest.exhaust_callbacks(self.loop)

    async def readable(self, sock):
        set_read_ready(sock, self.loop)
        await self.settle()

    async def writable(self, sock):
        set_write_ready(sock, self.loop)
        await self.settle()

    def assertNothingWatched(self):
        self.assertEqual(get_registered_events(self.loop._selector), self.before)


def stream_socket(**answers):
    return SocketMock(type=socket.SOCK_STREAM, **answers)


UNCONNECTED = {"getpeername.side_effect": OSError}  # as that of a real socket


def sent(sock):
    return [call.args[0] for call in sock.send.call_args_list]


class Streams(SocketCase):
    async def open(self, *received):
        sock = stream_socket()
        sock.recv.side_effect = received
        sock.send.side_effect = len
        reader, writer = await asyncio.open_connection(sock=sock)
        self.addCleanup(self.close, sock, writer)
        return sock, reader, writer

    async def close(self, sock, writer):
        writer.close()
        await self.settle()
        self.assertNotIn(sock, self.loop._selector.get_map())

    async def test_data_arrives_when_the_socket_is_ready_and_not_before(self):
        sock, reader, _ = await self.open(b"one\n", b"two\n")
        first = self.loop.create_task(reader.readline())
        await self.settle()
        self.assertFalse(first.done())
        await self.readable(sock)
        self.assertEqual(first.result(), b"one\n")
        self.assertEqual(sock.recv.call_count, 1)
        set_read_ready(sock, self.loop)
        self.assertEqual(await reader.readline(), b"two\n")

    async def test_an_empty_answer_is_the_end(self):
        sock, reader, _ = await self.open(b"rest", b"")
        await self.readable(sock)
        await self.readable(sock)
        self.assertEqual(await reader.read(), b"rest")
        self.assertTrue(reader.at_eof())

    async def test_nothing_to_read_after_all_changes_nothing(self):
        sock, reader, _ = await self.open(BlockingIOError, b"line\n")
        await self.readable(sock)
        set_read_ready(sock, self.loop)
        self.assertEqual(await reader.readline(), b"line\n")

    async def test_an_error_reaches_the_reader(self):
        sock, reader, _ = await self.open(ConnectionResetError("gone"))
        set_read_ready(sock, self.loop)
        with self.assertRaisesRegex(ConnectionResetError, "gone"):
            await reader.readline()

    async def test_what_is_written_is_sent_at_once(self):
        sock, _, writer = await self.open()
        writer.write(b"data")
        await writer.drain()
        self.assertEqual(sent(sock), [b"data"])

    async def test_what_was_not_taken_is_sent_when_there_is_room(self):
        sock, _, writer = await self.open()
        sock.send.side_effect = [2, BlockingIOError, 1, 3]
        writer.write(b"abcdef")
        self.assertEqual(sent(sock), [b"abcdef"])
        for _ in range(3):
            await self.writable(sock)
        self.assertEqual(sent(sock), [b"abcdef", b"cdef", b"cdef", b"def"])
        self.assertEqual(writer.transport.get_write_buffer_size(), 0)

    async def test_several_writes_wait_in_order(self):
        sock, _, writer = await self.open()
        sock.send.side_effect = [BlockingIOError, 4]
        writer.write(b"ab")
        writer.writelines([b"c", b"d"])
        await self.writable(sock)
        self.assertEqual(sent(sock), [b"ab", b"abcd"])

    async def test_writelines_sends(self):
        sock, _, writer = await self.open()
        writer.writelines([b"ab", b"cd"])
        await self.writable(sock)
        self.assertEqual(b"".join(sent(sock)), b"abcd")

    async def test_drain_waits_until_there_is_room(self):
        sock, _, writer = await self.open()
        writer.transport.set_write_buffer_limits(0)
        sock.send.side_effect = [BlockingIOError, 4]
        writer.write(b"data")
        drained = self.loop.create_task(writer.drain())
        await self.settle()
        self.assertFalse(drained.done())
        await self.writable(sock)
        self.assertTrue(drained.done())

    async def test_closing_closes_the_socket_and_unregisters_it(self):
        sock, _, writer = await self.open()
        self.assertNotEqual(get_registered_events(self.loop._selector), self.before)
        writer.close()
        await writer.wait_closed()
        sock.close.assert_called_once_with()
        self.assertNothingWatched()

    async def test_closing_waits_for_what_is_left_to_send(self):
        sock, _, writer = await self.open()
        sock.send.side_effect = [BlockingIOError, 4]
        writer.write(b"data")
        writer.close()
        await self.settle()
        sock.close.assert_not_called()
        await self.writable(sock)
        sock.close.assert_called_once_with()

    async def test_write_eof_shuts_the_socket_down(self):
        sock, _, writer = await self.open()
        writer.write_eof()
        sock.shutdown.assert_called_once_with(socket.SHUT_WR)

    async def test_a_socket_of_unknown_type_is_refused_by_asyncio(self):
        with self.assertRaisesRegex(ValueError, "Stream Socket was expected"):
            await asyncio.open_connection(sock=SocketMock())

    async def test_two_connections_are_told_apart(self):
        (one, from_one, _), (two, from_two, _) = await self.open(b"1\n"), await self.open(b"2\n")
        set_read_ready(two, self.loop)
        self.assertEqual(await from_two.readline(), b"2\n")
        one.recv.assert_not_called()
        set_read_ready(one, self.loop)
        self.assertEqual(await from_one.readline(), b"1\n")


class DebuggedStreams(Streams):
    def setUp(self):
        super().setUp()
        self.loop.set_debug(True)
        self.loop.slow_callback_duration = 60


class Protocols(SocketCase):
    async def test_a_buffered_protocol_reads_into_its_buffer(self):
        class Protocol(asyncio.BufferedProtocol):
            buffer, got = bytearray(8), b""

            def get_buffer(self, size):
                return self.buffer

            def buffer_updated(self, size):
                self.got += self.buffer[:size]

        def recv_into(buffer):
            buffer[:4] = b"data"
            return 4

        sock = stream_socket()
        sock.recv_into.side_effect = recv_into
        transport, protocol = await self.loop.create_connection(Protocol, sock=sock)
        await self.readable(sock)
        self.assertEqual(protocol.got, b"data")
        transport.abort()

    async def test_an_accepted_socket_can_be_connected(self):
        sock, protocol = stream_socket(), mock.Mock(asyncio.Protocol)
        sock.recv.return_value = b"data"
        transport, _ = await self.loop.connect_accepted_socket(lambda: protocol, sock)
        await self.readable(sock)
        protocol.data_received.assert_called_once_with(b"data")
        transport.close()
        await self.settle()
        protocol.connection_lost.assert_called_once_with(None)

    async def test_reading_can_be_paused(self):
        sock, protocol = stream_socket(), mock.Mock(asyncio.Protocol)
        sock.recv.return_value = b"data"
        transport, _ = await self.loop.create_connection(lambda: protocol, sock=sock)
        transport.pause_reading()
        await self.readable(sock)
        protocol.data_received.assert_not_called()
        transport.resume_reading()
        await self.readable(sock)
        protocol.data_received.assert_called_once_with(b"data")
        transport.abort()


class Datagrams(SocketCase):
    async def open(self, **answers):
        sock = SocketMock(type=socket.SOCK_DGRAM, **answers)
        protocol = mock.Mock(asyncio.DatagramProtocol)
        transport, _ = await self.loop.create_datagram_endpoint(lambda: protocol, sock=sock)
        await self.settle()
        self.addCleanup(self.close, transport)
        return sock, protocol, transport

    async def close(self, transport):
        transport.abort()
        await self.settle()
        self.assertNothingWatched()

    async def test_a_datagram_arrives_with_its_sender(self):
        sock, protocol, _ = await self.open()
        sock.recvfrom.return_value = (b"data", ("peer", 1))
        await self.readable(sock)
        protocol.datagram_received.assert_called_once_with(b"data", ("peer", 1))

    async def test_an_error_reaches_the_protocol(self):
        sock, protocol, _ = await self.open()
        sock.recvfrom.side_effect = error = ConnectionRefusedError()
        await self.readable(sock)
        protocol.error_received.assert_called_once_with(error)

    async def test_a_datagram_is_sent_at_once(self):
        sock, _, transport = await self.open(**UNCONNECTED)
        transport.sendto(b"data", ("peer", 1))
        sock.sendto.assert_called_once_with(b"data", ("peer", 1))

    async def test_a_connected_socket_sends_without_address(self):
        sock, _, transport = await self.open()
        transport.sendto(b"data")
        self.assertEqual(sent(sock), [b"data"])

    async def test_datagrams_wait_for_room(self):
        sock, _, transport = await self.open(**UNCONNECTED)
        sock.sendto.side_effect = [BlockingIOError, 3, 3]
        transport.sendto(b"one", ("peer", 1))
        transport.sendto(b"two", ("peer", 2))
        await self.writable(sock)
        self.assertEqual(
            sock.sendto.call_args_list[1:],
            [mock.call(b"one", ("peer", 1)), mock.call(b"two", ("peer", 2))],
        )


class Servers(SocketCase):
    async def start(self, *accepted):
        sock = stream_socket()
        sock.accept.side_effect = [*accepted, BlockingIOError]
        server = await asyncio.start_server(self.serve, sock=sock)
        self.addCleanup(self.stop, server)
        return sock, server

    async def stop(self, server):
        server.close()
        await self.settle()

    async def serve(self, reader, writer):
        writer.write((await reader.readline()).upper())
        writer.close()

    async def test_a_connection_is_accepted_and_served(self):
        peer = stream_socket(**{"recv.side_effect": [b"hello\n"], "send.side_effect": len})
        sock, _ = await self.start((peer, ("peer", 1)))
        sock.listen.assert_called_once()
        await self.readable(sock)
        peer.setblocking.assert_called_with(False)
        await self.readable(peer)
        self.assertEqual(sent(peer), [b"HELLO\n"])
        peer.close.assert_called_once_with()

    async def test_several_are_accepted_in_one_go(self):
        peers = [stream_socket() for _ in range(3)]
        sock, _ = await self.start(*((peer, ("peer", 1)) for peer in peers))
        await self.readable(sock)
        watched = {key.fd for key in get_registered_events(self.loop._selector)}
        self.assertLessEqual({peer.fileno() for peer in peers}, watched)
        for peer in peers:
            peer.recv.return_value = b""
            peer.send.side_effect = len
            await self.readable(peer)

    async def test_a_closed_server_is_not_watched_any_more(self):
        sock, server = await self.start()
        server.close()
        await self.settle()
        sock.close.assert_called_once_with()
        self.assertNothingWatched()


class LowLevel(SocketCase):
    async def test_sock_recv_takes_what_is_there(self):
        sock = SocketMock(**{"recv.return_value": b"data"})
        self.assertEqual(await self.loop.sock_recv(sock, 4), b"data")
        sock.recv.assert_called_once_with(4)

    async def test_sock_recv_waits_until_the_socket_is_ready(self):
        sock = SocketMock(**{"recv.side_effect": [BlockingIOError, BlockingIOError, b"data"]})
        task = self.loop.create_task(self.loop.sock_recv(sock, 4))
        await self.settle()
        await self.readable(sock)
        self.assertFalse(task.done())
        await self.readable(sock)
        self.assertEqual(task.result(), b"data")
        self.assertNothingWatched()

    async def test_sock_recv_into_fills_the_buffer(self):
        def recv_into(buffer):
            buffer[:4] = b"data"
            return 4

        sock, buffer = SocketMock(**{"recv_into.side_effect": recv_into}), bytearray(4)
        self.assertEqual(await self.loop.sock_recv_into(sock, buffer), 4)
        self.assertEqual(buffer, b"data")

    async def test_sock_recvfrom_tells_the_sender(self):
        sock = SocketMock(**{"recvfrom.side_effect": [BlockingIOError, (b"data", "peer")]})
        task = self.loop.create_task(self.loop.sock_recvfrom(sock, 4))
        await self.settle()
        await self.readable(sock)
        self.assertEqual(await task, (b"data", "peer"))

    async def test_sock_sendall_goes_on_until_all_is_out(self):
        sock = SocketMock(**{"send.side_effect": [2, BlockingIOError, 1, 3]})
        task = self.loop.create_task(self.loop.sock_sendall(sock, b"abcdef"))
        for _ in range(4):
            await self.writable(sock)
        self.assertTrue(task.done())
        self.assertEqual(sent(sock), [b"abcdef", b"cdef", b"cdef", b"def"])
        self.assertNothingWatched()

    async def test_sock_sendto_waits_for_room(self):
        sock = SocketMock(**{"sendto.side_effect": [BlockingIOError, 4]})
        task = self.loop.create_task(self.loop.sock_sendto(sock, b"data", ("peer", 1)))
        await self.settle()
        await self.writable(sock)
        self.assertEqual(await task, 4)

    async def test_sock_accept_gives_the_peer(self):
        peer = SocketMock()
        sock = SocketMock(**{"accept.side_effect": [BlockingIOError, (peer, "address")]})
        task = self.loop.create_task(self.loop.sock_accept(sock))
        await self.settle()
        await self.readable(sock)
        self.assertEqual(await task, (peer, "address"))
        peer.setblocking.assert_called_once_with(False)

    async def test_sock_connect_at_once(self):
        sock = SocketMock()
        await self.loop.sock_connect(sock, ("peer", 1))
        sock.connect.assert_called_once_with(("peer", 1))

    async def test_sock_connect_is_done_when_the_socket_is_writable(self):
        sock = SocketMock(**{"connect.side_effect": BlockingIOError})
        task = self.loop.create_task(self.loop.sock_connect(sock, ("peer", 1)))
        await self.settle()
        self.assertFalse(task.done())
        await self.writable(sock)
        self.assertTrue(task.done())
        self.assertNothingWatched()

    async def test_sock_connect_reports_the_error_of_the_socket(self):
        sock = SocketMock(**{"connect.side_effect": BlockingIOError})
        sock.getsockopt.return_value = errno.ECONNREFUSED
        task = self.loop.create_task(self.loop.sock_connect(sock, ("peer", 1)))
        await self.settle()
        set_write_ready(sock, self.loop)
        with self.assertRaises(ConnectionRefusedError):
            await task

    async def test_a_cancelled_call_is_not_watched_any_more(self):
        sock = SocketMock(**{"recv.side_effect": BlockingIOError})
        task = self.loop.create_task(self.loop.sock_recv(sock, 4))
        await self.settle()
        task.cancel()
        await self.settle()
        self.assertTrue(task.cancelled())
        self.assertNothingWatched()

    async def test_an_ssl_socket_is_refused_as_a_real_one_is(self):
        with self.assertRaisesRegex(TypeError, "cannot be of type SSLSocket"):
            await self.loop.sock_recv(asynctest.SSLSocketMock(), 4)


class Pipes(SocketCase):
    async def test_a_watched_file_is_no_business_of_the_operating_system(self):
        file, called = asynctest.FileMock(), mock.Mock()
        self.loop.add_reader(file, called)
        real = self.loop._selector._selector.get_map().values()
        self.assertNotIn(file, [key.fileobj for key in real])
        await self.readable(file)
        called.assert_called_once_with()
        self.loop.remove_reader(file)
        self.assertNothingWatched()
