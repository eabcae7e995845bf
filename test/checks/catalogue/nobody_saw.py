"""Exceptions that got lost."""

import asyncio
import contextlib
import io
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor, as_completed

from . import Entry


async def fail():
    await asyncio.sleep(0)
    raise ValueError("lost")  # <- here


class BackgroundTaskFailed(Entry):
    check = "lost_exceptions"

    async def mistake(self):
        async def work():
            raise ValueError("lost")  # <- here

        asyncio.create_task(work())
        await asyncio.sleep(0)

    async def clean_awaited(self):
        with self.assertRaises(ValueError):
            await asyncio.create_task(fail())

    async def clean_looked_at(self):
        task = asyncio.create_task(fail())
        await asyncio.wait([task])
        assert isinstance(task.exception(), ValueError)

    async def clean_looked_at_by_a_callback(self):
        task = asyncio.create_task(fail())
        task.add_done_callback(lambda done: done.exception())
        await asyncio.wait([task])
        await asyncio.sleep(0)

    async def clean_cancelled(self):
        task = asyncio.create_task(asyncio.sleep(10))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])


class FailedTaskStillHeld(Entry):
    check = "lost_exceptions"

    async def mistake(self):
        async def work():
            raise ValueError("lost")  # <- here

        self.task = asyncio.create_task(work())
        await asyncio.sleep(0)

    async def clean(self):
        self.task = asyncio.create_task(fail())
        with self.assertRaises(ValueError):
            await self.task


class DeadTaskCancelled(Entry):
    check = "lost_exceptions"

    async def mistake(self):
        async def work():
            raise ValueError("lost")  # <- here

        worker = asyncio.create_task(work())
        for _ in range(3):
            await asyncio.sleep(0)
        worker.cancel()  # believed to be alive
        await asyncio.wait([worker])

    async def clean_awaited_afterwards(self):
        worker = asyncio.create_task(fail())
        for _ in range(3):
            await asyncio.sleep(0)
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError, ValueError):
            await worker

    async def clean_looked_at_before(self):
        worker = asyncio.create_task(fail())
        await asyncio.wait([worker])
        assert isinstance(worker.exception(), ValueError)
        assert not worker.cancel()

    async def clean_alive(self):
        worker = asyncio.create_task(asyncio.sleep(10))
        await asyncio.sleep(0)
        assert worker.cancel("enough")
        with self.assertRaises(asyncio.CancelledError):
            await worker

    async def clean_gathered(self):
        # What asyncio throws away when such a gathering is cancelled is its own business.
        together = asyncio.gather(fail(), asyncio.sleep(10), return_exceptions=True)
        for _ in range(3):
            await asyncio.sleep(0)
        together.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await together


class FailedTaskInACycle(Entry):
    check = "lost_exceptions"

    async def mistake(self):
        async def work():
            raise ValueError("lost")  # <- here

        cycle = [asyncio.create_task(work())]
        cycle.append(cycle)
        await asyncio.sleep(0)

    async def clean(self):
        cycle = [asyncio.create_task(asyncio.sleep(0))]
        cycle.append(cycle)
        await cycle[0]


class FutureWithAnException(Entry):
    check = "lost_exceptions"

    async def mistake(self):
        future = asyncio.get_running_loop().create_future()
        future.set_exception(ValueError("lost"))
        del future  # <- here

    async def clean(self):
        future = asyncio.get_running_loop().create_future()
        future.set_exception(ValueError("seen"))
        with self.assertRaises(ValueError):
            await future


class WaitIgnoresExceptions(Entry):
    check = "lost_exceptions"

    async def mistake(self):
        async def work():
            raise ValueError("lost")  # <- here

        await asyncio.wait([asyncio.create_task(work())])

    async def clean(self):
        done, _ = await asyncio.wait([asyncio.create_task(asyncio.sleep(0, 1))])
        assert [task.result() for task in done] == [1]


class ExecutorJobFailed(Entry):
    check = "lost_exceptions"

    async def mistake(self):
        def job():
            raise ValueError("lost")  # <- here

        future = asyncio.get_running_loop().run_in_executor(None, job)
        await asyncio.wait([future])

    async def clean(self):
        assert await asyncio.get_running_loop().run_in_executor(None, lambda: 1) == 1


