import copy
import pickle
import selectors
import socket
import sys
import threading
import unittest
import unittest.mock

import asynctest
from asynctest.mock._files import mock_descriptor
from asynctest.selector import FileDescriptor, FileMock, SocketMock, fd, isfilemock


class FromZero(unittest.TestCase):
    def setUp(self):
        patch = unittest.mock.patch.object(FileDescriptor, "next_fd", 0)
        patch.start()
        self.addCleanup(patch.stop)


class Numbers(FromZero):
    def test_descriptors_are_numbered_from_next_fd(self):
        self.assertEqual([FileDescriptor() for _ in range(3)], [0, 1, 2])
        FileDescriptor.next_fd = 100
        self.assertEqual(FileDescriptor(), 100)

    def test_a_given_number_is_taken_and_never_given_out_again(self):
        self.assertEqual(FileDescriptor(5), 5)
        self.assertEqual(FileDescriptor(), 6)

    def test_a_smaller_given_number_still_counts_as_one_more(self):
        FileDescriptor(5)
        FileDescriptor(2)
        self.assertEqual(FileDescriptor.next_fd, 7)

    def test_each_file_has_the_next_number_from_the_moment_it_is_made(self):
        first, second = FileMock(), FileMock()
        self.assertEqual((second.fileno(), first.fileno()), (1, 0))

    def test_a_subclass_draws_from_the_same_numbers(self):
        class Mine(FileDescriptor):
            pass

        self.assertEqual((Mine(), FileDescriptor(), Mine()), (0, 1, 2))
        self.assertIsInstance(Mine(), Mine)

    def test_threads_never_get_the_same_number(self):
        numbers = []
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(1e-6)

        def draw():
            numbers.extend([FileDescriptor() for _ in range(500)])

        threads = [threading.Thread(target=draw) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(numbers), list(range(2000)))


class Hash(FromZero):
    def test_a_descriptor_equals_its_number_and_hashes_otherwise(self):
        for number in (0, 1, 2, 5, 1023, 2**40):
            with self.subTest(number):
                self.assertEqual(FileDescriptor(number), number)
                self.assertNotEqual(hash(FileDescriptor(number)), hash(number))

    def test_descriptor_and_number_are_two_keys_of_one_dict(self):
        both = {FileDescriptor(5): "mock", 5: "real"}
        self.assertEqual((both[FileDescriptor(5)], both[5]), ("mock", "real"))

    def test_two_descriptors_of_one_number_are_the_same_key(self):
        self.assertEqual({FileDescriptor(5), FileDescriptor(5)}, {FileDescriptor(5)})

    def test_it_reads_as_its_number(self):
        self.assertEqual(f"{FileDescriptor(7)!r} {FileDescriptor(7)}", "7 7")

    def test_copies_stay_descriptors(self):
        descriptor = FileDescriptor(7)
        for twin in (copy.copy(descriptor), pickle.loads(pickle.dumps(descriptor))):
            self.assertIs(type(twin), FileDescriptor)
            self.assertEqual(hash(twin), hash(descriptor))


class Fd(FromZero):
    def test_a_descriptor_is_its_own(self):
        descriptor = FileDescriptor()
        self.assertIs(fd(descriptor), descriptor)

    def test_files_tell_theirs(self):
        file = FileMock()
        self.assertIs(fd(file), file.fileno())
        with socket.socket() as sock:
            self.assertEqual(fd(sock), sock.fileno())

    def test_everything_else_is_a_value_error_that_shows_it(self):
        class Broken:
            def fileno(self):
                raise RuntimeError

        for wrong in (5, "name", None, object(), Broken()):
            with self.subTest(wrong=wrong), self.assertRaises(ValueError) as caught:
                fd(wrong)
            self.assertIn(repr(wrong), str(caught.exception))


