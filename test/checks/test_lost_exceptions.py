import asyncio
import contextlib
import gc
import socket
import struct
from concurrent.futures import ThreadPoolExecutor

import asynctest
from asynctest import checks
from test.checks.tools import CheckTest, line_of


async def fail():
    raise ValueError("lost")


class LostExceptions(CheckTest):
    check = "lost_exceptions"

    def test_a_job_that_fails_while_it_is_asked_is_innocent(self):
        async def test(self):
            with ThreadPoolExecutor(2) as pool:
                for number in range(300):
                    job = pool.submit(divmod, number, 0)
                    with self.assertRaises(ZeroDivisionError):
                        await asyncio.wrap_future(job) if number % 2 else job.result()

        self.assertClean(test)

    def test_a_future_that_a_compiled_thing_holds_is_found(self):
        class Compiled:
            __module__ = property(lambda self: "compiled")

        async def test(self):
            self.holder = Compiled()
            self.holder.future = self.loop.create_future()
            self.holder.future.set_exception(ValueError("lost"))

        self.assertFound(test, "a future failed with ValueError: lost")

    def test_a_dropped_task_is_named_with_both_its_lines(self):
        async def test(self):
            asyncio.create_task(fail(), name="worker")
            await asyncio.sleep(0)

        found = self.assertFound(test, "task 'worker'", "ValueError: lost", line_of(fail, 1))
        self.assertIn(f"started at test/checks/{line_of(test, 1)}", found)

    def test_a_task_that_is_still_held_is_found(self):
        async def test(self):
            self.task = asyncio.create_task(fail())
            await asyncio.sleep(0)

        self.assertFound(test, "failed with ValueError: lost, and nobody asked for it")

    def test_an_eager_task_is_found(self):
        if not hasattr(asyncio, "eager_task_factory"):
            self.skipTest("needs eager tasks")

        async def test(self):
            self.loop.set_task_factory(asyncio.eager_task_factory)
            self.task = asyncio.create_task(fail())

        self.assertFound(test, line_of(fail, 1))

    def test_what_a_leftover_raises_at_the_end_is_found(self):
        async def test(self):
            async def work():
                try:
                    await asyncio.sleep(100)
                finally:
                    raise ValueError("late")

            self.task = asyncio.create_task(work())
            await asyncio.sleep(0)

        self.assertFound(test, "ValueError: late")

    def test_fails_when_told_to(self):
        async def test(self):
            asyncio.create_task(fail())
            await asyncio.sleep(0)

        self.assertFails(test)

    def test_switched_off_it_is_silent(self):
        async def test(self):
            asyncio.create_task(fail())
            await asyncio.sleep(0)

        self.assertOff(test)

    def test_the_log_of_asyncio_is_kept(self):
        async def test(self):
            with self.assertLogs("asyncio", "ERROR") as log:
                asyncio.create_task(fail())
                await asyncio.sleep(0)
                gc.collect()
            assert "never retrieved" in log.output[0]

        self.assertClean(test)

    def test_of_a_failure_that_a_library_reports_nobody_says_that_it_was_not_asked_for(self):
        async def test(self):
            task = asyncio.create_task(fail(), name="reported")
            await asyncio.wait([task])
            self.loop.call_exception_handler(
                {"message": "a service has failed", "exception": task.exception(), "task": task}
            )

        found = self.assertFound(
            test, "task 'reported'", "ValueError: lost", "given to the loop's exception handler"
        )
        self.assertNotIn("nobody asked", found)

    def test_a_dead_task_that_a_clean_up_cancels_is_found(self):
        async def dead():
            task = asyncio.create_task(fail())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return task

        async def test(self):
            self.addCleanup((await dead()).cancel)

        async def stacked(self):
            with contextlib.ExitStack() as stack:
                stack.callback((await dead()).cancel)

        self.assertFound(test, "ValueError: lost")
        self.assertFound(stacked, "ValueError: lost")

    def test_a_dead_task_that_a_library_cancels_is_innocent(self):
        source = compile("task.cancel()", "/lib/site-packages/library.py", "exec")

        async def test(self):
            task = asyncio.create_task(fail())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            exec(source, {"task": task})

        self.assertClean(test)

    def test_an_awaited_failure_is_innocent(self):
        async def test(self):
            task = asyncio.create_task(fail())
            with self.assertRaises(ValueError):
                await task

        self.assertClean(test)

    def test_a_failure_that_was_looked_at_is_innocent(self):
        async def test(self):
            self.task = asyncio.create_task(fail())
            await asyncio.wait([self.task])
            self.task.exception()

        self.assertClean(test)

    def test_siblings_in_a_gathering_are_innocent(self):
        async def test(self):
            with self.assertRaises(ValueError):
                await asyncio.gather(fail(), fail())

        self.assertClean(test)

    def test_a_stream_whose_peer_went_away_is_innocent(self):
        async def test(self):
            async def hang_up(reader, writer):
                writer.transport.abort()

            server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
            self.addCleanup(server.wait_closed)
            self.addCleanup(server.close)
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            self.kept = writer
            while not reader.at_eof() and reader.exception() is None:
                writer.write(b"x" * 1000)
                await asyncio.sleep(0)

        self.assertClean(test)

    def test_a_task_group_is_innocent(self):
        async def test(self):
            with self.assertRaises(ExceptionGroup):
                async with asyncio.TaskGroup() as group:
                    group.create_task(fail())
                    group.create_task(fail())

        self.assertClean(test)

    def test_what_a_subclass_of_a_stream_protocol_keeps_for_wait_closed_is_innocent(self):
        class Server(asyncio.StreamReaderProtocol):
            pass

        async def test(self):
            self.server = Server(asyncio.StreamReader())
            self.server.connection_made(asyncio.Transport())
            self.server.connection_lost(ValueError("reset"))

        self.assertClean(test)

    def test_another_future_of_such_a_subclass_is_found(self):
        class Server(asyncio.StreamReaderProtocol):
            pass

        async def test(self):
            self.server = Server(asyncio.StreamReader())
            self.server.ready = self.loop.create_future()
            self.server.ready.set_exception(ValueError("lost"))

        self.assertFound(test, "a future failed with ValueError: lost")

    def test_a_connection_that_was_reset_is_innocent(self):
        async def test(self):
            async def reset(reader, writer):
                linger = struct.pack("ii", 1, 0)
                connection = writer.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()

            server = await asyncio.start_server(reset, "127.0.0.1", 0)
            address = server.sockets[0].getsockname()
            self.reader, self.writer = await asyncio.open_connection(*address)
            with self.assertRaises(ConnectionError):
                await self.reader.read()
            self.writer.close()
            server.close()
            await asyncio.sleep(0)

        self.assertClean(test)

    def test_a_future_of_the_users_protocol_is_found(self):
        class Faulty(asyncio.Protocol):
            pass

        async def test(self):
            self.protocol = Faulty()
            self.protocol.done = self.loop.create_future()
            self.protocol.done.set_exception(ValueError("lost"))

        self.assertFound(test, "a future failed with ValueError: lost")

    def test_a_failure_from_before_the_test_is_not_charged_to_it(self):
        loop = asyncio.new_event_loop()
        self.addCleanup(loop.close)
        task = loop.create_task(fail())
        loop.run_until_complete(asyncio.wait([task]))

        async def test(self):
            pass

        self.assertClean(test)
        task.exception()

    def test_ignored_by_type_of_exception(self):
        async def test(self):
            asyncio.create_task(fail())
            await asyncio.sleep(0)

        self.addCleanup(checks.ignore("lost_exceptions", type=ValueError))
        self.assertClean(test)

    def test_users_task_factory_keeps_working(self):
        made = []

        def factory(loop, coro, **options):
            made.append(coro)
            return asyncio.Task(coro, loop=loop, **options)

        async def test(self):
            self.loop.set_task_factory(factory)
            self.assertIs(self.loop.get_task_factory(), factory)
            await asyncio.create_task(asyncio.sleep(0))

        self.assertClean(test)
        self.assertEqual(len(made), 1)


