"""One text, both loop models: what a test says about stand-ins holds on each."""

import asyncio
import socket
import sys
import threading
import unittest
from selectors import EVENT_READ
from unittest import mock

import asynctest
from asynctest import (
    FileDescriptor,
    SocketMock,
    get_registered_events,
    set_read_ready,
    set_write_ready,
)

UNCONNECTED = {"getpeername.side_effect": OSError}  # as that of a real socket

our_transports = unittest.skipIf(
    sys.platform == "win32", "asyncio's own transports differ, see test_windows_like"
)


class BothModels(asynctest.TestCase):
    loop_model = "both"

    async def settle(self):
        await asynctest.exhaust_callbacks(self.loop)

    async def readable(self, sock):
        set_read_ready(sock, self.loop)
        await self.settle()

    async def writable(self, sock):
        set_write_ready(sock, self.loop)
        await self.settle()

    async def start(self, coroutine):
        task = self.loop.create_task(coroutine)
        await self.settle()
        return task

    async def end(self, transport, *alive):
        if not transport.is_closing():
            transport.abort()
        await self.settle()

    def stream_socket(self, **answers):
        return SocketMock(type=socket.SOCK_STREAM, **answers)


def sent(sock):
    return [call.args[0] for call in sock.send.call_args_list]


class Streams(BothModels):
    async def open(self, *received, limit=2**16, **answers):
        sock = self.stream_socket(**answers)
        sock.recv.side_effect = received
        sock.send.side_effect = len
        reader, writer = await asyncio.open_connection(sock=sock, limit=limit)
        self.addCleanup(self.end, writer.transport, writer)
        return sock, reader, writer

    async def test_reading_waits_for_the_signal(self):
        sock, reader, _ = await self.open(b"data")
        await self.settle()
        sock.recv.assert_not_called()
        await self.readable(sock)
        self.assertEqual(await reader.read(10), b"data")

    async def test_one_signal_is_one_read(self):
        sock, _, _ = await self.open(b"one", b"two")
        await self.readable(sock)
        self.assertEqual(sock.recv.call_count, 1)

    async def test_two_signals_in_one_go_are_two_reads(self):
        sock, reader, _ = await self.open(b"one", b"two")
        set_read_ready(sock, self.loop)
        await self.readable(sock)
        self.assertEqual(await reader.read(10), b"onetwo")

    async def test_blocking_after_all_keeps_waiting(self):
        sock, reader, _ = await self.open(BlockingIOError, b"data")
        await self.readable(sock)
        await self.readable(sock)
        self.assertEqual(await reader.read(10), b"data")

    async def test_more_than_any_buffer_arrives_whole(self):
        data = bytes(range(256)) * 800
        sock, reader, _ = await self.open(data, b"", limit=2**20)
        await self.readable(sock)
        await self.readable(sock)
        self.assertEqual(await reader.read(), data)

    async def test_an_empty_read_is_the_end(self):
        sock, reader, _ = await self.open(b"")
        await self.readable(sock)
        self.assertEqual(await reader.read(), b"")
        self.assertTrue(reader.at_eof())

    async def test_a_reset_reaches_the_reader(self):
        sock, reader, _ = await self.open(ConnectionResetError("gone"))
        await self.readable(sock)
        with self.assertRaisesRegex(ConnectionResetError, "gone"):
            await reader.read()

    async def test_another_os_error_reaches_the_reader(self):
        sock, reader, _ = await self.open(OSError("no route"))
        await self.readable(sock)
        with self.assertRaisesRegex(OSError, "no route"):
            await reader.read()

    async def test_a_signal_may_come_from_another_thread(self):
        sock, reader, _ = await self.open(b"data")
        thread = threading.Thread(target=set_read_ready, args=(sock, self.loop))
        thread.start()
        self.assertEqual(await reader.read(10), b"data")
        thread.join()

    async def test_the_descriptor_stands_for_the_socket(self):
        sock, reader, _ = await self.open(b"data")
        set_read_ready(sock.fileno(), self.loop)
        self.assertIsInstance(sock.fileno(), FileDescriptor)
        self.assertEqual(await reader.read(10), b"data")

    async def test_a_write_is_sent_at_once(self):
        sock, _, writer = await self.open()
        writer.write(b"data")
        self.assertEqual(sent(sock), [b"data"])

    @our_transports
    async def test_every_write_is_sent_by_itself(self):
        sock, _, writer = await self.open()
        for data in (b"one", b"two", b"three"):
            writer.write(data)
        self.assertEqual(sent(sock), [b"one", b"two", b"three"])

    async def test_what_was_not_sent_waits_for_the_signal(self):
        sock, _, writer = await self.open()
        sock.send.side_effect = [2, 4]
        writer.write(b"abcdef")
        await self.settle()
        self.assertEqual(sent(sock), [b"abcdef"])
        await self.writable(sock)
        self.assertEqual(sent(sock), [b"abcdef", b"cdef"])

    async def test_a_blocked_write_is_tried_once_per_signal(self):
        sock, _, writer = await self.open()
        sock.send.side_effect = [BlockingIOError, BlockingIOError, 4]
        writer.write(b"data")
        await self.writable(sock)
        await self.writable(sock)
        self.assertEqual(sent(sock), [b"data"] * 3)
        self.assertEqual(writer.transport.get_write_buffer_size(), 0)

    @our_transports
    async def test_writes_behind_a_blocked_one_are_sent_with_it(self):
        sock, _, writer = await self.open()
        sock.send.side_effect = [BlockingIOError, 6]
        for data in (b"ab", b"cd", b"ef"):
            writer.write(data)
        self.assertEqual(writer.transport.get_write_buffer_size(), 6)
        await self.writable(sock)
        self.assertEqual(sent(sock), [b"ab", b"abcdef"])

    async def test_drain_waits_until_all_is_out(self):
        sock, _, writer = await self.open()
        writer.transport.set_write_buffer_limits(0)
        sock.send.side_effect = [BlockingIOError, 4]
        writer.write(b"data")
        draining = await self.start(writer.drain())
        self.assertFalse(draining.done())
        await self.writable(sock)
        self.assertTrue(draining.done())

    async def test_a_broken_pipe_ends_the_connection(self):
        sock, _, writer = await self.open()
        sock.send.side_effect = BrokenPipeError("nobody there")
        writer.write(b"data")
        await self.settle()
        self.assertTrue(writer.is_closing())
        with self.assertRaisesRegex(BrokenPipeError, "nobody there"):
            await writer.wait_closed()

    async def test_closing_closes_the_socket_once(self):
        sock, _, writer = await self.open()
        writer.close()
        await writer.wait_closed()
        sock.close.assert_called_once_with()

    async def test_closing_waits_for_what_is_unsent(self):
        sock, _, writer = await self.open()
        sock.send.side_effect = [BlockingIOError, 4]
        writer.write(b"data")
        writer.close()
        await self.settle()
        sock.close.assert_not_called()
        await self.writable(sock)
        sock.close.assert_called_once_with()

    async def test_aborting_does_not_wait(self):
        sock, _, writer = await self.open()
        sock.send.side_effect = BlockingIOError
        writer.write(b"data")
        writer.transport.abort()
        await self.settle()
        sock.close.assert_called_once_with()

    async def test_nothing_is_read_from_a_closed_connection(self):
        sock, _, writer = await self.open(b"data")
        writer.close()
        await self.readable(sock)
        sock.recv.assert_not_called()

    async def test_the_end_of_writing_shuts_down_one_direction(self):
        sock, _, writer = await self.open()
        writer.write_eof()
        await self.settle()
        sock.shutdown.assert_called_once_with(socket.SHUT_WR)

    async def test_the_signal_of_the_other_direction_does_nothing(self):
        sock, _, _ = await self.open(b"data")
        await self.writable(sock)
        sock.recv.assert_not_called()