class IsFileMock(FromZero):
    def test_files_and_their_descriptors_are(self):
        for obj in (FileMock(), SocketMock(), FileDescriptor(), FileMock().fileno()):
            self.assertTrue(isfilemock(obj))

    def test_an_object_whose_fileno_is_a_descriptor_is(self):
        class Wrapper:
            def fileno(self):
                return FileDescriptor(3)

        self.assertTrue(isfilemock(Wrapper()))

    def test_others_are_not(self):
        with socket.socket() as sock:
            for obj in (sock, 0, 5, True, None, "x", unittest.mock.Mock(), asynctest.TestCase):
                with self.subTest(obj=obj):
                    self.assertFalse(isfilemock(obj))

    def test_a_closed_file_is_not(self):
        with open(__file__) as file:
            pass
        self.assertFalse(isfilemock(file))

    def test_the_class_is_not(self):
        self.assertFalse(isfilemock(FileMock))

    def test_an_error_that_says_more_is_passed_on(self):
        class Broken:
            def fileno(self):
                raise LookupError

        self.assertRaises(LookupError, isfilemock, Broken())

    def test_the_descriptor_comes_with_the_answer(self):
        file = FileMock()
        self.assertIs(mock_descriptor(file), file.fileno())


class File(FromZero):
    def test_fileno_is_always_the_same(self):
        file = FileMock()
        self.assertIs(file.fileno(), file.fileno())
        self.assertIsInstance(file.fileno(), FileDescriptor)

    def test_fileno_outlives_a_reset(self):
        file = FileMock()
        before = file.fileno()
        file.reset_mock(return_value=True, side_effect=True)
        self.assertIs(file.fileno(), before)

    def test_children_and_results_are_plain_mocks(self):
        file = FileMock()
        for child in (file.read, file.read(), file()):
            self.assertEqual(type(child).__name__, "Mock")
            self.assertNotIsInstance(child, FileMock)

    def test_calls_of_fileno_are_recorded_like_others(self):
        file = FileMock()
        file.write("x")
        file.fileno()
        self.assertEqual(
            file.mock_calls, [unittest.mock.call.write("x"), unittest.mock.call.fileno()]
        )

    def test_a_spec_without_fileno_will_do(self):
        for given in ({"spec": ["read"]}, {"spec_set": ["read"]}):
            with self.subTest(given):
                file = FileMock(**given)
                self.assertIsInstance(file.fileno(), FileDescriptor)
                self.assertRaises(AttributeError, getattr, file, "write")

    def test_it_is_a_mock(self):
        self.assertIsInstance(FileMock(), asynctest.mock.Mock)
        self.assertIsInstance(FileMock(), unittest.mock.Mock)
        self.assertEqual(type(FileMock()).__name__, "FileMock")

    def test_arguments_are_those_of_mock(self):
        file = FileMock(name="log", read=lambda: "text", **{"write.return_value": 3})
        self.assertEqual((file.read(), file.write()), ("text", 3))
        self.assertIn("log", repr(file))


class Socket(FromZero):
    def test_it_is_a_socket_for_isinstance(self):
        self.assertIsInstance(SocketMock(), socket.socket)
        self.assertEqual(type(SocketMock()).__name__, "SocketMock")

    def test_what_sockets_lack_can_be_set_but_not_read(self):
        sock = SocketMock()
        self.assertRaises(AttributeError, getattr, sock, "no_such_thing")
        sock.no_such_thing = 1
        self.assertEqual(sock.no_such_thing, 1)

    def test_a_spec_set_replaces_the_spec(self):
        sock = SocketMock(spec_set=["recv"])
        self.assertRaises(AttributeError, getattr, sock, "send")
        self.assertRaises(AttributeError, setattr, sock, "send", 1)

    def test_positional_arguments_start_with_the_side_effect(self):
        sock = SocketMock([1, 2])
        self.assertEqual((sock(), sock()), (1, 2))
        self.assertEqual(SocketMock(None, 3)(), 3)

    def test_attributes_can_be_given(self):
        sock = SocketMock(type=socket.SOCK_STREAM, name="peer")
        self.assertEqual(sock.type, socket.SOCK_STREAM)
        self.assertIn("peer", repr(sock))

    def test_children_are_plain_mocks_and_look_it(self):
        sock = SocketMock()
        for name in ("recv", "send", "sendmsg", "gettimeout", "fileno"):
            child = getattr(sock, name)
            self.assertIsInstance(child, asynctest.mock.Mock)
            self.assertRegex(repr(child), rf"^<Mock name='mock.{name}' id='\d+'>$")
        self.assertNotIsInstance(sock.send(), socket.socket)

    def test_each_has_its_own_descriptor(self):
        self.assertEqual((SocketMock().fileno(), SocketMock().fileno()), (0, 1))

    def test_wrapping_a_real_one_keeps_our_descriptor(self):
        with socket.socket() as real:
            sock = SocketMock(wraps=real)
            self.assertIsInstance(sock.fileno(), FileDescriptor)
            real.settimeout(3)
            self.assertEqual(sock.gettimeout(), 3)

    @unittest.skipUnless(hasattr(asynctest, "SSLSocketMock"), "Python is built without OpenSSL")
    def test_an_ssl_socket_is_both(self):
        import ssl

        sock = asynctest.SSLSocketMock()
        self.assertIsInstance(sock, ssl.SSLSocket)
        self.assertIsInstance(sock, SocketMock)
        self.assertIsInstance(sock, socket.socket)
        self.assertEqual(sock.getpeercert.return_value, sock.getpeercert())


