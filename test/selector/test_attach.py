import asyncio
import importlib.util
import selectors
import socket
import unittest
from unittest import mock

import asynctest
from asynctest._errors import LoopNotSupported
from asynctest.selector import (
    FileMock,
    SocketMock,
    TestSelector,
    attach,
    has_selector,
    refuse_mocks,
    wrap_selector,
)


def nothing():
    pass


class LoopCase(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()
        self.addCleanup(self.loop.close)
        self.left, self.right = socket.socketpair()
        self.addCleanup(self.left.close)
        self.addCleanup(self.right.close)


class Wrapping(LoopCase):
    def test_the_original_is_inside(self):
        original = self.loop._selector
        wrap_selector(self.loop)
        self.assertIsInstance(self.loop._selector, TestSelector)
        self.assertIs(self.loop._selector._selector, original)

    def test_what_was_registered_before_is_still_watched(self):
        self.loop.add_reader(self.left, nothing)
        wrap_selector(self.loop)
        self.assertIn(self.left, self.loop._selector.get_map())
        self.assertTrue(self.loop.remove_reader(self.left))

    def test_taken_off_the_original_is_back_with_what_was_registered_meanwhile(self):
        original = self.loop._selector
        unwrap = wrap_selector(self.loop)
        self.loop.add_reader(self.left, nothing)
        unwrap()
        self.assertIs(self.loop._selector, original)
        self.assertIn(self.left, original.get_map())

    def test_taken_off_stand_ins_are_forgotten(self):
        unwrap = wrap_selector(self.loop)
        file = FileMock()
        self.loop.add_reader(file, nothing)
        unwrap()
        self.assertFalse(self.loop.remove_reader(file))

    def test_the_loop_works_inside_and_after(self):
        async def echo():
            self.right.send(b"x")
            return await self.loop.sock_recv(self.left, 1)

        self.left.setblocking(False)
        unwrap = wrap_selector(self.loop)
        self.assertEqual(self.loop.run_until_complete(echo()), b"x")
        unwrap()
        self.assertEqual(self.loop.run_until_complete(echo()), b"x")

    def test_twice_wraps_once(self):
        original = self.loop._selector
        unwrap = wrap_selector(self.loop)
        wrapper = self.loop._selector
        unwrap_again = wrap_selector(self.loop)
        self.assertIs(self.loop._selector, wrapper)
        unwrap_again()
        self.assertIs(self.loop._selector, wrapper)
        unwrap()
        self.assertIs(self.loop._selector, original)

    def test_a_closed_loop_stays_as_it_is(self):
        unwrap = wrap_selector(self.loop)
        self.loop.close()
        unwrap()
        self.assertIsNone(self.loop._selector)

    def test_a_selector_put_on_top_stays(self):
        unwrap = wrap_selector(self.loop)
        self.loop._selector = top = TestSelector(self.loop._selector)
        unwrap()
        self.assertIs(self.loop._selector, top)

    def test_closing_the_loop_closes_the_original(self):
        original = self.loop._selector
        wrap_selector(self.loop)
        self.loop.close()
        self.assertIsNone(original.get_map())

    def test_a_loop_without_a_selector_is_refused_by_name(self):
        with self.assertRaisesRegex(LoopNotSupported, r"AbstractEventLoop\.\nLeave loop_factory"):
            wrap_selector(asyncio.AbstractEventLoop())


class HavingASelector(LoopCase):
    def test_stock_loops_have_one_until_they_are_closed(self):
        self.assertTrue(has_selector(self.loop))
        self.loop.close()
        self.assertFalse(has_selector(self.loop))

    def test_a_mocked_selector_counts(self):
        loop = mock.Mock(_selector=mock.Mock(selectors.BaseSelector))
        self.assertTrue(has_selector(loop))

    def test_loops_that_show_none_have_none(self):
        for loop in (
            asyncio.AbstractEventLoop(),
            mock.Mock(asyncio.AbstractEventLoop),
            mock.Mock(),
            mock.Mock(_selector=object()),
        ):
            self.assertFalse(has_selector(loop))


class Closed(asyncio.AbstractEventLoop):
    """Stands for a loop that does not show what it waits on."""

    def create_task(self, coro):
        raise NotImplementedError

    def add_reader(self, file, callback, *args):
        return ("watching", file, callback, args)

    def add_writer(self, file, callback):
        pass

    async def sock_recv(self, sock, size):
        return size

    async def create_connection(self, factory, *, sock=None):
        return sock


class Refusing(LoopCase):
    def test_stand_ins_are_refused_at_once_naming_loop_and_remedy(self):
        loop = Closed()
        refuse_mocks(loop)
        for call in (
            lambda: loop.add_reader(FileMock(), nothing),
            lambda: loop.add_writer(FileMock().fileno(), nothing),
            lambda: loop.sock_recv(SocketMock(), 5),
            lambda: loop.create_connection(nothing, sock=SocketMock()),
        ):
            with self.assertRaisesRegex(LoopNotSupported, r"test_attach\.Closed\.\nLeave"):
                call()

    def test_real_files_pass(self):
        loop = Closed()
        refuse_mocks(loop)
        self.assertEqual(
            loop.add_reader(self.left, nothing, 5), ("watching", self.left, nothing, (5,))
        )
        self.assertEqual(self.loop.run_until_complete(loop.sock_recv(self.left, 5)), 5)

    def test_a_mocked_callback_is_not_touched(self):
        loop, callback = Closed(), mock.Mock()
        refuse_mocks(loop)
        loop.add_reader(self.left, callback, callback)
        self.assertEqual(callback.mock_calls, [])

    def test_undone_nothing_is_left_on_the_loop(self):
        loop = Closed()
        refuse_mocks(loop)()
        self.assertEqual(vars(loop), {})
        loop.add_reader(FileMock(), nothing)


class Attaching(LoopCase):
    def test_a_selector_is_wrapped(self):
        original = self.loop._selector
        detach = attach(self.loop)
        self.assertIsInstance(self.loop._selector, TestSelector)
        detach()
        self.assertIs(self.loop._selector, original)

    def test_a_loop_that_shows_nothing_refuses(self):
        loop = Closed()
        detach = attach(loop)
        self.assertRaises(LoopNotSupported, loop.add_reader, FileMock(), nothing)
        detach()
        self.assertEqual(vars(loop), {})

    def test_a_loop_that_waits_on_something_else_is_left_as_it_is(self):
        self.addCleanup(setattr, self.loop, "_selector", self.loop._selector)
        self.loop._selector = device = object()
        before = dict(vars(self.loop))
        attach(self.loop)()
        self.assertEqual(vars(self.loop), before)
        self.assertIs(self.loop._selector, device)

    def test_a_mocked_loop_is_left_alone(self):
        loop = mock.Mock(asyncio.AbstractEventLoop)
        add_reader = loop.add_reader
        attach(loop)
        self.assertIs(loop.add_reader, add_reader)
        self.assertEqual(loop.mock_calls, [])


class InATest(unittest.TestCase):
    def outcome(self, case):
        result = unittest.TestResult()
        case.run(result)
        self.assertEqual(result.errors + result.failures, [])

    def test_the_loop_waits_on_a_test_selector_over_the_original(self):
        outer = self

        class Case(asynctest.TestCase):
            def runTest(self):
                outer.assertIsInstance(self.loop._selector, TestSelector)
                outer.assertIsInstance(self.loop._selector._selector, selectors.BaseSelector)
                outer.assertNotIsInstance(self.loop._selector._selector, TestSelector)

        self.outcome(Case())

    def test_a_lent_loop_has_its_own_selector_back_and_what_the_test_registered(self):
        loop = asyncio.new_event_loop()
        self.addCleanup(loop.close)
        self.addCleanup(asyncio.set_event_loop, None)
        asyncio.set_event_loop(loop)
        original = loop._selector
        left, right = socket.socketpair()
        self.addCleanup(left.close)
        self.addCleanup(right.close)

        @asynctest.lenient
        class Case(asynctest.TestCase):
            use_default_loop = True

            def runTest(self):
                assert self.loop._selector._selector is original
                self.loop.add_reader(left, nothing)

        self.outcome(Case())
        self.assertIs(loop._selector, original)
        self.assertTrue(loop.remove_reader(left))

    def test_what_was_opened_on_a_lent_loop_before_the_test_is_seen(self):
        loop = asyncio.new_event_loop()
        self.addCleanup(loop.close)
        self.addCleanup(asyncio.set_event_loop, None)
        asyncio.set_event_loop(loop)
        left, right = socket.socketpair()
        reader, writer = loop.run_until_complete(asyncio.open_connection(sock=left))
        self.addCleanup(loop.run_until_complete, asyncio.sleep(0))
        self.addCleanup(writer.close)
        self.addCleanup(right.close)

        class Case(asynctest.TestCase):
            use_default_loop = True

            async def runTest(self):
                assert left in self.loop._selector.get_map()
                right.send(b"line\n")
                assert await reader.readline() == b"line\n"

        self.outcome(Case())


@unittest.skipUnless(importlib.util.find_spec("uvloop"), "uvloop is not installed")
class OnUvloop(unittest.TestCase):
    def setUp(self):
        import uvloop

        self.loop = uvloop.new_event_loop()
        self.addCleanup(self.loop.close)

    def test_every_way_to_hand_a_stand_in_over_is_refused(self):
        detach = attach(self.loop)
        loop, sock = self.loop, SocketMock(type=socket.SOCK_STREAM)
        for call in (
            lambda: loop.add_reader(sock, nothing),
            lambda: loop.add_writer(sock.fileno(), nothing),
            lambda: loop.sock_recv(sock, 1),
            lambda: loop.sock_recv_into(sock, bytearray(1)),
            lambda: loop.sock_sendall(sock, b"x"),
            lambda: loop.sock_accept(sock),
            lambda: loop.sock_connect(sock, ("::1", 1)),
            lambda: loop.create_connection(asyncio.Protocol, sock=sock),
            lambda: loop.create_server(asyncio.Protocol, sock=sock),
            lambda: loop.create_datagram_endpoint(asyncio.DatagramProtocol, sock=sock),
            lambda: loop.connect_accepted_socket(asyncio.Protocol, sock),
            lambda: loop.connect_read_pipe(asyncio.Protocol, sock),
            lambda: loop.connect_write_pipe(asyncio.Protocol, pipe=sock),
        ):
            with self.assertRaisesRegex(LoopNotSupported, "uvloop.Loop"):
                call()
        detach()
        self.assertEqual(vars(loop), {})

    def test_real_sockets_work_as_before(self):
        left, right = socket.socketpair()
        attach(self.loop)

        async def echo():
            reader, writer = await asyncio.open_connection(sock=left)
            other_reader, other_writer = await asyncio.open_connection(sock=right)
            writer.write(b"line\n")
            line = await other_reader.readline()
            for stream in (writer, other_writer):
                stream.close()
                await stream.wait_closed()
            return line

        self.assertEqual(self.loop.run_until_complete(echo()), b"line\n")
