"""Things that outlive the test that made them."""

import asyncio
import concurrent.futures
import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from unittest import mock

from . import Entry

LEFT = []
POOL = concurrent.futures.ThreadPoolExecutor(1)  # there before any test, started by the first


async def forever():
    await asyncio.get_running_loop().create_future()


async def close(reader, writer):
    await reader.read()
    writer.close()


async def serve(handler=close):
    return await asyncio.start_server(handler, "127.0.0.1", 0)


async def connect(server):
    return await asyncio.open_connection(*server.sockets[0].getsockname())


class TaskLeftSleeping(Entry):
    check = "leaked_tasks"

    async def mistake(self):
        self.task = asyncio.create_task(asyncio.sleep(100))  # <- here
        await asyncio.sleep(0)

    async def clean_awaited(self):
        await asyncio.create_task(asyncio.sleep(0))

    async def clean_cancelled_and_awaited(self):
        task = asyncio.create_task(asyncio.sleep(100))
        await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def clean_cancelled_at_the_last_moment(self):
        task = asyncio.create_task(asyncio.sleep(100))
        await asyncio.sleep(0)
        task.cancel()

    async def clean_cancelled_before_it_began(self):
        asyncio.create_task(forever()).cancel()

    async def clean_cancelled_in_a_cleanup(self):
        task = asyncio.create_task(asyncio.sleep(100))
        self.addCleanup(task.cancel)
        await asyncio.sleep(0)

    async def clean_ends_in_a_moment(self):
        async def work():
            for _ in range(3):
                await asyncio.sleep(0)

        self.task = asyncio.create_task(work())
        await asyncio.sleep(0)

    async def clean_group(self):
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(0))

    async def clean_timed_out(self):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(forever(), 0.01)


class TaskLeftOnABareFuture(Entry):
    check = "leaked_tasks"

    async def mistake(self):
        self.task = asyncio.create_task(forever())  # <- here
        await asyncio.sleep(0)


class TaskNeverBegan(Entry):
    check = "leaked_tasks"

    async def mistake(self):
        async def work():
            await asyncio.sleep(100)

        self.task = asyncio.create_task(work())  # <- here