class Protocols(BothModels):
    async def open(self, protocol, **answers):
        sock = self.stream_socket(**answers)
        transport, _ = await self.loop.create_connection(lambda: protocol, sock=sock)
        self.addCleanup(self.end, transport)
        return sock, transport

    async def test_a_protocol_hears_of_connection_data_and_end(self):
        protocol = mock.Mock(asyncio.Protocol, **{"eof_received.return_value": None})
        sock, transport = await self.open(protocol)
        sock.recv.side_effect = [b"data", b""]
        await self.readable(sock)
        await self.readable(sock)
        self.assertEqual(
            protocol.mock_calls,
            [
                mock.call.connection_made(transport),
                mock.call.data_received(b"data"),
                mock.call.eof_received(),
                mock.call.connection_lost(None),
            ],
        )

    async def test_a_buffered_protocol_is_read_into(self):
        protocol = mock.Mock(asyncio.BufferedProtocol)
        protocol.get_buffer.return_value = buffer = bytearray(10)
        sock, _ = await self.open(protocol)

        def recv_into(target):
            target[:4] = b"data"
            return 4

        sock.recv_into.side_effect = recv_into
        await self.readable(sock)
        protocol.buffer_updated.assert_called_once_with(4)
        self.assertEqual(buffer[:4], b"data")
        sock.recv.assert_not_called()

    async def test_a_paused_transport_ignores_signals(self):
        protocol = mock.Mock(asyncio.Protocol)
        sock, transport = await self.open(protocol)
        sock.recv.return_value = b"data"
        transport.pause_reading()
        await self.readable(sock)
        sock.recv.assert_not_called()
        transport.resume_reading()
        await self.readable(sock)
        protocol.data_received.assert_called_once_with(b"data")

    async def test_an_unexpected_error_is_reported_and_ends_the_connection(self):
        protocol = mock.Mock(asyncio.Protocol)
        sock, _ = await self.open(protocol)
        sock.recv.side_effect = error = ZeroDivisionError()
        handler = mock.Mock()
        self.loop.set_exception_handler(handler)
        await self.readable(sock)
        self.assertIs(handler.call_args.args[1]["exception"], error)
        protocol.connection_lost.assert_called_once()

    async def test_a_protocol_can_be_exchanged(self):
        before, after = mock.Mock(asyncio.Protocol), mock.Mock(asyncio.Protocol)
        sock, transport = await self.open(before)
        sock.recv.return_value = b"data"
        transport.set_protocol(after)
        await self.readable(sock)
        before.data_received.assert_not_called()
        after.data_received.assert_called_once_with(b"data")