class CallbackFailed(Entry):
    check = "callback_exceptions"

    async def mistake(self):
        def callback():
            raise ValueError("lost")  # <- here

        asyncio.get_running_loop().call_soon(callback)
        await asyncio.sleep(0)

    async def clean(self):
        seen = []
        asyncio.get_running_loop().call_soon(seen.append, 1)
        await asyncio.sleep(0)
        assert seen == [1]

    async def clean_with_a_handler(self):
        seen = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: seen.append(context["exception"]))
        loop.call_soon(lambda: 1 / 0)
        await asyncio.sleep(0)
        assert len(seen) == 1

    async def clean_log_is_asserted(self):
        with self.assertLogs("asyncio", "ERROR"):
            asyncio.get_running_loop().call_soon(lambda: 1 / 0)
            await asyncio.sleep(0)


class TimerFailed(Entry):
    check = "callback_exceptions"

    async def mistake(self):
        def callback():
            raise ValueError("lost")  # <- here

        asyncio.get_running_loop().call_later(0, callback)
        await asyncio.sleep(0.01)

    async def clean(self):
        timer = asyncio.get_running_loop().call_later(10, print)
        timer.cancel()


class AssertsInACallback(Entry):
    check = "callback_exceptions"

    async def mistake(self):  # <- here
        asyncio.get_running_loop().call_soon(self.assertEqual, 1, 2)
        await asyncio.sleep(0)

    async def clean(self):
        asyncio.get_running_loop().call_soon(self.assertEqual, 1, 1)
        await asyncio.sleep(0)


class DoneCallbackFailed(Entry):
    check = "callback_exceptions"

    async def mistake(self):
        def done(task):
            assert task.result() == 2  # <- here

        task = asyncio.create_task(asyncio.sleep(0, 1))
        task.add_done_callback(done)
        await task
        await asyncio.sleep(0)

    async def clean(self):
        seen = []
        task = asyncio.create_task(asyncio.sleep(0, 1))
        task.add_done_callback(lambda task: seen.append(task.result()))
        await task
        await asyncio.sleep(0)
        assert seen == [1]


class ProtocolFailed(Entry):
    check = "callback_exceptions"

    async def mistake(self):
        class Faulty(asyncio.Protocol):
            def data_received(self, data):
                raise ValueError("lost")  # <- here

        await talk_to(Faulty)

    async def clean(self):
        await talk_to(asyncio.Protocol)


async def talk_to(protocol):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"hello")
    await asyncio.sleep(0.02)
    writer.close()
    await asyncio.wait([asyncio.create_task(writer.wait_closed())])
    server.close()
    await asyncio.sleep(0.01)


class StreamHandlerFailed(Entry):
    check = "callback_exceptions"
    since = (3, 12)

    async def mistake(self):
        async def handle(reader, writer):
            writer.close()
            raise ValueError("lost")  # <- here

        await connect_to(handle)

    async def clean(self):
        async def handle(reader, writer):
            writer.close()
            await writer.wait_closed()

        await connect_to(handle)


async def connect_to(handle):
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    reader, writer = await asyncio.open_connection(host, port)
    await reader.read()
    writer.close()
    await writer.wait_closed()
    server.close()
    await asyncio.sleep(0.01)


class ThreadFailed(Entry):
    check = "thread_exceptions"

    async def mistake(self):
        def work():
            raise ValueError("lost")  # <- here

        thread = threading.Thread(target=work)
        thread.start()
        await asyncio.to_thread(thread.join)

    async def clean(self):
        thread = threading.Thread(target=len, args=("x",))
        thread.start()
        await asyncio.to_thread(thread.join)

    async def clean_exit(self):
        def work():
            raise SystemExit

        thread = threading.Thread(target=work)
        thread.start()
        await asyncio.to_thread(thread.join)

    async def clean_with_a_hook(self):
        seen, before = [], threading.excepthook
        threading.excepthook = seen.append
        try:
            thread = threading.Thread(target=lambda: 1 / 0)
            thread.start()
            await asyncio.to_thread(thread.join)
        finally:
            threading.excepthook = before
        assert len(seen) == 1
        seen.clear()


class FinaliserFailed(Entry):
    check = "finaliser_exceptions"

    async def mistake(self):
        class Resource:
            def __del__(self):
                raise ValueError("lost")  # <- here

        Resource()

    async def clean(self):
        class Resource:
            def __del__(self):
                pass

        Resource()

    async def clean_handled(self):
        class Resource:
            def __del__(self):
                try:
                    raise ValueError
                except ValueError:
                    pass

        Resource()


class FinaliserInACycleFailed(Entry):
    check = "finaliser_exceptions"

    async def mistake(self):
        class Resource:
            def __del__(self):
                raise ValueError("lost")  # <- here

        resource = Resource()
        resource.itself = resource

    async def clean(self):
        class Resource:
            pass

        resource = Resource()
        resource.itself = resource


