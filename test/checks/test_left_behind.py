"""The checks for what is left behind and for work in the wrong place, beyond the catalogue."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
import warnings

import asynctest
from asynctest import checks
from asynctest.checks._descriptors import descriptors
from test.checks.catalogue import entries
from test.checks.tools import CheckTest, line_of, only, swept
from test.tools import run

ROOMS = ("left_behind", "wrong_place")
SLOW = ("ComputesInTheLoop", "RunsAProgram", "WaitsForAQueue", "SleepsInACallback")


def mistakes():
    """Yield one mistake of the catalogue for each check of these rooms."""
    seen = set()
    for entry in entries():
        if entry.__module__.rpartition(".")[2] in ROOMS and entry.check not in seen:
            seen.add(entry.check)
            yield entry


class EachCheck(unittest.TestCase):
    def setUp(self):
        self.enterContext(swept())

    def test_switched_off_it_is_silent(self):
        for entry in mistakes():
            with self.subTest(entry.check):
                base = only(entry.check, False)(type("Base", (asynctest.TestCase,), {}))
                ran = run(entry.case(base, "mistake"))
                said = [str(one.message) for one in ran.warnings]
                self.assertFalse([words for words in said if "@fail_on" in words])

    def test_it_fails_the_test_when_told_to(self):
        for entry in mistakes():
            with self.subTest(entry.check):
                base = only(entry.check, True)(type("Base", (asynctest.TestCase,), {}))
                ran = run(entry.case(base, "mistake"))
                self.assertEqual(ran.words, {"ran": 1, "failures": 1}, ran.text)
                self.assertIn(f"or allow it with @fail_on({entry.check}=False).", ran.text)

    def test_it_says_fact_place_and_remedy(self):
        for entry in mistakes():
            with self.subTest(entry.check):
                check = checks.known()[entry.check]
                base = only(entry.check, True)(type("Base", (asynctest.TestCase,), {}))
                words = run(entry.case(base, "mistake")).text
                self.assertIn(check.headline or "the event loop stood still for", words)
                self.assertIn(check.fix, words)
                self.assertTrue(any(line in words for line in entry.lines()), words)

    def test_each_has_a_name_a_remedy_and_a_docstring(self):
        for entry in mistakes():
            check = checks.known()[entry.check]
            with self.subTest(entry.check):
                self.assertTrue(check.fix and check.__doc__)
                self.assertIs(check.default, checks.Level.WARN)


class InAThread(unittest.TestCase):
    def setUp(self):
        self.enterContext(swept())

    def test_every_mistake_is_found_in_a_thread_that_is_not_the_main_one(self):
        for entry in mistakes():
            if entry.check == "leaked_signal_handlers":  # only the main thread may set them
                continue
            with self.subTest(entry.check):
                base = only(entry.check, True)(type("Base", (asynctest.TestCase,), {}))
                result = unittest.TestResult()
                thread = threading.Thread(target=entry.case(base, "mistake").run, args=(result,))
                thread.start()
                thread.join()
                self.assertEqual(len(result.failures), 1, result.errors)


class LeakedTasks(CheckTest):
    check = "leaked_tasks"

    def test_says_name_and_where_it_waits(self):
        async def test(self):
            async def poll():
                await asyncio.Event().wait()

            self.task = asyncio.create_task(poll(), name="poll")
            await asyncio.sleep(0)

        self.assertFound(
            test, "task 'poll' waits at", "in asyncio's Event.wait()", line_of(test, 4)
        )

    def test_a_task_that_never_began_is_not_begun_by_looking(self):
        begun = []

        def test(self):
            async def work():
                begun.append(True)

            self.task = self.loop.create_task(work())

        self.assertFound(test, "never began")
        self.assertEqual(begun, [])

    def test_tasks_of_a_lent_loop_that_were_there_before_are_innocent(self):
        loop = asyncio.new_event_loop()
        self.addCleanup(loop.close)
        asyncio.set_event_loop(loop)
        self.addCleanup(asyncio.set_event_loop, None)
        old = loop.create_task(asyncio.sleep(1000))
        loop.run_until_complete(asyncio.sleep(0))

        async def test(self):
            pass

        self.assertClean(test, use_default_loop=True)
        old.cancel()
        loop.run_until_complete(asyncio.gather(old, return_exceptions=True))

    def test_allowed_by_name_it_is_silent(self):
        async def test(self):
            with asynctest.allow("leaked_tasks", match="poll"):
                self.task = asyncio.create_task(asyncio.sleep(1000), name="poll")
                await asyncio.sleep(0)

        self.assertClean(test)


class LeakedTimers(CheckTest):
    check = "leaked_timers"

    def test_a_method_of_the_users_is_found(self):
        class Poller:
            def tick(self):
                pass

        async def test(self):
            self.loop.call_later(6000, Poller().tick)

        self.assertFound(test, "Poller.tick due in 6000 s", line_of(test, 1))

    def test_both_ways_to_set_one_are_found_with_their_lines(self):
        async def test(self):
            self.loop.call_later(60, max, 1, 2)
            self.loop.call_at(self.loop.time() + 60, min, 1, 2)

        for more in ({}, {"debug": True}, {"use_default_loop": True}, {"loop_model": "proactor"}):
            with self.subTest(**more):
                loop = asyncio.new_event_loop()
                self.addCleanup(loop.close)
                if "use_default_loop" in more:
                    asyncio.set_event_loop(loop)
                    self.addCleanup(asyncio.set_event_loop, None)
                words = self.words(test, **more)
                self.assertRegex(words, rf"max due in .*{line_of(test, 1)}")
                self.assertRegex(words, rf"min due in .*{line_of(test, 2)}")

    def test_they_are_found_with_their_lines_while_another_thread_runs(self):
        async def test(self):
            self.loop.call_later(60, max, 1, 2)
            self.loop.call_at(self.loop.time() + 60, min, 1, 2)

        over = threading.Event()
        thread = threading.Thread(target=over.wait)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(over.set)
        both = asynctest.fail_on(wrong_thread=True, leaked_timers=True)
        for model in ("", "proactor"):
            with self.subTest(model=model):
                body = {"test": test, "loop_model": model}
                words = run(both(type("Case", (asynctest.TestCase,), body))("test")).text
                self.assertRegex(words, rf"max due in .*{line_of(test, 1)}")
                self.assertRegex(words, rf"min due in .*{line_of(test, 2)}")

    def test_a_timeout_of_asyncio_in_a_leftover_task_is_the_tasks_matter(self):
        async def test(self):
            async def work():
                async with asyncio.timeout(1000):
                    await asyncio.sleep(1000)

            self.task = asyncio.create_task(work())
            await asyncio.sleep(0)

        self.assertClean(test)


class LeakedReaders(CheckTest):
    check = "leaked_readers"

    def test_a_mock_of_a_file_is_innocent(self):
        async def test(self):
            self.loop.add_reader(asynctest.FileMock(), print)

        self.assertClean(test)


class LeakedTransports(CheckTest):
    check = "leaked_transports"

    def setUp(self):
        super().setUp()
        self.enterContext(swept())

    def test_names_the_handler_of_a_server(self):
        async def test(self):
            async def serve(reader, writer):
                self.kept = writer

            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            await asyncio.sleep(0.01)
            writer.close()
            server.close()

        self.assertFound(test, "SelectorSocketTransport from 127.0.0.1:", line_of(test, 1))

    def test_a_stand_in_is_innocent(self):
        class Fake(asyncio.Transport):
            pass

        async def test(self):
            self.transport = Fake()
            self.file = open(os.devnull)
            self.addCleanup(self.file.close)

        self.assertClean(test)


class LeakedThreads(CheckTest):
    check = "leaked_threads"

    def test_a_thread_of_the_class_is_innocent(self):
        go = threading.Event()

        async def test(self):
            pass

        def set_up(cls):
            thread = threading.Thread(target=go.wait)
            thread.start()
            cls.addClassCleanup(thread.join)
            cls.addClassCleanup(go.set)

        ran = self.play(test, setUpClass=classmethod(set_up))
        self.assertEqual((ran.text, ran.warnings), ("", []))

    def test_a_timer_that_was_cancelled_is_innocent(self):
        async def test(self):
            timer = threading.Timer(100, print)
            timer.start()
            timer.cancel()

        self.assertClean(test)


class LeakedProcesses(CheckTest):
    check = "leaked_processes"

    def test_a_child_of_before_is_innocent_in_a_test_with_threads(self):
        child = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
        )
        self.addCleanup(child.communicate)

        async def test(self):
            await asyncio.to_thread(int)

        self.assertClean(test)


class ChangedGlobals(CheckTest):
    check = "changed_globals"

    def test_the_working_directory(self):
        self.addCleanup(os.chdir, os.getcwd())

        async def test(self):
            os.chdir("/")

        self.assertFound(test, "the working directory is /, was ", line_of(test, 1))

    def test_an_environment_variable_is_named_with_what_happened(self):
        os.environ["ASYNCTEST_A"] = "1"
        self.addCleanup(os.environ.pop, "ASYNCTEST_B", None)

        async def test(self):
            del os.environ["ASYNCTEST_A"]
            os.environ["ASYNCTEST_B"] = "2"

        self.assertFound(test, "ASYNCTEST_A was removed", "ASYNCTEST_B is new", line_of(test, 2))

    @unittest.skipIf(sys.version_info >= (3, 14), "policies are deprecated")
    def test_who_puts_the_default_policy_back_has_changed_nothing(self):
        class Policy(asyncio.DefaultEventLoopPolicy):
            pass

        async def resets(self):
            asyncio.set_event_loop_policy(Policy())
            self.addCleanup(asyncio.set_event_loop_policy, None)

        async def leaves(self):
            asyncio.set_event_loop_policy(Policy())

        self.addCleanup(asyncio.set_event_loop_policy, None)
        self.assertClean(resets)
        self.assertFound(leaves, "the event loop policy is ")


class LeakedSignalHandlers(CheckTest):
    check = "leaked_signal_handlers"

    def test_a_handler_that_was_there_before_is_innocent(self):
        before = signal.signal(signal.SIGUSR1, lambda *args: None)
        self.addCleanup(signal.signal, signal.SIGUSR1, before)

        async def test(self):
            pass

        self.assertClean(test)


class WrongThread(CheckTest):
    check = "wrong_thread"

    def test_timers_set_from_another_thread_are_found(self):
        async def test(self):
            (await asyncio.to_thread(lambda: self.loop.call_later(60, print))).cancel()
            (await asyncio.to_thread(lambda: self.loop.call_at(60, print))).cancel()

        for more in ({}, {"loop_model": "proactor"}):
            with self.subTest(**more):
                self.assertFound(test, "call_later(print) in", "call_at(print) in", **more)

    def test_readers_and_the_end_of_the_loop_are_not_for_other_threads(self):
        def work(loop, sock):
            loop.add_reader(sock, print)
            loop.remove_reader(sock)
            loop.add_writer(sock, print)
            loop.remove_writer(sock)

        def test(self):
            one, other = socket.socketpair()
            with one, other:
                self.loop.run_until_complete(asyncio.to_thread(work, self.loop, one))
                threading.Timer(0.01, lambda: self.loop.stop()).start()
                self.loop.call_later(0.03, int)
                self.loop.run_forever()

        found = [f"{verb}_{kind}(" for verb in ("add", "remove") for kind in ("reader", "writer")]
        self.assertFound(test, "add_reader(print) in", "stop() in", line_of(work, 1), *found)

    def test_what_threads_may_call_is_in_order(self):
        async def test(self):
            def work():
                self.loop.call_soon_threadsafe(self.loop.call_later, 0, int)
                asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self.loop).result()
                asyncio.run(asyncio.sleep(0))

            await asyncio.to_thread(work)

        self.assertClean(test)

    def test_an_event_set_in_a_thread(self):
        async def test(self):
            event = asyncio.Event()
            waiter = asyncio.create_task(event.wait())
            await asyncio.sleep(0)

            def work():
                event.set()

            await asyncio.to_thread(work)
            await waiter

        self.assertFound(test, "call_soon(task ", "in thread 'asyncio_0'", line_of(test, 6))

    def test_a_task_made_in_a_thread(self):
        async def test(self):
            made = []

            def work():
                made.append(self.loop.create_task(asyncio.sleep(0)))

            await asyncio.to_thread(work)
            await made[0]

        self.assertFound(test, "call_soon(", line_of(test, 4))

    def test_the_thread_that_runs_the_loop_is_innocent(self):
        def test(self):
            async def work():
                await asyncio.sleep(0)

            thread = threading.Thread(target=self.loop.run_until_complete, args=(work(),))
            thread.start()
            thread.join()

        self.assertClean(test)


class BlockedLoop(CheckTest):
    check = "blocked_loop"

    def test_the_threshold_is_a_setting(self):
        async def test(self):
            time.sleep(0.2)

        self.assertClean(test, blocking_threshold=1)

    def test_an_import_is_innocent(self):
        folder = self.enterContext(contextlib.chdir(os.path.dirname(__file__)))
        del folder
        source = "import time\ntime.sleep(0.2)\n"
        loader = contextlib.ExitStack()
        self.addCleanup(loader.close)
        name = "asynctest_slow_to_import"
        path = os.path.join(self.temporary(), f"{name}.py")
        with open(path, "w") as file:
            file.write(source)
        sys.path.insert(0, os.path.dirname(path))
        self.addCleanup(sys.path.remove, os.path.dirname(path))

        async def test(self):
            __import__(name)

        self.assertClean(test)

    def temporary(self):
        import tempfile

        return self.enterContext(tempfile.TemporaryDirectory())

    def test_says_how_long_and_shows_the_line(self):
        async def test(self):
            time.sleep(0.3)

        self.assertFound(test, "stood still for 0.", "in `time.sleep(0.3)`", line_of(test, 1))

    def test_where_no_line_of_the_users_runs_the_callback_is_named_and_not_the_loop(self):
        async def test(self):
            command = [sys.executable, "-c", "import time; time.sleep(0.3)"]
            self.loop.call_soon(subprocess.run, command)
            await asyncio.sleep(0)

        self.assertFound(test, "stood still for 0.", "in subprocess.run\n")


class UnclosedResources(CheckTest):
    check = "unclosed_resources"

    def test_a_stream_that_was_dropped(self):
        if sys.version_info < (3, 11, 5):
            self.skipTest("streams do not say so yet")

        async def test(self):
            async def serve(reader, writer):
                await reader.read()
                writer.close()

            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            server.close()

        self.assertFound(test, "unclosed <StreamWriter", line_of(test, 6))

    def test_who_records_warnings_is_left_alone(self):
        async def test(self):
            with self.assertWarns(ResourceWarning):
                socket.socket()

        self.assertClean(test)

    def test_what_the_interpreter_hides_is_found_and_what_the_user_hides_is_not(self):
        async def drops(self):
            socket.socket()

        async def records(self):
            with warnings.catch_warnings(record=True) as seen:
                socket.socket()
            self.assertEqual(seen, [])

        hidden = ("ignore", None, ResourceWarning, None, 0)
        of_user = ("ignore", None, Warning, "test.*", 0)
        for filters, found in (([hidden], True), ([hidden, of_user], False)):
            with self.subTest(filters=filters), warnings.catch_warnings():
                warnings.filters[:] = filters
                self.assertEqual(self.speaks(drops), found)
                self.assertFalse(self.speaks(records))
                self.assertEqual(warnings.filters, filters)

    def speaks(self, test):
        """Say whether a test is failed by this check, under the filters in force."""
        body = {"test": test, "__module__": __name__}
        case = only(self.check, True)(type("Case", (asynctest.TestCase,), body))("test")
        case.run(result := unittest.TestResult())
        self.assertEqual(result.errors, [])
        return bool(result.failures)


FORKING = """
import asyncio, os, unittest
import asynctest

