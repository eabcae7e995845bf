"""What users of 0.13 rely on in ``asynctest.selector`` and ``asynctest.helpers``."""

import asyncio
import inspect
import selectors
import socket
import threading
import unittest
import unittest.mock
from selectors import EVENT_READ, EVENT_WRITE, SelectorKey

import asynctest


class Addresses(unittest.TestCase):
    def test_names_are_where_they_were(self):
        for name in (
            "FileDescriptor FileMock SocketMock TestSelector set_read_ready "
            "set_write_ready fd isfilemock get_registered_events"
        ).split():
            self.assertIs(getattr(asynctest, name), getattr(asynctest.selector, name))
        self.assertIs(asynctest.exhaust_callbacks, asynctest.helpers.exhaust_callbacks)


class Descriptors(unittest.TestCase):
    def setUp(self):
        before = asynctest.FileDescriptor.next_fd
        self.addCleanup(setattr, asynctest.FileDescriptor, "next_fd", before)
        asynctest.FileDescriptor.next_fd = 0

    def test_numbers_start_at_next_fd_and_skip_what_was_given(self):
        self.assertEqual(asynctest.FileDescriptor(), 0)
        self.assertEqual(asynctest.FileDescriptor(5), 5)
        self.assertEqual(asynctest.FileDescriptor(1), 1)
        self.assertEqual(asynctest.FileDescriptor(), 7)

    def test_it_is_an_int_with_another_hash(self):
        descriptor = asynctest.FileDescriptor(5)
        self.assertIsInstance(descriptor, int)
        self.assertEqual({descriptor: "mock", 5: "real"}[5], "real")
        self.assertEqual({descriptor: "mock"}[asynctest.FileDescriptor(5)], "mock")
        self.assertEqual(repr(descriptor), "5")

    def test_fd(self):
        descriptor, file = asynctest.FileDescriptor(), asynctest.FileMock()
        self.assertIs(asynctest.fd(descriptor), descriptor)
        self.assertIs(asynctest.fd(file), file.fileno())
        for wrong in (5, "5", None):
            self.assertRaises(ValueError, asynctest.fd, wrong)

    def test_isfilemock(self):
        for mock in (asynctest.FileMock(), asynctest.SocketMock(), asynctest.FileDescriptor()):
            self.assertTrue(asynctest.isfilemock(mock))
        for other in (5, object(), unittest.mock.Mock()):
            self.assertFalse(asynctest.isfilemock(other))


class Mocks(unittest.TestCase):
    def test_children_and_results_of_a_file_are_not_files(self):
        file = asynctest.FileMock()
        self.assertNotIsInstance(file.read, asynctest.FileMock)
        self.assertNotIsInstance(file(), asynctest.FileMock)
        self.assertIsInstance(file.read, asynctest.mock.Mock)

    def test_a_socket_is_one_and_lacks_what_sockets_lack(self):
        sock = asynctest.SocketMock()
        self.assertIsInstance(sock, socket.socket)
        self.assertRaises(AttributeError, getattr, sock, "unknown")
        sock.unknown = 1

    def test_the_signature_of_a_socket(self):
        parameters = inspect.signature(asynctest.SocketMock.__init__).parameters
        self.assertEqual(
            list(parameters)[1:7],
            ["side_effect", "return_value", "wraps", "name", "spec_set", "parent"],
        )

    @unittest.skipUnless(hasattr(asynctest, "SSLSocketMock"), "Python is built without OpenSSL")
    def test_an_ssl_socket_is_a_mocked_socket(self):
        import ssl

        self.assertIsInstance(asynctest.SSLSocketMock(), asynctest.SocketMock)
        self.assertIsInstance(asynctest.SSLSocketMock(), ssl.SSLSocket)


