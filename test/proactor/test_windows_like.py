"""TestProactor around what has the interface of Windows' proactor.

The claims of ``test_both_models`` hold there as well, but for those that are
about transports of our own loop.
"""

import ast
import asyncio
import inspect
import pathlib
import socket
import unittest

import asynctest
from asynctest.proactor import TestProactor

from . import test_both_models as claims
from .windows_like import IocpLike, WindowsLikeLoop


class OnWindowsLike:
    loop_model = "proactor"
    loop_factory = WindowsLikeLoop


class Streams(OnWindowsLike, claims.Streams):
    # asyncio's own transports for this model hold a second write back until
    # the loop has turned, and do not add to one that waits.

    async def test_every_write_is_sent_by_itself(self):
        sock, _, writer = await self.open()
        for data in (b"one", b"two", b"three"):
            writer.write(data)
        await self.settle()
        self.assertEqual(claims.sent(sock), [b"one", b"twothree"])

    async def test_writes_behind_a_blocked_one_are_sent_with_it(self):
        sock, _, writer = await self.open()
        sock.send.side_effect = [BlockingIOError, 2, 4]
        for data in (b"ab", b"cd", b"ef"):
            writer.write(data)
        await self.writable(sock)
        self.assertEqual(claims.sent(sock), [b"ab", b"ab", b"cdef"])


class Protocols(OnWindowsLike, claims.Protocols):
    pass


class Datagrams(OnWindowsLike, claims.Datagrams):
    # Theirs do neither, with real sockets either.
    test_reading_goes_on_after_an_error = None
    test_an_empty_datagram_is_one = None


class Servers(OnWindowsLike, claims.Servers):
    pass


class LowLevel(OnWindowsLike, claims.LowLevel):
    pass


class RealThings(OnWindowsLike, claims.RealThings):
    pass


PIPES = {"accept_pipe", "connect_pipe"}  # only Windows has that kind


def interface_of_the_original():
    """Read the methods of Windows' proactor, and their parameters, from its source."""
    path = pathlib.Path(asyncio.__file__).with_name("windows_events.py")
    module = ast.parse(path.read_text(encoding="utf-8"))
    (original,) = (
        node
        for node in module.body
        if isinstance(node, ast.ClassDef) and node.name == "IocpProactor"
    )
    needed = ("_register_with_iocp", "_unregister", "_stop_serving")
    for node in original.body:
        if isinstance(node, ast.FunctionDef) and (node.name[0] != "_" or node.name in needed):
            required = len(node.args.args) - len(node.args.defaults)
            yield node.name, [arg.arg for arg in node.args.args], required


class Likeness(unittest.TestCase):
    def test_the_stand_in_has_the_interface_of_the_original(self):
        found = list(interface_of_the_original())
        self.assertGreater(len(found), 12)
        for name, parameters, _ in found:
            if name in PIPES or name.startswith("finish"):
                continue
            with self.subTest(name):
                method = inspect.signature(getattr(IocpLike, name))
                self.assertEqual(list(method.parameters), parameters)

    def test_the_wrapper_can_be_called_in_the_same_ways(self):
        for name, parameters, required in interface_of_the_original():
            method = vars(TestProactor).get(name)
            if method is None:
                continue  # passed through as it is
            with self.subTest(name):
                inspect.signature(method).bind(*range(required))
                inspect.signature(method).bind(*range(len(parameters)))


class PassingThrough(asynctest.TestCase):
    loop_factory = WindowsLikeLoop

    def setUp(self):
        self.proactor = self.loop._proactor
        self.real = self.proactor._proactor

    def test_it_was_wrapped_by_the_test_case(self):
        self.assertIsInstance(self.proactor, TestProactor)
        self.assertIsInstance(self.real, IocpLike)
        self.assertIs(self.loop._selector, self.proactor)

    async def test_real_sockets_are_registered_and_their_futures_are_not_replaced(self):
        left, right = socket.socketpair()
        with left, right:
            right.setblocking(False)
            future = self.proactor.recv(right, 10)
            self.assertIs(self.real.registered[-1], right)
            self.assertIs(future._ov, list(self.real._cache.values())[-1][1])
            left.send(b"data")
            self.assertEqual(await future, b"data")

    async def test_stand_ins_are_not_registered(self):
        sock = asynctest.SocketMock(**{"recv.return_value": b"data"})
        await self.loop.sock_recv(sock, 10)
        self.assertNotIn(sock, self.real.registered)

    async def test_a_handle_is_waited_for_by_the_real_one(self):
        left, right = socket.socketpair()
        with left, right:
            left.send(b"signal")
            self.assertTrue(await self.proactor.wait_for_handle(right.fileno()))

    async def test_a_server_that_stops_is_the_real_ones_business(self):
        server = await self.loop.create_server(asyncio.Protocol, "127.0.0.1", 0)
        listener = server.sockets[0]._sock
        server.close()
        self.assertEqual(self.real.stopped, [listener])

    def test_the_loop_gives_its_own_read_back_after_each_run(self):
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.run_until_complete(asyncio.sleep(0))
        self.assertIsNone(self.loop._self_reading_future)

    async def test_a_call_from_another_thread_wakes_the_loop(self):
        done = self.loop.create_future()
        call = self.loop.call_soon_threadsafe
        await self.loop.run_in_executor(None, call, done.set_result, "called")
        self.assertEqual(await done, "called")


class PendingIO(asynctest.TestCase):
    loop_factory = WindowsLikeLoop

    @asynctest.fail_on(active_selector_callbacks=True)
    async def test_the_loops_own_read_is_not_the_tests(self):
        await asyncio.sleep(0)

    async def test_what_is_pending_can_be_listed(self):
        from asynctest import _ports

        left, right = socket.socketpair()
        with left, right:
            right.setblocking(False)
            reading = self.loop.create_task(self.loop.sock_recv(right, 10))
            await asyncio.sleep(0)
            ((_, on, _),) = _ports.watched(self.loop)
            self.assertIs(on, right)
            reading.cancel()