class Datagrams(BothModels):
    async def open(self, **answers):
        sock = SocketMock(type=socket.SOCK_DGRAM, **answers)
        protocol = mock.Mock(asyncio.DatagramProtocol)
        transport, _ = await self.loop.create_datagram_endpoint(lambda: protocol, sock=sock)
        await self.settle()
        self.addCleanup(self.end, transport)
        return sock, protocol, transport

    async def test_a_datagram_comes_with_its_sender(self):
        sock, protocol, _ = await self.open()
        sock.recvfrom.return_value = (b"data", ("peer", 1))
        await self.readable(sock)
        protocol.datagram_received.assert_called_once_with(b"data", ("peer", 1))

    @our_transports
    async def test_an_empty_datagram_is_one(self):
        sock, protocol, _ = await self.open()
        sock.recvfrom.return_value = (b"", ("peer", 1))
        await self.readable(sock)
        protocol.datagram_received.assert_called_once_with(b"", ("peer", 1))

    @our_transports
    async def test_reading_goes_on_after_an_error(self):
        sock, protocol, _ = await self.open()
        refused = ConnectionRefusedError()
        sock.recvfrom.side_effect = [refused, (b"data", ("peer", 1))]
        await self.readable(sock)
        await self.readable(sock)
        protocol.error_received.assert_called_once_with(refused)
        protocol.datagram_received.assert_called_once_with(b"data", ("peer", 1))

    async def test_a_datagram_is_sent_at_once(self):
        sock, _, transport = await self.open(**UNCONNECTED)
        transport.sendto(b"data", ("peer", 1))
        sock.sendto.assert_called_once_with(b"data", ("peer", 1))

    async def test_a_connected_socket_needs_no_address(self):
        sock, _, transport = await self.open()
        transport.sendto(b"data")
        self.assertEqual(sent(sock), [b"data"])

    async def test_a_connected_socket_leaves_the_address_out(self):
        sock, _, transport = await self.open(**{"getpeername.return_value": ("peer", 1)})
        transport.sendto(b"data", ("peer", 1))
        self.assertEqual(sent(sock), [b"data"])
        sock.sendto.assert_not_called()

    async def test_datagrams_wait_in_order(self):
        sock, _, transport = await self.open(**UNCONNECTED)
        sock.sendto.side_effect = [BlockingIOError, 3, 3]
        transport.sendto(b"one", ("peer", 1))
        transport.sendto(b"two", ("peer", 2))
        await self.writable(sock)
        self.assertEqual(
            sock.sendto.call_args_list[1:],
            [mock.call(b"one", ("peer", 1)), mock.call(b"two", ("peer", 2))],
        )