class WeakReferenceCallbackFailed(Entry):
    check = "finaliser_exceptions"

    async def mistake(self):
        class Thing:
            pass

        def gone(reference):
            raise ValueError("lost")  # <- here

        thing = Thing()
        reference = weakref.ref(thing, gone)
        del thing
        assert reference() is None

    async def clean(self):
        class Thing:
            pass

        seen = []
        thing = Thing()
        reference = weakref.ref(thing, seen.append)
        del thing
        assert seen == [reference]


class LeakedTaskFailsInFinally(Entry):
    check = "lost_exceptions"

    async def mistake(self):
        async def work():
            try:
                await asyncio.sleep(100)
            finally:
                raise RuntimeError("lost")  # <- here

        self.task = asyncio.create_task(work())
        await asyncio.sleep(0)

    async def clean(self):
        async def work():
            try:
                await asyncio.sleep(0)
            finally:
                await asyncio.sleep(0)

        await asyncio.create_task(work())


class LostInALoopOfItsOwn(Entry):
    check = "lost_exceptions"

    def mistake(self):
        async def work():
            raise ValueError("lost")  # <- here

        async def main():
            asyncio.create_task(work())
            await asyncio.sleep(0)

        asyncio.run(main())

    def clean(self):
        async def main():
            with self.assertRaises(ValueError):
                await asyncio.create_task(fail())

        asyncio.run(main())


class CallbackFailedInALoopOfItsOwn(Entry):
    check = "callback_exceptions"

    def mistake(self):
        def callback():
            raise ValueError("lost")  # <- here

        async def main():
            asyncio.get_running_loop().call_soon(callback)
            await asyncio.sleep(0)

        asyncio.run(main())

    def clean(self):
        async def main():
            asyncio.get_running_loop().call_soon(print)
            await asyncio.sleep(0)

        with contextlib.redirect_stdout(io.StringIO()):
            asyncio.run(main())


class JobOfAPoolFailed(Entry):
    check = "lost_exceptions"
    since = (3, 12)

    async def mistake(self):
        def job():
            raise ValueError("lost")  # <- here

        with ThreadPoolExecutor() as pool:
            pool.submit(job)

    async def clean_result_asked(self):
        with ThreadPoolExecutor() as pool, self.assertRaises(ZeroDivisionError):
            pool.submit(divmod, 1, 0).result()

    async def clean_looked_at_later(self):
        with ThreadPoolExecutor() as pool:
            job = pool.submit(divmod, 1, 0)
        assert isinstance(job.exception(), ZeroDivisionError)

    async def clean_a_callback_looks(self):
        seen = []
        with ThreadPoolExecutor() as pool:
            pool.submit(divmod, 1, 0).add_done_callback(seen.append)
        assert seen[0].exception()

    async def clean_awaited(self):
        with ThreadPoolExecutor() as pool, self.assertRaises(ZeroDivisionError):
            await asyncio.wrap_future(pool.submit(divmod, 1, 0))

    async def clean_mapped(self):
        with ThreadPoolExecutor() as pool, self.assertRaises(ZeroDivisionError):
            list(pool.map(divmod, (1, 2), (0, 0)))

    async def clean_as_completed(self):
        with ThreadPoolExecutor() as pool:
            jobs = [pool.submit(divmod, 1, 0) for _ in range(3)]
            for job in as_completed(jobs):
                assert job.exception()

    async def clean_on_the_loops_pool(self):
        with self.assertRaises(ZeroDivisionError):
            await asyncio.get_running_loop().run_in_executor(None, divmod, 1, 0)

    async def clean_in_a_thread(self):
        with self.assertRaises(ZeroDivisionError):
            await asyncio.to_thread(divmod, 1, 0)

    async def clean_cancelled(self):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(time.sleep, 0.01)
            pool.submit(divmod, 1, 0).cancel()


class CallFromAThreadFailed(Entry):
    check = "lost_exceptions"
    since = (3, 12)

    async def mistake(self):
        async def work():
            raise ValueError("lost")  # <- here

        loop = asyncio.get_running_loop()
        await asyncio.to_thread(asyncio.run_coroutine_threadsafe, work(), loop)
        await asyncio.sleep(0.01)

    async def clean_result_asked(self):
        def ask(loop):
            with self.assertRaises(ValueError):
                asyncio.run_coroutine_threadsafe(fail(), loop).result()

        await asyncio.to_thread(ask, asyncio.get_running_loop())
