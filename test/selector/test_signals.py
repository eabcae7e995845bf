import asyncio
import socket
import threading
import unittest
from unittest import mock

from asynctest._errors import LoopNotSupported
from asynctest.selector import (
    FileMock,
    SocketMock,
    set_read_ready,
    set_write_ready,
    wrap_selector,
)

WAYS = {
    "read": ("add_reader", "remove_reader", set_read_ready),
    "write": ("add_writer", "remove_writer", set_write_ready),
}


class OnALoop(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()
        self.addCleanup(self.loop.close)
        wrap_selector(self.loop)
        self.file = FileMock()
        complaints = []
        self.loop.set_exception_handler(lambda loop, context: complaints.append(context))
        self.addCleanup(lambda: self.assertEqual(complaints, []))

    def iterate(self, times=1):
        for _ in range(times):
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()

    def ways(self):
        for name, (add, remove, ready) in WAYS.items():
            with self.subTest(name):
                yield getattr(self.loop, add), getattr(self.loop, remove), ready, mock.Mock()


class Timing(OnALoop):
    def test_the_callback_runs_in_the_iteration_after_the_next(self):
        for add, _, ready, callback in self.ways():
            add(self.file, callback, "argument")
            ready(self.file, self.loop)
            self.iterate()
            callback.assert_not_called()
            self.iterate()
            callback.assert_called_once_with("argument")

    def test_two_hops_of_call_soon_are_enough(self):
        for add, _, ready, callback in self.ways():
            done = self.loop.create_future()
            self.loop.call_soon(self.loop.call_soon, done.set_result, None)
            add(self.file, callback)
            ready(self.file, self.loop)
            self.loop.run_until_complete(done)
            callback.assert_called_once_with()

    def test_a_callback_added_in_the_current_iteration_is_found(self):
        for add, _, ready, callback in self.ways():
            self.loop.call_soon(add, self.file, callback)
            ready(self.file, self.loop)
            self.iterate(2)
            callback.assert_called_once_with()

    def test_it_is_called_once_for_each_time(self):
        for add, _, ready, callback in self.ways():
            add(self.file, callback)
            ready(self.file, self.loop)
            self.iterate(4)
            ready(self.file, self.loop)
            ready(self.file, self.loop)
            self.iterate(4)
            self.assertEqual(callback.call_count, 3)

    def test_from_another_thread(self):
        self.loop.set_debug(True)  # refuses what is not meant for other threads
        for add, _, ready, callback in self.ways():
            done = self.loop.create_future()
            callback.side_effect = lambda done=done: done.set_result(None)
            add(self.file, callback)
            thread = threading.Thread(target=ready, args=(self.file, self.loop))
            self.loop.call_soon(thread.start)
            self.loop.run_until_complete(asyncio.wait_for(done, 10))
            thread.join()


class NothingToCall(OnALoop):
    def test_a_file_never_registered_is_passed_over(self):
        for _, _, ready, _ in self.ways():
            for file in (self.file, self.file.fileno(), 12345, "no file"):
                ready(file, self.loop)
                self.iterate(3)

    def test_a_callback_removed_in_time_is_not_called(self):
        for add, remove, ready, callback in self.ways():
            add(self.file, callback)
            ready(self.file, self.loop)
            remove(self.file)
            self.iterate(3)
            callback.assert_not_called()

    def test_a_callback_removed_between_lookup_and_call_is_not_called(self):
        for add, remove, ready, callback in self.ways():
            add(self.file, callback)
            ready(self.file, self.loop)
            self.iterate()
            remove(self.file)
            self.iterate(2)
            callback.assert_not_called()

    def test_only_the_direction_that_is_ready_is_called(self):
        reader, writer = mock.Mock(), mock.Mock()
        self.loop.add_reader(self.file, reader)
        self.loop.add_writer(self.file, writer)
        set_write_ready(self.file, self.loop)
        self.iterate(2)
        reader.assert_not_called()
        writer.assert_called_once_with()

    def test_the_other_direction_alone_is_not_called(self):
        reader = mock.Mock()
        self.loop.add_reader(self.file, reader)
        set_write_ready(self.file, self.loop)
        self.iterate(3)
        reader.assert_not_called()


class Which(OnALoop):
    def test_file_and_descriptor_mean_the_same(self):
        for add, remove, ready, callback in self.ways():
            for added, named in (
                (self.file, self.file.fileno()),
                (self.file.fileno(), self.file),
            ):
                add(added, callback)
                ready(named, self.loop)
                self.iterate(2)
                remove(named)
            self.assertEqual(callback.call_count, 2)

    def test_a_real_file_can_be_said_to_be_ready(self):
        left, right = socket.socketpair()
        self.addCleanup(left.close)
        self.addCleanup(right.close)
        for add, remove, ready, callback in self.ways():
            for named in (left, left.fileno()):
                callback = mock.Mock()
                self.loop.add_reader(left, mock.Mock())
                add(left, callback)
                ready(named, self.loop)
                self.iterate(2)
                callback.assert_called()
                remove(left)

    def test_a_plain_number_is_not_a_stand_in(self):
        for add, _, ready, callback in self.ways():
            add(self.file, callback)
            ready(int(self.file.fileno()), self.loop)
            self.iterate(3)
            callback.assert_not_called()

    def test_two_stand_ins_are_told_apart(self):
        for add, _, ready, callback in self.ways():
            other = SocketMock()
            add(self.file, callback, "first")
            add(other, callback, "other")
            ready(other, self.loop)
            self.iterate(2)
            callback.assert_called_once_with("other")


class Refusal(unittest.TestCase):
    def test_a_closed_loop_says_that_it_is_closed(self):
        loop = asyncio.new_event_loop()
        loop.close()
        with self.assertRaisesRegex(RuntimeError, "loop is closed"):
            set_read_ready(FileMock(), loop)

    def test_a_loop_that_shows_nothing_is_named_with_the_remedy(self):
        class CompiledLoop(asyncio.AbstractEventLoop):
            pass

        for ready in (set_read_ready, set_write_ready):
            with self.assertRaises(LoopNotSupported) as caught:
                ready(FileMock(), CompiledLoop())
            self.assertIsInstance(caught.exception, RuntimeError)
            self.assertRegex(
                str(caught.exception),
                r"this is a .*CompiledLoop\.\nLeave loop_factory unset for this test",
            )


class OnACompletionLoop(unittest.TestCase):
    def test_what_the_loop_waits_on_is_told_in_the_next_iteration(self):
        loop = asyncio.new_event_loop()
        self.addCleanup(loop.close)
        told = []

        class Device:
            select, close = staticmethod(lambda timeout: []), staticmethod(lambda: None)
            mock_ready = staticmethod(lambda *args: told.append(args))

        self.addCleanup(setattr, loop, "_selector", loop._selector)
        loop._selector = Device()
        file = FileMock()
        set_write_ready(file, loop)
        self.assertEqual(told, [])
        loop.call_soon(loop.stop)
        loop.run_forever()
        self.assertEqual(told, [(file, 2)])