class Servers(BothModels):
    async def serve(self, *accepted, **answers):
        listener = self.stream_socket(**answers)
        listener.accept.side_effect = [*accepted, BlockingIOError, BlockingIOError]
        self.protocols = []

        def factory():
            self.protocols.append(mock.Mock(asyncio.Protocol))
            return self.protocols[-1]

        server = await self.loop.create_server(factory, sock=listener)
        self.addCleanup(server.close)
        await self.settle()
        return listener, server

    async def tearDown(self):
        for protocol in self.protocols:
            for call in protocol.connection_made.call_args_list:
                await self.end(*call.args)

    async def test_nobody_is_accepted_before_the_signal(self):
        listener, _ = await self.serve((self.stream_socket(), ("peer", 1)))
        listener.accept.assert_not_called()

    async def test_a_connection_gets_a_protocol_and_its_peer(self):
        listener, _ = await self.serve((self.stream_socket(), ("peer", 1)))
        await self.readable(listener)
        (protocol,) = self.protocols
        (transport,) = protocol.connection_made.call_args.args
        self.assertEqual(transport.get_extra_info("peername"), ("peer", 1))

    async def test_all_that_wait_are_accepted_on_one_signal(self):
        waiting = [(self.stream_socket(), ("peer", number)) for number in range(5)]
        listener, _ = await self.serve(*waiting)
        await self.readable(listener)
        self.assertEqual(len(self.protocols), 5)

    async def test_an_accepted_connection_talks(self):
        conn = self.stream_socket(**{"recv.return_value": b"data"})
        listener, _ = await self.serve((conn, ("peer", 1)))
        await self.readable(listener)
        await self.readable(conn)
        self.protocols[0].data_received.assert_called_once_with(b"data")
        conn.setblocking.assert_called_with(False)

    async def test_a_closed_server_accepts_nobody(self):
        listener, server = await self.serve((self.stream_socket(), ("peer", 1)))
        server.close()
        await self.readable(listener)
        listener.accept.assert_not_called()
        listener.close.assert_called_once_with()