class Case(asynctest.TestCase):
    async def test(self):
        await asyncio.sleep(0.05)
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)

unittest.main()
"""


@unittest.skipUnless(hasattr(os, "fork"), "needs fork")
class Forks(unittest.TestCase):
    def test_the_watchdog_is_not_there_while_the_process_forks(self):
        # In a process of its own: there must be no other thread. Python warns of them.
        command = [sys.executable, "-W", "always", "-c", FORKING]
        here = os.path.dirname(os.path.dirname(asynctest.__file__))
        environment = {**os.environ, "PYTHONPATH": here}
        ran = subprocess.run(command, capture_output=True, text=True, env=environment)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertNotIn("Warning", ran.stderr)

    def test_it_is_back_when_the_process_has_forked(self):
        command = [
            sys.executable,
            "-c",
            FORKING.replace("_exit(0)", "execlp('sleep', 'sleep', '1')"),
        ]
        here = os.path.dirname(os.path.dirname(asynctest.__file__))
        environment = {**os.environ, "PYTHONPATH": here}
        ran = subprocess.run(command, capture_output=True, text=True, env=environment)
        self.assertIn("the event loop stood still for", ran.stderr)


class LeakedSockets(CheckTest):
    check = "leaked_sockets"

    def test_a_mock_of_a_socket_is_innocent(self):
        async def test(self):
            self.mocks = [asynctest.SocketMock() for _ in range(20)]
            left, right = os.pipe()
            self.addCleanup(os.close, left)
            self.keeps = right

        self.assertClean(test)


class LeakedFiles(CheckTest):
    check = "leaked_files"

    def test_one_is_found_in_a_test_that_closes_its_loop(self):
        def test(self):
            self.loop.run_until_complete(asyncio.sleep(0.001))
            left.extend(os.pipe())
            self.loop.close()

        left = []
        for more in ({}, {"loop_factory": asyncio.SelectorEventLoop}):
            with self.subTest(**more):
                self.assertFound(test, "descriptor", **more)
        for number in left:
            os.close(number)

    def test_what_the_loop_opens_for_itself_is_innocent(self):
        async def test(self):
            await asyncio.sleep(0.001)

        self.assertClean(test)

    def test_our_own_descriptor_may_be_closed_and_its_number_taken(self):
        before = descriptors.known()
        os.close(descriptors._folder)
        taken = os.open(os.devnull, os.O_RDONLY)
        self.addCleanup(os.close, taken)
        self.assertEqual(len(descriptors.known()), len(before) + 1)
        os.fstat(taken)  # it was not closed in the place of ours

    @unittest.skipUnless(hasattr(os, "fork"), "needs fork")
    def test_a_forked_child_counts_its_own(self):
        descriptors.count()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of forks while threads run
            pid = os.fork()
        if not pid:
            extra = os.open(os.devnull, os.O_RDONLY)
            counted = descriptors.count() == len(descriptors.now())
            os._exit(0 if counted and extra else 1)
        self.assertEqual(os.waitpid(pid, 0)[1], 0)

    def test_what_is_swapped_between_two_tests_is_no_leak(self):
        async def leaves_nothing(self):
            pass

        async def leaves_a_socket(self):
            kept.append(socket.socket())

        kept = []
        self.addCleanup(lambda: kept.pop().close())
        with open(os.devnull) as file:
            high = [os.dup2(file.fileno(), number, inheritable=False) for number in (200, 201)]
        self.assertClean(leaves_nothing)
        for number in high:
            os.close(number)
        for number in os.pipe():  # as many as before, with other numbers
            self.addCleanup(os.close, number)
        self.assertClean(leaves_a_socket)


class OnACompiledLoop(unittest.TestCase):
    def setUp(self):
        self.enterContext(swept())

    def test_no_clean_twin_is_blamed(self):
        try:
            import uvloop
        except ImportError:
            self.skipTest("needs uvloop")
        names = {entry.check for entry in mistakes()} - {"leaked_generators"}
        words = {name: "warn" if name in names else False for name in checks.known()}

        @asynctest.fail_on(**words)
        class Base(asynctest.TestCase):
            loop_factory = staticmethod(uvloop.new_event_loop)

        for entry in entries():
            if entry.__module__.rpartition(".")[2] in ROOMS:
                for program, _ in entry.programs():
                    if program != "mistake":
                        with self.subTest(entry=entry.__name__, program=program):
                            ran = run(entry.case(Base, program))
                            said = [str(one.message) for one in ran.warnings]
                            found = [one for one in said if "@fail_on" in one]
                            self.assertEqual((ran.text, found), ("", []))