class HealthySocket(FromZero):
    def test_it_neither_blocks_nor_reports_an_error(self):
        sock = SocketMock()
        self.assertEqual(sock.gettimeout(), 0)
        self.assertEqual(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), 0)

    def test_what_the_test_says_comes_first(self):
        sock = SocketMock()
        sock.gettimeout.return_value = 5
        sock.getsockopt.side_effect = OSError
        self.assertEqual(sock.gettimeout(), 5)
        self.assertRaises(OSError, sock.getsockopt, 1, 2)


class Sending(FromZero):
    def test_buffers_are_recorded_as_they_were(self):
        sock, buffer = SocketMock(), bytearray(b"data")
        for name in ("send", "sendall", "sendto"):
            getattr(sock, name)(buffer)
        sock.send(memoryview(buffer)[2:])
        buffer[:] = b"none"
        self.assertEqual(
            sock.mock_calls,
            [
                unittest.mock.call.send(b"data"),
                unittest.mock.call.sendall(b"data"),
                unittest.mock.call.sendto(b"data"),
                unittest.mock.call.send(b"ta"),
            ],
        )

    def test_sendmsg_hands_its_buffers_to_a_send_that_was_told_its_answer(self):
        for how in ("return_value", "side_effect", "wraps", "function"):
            with self.subTest(how):
                sock, sent = SocketMock(), []
                send = lambda data: sent.append(data) or 4  # noqa: E731
                if how == "return_value":
                    sock.send.return_value = 4
                elif how == "side_effect":
                    sock.send.side_effect = send
                else:
                    sock.send = unittest.mock.Mock(wraps=send) if how == "wraps" else send
                self.assertEqual(sock.sendmsg([b"da", memoryview(b"ta"), bytearray(b"!")]), 4)
                if how != "return_value":
                    self.assertEqual(sent, [b"data!"])

    def test_sendmsg_told_its_own_answer_keeps_it(self):
        sock = SocketMock()
        sock.send.return_value = 1
        sock.sendmsg.return_value = 2
        self.assertEqual(sock.sendmsg([b"data"]), 2)
        sock.send.assert_not_called()

    def test_with_neither_told_sendmsg_is_an_ordinary_method(self):
        sock = SocketMock()
        self.assertIs(sock.sendmsg([b"data"]), sock.sendmsg.return_value)
        sock.send.assert_not_called()

    def test_a_send_that_was_called_untold_still_knows_no_answer(self):
        sock = SocketMock()
        sock.send(b"early")
        self.assertIs(sock.sendmsg([b"data"]), sock.sendmsg.return_value)
        sock.send.assert_called_once_with(b"early")

    def test_a_send_that_was_called_before_it_was_told_counts_as_told_after(self):
        sock = SocketMock()
        sock.send(b"early")
        sock.send.return_value = 4
        self.assertEqual(sock.sendmsg([b"data"]), 4)


class Import(unittest.TestCase):
    def test_the_known_addresses_are_one_thing(self):
        self.assertIs(asynctest.FileMock, asynctest.selector.FileMock)
        self.assertIs(asynctest.mock._files.FileMock, asynctest.selector.FileMock)
        self.assertTrue(issubclass(asynctest.TestSelector, selectors.BaseSelector))