class CallbackExceptions(CheckTest):
    check = "callback_exceptions"

    def test_a_callback_is_named_with_the_line_that_raised(self):
        def callback():
            raise ValueError("lost")

        async def test(self):
            self.loop.call_soon(callback)
            await asyncio.sleep(0)

        self.assertFound(
            test, "callback CallbackExceptions.", "ValueError: lost", line_of(callback, 1)
        )

    def test_a_done_callback_is_found(self):
        def done(task):
            1 / 0

        async def test(self):
            task = asyncio.create_task(asyncio.sleep(0))
            task.add_done_callback(done)
            await task
            await asyncio.sleep(0)

        self.assertFound(test, line_of(done, 1))

    def test_a_protocol_is_named(self):
        class Faulty(asyncio.Protocol):
            def connection_made(self, transport):
                transport.close()
                raise ValueError("lost")

        async def test(self):
            server = await self.loop.create_server(Faulty, "127.0.0.1", 0)
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            await reader.read()
            writer.close()
            server.close()

        self.assertFound(test, "ValueError: lost")

    def test_fails_when_told_to(self):
        async def test(self):
            self.loop.call_soon(lambda: 1 / 0)
            await asyncio.sleep(0)

        self.assertFails(test)

    def test_switched_off_it_is_silent(self):
        async def test(self):
            self.loop.call_soon(lambda: 1 / 0)
            await asyncio.sleep(0)

        self.assertOff(test)

    def test_a_test_with_a_handler_is_innocent(self):
        async def test(self):
            self.loop.set_exception_handler(lambda loop, context: None)
            self.loop.call_soon(lambda: 1 / 0)
            await asyncio.sleep(0)

        self.assertClean(test)

    def test_a_test_that_asserts_on_the_log_is_innocent(self):
        async def test(self):
            with self.assertLogs("asyncio"):
                self.loop.call_soon(lambda: 1 / 0)
                await asyncio.sleep(0)

        self.assertClean(test)

    def test_a_test_that_replaces_the_method_is_innocent(self):
        async def test(self):
            seen = []
            self.loop.call_exception_handler = seen.append
            self.loop.call_soon(lambda: 1 / 0)
            await asyncio.sleep(0)
            assert len(seen) == 1

        self.assertClean(test)

    def test_a_cancelled_task_met_by_its_callback_is_innocent(self):
        async def test(self):
            task = asyncio.create_task(asyncio.sleep(100))
            task.add_done_callback(lambda task: task.result())
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            await asyncio.sleep(0)

        self.assertClean(test)

    def test_the_loop_is_as_it_was_afterwards(self):
        class Case(asynctest.TestCase):
            use_default_loop = True

            async def test(self):
                pass

        loop = asyncio.new_event_loop()
        self.addCleanup(asyncio.set_event_loop, None)
        self.addCleanup(loop.close)
        asyncio.set_event_loop(loop)
        Case("test").run()
        self.assertNotIn("call_exception_handler", vars(loop))
        self.assertNotIn("create_task", vars(loop))