class SiblingsLeftByGather(Entry):
    check = "leaked_tasks"

    async def mistake(self):
        async def fail():
            raise ValueError

        async def slow():
            await asyncio.sleep(100)

        with contextlib.suppress(ValueError):
            await asyncio.gather(slow(), fail())  # <- here

    async def clean_siblings_of_a_group(self):
        async def fail():
            raise ValueError

        with contextlib.suppress(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(forever())
                group.create_task(fail())


class HandlerLeftReading(Entry):
    check = "leaked_tasks"

    async def mistake(self):
        async def handler(reader, writer):  # <- here
            try:
                await asyncio.sleep(100)
            finally:
                writer.close()

        server = await serve(handler)
        reader, writer = await connect(server)
        writer.close()
        await asyncio.sleep(0.01)
        server.close()


class TaskCollected(Entry):
    check = "collected_tasks"

    async def mistake(self):
        async def work():
            await asyncio.get_running_loop().create_future()

        asyncio.create_task(work())  # <- here
        await asyncio.sleep(0)
        gc.collect()

    async def clean_held(self):
        task = asyncio.create_task(forever())
        await asyncio.sleep(0)
        gc.collect()
        task.cancel()

    async def clean_done_and_dropped(self):
        asyncio.create_task(asyncio.sleep(0))
        await asyncio.sleep(0.01)
        gc.collect()

    async def clean_sleeping_and_dropped(self):
        asyncio.create_task(asyncio.sleep(0.01))
        await asyncio.sleep(0)
        gc.collect()
        await asyncio.sleep(0.03)


class TimerLeft(Entry):
    check = "leaked_timers"

    async def mistake(self):
        asyncio.get_running_loop().call_later(1000, print)  # <- here

    async def clean_cancelled(self):
        asyncio.get_running_loop().call_later(1000, print).cancel()

    async def clean_cancelled_in_a_cleanup(self):
        self.addCleanup(asyncio.get_running_loop().call_later(1000, print).cancel)

    async def clean_fired(self):
        asyncio.get_running_loop().call_later(0, int)
        await asyncio.sleep(0.01)

    async def clean_timeout(self):
        async with asyncio.timeout(1000):
            await asyncio.sleep(0)

    async def clean_sleeper_cancelled(self):
        task = asyncio.create_task(asyncio.sleep(1000))
        await asyncio.sleep(0)
        task.cancel()


class TimerAtLeft(Entry):
    check = "leaked_timers"

    async def mistake(self):
        loop = asyncio.get_running_loop()
        self.timer = loop.call_at(loop.time() + 1000, print)  # <- here


class ReaderLeft(Entry):
    check = "leaked_readers"

    async def mistake(self):
        left, right = socket.socketpair()
        self.addCleanup(right.close)
        self.addCleanup(left.close)
        asyncio.get_running_loop().add_reader(left, print)  # <- here

    async def clean_removed(self):
        left, right = socket.socketpair()
        with left, right:
            asyncio.get_running_loop().add_reader(left, print)
            asyncio.get_running_loop().remove_reader(left)

    async def clean_removed_by_number(self):
        left, right = socket.socketpair()
        with left, right:
            asyncio.get_running_loop().add_writer(left, int)
            asyncio.get_running_loop().remove_writer(left.fileno())

    async def clean_removed_in_a_cleanup(self):
        left, right = socket.socketpair()
        self.addCleanup(right.close)
        self.addCleanup(left.close)
        loop = asyncio.get_running_loop()
        loop.add_reader(left, print)
        self.addCleanup(loop.remove_reader, left)

    async def clean_sock_methods(self):
        left, right = socket.socketpair()
        with left, right:
            left.setblocking(False)
            right.setblocking(False)
            loop = asyncio.get_running_loop()
            receiving = asyncio.ensure_future(loop.sock_recv(left, 1))
            await asyncio.sleep(0)
            await loop.sock_sendall(right, b"x")
            await receiving


class WriterLeft(Entry):
    check = "leaked_readers"

    async def mistake(self):
        left, right = socket.socketpair()
        self.addCleanup(right.close)
        self.addCleanup(left.close)
        asyncio.get_running_loop().add_writer(left, int)  # <- here


class ServerLeft(Entry):
    check = "leaked_servers"

    async def mistake(self):
        self.server = await asyncio.start_server(close, "127.0.0.1", 0)  # <- here

    async def clean_with(self):
        async with await serve():
            await asyncio.sleep(0)

    async def clean_closed(self):
        (await serve()).close()

    async def clean_closed_in_a_cleanup(self):
        self.addCleanup((await serve()).close)

    async def clean_used(self):
        server = await serve()
        async with server:
            reader, writer = await connect(server)
            writer.write(b"x")
            writer.write_eof()
            await reader.read()
            writer.close()
            await writer.wait_closed()


class ServerNotServing(Entry):
    check = "leaked_servers"

    async def mistake(self):
        self.server = await asyncio.get_running_loop().create_server(  # <- here
            asyncio.Protocol, "127.0.0.1", 0, start_serving=False
        )


class StreamLeft(Entry):
    check = "leaked_transports"

    async def mistake(self):
        server = await serve()
        self.reader, self.writer = await asyncio.open_connection(  # <- here
            *server.sockets[0].getsockname()
        )
        self.addCleanup(server.close)

    async def clean_closed(self):
        server = await serve()
        async with server:
            reader, writer = await connect(server)
            writer.close()
            await writer.wait_closed()

    async def clean_closed_but_not_waited_for(self):
        server = await serve()
        async with server:
            reader, writer = await connect(server)
            writer.close()

    async def clean_closed_in_a_cleanup(self):
        server = await serve()
        self.addCleanup(server.close)
        reader, writer = await connect(server)
        self.addCleanup(writer.close)

    async def clean_datagrams(self):
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
        )
        transport.close()


class ServersSideLeft(Entry):
    check = "leaked_transports"

    async def mistake(self):
        async def keep(reader, writer):  # <- here
            self.kept = reader, writer

        server = await serve(keep)
        reader, writer = await connect(server)
        writer.close()
        await asyncio.sleep(0.01)
        server.close()


class DatagramsLeft(Entry):
    check = "leaked_transports"

    async def mistake(self):
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(  # <- here
            asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
        )


class SocketLeft(Entry):
    check = "leaked_sockets"

    async def mistake(self):
        self.sock = socket.socket()  # <- here

    async def clean_with(self):
        with socket.socket():
            pass

    async def clean_closed_in_a_cleanup(self):
        self.addCleanup(socket.socket().close)

    async def clean_detached_and_closed(self):
        os.close(socket.socket().detach())

    async def clean_pair(self):
        for end in socket.socketpair():
            end.close()


class SocketDropped(Entry):
    check = "unclosed_resources"

    async def mistake(self):
        socket.socket()  # <- here

    async def clean_closed(self):
        socket.socket().close()

    async def clean_asserted(self):
        with self.assertWarns(ResourceWarning):
            socket.socket()
            gc.collect()

    async def clean_file(self):
        with open(__file__):
            pass