class LowLevel(BothModels):
    async def test_recv_gives_what_is_there_without_a_signal(self):
        sock = SocketMock(**{"recv.return_value": b"data"})
        self.assertEqual(await self.loop.sock_recv(sock, 10), b"data")
        sock.recv.assert_called_once_with(10)

    async def test_recv_waits_if_it_would_block(self):
        sock = SocketMock(**{"recv.side_effect": [BlockingIOError, b"data"]})
        receiving = await self.start(self.loop.sock_recv(sock, 10))
        self.assertFalse(receiving.done())
        set_read_ready(sock, self.loop)
        self.assertEqual(await receiving, b"data")

    async def test_recv_raises_what_the_socket_raises(self):
        sock = SocketMock(**{"recv.side_effect": [BlockingIOError, ConnectionResetError("gone")]})
        receiving = await self.start(self.loop.sock_recv(sock, 10))
        set_read_ready(sock, self.loop)
        with self.assertRaisesRegex(ConnectionResetError, "gone"):
            await receiving

    async def test_a_cancelled_recv_leaves_the_data_alone(self):
        sock = SocketMock(**{"recv.side_effect": [BlockingIOError, b"data"]})
        receiving = await self.start(self.loop.sock_recv(sock, 10))
        receiving.cancel()
        await self.readable(sock)
        self.assertTrue(receiving.cancelled())
        self.assertEqual(await self.loop.sock_recv(sock, 10), b"data")

    async def test_recv_into_fills_the_buffer(self):
        sock, buffer = SocketMock(), bytearray(10)
        sock.recv_into.side_effect = [BlockingIOError, 4]
        receiving = await self.start(self.loop.sock_recv_into(sock, buffer))
        set_read_ready(sock, self.loop)
        self.assertEqual(await receiving, 4)
        self.assertIs(sock.recv_into.call_args.args[0], buffer)

    async def test_recvfrom_gives_data_and_sender(self):
        sock = SocketMock(**{"recvfrom.side_effect": [BlockingIOError, (b"data", ("peer", 1))]})
        receiving = await self.start(self.loop.sock_recvfrom(sock, 10))
        set_read_ready(sock, self.loop)
        self.assertEqual(await receiving, (b"data", ("peer", 1)))

    async def test_recvfrom_into_gives_size_and_sender(self):
        sock, buffer = SocketMock(), bytearray(10)
        sock.recvfrom_into.return_value = (4, ("peer", 1))
        self.assertEqual(await self.loop.sock_recvfrom_into(sock, buffer), (4, ("peer", 1)))

    async def test_sendall_sends_in_as_many_parts_as_it_takes(self):
        sock = SocketMock(**{"send.side_effect": [2, BlockingIOError, 1, 3]})
        sending = await self.start(self.loop.sock_sendall(sock, b"abcdef"))
        for _ in range(3):
            self.assertFalse(sending.done())
            await self.writable(sock)
        await sending
        self.assertEqual(sent(sock), [b"abcdef", b"cdef", b"cdef", b"def"])

    async def test_sendall_raises_what_the_socket_raises(self):
        sock = SocketMock(**{"send.side_effect": BrokenPipeError("gone")})
        with self.assertRaisesRegex(BrokenPipeError, "gone"):
            await self.loop.sock_sendall(sock, b"data")

    async def test_sendto_names_the_address(self):
        sock = SocketMock(**{"sendto.side_effect": [BlockingIOError, 4]})
        sending = await self.start(self.loop.sock_sendto(sock, b"data", ("peer", 1)))
        set_write_ready(sock, self.loop)
        self.assertEqual(await sending, 4)
        self.assertEqual(
            sock.sendto.call_args_list,
            [mock.call(b"data", ("peer", 1)), mock.call(b"data", 0, ("peer", 1))],
        )

    async def test_connect_may_succeed_at_once(self):
        sock = SocketMock(**{"connect.return_value": None})
        await self.loop.sock_connect(sock, ("peer", 1))
        sock.connect.assert_called_once_with(("peer", 1))

    async def test_connect_waits_until_the_socket_is_writable(self):
        sock = SocketMock(**{"connect.side_effect": BlockingIOError})
        connecting = await self.start(self.loop.sock_connect(sock, ("peer", 1)))
        self.assertFalse(connecting.done())
        set_write_ready(sock, self.loop)
        await connecting

    async def test_connect_fails_with_what_the_socket_reports(self):
        sock = SocketMock(
            **{"connect.side_effect": BlockingIOError, "getsockopt.return_value": 111}
        )
        connecting = await self.start(self.loop.sock_connect(sock, ("peer", 1)))
        set_write_ready(sock, self.loop)
        with self.assertRaises(ConnectionRefusedError):
            await connecting

    async def test_accept_gives_connection_and_peer(self):
        conn = SocketMock()
        sock = SocketMock(**{"accept.side_effect": [BlockingIOError, (conn, ("peer", 1))]})
        accepting = await self.start(self.loop.sock_accept(sock))
        set_read_ready(sock, self.loop)
        self.assertEqual(await accepting, (conn, ("peer", 1)))
        conn.setblocking.assert_called_once_with(False)

    async def test_one_signal_accepts_one(self):
        waiting = [BlockingIOError, (SocketMock(), 1), BlockingIOError, (SocketMock(), 2)]
        sock = SocketMock(**{"accept.side_effect": waiting})

        async def accept_two():
            await self.loop.sock_accept(sock)
            await self.loop.sock_accept(sock)

        accepting = await self.start(accept_two())
        await self.readable(sock)
        self.assertFalse(accepting.done())
        await self.readable(sock)
        self.assertTrue(accepting.done())

    async def test_reading_and_writing_wait_side_by_side(self):
        sock = SocketMock()
        sock.recv.side_effect = [BlockingIOError, b"data"]
        sock.send.side_effect = [BlockingIOError, 4]
        receiving = await self.start(self.loop.sock_recv(sock, 10))
        sending = await self.start(self.loop.sock_sendall(sock, b"data"))
        await self.writable(sock)
        self.assertEqual([receiving.done(), sending.done()], [False, True])
        await self.readable(sock)
        self.assertEqual(await receiving, b"data")

    async def test_what_waits_can_be_looked_up(self):
        sock = SocketMock(**{"recv.side_effect": [BlockingIOError, b"data"]})
        before = get_registered_events(self.loop._selector)
        receiving = await self.start(self.loop.sock_recv(sock, 10))
        (key,) = get_registered_events(self.loop._selector) - before
        self.assertEqual((key.fd, key.events), (sock.fileno(), EVENT_READ))
        await self.readable(sock)
        self.assertEqual(get_registered_events(self.loop._selector), before)
        await receiving

    async def test_an_ssl_socket_is_refused(self):
        if not hasattr(asynctest.selector, "SSLSocketMock"):
            self.skipTest("Python is built without OpenSSL")
        with self.assertRaisesRegex(TypeError, "SSLSocket"):
            await self.loop.sock_recv(asynctest.selector.SSLSocketMock(), 10)

    async def test_a_signal_nobody_waits_for_is_lost(self):
        sock = SocketMock(**{"recv.side_effect": [BlockingIOError, b"data"]})
        await self.readable(sock)
        receiving = await self.start(self.loop.sock_recv(sock, 10))
        self.assertFalse(receiving.done())
        await self.readable(sock)
        self.assertTrue(receiving.done())


