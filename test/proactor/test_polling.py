import asyncio
import errno
import gc
import os
import selectors
import socket
import sys
import threading
import unittest
import weakref
from unittest import mock

from asynctest.proactor import PollingProactor, ProactorEventLoop

unix_only = unittest.skipIf(sys.platform == "win32", "Windows has a proactor of its own")


class PollingCase(unittest.TestCase):
    def setUp(self):
        self.poller = mock.Mock(wraps=selectors.DefaultSelector())
        self.proactor = PollingProactor(self.poller)
        self.loop = ProactorEventLoop(self.proactor)
        self.addCleanup(self.loop.close)
        self.left, self.right = self.pair()

    def pair(self):
        pair = socket.socketpair()
        for sock in pair:
            sock.setblocking(False)
            self.addCleanup(sock.close)
        return pair

    def turn(self):
        self.loop.run_until_complete(asyncio.sleep(0))

    def get(self, future):
        return self.loop.run_until_complete(asyncio.wait_for(future, 10))

    def calls(self):
        return [
            c[0] for c in self.poller.mock_calls if c[0] in ("register", "modify", "unregister")
        ]


@unix_only
class Reading(PollingCase):
    def test_a_read_never_completes_when_asked_for(self):
        self.right.send(b"data")
        reading = self.proactor.recv(self.left, 10)
        self.assertFalse(reading.done())
        self.proactor.select(0)
        self.assertEqual(reading.result(), b"data")

    def test_select_says_that_something_happened(self):
        reading = self.proactor.recv(self.left, 10)
        self.assertEqual(self.proactor.select(0), [])
        self.right.send(b"data")
        self.assertTrue(self.proactor.select(0))
        self.assertTrue(reading.done())

    def test_select_says_that_something_is_under_way(self):
        sending = self.proactor.send(self.left, b"x" * 4_000_000)
        self.assertEqual(self.proactor.select(0), [])
        self.right.recv(1 << 20)
        self.assertTrue(self.proactor.select(0))
        self.assertFalse(sending.done())
        sending.cancel()

    def test_select_says_that_another_thread_called(self):
        self.loop.call_soon_threadsafe(print)
        self.assertTrue(self.proactor.select(0))

    def test_waiters_are_served_in_order(self):
        first, second = self.proactor.recv(self.left, 1), self.proactor.recv(self.left, 1)
        self.right.send(b"ab")
        self.assertEqual([self.get(first), self.get(second)], [b"a", b"b"])

    def test_a_waiter_that_gave_up_takes_nothing(self):
        first, second = self.proactor.recv(self.left, 10), self.proactor.recv(self.left, 10)
        first.cancel()
        self.right.send(b"data")
        self.assertEqual(self.get(second), b"data")

    def test_a_cancelled_read_leaves_the_data(self):
        reading = self.proactor.recv(self.left, 10)
        self.turn()
        reading.cancel()
        self.right.send(b"data")
        self.turn()
        self.assertEqual(self.left.recv(10), b"data")

    def test_a_read_fails_with_what_the_socket_raises(self):
        reading = self.proactor.recv(self.left, 10, 0x7FFFFFFF)
        self.right.send(b"data")
        with self.assertRaises(OSError):
            self.get(reading)

    def test_a_pipe_is_read_too(self):
        read_end, write_end = os.pipe()
        with open(read_end, "rb", 0) as pipe, open(write_end, "wb", 0) as other:
            reading = self.proactor.recv(pipe, 10)
            other.write(b"data")
            self.assertEqual(self.get(reading), b"data")

    def test_a_failed_read_does_not_outlive_its_error(self):
        reading = self.proactor.recv(self.left, 10, 0x7FFFFFFF)
        gone = weakref.ref(reading)
        self.right.send(b"data")
        self.proactor.select(0)
        kept = reading.exception()
        gc.disable()
        self.addCleanup(gc.enable)
        del reading
        self.assertIsNone(gone(), kept)

    def test_the_error_of_a_read_nobody_wants_any_more_is_not_reported(self):
        told = []
        self.loop.set_exception_handler(lambda loop, context: told.append(context))
        reading = self.proactor.recv(self.left, 10, 0x7FFFFFFF)
        self.right.send(b"data")
        self.proactor.select(0)
        reading.cancel()
        del reading
        gc.collect()
        self.assertEqual(told, [])

    def test_a_closed_socket_is_refused_at_once(self):
        self.left.close()
        with self.assertRaises(OSError) as caught:
            self.proactor.recv(self.left, 10)
        self.assertEqual(caught.exception.errno, errno.EBADF)