class FileLeft(Entry):
    check = "leaked_files"

    async def mistake(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.file = open(os.path.join(folder, "log"), "w")  # <- here  # noqa: SIM115

    async def clean_with(self):
        with tempfile.TemporaryFile():
            pass

    async def clean_closed_in_a_cleanup(self):
        file = tempfile.TemporaryFile()
        self.addCleanup(file.close)

    async def clean_thread_pool(self):
        await asyncio.to_thread(os.getpid)

    async def clean_import(self):
        sys.modules.pop("this_is_none", None)
        import colorsys

        assert colorsys


class PipeLeft(Entry):
    check = "leaked_files"

    async def mistake(self):  # <- here
        self.ends = os.pipe()

    async def clean_closed(self):
        for end in os.pipe():
            os.close(end)

    async def clean_descriptor(self):
        os.close(os.open(__file__, os.O_RDONLY))


class LoopLeft(Entry):
    check = "leaked_loops"

    async def mistake(self):
        self.other = asyncio.new_event_loop()  # <- here

    async def clean_closed(self):
        asyncio.new_event_loop().close()

    async def clean_run_in_a_thread(self):
        await asyncio.to_thread(asyncio.run, asyncio.sleep(0))

    def clean_run(self):
        asyncio.run(asyncio.sleep(0))


class LoopDropped(Entry):
    check = "unclosed_resources"

    async def mistake(self):
        asyncio.new_event_loop()  # <- here
        gc.collect()


class GeneratorDropped(Entry):
    check = "leaked_generators"

    async def mistake(self):
        async def numbers():
            try:
                yield 1
                yield 2
            finally:
                await asyncio.sleep(0)

        async for _ in numbers():  # <- here
            break

    async def clean_exhausted(self):
        async def numbers():
            yield 1

        async for _ in numbers():
            pass

    async def clean_has_no_try(self):
        async def numbers():
            try:
                await asyncio.sleep(0)
            finally:
                await asyncio.sleep(0)
            for number in range(9):
                yield number

        async for _ in numbers():
            break

    async def clean_closing(self):
        async def numbers():
            yield 1
            yield 2

        async with contextlib.aclosing(numbers()) as them:
            async for _ in them:
                break

    async def clean_never_begun(self):
        async def numbers():
            yield 1

        self.numbers = numbers()

    async def clean_closed_in_a_cleanup(self):
        async def numbers():
            yield 1
            yield 2

        them = numbers()
        await anext(them)
        closing = getattr(self, "addAsyncCleanup", self.addCleanup)
        closing(them.aclose)

    async def clean_context_manager(self):
        @contextlib.asynccontextmanager
        async def manager():
            yield

        async with manager():
            pass


class GeneratorInAContext(Entry):
    check = "leaked_generators"

    async def mistake(self):
        async def numbers():
            async with asyncio.Lock():
                async for number in others():
                    yield number

        async def others():
            yield 1
            yield 2

        async for _ in numbers():  # <- here
            break


class GeneratorSlowToEnd(Entry):
    check = "leaked_generators"

    async def mistake(self):
        async def numbers():
            try:
                yield 1
            finally:
                await asyncio.sleep(0.05)

        async for _ in numbers():  # <- here
            break


class GeneratorKept(Entry):
    check = "leaked_generators"

    async def mistake(self):
        async def numbers():
            try:
                yield 1
            finally:
                await asyncio.sleep(0)

        self.numbers = numbers()
        await anext(self.numbers)  # <- here

    async def clean_has_nothing_to_clean_up(self):
        async def numbers():
            yield 1
            yield 2

        self.numbers = numbers()
        await anext(self.numbers)


class ThreadLeft(Entry):
    check = "leaked_threads"

    async def mistake(self):
        go = threading.Event()
        threading.Timer(1, go.set).cancel()
        threading.Thread(target=go.wait, args=(0.6,)).start()  # <- here

    async def clean_joined(self):
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()

    async def clean_about_to_end(self):
        threading.Thread(target=threading.Event().wait, args=(0.02,)).start()

    async def clean_joined_in_a_cleanup(self):
        go = threading.Event()
        thread = threading.Thread(target=go.wait)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(go.set)

    async def clean_default_executor(self):
        await asyncio.to_thread(int)

    async def clean_name_look_up(self):
        await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 80)


class DaemonLeft(Entry):
    check = "leaked_threads"

    async def mistake(self):
        wait = threading.Event().wait
        threading.Thread(target=wait, args=(0.6,), daemon=True).start()  # <- here


class JobLeft(Entry):
    check = "leaked_threads"

    async def mistake(self):
        wait = threading.Event().wait
        self.job = asyncio.get_running_loop().run_in_executor(None, wait, 0.6)  # <- here