class RealThings(BothModels):
    """What is no stand-in passes through, beside those that are."""

    async def test_real_sockets_talk(self):
        left, right = socket.socketpair()
        with left, right:
            left.setblocking(False)
            right.setblocking(False)
            await self.loop.sock_sendall(left, b"data")
            self.assertEqual(await self.loop.sock_recv(right, 10), b"data")

    async def test_a_stand_in_and_a_real_socket_of_the_same_number_live_side_by_side(self):
        left, right = socket.socketpair()
        with left, right:
            right.setblocking(False)
            sock = SocketMock(**{"recv.side_effect": [BlockingIOError, b"mocked"]})
            self.same_number(sock, right)
            mocked = await self.start(self.loop.sock_recv(sock, 10))
            real = await self.start(self.loop.sock_recv(right, 10))
            set_read_ready(sock, self.loop)
            self.assertEqual(await mocked, b"mocked")
            self.assertFalse(real.done())
            left.send(b"real")
            self.assertEqual(await real, b"real")

    def same_number(self, sock, real):
        descriptor = FileDescriptor(real.fileno())
        sock.fileno = lambda: descriptor

    async def test_a_signal_for_a_real_socket_takes_nothing_from_it(self):
        left, right = socket.socketpair()
        with left, right:
            right.setblocking(False)
            receiving = await self.start(self.loop.sock_recv(right, 10))
            await self.readable(right)
            self.assertFalse(receiving.done())
            left.send(b"data")
            self.assertEqual(await receiving, b"data")

    async def test_a_real_server_serves(self):
        async def echo(reader, writer):
            writer.write(await reader.readline())
            writer.close()

        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello\n")
        self.assertEqual(await reader.read(), b"hello\n")
        writer.close()
        await writer.wait_closed()
        server.close()