@unix_only
class Writing(PollingCase):
    def fill(self):
        with self.assertRaises(BlockingIOError):
            while True:
                self.left.send(b"x" * 65536)

    def drain(self):
        received = bytearray()
        try:
            while True:
                received += self.right.recv(1 << 20)
        except BlockingIOError:
            return bytes(received)

    def test_what_fits_is_sent_when_asked_for(self):
        sending = self.proactor.send(self.left, b"data")
        self.assertTrue(sending.done())
        self.assertEqual(self.right.recv(10), b"data")

    def test_a_send_ends_when_all_is_out(self):
        data = os.urandom(4_000_000)
        sending = self.proactor.send(self.left, data)
        self.assertFalse(sending.done())
        received = bytearray()
        while not sending.done():
            received += self.drain()
            self.turn()
        received += self.drain()
        self.assertEqual((sending.result(), bytes(received)), (len(data), data))

    def test_a_send_behind_a_waiting_one_waits_too(self):
        self.fill()
        first = self.proactor.send(self.left, b"first")
        second = self.proactor.send(self.left, b"second")
        self.assertEqual([first.done(), second.done()], [False, False])
        self.assertEqual(self.proactor.send_now(self.left, b"third"), 0)
        received = self.drain()
        self.get(second)
        self.assertTrue((received + self.drain()).endswith(b"firstsecond"))

    def test_nothing_overtakes_a_send_that_could_go_on(self):
        self.fill()
        self.proactor.send(self.left, b"first")
        self.drain()
        self.assertEqual(self.proactor.send_now(self.left, b"second"), 0)

    def test_an_immediate_error_is_raised_at_once(self):
        self.right.close()
        with self.assertRaises(BrokenPipeError):
            self.proactor.send(self.left, b"data")

    def test_a_refused_connection_is_reported_when_known(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = free.getsockname()
        with socket.socket() as sock:
            sock.setblocking(False)
            with self.assertRaises(ConnectionRefusedError):
                self.get(self.loop.sock_connect(sock, address))


@unix_only
class Accepting(PollingCase):
    def setUp(self):
        super().setUp()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.addCleanup(self.listener.close)

    def test_a_connection_comes_ready_for_use(self):
        accepting = self.proactor.accept(self.listener)
        with socket.create_connection(self.listener.getsockname()) as client:
            conn, address = self.get(accepting)
            with conn:
                self.assertEqual(address, client.getsockname())
                self.assertEqual(conn.gettimeout(), 0)

    def test_a_peer_that_left_again_is_not_an_error(self):
        listener = self.listener
        listener = mock.Mock(wraps=listener, **{"accept.side_effect": ConnectionAbortedError})
        accepting = self.proactor.accept(listener)
        with socket.create_connection(self.listener.getsockname()):
            self.turn()
            self.turn()
        self.assertFalse(accepting.done())
        accepting.cancel()

    def test_running_out_of_descriptors_is_told_and_passes(self):
        told = []
        self.loop.set_exception_handler(lambda loop, context: told.append(context))
        listener = mock.Mock(wraps=self.listener)
        listener.accept.side_effect = OSError(errno.EMFILE, "too many")
        accepting = self.proactor.accept(listener)
        with (
            mock.patch.object(self.loop, "call_later") as call_later,
            socket.create_connection(self.listener.getsockname()),
        ):
            self.turn()
            self.assertEqual(told[0]["exception"].errno, errno.EMFILE)
            listener.accept.side_effect = None
            (_, again, *args), _ = call_later.call_args
            again(*args)
            conn, _ = self.loop.run_until_complete(accepting)
            conn.close()


@unix_only
class Bookkeeping(PollingCase):
    """What the selector is told, and when."""

    def test_a_reader_that_asks_again_costs_no_registration(self):
        for _ in range(5):
            reading = self.proactor.recv(self.left, 10)
            self.right.send(b"x")
            self.proactor.select(0)
            self.assertTrue(reading.done())
        self.assertEqual(self.calls(), ["register"] * 2)  # the first is the loop's own

    def test_a_reader_that_does_not_ask_again_is_forgotten(self):
        reading = self.proactor.recv(self.left, 10)
        self.right.send(b"x")
        self.proactor.select(0)
        self.proactor.select(0)
        self.assertTrue(reading.done())
        self.assertEqual(self.calls()[2:], ["unregister"])

    def test_a_cancelled_read_is_forgotten_before_its_socket_can_be_closed(self):
        reading = self.proactor.recv(self.left, 10)
        self.proactor.select(0)
        reading.cancel()
        self.assertEqual(self.calls()[2:], ["unregister"])

    def test_reading_and_writing_share_a_registration(self):
        reading = self.proactor.recv(self.left, 10)
        self.proactor.select(0)
        sending = self.proactor.send(self.left, b"x" * 10_000_000)
        self.proactor.select(0)
        sending.cancel()
        self.assertEqual(self.calls()[2:], ["modify", "modify"])
        reading.cancel()

    def test_a_socket_with_the_number_of_a_closed_one_is_watched_anew(self):
        reading = self.proactor.recv(self.left, 10)
        self.right.send(b"x")
        self.proactor.select(0)
        self.assertTrue(reading.done())
        number = self.left.fileno()
        self.left.close()
        left, right = self.pair()
        self.assertEqual(left.fileno(), number)
        reading = self.proactor.recv(left, 10)
        right.send(b"again")
        self.assertEqual(self.get(reading), b"again")

    def test_whoever_waits_on_a_socket_closed_under_them_hears_of_it(self):
        reading = self.proactor.recv(self.left, 10)
        self.proactor.select(0)
        self.left.close()
        left, _ = self.pair()
        self.proactor.recv(left, 10)
        with self.assertRaises(ConnectionAbortedError):
            self.get(reading)

    def test_a_socket_given_back_is_not_kept_alive_nor_watched(self):
        async def receive():
            await self.loop.sock_recv(self.left, 10)
            return self.calls()[2:]  # now: the socket may be closed next

        self.right.send(b"x")
        self.assertEqual(self.loop.run_until_complete(receive()), ["unregister"])

    def test_closing_cancels_what_is_pending(self):
        reading = self.proactor.recv(self.left, 10)
        self.proactor.close()
        self.assertTrue(reading.cancelled())
        self.proactor.close()
        with self.assertRaisesRegex(RuntimeError, "closed"):
            self.proactor.select(0)

    def test_what_cannot_be_watched_fails(self):
        with open(__file__, "rb") as file, self.assertRaises(OSError):
            self.get(self.proactor.recv(file, 10))


@unix_only
class Handles(PollingCase):
    def test_a_signalled_handle_is_true(self):
        waiting = self.proactor.wait_for_handle(self.left.fileno())
        self.right.send(b"x")
        self.assertIs(self.get(waiting), True)

    def test_a_handle_that_is_late_is_false(self):
        waiting = self.proactor.wait_for_handle(self.left.fileno(), 0.001)
        self.assertIs(self.get(waiting), False)
        self.assertEqual(self.proactor.pending(), [])

    def test_a_number_that_is_used_again_is_watched_anew(self):
        for _ in range(3):
            read_end, write_end = os.pipe()
            waiting = self.proactor.wait_for_handle(read_end)
            os.close(write_end)
            self.proactor.select(1)
            self.assertEqual(self.calls()[-2:], ["register", "unregister"])
            self.assertTrue(waiting.done())
            os.close(read_end)


@unix_only
class Waking(PollingCase):
    def test_a_call_from_another_thread_wakes_a_waiting_loop(self):
        called = self.loop.create_future()
        thread = threading.Timer(
            0.01, self.loop.call_soon_threadsafe, (called.set_result, "called")
        )
        thread.start()
        self.assertEqual(self.get(called), "called")
        thread.join()