class ExecutorLeft(Entry):
    check = "leaked_executors"

    async def mistake(self):
        self.pool = concurrent.futures.ThreadPoolExecutor()
        await asyncio.get_running_loop().run_in_executor(self.pool, int)  # <- here

    async def clean_with(self):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            await asyncio.get_running_loop().run_in_executor(pool, int)

    async def clean_shut_down_in_a_cleanup(self):
        pool = concurrent.futures.ThreadPoolExecutor()
        self.addCleanup(pool.shutdown)
        await asyncio.get_running_loop().run_in_executor(pool, int)

    async def clean_of_the_module(self):
        await asyncio.get_running_loop().run_in_executor(POOL, int)

    async def clean_dropped(self):
        pool = concurrent.futures.ThreadPoolExecutor()
        await asyncio.get_running_loop().run_in_executor(pool, int)
        del pool

    async def clean_made_the_default(self):
        loop = asyncio.get_running_loop()
        loop.set_default_executor(concurrent.futures.ThreadPoolExecutor())
        await loop.run_in_executor(None, int)


class ProcessLeft(Entry):
    check = "leaked_processes"

    async def mistake(self):
        command = [sys.executable, "-c", "import time; time.sleep(1)"]
        LEFT.append(subprocess.Popen(command))  # <- here

    async def clean_run(self):
        await asyncio.to_thread(subprocess.run, [sys.executable, "-c", ""])

    async def clean_communicate(self):
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", "", stdout=-1)
        await process.communicate()

    async def clean_killed_and_waited_for(self):
        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1)
        process.kill()
        process.communicate()

    async def clean_waited_for_in_a_cleanup(self):
        process = subprocess.Popen([sys.executable, "-c", ""])
        self.addCleanup(process.wait)


class ProcessOfAsyncioLeft(Entry):
    check = "leaked_processes"

    async def mistake(self):
        command = [sys.executable, "-c", "import time; time.sleep(1)"]
        LEFT.append(await asyncio.create_subprocess_exec(*command))  # <- here


class SignalHandlerOfLoopLeft(Entry):
    check = "leaked_signal_handlers"

    async def mistake(self):
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, print)  # <- here

    async def clean_removed(self):
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, print)
        loop.remove_signal_handler(signal.SIGUSR1)

    async def clean_put_back_in_a_cleanup(self):
        before = signal.signal(signal.SIGUSR2, signal.SIG_IGN)
        self.addCleanup(signal.signal, signal.SIGUSR2, before)

    async def clean_runner_in_a_thread(self):
        await asyncio.to_thread(asyncio.run, asyncio.sleep(0))

    def clean_runner(self):
        asyncio.run(asyncio.sleep(0))


class SignalHandlerLeft(Entry):
    check = "leaked_signal_handlers"

    async def mistake(self):
        def handler(number, frame):  # <- here
            pass

        signal.signal(signal.SIGUSR2, handler)


class PatchLeft(Entry):
    check = "leaked_patches"

    async def mistake(self):
        mock.patch("colorsys.rgb_to_hls").start()  # <- here

    async def clean_stopped_in_a_cleanup(self):
        patcher = mock.patch("colorsys.hls_to_rgb")
        patcher.start()
        self.addCleanup(patcher.stop)

    async def clean_with(self):
        with mock.patch("colorsys.hls_to_rgb"):
            pass

    async def clean_stopall(self):
        mock.patch("colorsys.hls_to_rgb").start()
        self.addCleanup(mock.patch.stopall)

    async def clean_dict(self):
        patcher = mock.patch.dict("os.environ", CATALOGUE="1")
        patcher.start()
        self.addCleanup(patcher.stop)


class EnvironmentChanged(Entry):
    check = "changed_globals"

    async def mistake(self):
        os.environ["CATALOGUE"] = os.environ.get("CATALOGUE", "") + "1"  # <- here

    async def clean_patched(self):
        with mock.patch.dict(os.environ, CATALOGUE="2"):
            pass

    async def clean_put_back(self):
        before = os.environ["PATH"]
        os.environ["PATH"] = "/"
        self.addCleanup(os.environ.__setitem__, "PATH", before)

    async def clean_same_value(self):
        os.environ["PATH"] = os.environ["PATH"]


class ExceptHookReplaced(Entry):
    check = "changed_globals"

    async def mistake(self):
        def hook(*exc_info):  # <- here
            pass

        sys.excepthook = hook

    async def clean_put_back(self):
        with mock.patch("sys.excepthook"):
            pass


class LoopMadeCurrent(Entry):
    check = "changed_globals"

    async def mistake(self):  # <- here
        other = asyncio.new_event_loop()
        asyncio.set_event_loop(other)
        other.close()

    async def clean_put_back(self):
        ours, other = asyncio.get_running_loop(), asyncio.new_event_loop()
        asyncio.set_event_loop(other)
        other.close()
        asyncio.set_event_loop(ours)
