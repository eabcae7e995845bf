import asyncio
import os
import re
import signal
import socket
import threading
import unittest
import unittest.mock
from selectors import DefaultSelector

import asynctest
from asynctest._ports import LightLoop, new_event_loop


@unittest.skipUnless(os.name == "posix", "elsewhere the stock loop is no selector loop")
class Light(unittest.TestCase):
    def setUp(self):
        self.loop = LightLoop()
        self.addCleanup(self.loop.close)

    def test_a_loop_that_never_waits_opens_no_sockets(self):
        with unittest.mock.patch.object(socket, "socketpair") as socketpair:
            self.loop.run_until_complete(asyncio.sleep(0))
        socketpair.assert_not_called()

    def test_a_loop_that_only_turns_opens_no_descriptor(self):
        with unittest.mock.patch.object(DefaultSelector, "__init__") as made:
            self.loop.run_until_complete(asyncio.sleep(0))
            self.assertEqual(dict(self.loop._selector.get_map()), {})
        made.assert_not_called()
        self.assertEqual(self.loop.descriptors, [])
        self.loop.run_until_complete(asyncio.sleep(0.001))
        self.assertEqual(len(self.loop.descriptors), 3)

    def test_a_reader_is_heard_before_the_loop_has_ever_waited(self):
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        self.addCleanup(theirs.close)
        self.loop.add_reader(ours, self.loop.stop)
        self.assertEqual(len(self.loop.descriptors), 1)
        theirs.send(b"x")
        self.loop.run_forever()
        self.assertTrue(self.loop.remove_reader(ours))

    def test_a_loop_that_turns_lets_other_threads_run(self):
        with unittest.mock.patch.object(DefaultSelector, "select", return_value=[]) as select:
            self.loop.run_until_complete(asyncio.sleep(0))
            select.assert_not_called()
            end = threading.Event()
            thread = threading.Thread(target=end.wait)
            thread.start()
            self.loop.run_until_complete(asyncio.sleep(0))
            end.set()
            thread.join()
        select.assert_called()

    def test_several_threads_may_ask_for_its_selector_at_once(self):
        # Wrong, but a stock selector is there for all of them, whoever comes first.
        def ask():
            barrier.wait()
            try:
                sockets.append(loop._selector.fileno())
                loop._selector.get_key(0)
            except KeyError:
                pass

        for _ in range(50):
            loop, sockets = LightLoop(), []
            barrier = threading.Barrier(4)
            threads = [threading.Thread(target=ask) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(len(sockets), 4)
            self.assertEqual(len(set(sockets)), 1)
            loop.close()

    def test_closed_its_selector_is_as_a_closed_stock_one(self):
        def complaint(selector, ask, *args):
            try:
                return getattr(selector, ask)(*args)
            except Exception as exc:
                return repr(exc)

        ours, stock = self.loop._selector, DefaultSelector()
        ours.close()
        stock.close()
        asked = [("get_map",), ("get_key", 0), ("register", 0, 1), ("unregister", 0), ("close",)]
        for ask, *args in asked:
            with self.subTest(ask):
                self.assertEqual(complaint(ours, ask, *args), complaint(stock, ask, *args))

    def test_other_threads_wake_it_at_every_moment(self):
        # Each callback is set off while the loop is about to block, blocks, or just woke up.
        async def main():
            for _ in range(300):
                loop = asyncio.get_running_loop()
                future = loop.create_future()
                thread = threading.Thread(
                    target=loop.call_soon_threadsafe, args=(future.set_result, None)
                )
                thread.start()
                await asyncio.wait_for(future, 30)
                thread.join()

        for _ in range(5):
            loop = LightLoop()
            loop.run_until_complete(main())
            loop.close()

    def test_a_callback_that_slips_in_while_the_pipe_is_made_is_seen(self):
        called = threading.Event()
        make = self.loop.make_self_pipe

        def late():
            # As another thread does that ran before there was a pipe to write to.
            self.loop._ready.append(asyncio.Handle(stop, (), self.loop))
            return make()

        def stop():
            called.set()
            self.loop.stop()

        self.loop.make_self_pipe = late
        self.loop.run_forever()
        self.assertTrue(called.is_set())

    def test_its_timers_look_like_stock_ones(self):
        def texts(loop):
            loop.set_debug(True)
            self.addCleanup(loop.close)
            timers = [loop.call_later(1, print), loop.call_at(1, print)]
            return [re.sub(r"when=\S+|:\d+", "", repr(each)) for each in timers]

        self.assertEqual(texts(LightLoop()), texts(asyncio.SelectorEventLoop()))

    def test_bad_timers_are_refused_as_by_the_stock_loop(self):
        self.assertRaises(TypeError, self.loop.call_later, None, print)
        self.assertRaises(TypeError, self.loop.call_at, None, print)
        self.loop.set_debug(True)
        self.assertRaises(TypeError, self.loop.call_later, 1, asyncio.sleep)
        self.loop.close()
        self.assertRaises(RuntimeError, self.loop.call_later, 1, print)
        self.assertRaises(RuntimeError, self.loop.call_at, 1, print)

    def test_a_replaced_call_at_is_used_by_call_later(self):
        with unittest.mock.patch.object(self.loop, "call_at") as call_at:
            self.loop.call_later(5, print, 1)
        call_at.assert_called_once()

    def test_signals_reach_it(self):
        async def main():
            seen = asyncio.Event()
            asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, seen.set)
            os.kill(os.getpid(), signal.SIGUSR1)
            await asyncio.wait_for(seen.wait(), 30)
            asyncio.get_running_loop().remove_signal_handler(signal.SIGUSR1)

        self.loop.run_until_complete(main())

    def test_executors_and_timers_work(self):
        async def main():
            await asyncio.sleep(0.001)
            return await asyncio.to_thread(threading.get_ident)

        self.assertNotEqual(self.loop.run_until_complete(main()), threading.get_ident())

    def test_once_it_waited_its_selector_is_the_stock_one(self):
        self.loop.run_until_complete(asyncio.sleep(0.001))
        stock = asyncio.SelectorEventLoop()
        self.addCleanup(stock.close)
        self.assertIs(type(self.loop._selector), type(stock._selector))

    def test_tests_run_on_it_unless_somebody_chose_another(self):
        seen = []

        class Case(asynctest.TestCase):
            def test(self):
                seen.append(type(self.loop))

        Case("test").run()
        with unittest.mock.patch("asyncio.new_event_loop", asyncio.SelectorEventLoop):
            Case("test").run()
        self.assertEqual(seen, [LightLoop, asyncio.SelectorEventLoop])

    def test_a_policy_with_a_factory_of_its_own_counts(self):
        from asynctest._ports._current import get_policy

        with unittest.mock.patch.object(get_policy(), "_loop_factory", asyncio.BaseEventLoop):
            loop = new_event_loop()
        self.addCleanup(loop.close)
        self.assertIs(type(loop), asyncio.BaseEventLoop)