class Selector(unittest.TestCase):
    def selectors(self):
        with self.subTest("alone"):
            yield None, asynctest.TestSelector()
        with self.subTest("over a mock"):
            mock = unittest.mock.Mock(selectors.BaseSelector)
            mock.get_map.return_value = {}
            yield mock, asynctest.TestSelector(mock)

    def test_a_mock_is_registered_modified_and_unregistered(self):
        for mock, selector in self.selectors():
            file = asynctest.FileMock()
            key = selector.register(file, EVENT_READ, "data")
            self.assertEqual(key, SelectorKey(file, file.fileno(), EVENT_READ, "data"))
            self.assertRaises(KeyError, selector.register, file, EVENT_READ)
            self.assertEqual(selector.get_key(file), key)
            self.assertEqual(asynctest.get_registered_events(selector), {key})
            changed = selector.modify(file, EVENT_READ | EVENT_WRITE, "data")
            self.assertEqual(selector.get_map()[file.fileno()], changed)
            selector.unregister(file)
            self.assertNotIn(file, selector.get_map())
            self.assertRaises(KeyError, selector.unregister, file)
            self.assertRaises(KeyError, selector.get_key, file)
            self.assertRaises(ValueError, selector.register, file, 0)
            if mock:
                for method in (mock.register, mock.modify, mock.unregister):
                    method.assert_not_called()

    def test_a_real_file_goes_to_the_wrapped_selector(self):
        with open(__file__) as file:
            key = SelectorKey(file, file.fileno(), EVENT_READ, "data")
            for mock, selector in self.selectors():
                if mock:
                    mock.register.return_value = mock.modify.return_value = key
                self.assertEqual(selector.register(file, EVENT_READ, "data"), key)
                self.assertEqual(selector.get_map()[file], key)
                selector.modify(file, EVENT_READ, "data")
                selector.unregister(file)
                self.assertNotIn(file, selector.get_map())
                if mock:
                    mock.modify.assert_called_once_with(file, EVENT_READ, "data")
                    mock.unregister.assert_called_once_with(file)

    def test_select_and_close(self):
        for mock, selector in self.selectors():
            self.assertEqual(selector.select(5), mock.select.return_value if mock else [])
            selector.close()
            selector.close()
            self.assertIsNone(selector.get_map())
            if mock:
                mock.close.assert_called_with()

    def test_what_was_registered_before_wrapping_is_seen(self):
        real = selectors.DefaultSelector()
        self.addCleanup(real.close)
        left, right = socket.socketpair()
        with left, right:
            key = real.register(left, EVENT_READ)
            selector = asynctest.TestSelector(real)
            self.assertEqual(selector.get_map()[left], key)
            self.assertEqual(asynctest.get_registered_events(selector), {key})


class Ready(asynctest.TestCase):
    def ways(self):
        yield self.loop.add_reader, self.loop.remove_reader, asynctest.set_read_ready
        yield self.loop.add_writer, self.loop.remove_writer, asynctest.set_write_ready

    def iterate(self, times):
        for _ in range(times):
            self.loop.run_until_complete(asyncio.sleep(0))

    def test_the_original_selector_is_inside(self):
        self.assertIsInstance(self.loop._selector, asynctest.TestSelector)
        self.assertIsInstance(self.loop._selector._selector, selectors.BaseSelector)

    def test_a_callback_runs_within_two_hops(self):
        for add, remove, ready in self.ways():
            file, callback = asynctest.FileMock(), unittest.mock.Mock()
            done = self.loop.create_future()
            self.loop.call_soon(self.loop.call_soon, done.set_result, None)
            self.loop.call_soon(add, file, callback)
            ready(file, self.loop)
            self.loop.run_until_complete(done)
            callback.assert_called_once_with()
            remove(file)

    def test_nothing_happens_without_a_callback(self):
        for add, remove, ready in self.ways():
            file, callback = asynctest.FileMock(), unittest.mock.Mock()
            ready(file, self.loop)
            self.iterate(3)
            add(file, callback)
            remove(file)
            ready(file, self.loop)
            self.iterate(3)
            callback.assert_not_called()

    def test_it_may_be_called_from_another_thread(self):
        for add, remove, ready in self.ways():
            file, done = asynctest.FileMock(), self.loop.create_future()
            add(file, done.set_result, "called")
            self.loop.call_soon(threading.Thread(target=ready, args=(file, self.loop)).start)
            self.assertEqual(self.loop.run_until_complete(done), "called")
            remove(file)


class Exhaust(asynctest.TestCase):
    async def test_chains_are_followed_and_timers_are_not_waited_for(self):
        called = []
        timer = self.loop.call_later(60, called.append, "timer")
        self.loop.call_soon(self.loop.call_soon, self.loop.call_soon, called.append, "chain")
        await asynctest.exhaust_callbacks(self.loop)
        self.assertEqual(called, ["chain"])
        await asyncio.wait_for(asynctest.exhaust_callbacks(self.loop), 10)
        timer.cancel()
