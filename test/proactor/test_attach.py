import asyncio
import contextlib
import socket
import unittest

import asynctest
from asynctest import SocketMock, set_read_ready
from asynctest._errors import LoopNotSupported
from asynctest.proactor import (
    PollingProactor,
    ProactorEventLoop,
    TestProactor,
    attach,
    has_proactor,
    wrap_proactor,
)
from asynctest.selector import TestSelector
from test import tools


class Attaching(unittest.TestCase):
    def setUp(self):
        self.loop = ProactorEventLoop()
        self.addCleanup(self.loop.close)

    def test_the_loop_works_through_the_wrapper_and_its_original_comes_back(self):
        original = self.loop._proactor
        unwrap = wrap_proactor(self.loop)
        self.assertIsInstance(self.loop._proactor, TestProactor)
        self.assertIs(self.loop._selector, self.loop._proactor)
        unwrap()
        self.assertIs(self.loop._proactor, original)
        self.assertIs(self.loop._selector, original)

    def test_wrapping_twice_wraps_once(self):
        unwrap = wrap_proactor(self.loop)
        once = self.loop._proactor
        wrap_proactor(self.loop)()
        self.assertIs(self.loop._proactor, once)
        unwrap()

    def test_whoever_took_the_selectors_place_keeps_it(self):
        other = self.loop._selector = TestProactor(self.loop._proactor)
        unwrap = wrap_proactor(self.loop)
        self.assertIs(self.loop._selector, other)
        unwrap()
        self.assertIs(self.loop._selector, other)

    def test_a_closed_loop_is_left_alone(self):
        unwrap = wrap_proactor(self.loop)
        self.loop.close()
        unwrap()
        self.assertFalse(has_proactor(self.loop))

    def test_a_selector_loop_gets_a_selector(self):
        with contextlib.closing(asyncio.SelectorEventLoop()) as loop:
            detach = attach(loop)
            self.assertIsInstance(loop._selector, TestSelector)
            detach()
            self.assertNotIsInstance(loop._selector, TestSelector)

    def test_a_selector_loop_has_no_proactor_to_wrap(self):
        with contextlib.closing(asyncio.SelectorEventLoop()) as loop:
            with self.assertRaisesRegex(LoopNotSupported, "SelectorEventLoop has no proactor"):
                wrap_proactor(loop)

    def test_a_read_that_was_under_way_goes_on(self):
        left, right = socket.socketpair()
        with left, right:
            right.setblocking(False)
            reading = self.loop.create_task(self.loop.sock_recv(right, 10))
            self.loop.run_until_complete(asyncio.sleep(0))
            wrap_proactor(self.loop)
            left.send(b"data")
            self.assertEqual(self.loop.run_until_complete(reading), b"data")

    def test_a_stand_in_without_wrapper_is_refused(self):
        with self.assertRaises((OSError, TypeError)):
            self.loop.run_until_complete(
                asyncio.wait_for(self.loop.sock_accept(SocketMock(fileno=lambda: -1)), 1)
            )


class CompiledLoops(unittest.TestCase):
    def test_they_refuse_stand_ins_by_name_with_the_remedy(self):
        try:
            import uvloop
        except ImportError:
            self.skipTest("needs uvloop")
        with contextlib.closing(uvloop.new_event_loop()) as loop:
            detach = attach(loop)
            for refused in (
                lambda: loop.add_reader(SocketMock(), print),
                lambda: set_read_ready(SocketMock(), loop),
            ):
                with self.assertRaisesRegex(LoopNotSupported, "uvloop.Loop.\nLeave loop_factory"):
                    refused()
            detach()


class Wrapper(asynctest.TestCase):
    loop_factory = ProactorEventLoop

    def test_what_it_does_not_know_is_the_wrapped_ones(self):
        proactor = TestProactor(PollingProactor())
        self.assertEqual(proactor.pending(), [])
        with self.assertRaises(AttributeError):
            proactor.no_such_name  # noqa: B018
        proactor.close()

    def test_it_says_what_it_wraps(self):
        self.assertRegex(repr(self.loop._proactor), "TestProactor around <PollingProactor 0 pend")

    async def test_closing_cancels_what_waits_for_stand_ins(self):
        proactor = TestProactor(PollingProactor())
        proactor.set_loop(self.loop)
        reading = proactor.recv(SocketMock(), 10)
        proactor.close()
        self.assertTrue(reading.cancelled())

    async def test_a_forgotten_answer_is_named(self):
        sock = SocketMock(type=socket.SOCK_STREAM)
        told = []
        self.loop.set_exception_handler(lambda loop, context: told.append(context["exception"]))
        transport, _ = await self.loop.create_connection(asyncio.Protocol, sock=sock)
        set_read_ready(sock, self.loop)
        await asynctest.exhaust_callbacks(self.loop)
        self.assertRegex(
            str(told[0]), "(?s)recv.. of a stand-in gave .* not bytes.*Set its recv.return_value"
        )

    async def test_a_forgotten_count_is_named(self):
        sock = SocketMock()
        with self.assertRaisesRegex(TypeError, "(?s)send.. of a stand-in gave .*send.side_effect"):
            await self.loop.sock_sendall(sock, b"data")
        with self.assertRaisesRegex(TypeError, "(?s)recv_into.. of a stand-in.*recv_into.side_eff"):
            await self.loop.sock_recv_into(sock, bytearray(1))

    async def test_used_up_side_effects_are_named(self):
        sock = SocketMock(**{"recv.side_effect": []})
        with self.assertRaisesRegex(RuntimeError, "used up"):
            await self.loop.sock_recv(sock, 10)

    async def test_a_file_is_copied_to_a_stand_in(self):
        sock = SocketMock(type=socket.SOCK_STREAM, **{"send.side_effect": len})
        with open(__file__, "rb") as file:
            await self.loop.sock_sendfile(sock, file)
            file.seek(0)
            self.assertEqual(b"".join(c.args[0] for c in sock.send.call_args_list), file.read())


class Checks(unittest.TestCase):
    def run_check(self, body):
        class Inner(asynctest.TestCase):
            loop_model = "both"

            @asynctest.fail_on(active_selector_callbacks=True)
            async def test(self):
                await body(self)

        return tools.run(Inner)

    def test_a_connection_left_open_is_found_on_both(self):
        kept = []

        async def end(loop, writer):
            writer.transport.abort()
            await asynctest.exhaust_callbacks(loop)

        async def body(case):
            sock = SocketMock(type=socket.SOCK_STREAM)
            kept.append(await asyncio.open_connection(sock=sock))
            await asyncio.sleep(0)
            case.addCleanup(end, case.loop, kept[-1][1])

        ran = self.run_check(body)
        self.assertEqual(ran.words, {"ran": 2, "failures": 2})
        self.assertIn("recv_into(<SocketMock", ran.text)
        self.assertIn("add_reader(", ran.text)

    def test_a_closed_connection_is_fine_on_both(self):
        async def body(case):
            _, writer = await asyncio.open_connection(sock=SocketMock(type=socket.SOCK_STREAM))
            writer.close()
            await writer.wait_closed()

        self.assertEqual(self.run_check(body).text, "")
