"""The loop of a test: made, current, lent, forbidden, closed, put back."""

import asyncio
import contextvars
import gc
import threading
import unittest
import unittest.mock
import warnings
import weakref

import asynctest
from test.tools import one, run


def current_state():
    """Look at the current loop without asking for it, which could make one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        policy = asyncio.get_event_loop_policy()
    return policy, policy._local._loop, getattr(policy._local, "_set_called", None)


class Noop(asynctest.TestCase):
    async def test(self):
        await asyncio.sleep(0)


class Life(unittest.TestCase):
    def test_it_is_made_by_new_event_loop_looked_up_late_and_without_arguments(self):
        loop = asyncio.new_event_loop()
        with unittest.mock.patch("asyncio.new_event_loop", return_value=loop) as make:
            seen = []

            class Case(asynctest.TestCase):
                def test(self):
                    seen.append(self.loop)

            one(Case)
        make.assert_called_once_with()
        self.assertEqual(seen, [loop])
        self.assertTrue(loop.is_closed())

    def test_a_mock_of_a_loop_is_enough(self):
        real = asyncio.new_event_loop()
        self.addCleanup(real.close)
        loop = unittest.mock.Mock(asyncio.AbstractEventLoop)
        loop.run_until_complete.side_effect = real.run_until_complete
        loop.shutdown_asyncgens.side_effect = real.shutdown_asyncgens
        with unittest.mock.patch("asyncio.new_event_loop", return_value=loop):
            self.assertEqual(one(Noop).words, {"ran": 1})
        loop.shutdown_asyncgens.assert_called_once_with()
        loop.close.assert_called_once_with()

    def test_it_is_gone_after_the_test(self):
        case = Noop("test")
        run(case)
        self.assertIsNone(case.loop)
        self.assertIsNone(Noop.loop)

    def test_async_generators_are_closed(self):
        closed = []

        class Case(asynctest.TestCase):
            async def test(self):
                async def numbers():
                    try:
                        yield 1
                        yield 2
                    finally:
                        closed.append(True)

                self.kept = numbers()
                await anext(self.kept)

        run(case := Case("test"))
        self.assertEqual(closed, [True])
        del case.kept

    def test_a_test_may_close_it(self):
        class Case(asynctest.TestCase):
            def test(self):
                self.loop.close()

        before = current_state()
        self.assertEqual(one(Case).words, {"ran": 1})
        self.assertEqual(current_state(), before)

    def test_stopping_it_in_the_turn_in_which_a_step_ends_stops_no_later_step(self):
        class Case(asynctest.TestCase):
            async def asyncTearDown(self):
                for _ in range(3):
                    await asyncio.sleep(0)
                self.torn_down = True

            async def test(self):
                self.loop.call_soon(self.loop.stop)
                await asyncio.sleep(0)

            async def test_fails(self):
                self.loop.call_soon(self.loop.stop)
                await asyncio.sleep(0)
                self.fail("on purpose")

        case = Case("test")
        self.assertEqual(run(case).words, {"ran": 1})
        self.assertTrue(case.torn_down)
        self.assertEqual(run(Case("test_fails")).words, {"ran": 1, "failures": 1})

    def test_a_task_that_is_left_and_stops_it_does_not_break_the_end_of_the_test(self):
        class Case(asynctest.TestCase):
            async def stop_often(self):
                try:
                    for _ in range(3):
                        await asyncio.sleep(0)
                        self.loop.stop()
                    await asyncio.sleep(60)
                finally:
                    self.loop.stop()

            async def test(self):
                self.left = asyncio.create_task(self.stop_often())

            async def test_handler_of_a_signal(self):
                async def shut_down(me):
                    me.cancel()
                    await asyncio.gather(me, return_exceptions=True)
                    self.loop.stop()

                self.left = asyncio.create_task(shut_down(asyncio.current_task()))
                with self.assertRaises(asyncio.CancelledError):
                    await asyncio.sleep(0)
                asyncio.current_task().uncancel()

        for name in ("test", "test_handler_of_a_signal"):
            case = Case(name)
            self.assertEqual(run(case).words, {"ran": 1}, name)
            self.assertTrue(case.left.done())

    def test_a_test_may_stop_it(self):
        class Early(asynctest.TestCase):
            def setUp(self):
                self.loop.call_soon(self.loop.stop)

            async def test(self):
                pass

        class Late(Noop):
            async def tearDown(self):
                self.loop.stop()

        class LeftToACallback(asynctest.TestCase):
            def test(self):
                self.loop.call_soon(self.loop.stop)

        class LeftToATask(Noop):
            async def tearDown(self):
                self.loop.create_task(self.stop())

            async def stop(self):
                await asyncio.sleep(0)
                self.loop.stop()

        class CleanUp(Noop):
            def setUp(self):
                self.addCleanup(self.stop)

            async def stop(self):
                self.loop.stop()

        for case in (Early, Late, LeftToACallback, LeftToATask, CleanUp):
            with self.subTest(case.__name__):
                self.assertEqual(one(case).words, {"ran": 1})

    def test_what_is_left_is_cancelled_however_often_it_stops_it(self):
        class Case(asynctest.TestCase):
            async def test(self):
                self.loop.create_task(self.stop())
                await asyncio.sleep(0)

            async def stop(self):
                try:
                    await asyncio.Event().wait()
                finally:
                    for _ in range(5):
                        self.loop.stop()
                        await asyncio.sleep(0)
                    ended.append(True)

        ended = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", asynctest.AsynctestWarning)
            self.assertEqual(one(Case).words, {"ran": 1})
        self.assertEqual(ended, [True])

    def test_debug_mode_is_off_unless_asked_for(self):
        seen = {}

        class Off(asynctest.TestCase):
            async def test(self):
                seen["off"] = self.loop.get_debug()

        class On(Off):
            debug = True

            async def test(self):
                seen["on"] = self.loop.get_debug()

            @asynctest.configure(debug=False)
            async def test_nearer(self):
                seen["nearer"] = self.loop.get_debug()

        with unittest.mock.patch.dict("os.environ"):
            import os

            os.environ.pop("PYTHONASYNCIODEBUG", None)
            run(Off, On)
        self.assertEqual(seen, {"off": False, "on": True, "nearer": False})
        self.assertTrue(callable(On("test").debug))

    def test_loop_factory_may_be_a_function_a_staticmethod_or_a_method(self):
        made = []

        def factory():
            made.append(asyncio.new_event_loop())
            return made[-1]

        class Plain(Noop):
            loop_factory = factory

        class Static(Noop):
            loop_factory = staticmethod(factory)

        class Method(Noop):
            def loop_factory(self):
                return factory()

        self.assertEqual(run(Plain, Static, Method).words, {"ran": 3})
        self.assertEqual(len(made), 3)
        self.assertTrue(all(loop.is_closed() for loop in made))


class Current(unittest.TestCase):
    def setUp(self):
        self.addCleanup(self.restore, *current_state())

    def restore(self, policy, loop, set_called):
        policy._local._loop = loop
        if set_called is not None:
            policy._local._set_called = set_called

    def test_during_every_step_it_is_the_loop_of_the_test(self):
        class Case(asynctest.TestCase):
            def setUp(self):
                self.look()
                self.addCleanup(self.look)

            def test_sync(self):
                self.look()

            async def test_async(self):
                self.look()

            def tearDown(self):
                self.look()

            def look(self):
                self.assertIs(asyncio.get_event_loop(), self.loop)

        self.assertEqual(run(Case).words, {"ran": 2})

    def test_what_was_current_before_is_current_again(self):
        mine = asyncio.new_event_loop()
        self.addCleanup(mine.close)
        for loop in (mine, None):
            with self.subTest(loop=loop):
                asyncio.set_event_loop(loop)
                before = current_state()
                one(Noop)
                self.assertEqual(current_state(), before)

    def test_that_no_loop_was_ever_set_is_remembered(self):
        states = []

        def in_new_thread():
            states.append(current_state())
            one(Noop)
            states.append(current_state())

        thread = threading.Thread(target=in_new_thread)
        thread.start()
        thread.join()
        self.assertEqual(states[0], states[1])

    def test_the_policy_is_never_asked_for_a_loop(self):
        policy = current_state()[0]
        with unittest.mock.patch.object(policy, "get_event_loop") as ask:
            one(Noop)
        ask.assert_not_called()

    def test_a_loop_that_the_test_sets_stays(self):
        mine = asyncio.new_event_loop()
        self.addCleanup(mine.close)

        class Case(asynctest.TestCase):
            def test(self):
                asyncio.set_event_loop(mine)
                self.assertIs(asyncio.get_event_loop(), mine)

        self.assertEqual(one(Case).words, {"ran": 1})
        self.assertIs(current_state()[1], mine)

    @unittest.skipIf(
        __import__("sys").version_info >= (3, 14), "replacing the policy is deprecated"
    )
    def test_a_policy_that_the_test_installs_is_taken_out(self):
        class Case(asynctest.TestCase):
            def test(self):
                asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())

        before = current_state()
        one(Case)
        self.assertEqual(current_state(), before)

    def test_cases_in_parallel_threads_do_not_disturb_each_other(self):
        barrier = threading.Barrier(4, timeout=10)

        class Case(asynctest.TestCase):
            def test(self):
                barrier.wait()
                self.assertIs(asyncio.get_event_loop(), self.loop)
                self.loop.run_until_complete(asyncio.sleep(0))
                barrier.wait()

        results = [unittest.TestResult() for _ in range(4)]
        threads = [threading.Thread(target=Case("test").run, args=(r,)) for r in results]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wrong = [text for each in results for _, text in [*each.errors, *each.failures]]
        self.assertEqual(wrong, [])


class Forbidden(unittest.TestCase):
    def test_sync_code_gets_an_assertion_error_that_names_the_rule(self):
        class Case(asynctest.TestCase):
            forbid_get_event_loop = True

            def setUp(self):
                self.refused()

            def test(self):
                self.refused()
                asyncio.new_event_loop().close()

            def refused(self):
                with self.assertRaisesRegex(AssertionError, "TestCase.forbid_get_event_loop"):
                    asyncio.get_event_loop()

        self.assertEqual(one(Case).words, {"ran": 1})

    def test_coroutines_and_callbacks_get_the_running_loop(self):
        class Case(asynctest.TestCase):
            forbid_get_event_loop = True

            async def test(self):
                self.assertIs(asyncio.get_event_loop(), self.loop)
                seen = asyncio.Event()
                self.loop.call_soon(lambda: seen.set() if asyncio.get_event_loop() else None)
                await seen.wait()

        self.assertEqual(one(Case).words, {"ran": 1})

    def test_it_ends_with_the_test_and_spares_other_threads(self):
        mine = asyncio.new_event_loop()
        self.addCleanup(mine.close)
        seen = []

        class Case(asynctest.TestCase):
            forbid_get_event_loop = True

            def test(self):
                def other_thread():
                    asyncio.set_event_loop(mine)
                    seen.append(asyncio.get_event_loop())

                thread = threading.Thread(target=other_thread)
                thread.start()
                thread.join()

        policy = current_state()[0]
        self.assertEqual(one(Case).words, {"ran": 1})
        self.assertEqual(seen, [mine])
        self.assertNotIn("get_event_loop", vars(policy))


class Lent(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()
        policy, loop, set_called = current_state()
        asyncio.set_event_loop(self.loop)
        self.addCleanup(Current.restore, self, policy, loop, set_called)
        self.addCleanup(self.loop.close)

    def test_the_current_loop_is_used_and_left_open(self):
        seen = []

        class Case(asynctest.TestCase):
            use_default_loop = True

            async def test(self):
                seen.append(self.loop)

        case = Case("test")
        self.assertEqual(run(case).words, {"ran": 1})
        self.assertEqual(seen, [self.loop])
        self.assertFalse(self.loop.is_closed())
        self.assertIsNone(case.loop)

    def test_what_was_attached_to_it_is_taken_off(self):
        class Case(asynctest.TestCase):
            use_default_loop = True
            debug = True

            async def test(self):
                pass

        before = dict(vars(self.loop))
        one(Case)
        after = dict(vars(self.loop))
        for noise in ("_ready", "_coroutine_origin_tracking_saved_depth"):
            before.pop(noise, None), after.pop(noise, None)
        self.assertEqual(before, after)

    def test_where_none_was_ever_set_one_is_made_and_stays(self):
        asyncio.set_event_loop(None)
        seen = []

        class Case(asynctest.TestCase):
            use_default_loop = True

            def test(self):
                seen.append(self.loop)

        self.assertEqual(one(Case).words, {"ran": 1})
        self.assertIs(current_state()[1], seen[0])
        seen[0].close()


class Leftovers(unittest.TestCase):
    def test_tasks_are_cancelled_and_may_clean_up(self):
        log = []

        class Case(asynctest.TestCase):
            async def test(self):
                self.task = asyncio.create_task(self.work())
                await asyncio.sleep(0)

            async def work(self):
                try:
                    await asyncio.sleep(1000)
                finally:
                    await asyncio.sleep(0)
                    log.append("cleaned")

        case = Case("test")
        with self.assertNoLogs("asyncio"):
            self.assertEqual(run(case).words.get("errors", 0), 0)
        self.assertEqual(log, ["cleaned"])
        self.assertTrue(case.task.cancelled())

    def test_a_task_that_swallows_one_cancellation_gets_another(self):
        class Case(asynctest.TestCase):
            cancel_timeout = 0.1

            async def test(self):
                self.task = asyncio.create_task(self.work())
                await asyncio.sleep(0)

            async def work(self):
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    await asyncio.Event().wait()

        self.assertNotIn("errors", one(Case).words)

    def test_a_stubborn_task_cannot_hang_the_run_and_is_named(self):
        class Case(asynctest.TestCase):
            cancel_timeout = 0.1

            async def test(self):
                self.task = asyncio.create_task(self.work(), name="stubborn one")
                await asyncio.sleep(0)

            async def work(self):
                while True:
                    try:
                        await asyncio.Event().wait()
                    except asyncio.CancelledError:
                        pass

        case = Case("test")
        ran = run(case)
        self.assertEqual(ran.words.get("errors"), 1)
        self.assertIn("1 task did not stop within 0.1 s", ran.text)
        self.assertIn("stubborn one", ran.text)
        self.assertIn("re-raise it", ran.text)
        # Closing it would run it once more, for ever if it catches everything.
        coro = weakref.ref(case.task.get_coro())
        del case, ran
        gc.collect()
        self.assertIsNotNone(coro())

    def test_a_job_stuck_in_the_executor_cannot_hang_the_run(self):
        release = threading.Event()
        self.addCleanup(release.set)

        class Case(asynctest.TestCase):
            cancel_timeout = 0.1

            async def test(self):
                self.loop.run_in_executor(None, release.wait)

        self.assertIn("a job in the default executor", one(Case).text)


class Interrupt(unittest.TestCase):
    def test_clean_ups_run_the_loop_is_closed_and_what_was_current_is_back(self):
        for step in ("setUp", "test", "tearDown", "in a coroutine"):
            with self.subTest(step):
                log = []

                class Case(asynctest.TestCase):
                    def setUp(self):
                        self.addCleanup(log.append, "cleanup")
                        log.append(self.loop)
                        self.interrupt("setUp")

                    async def test(self):
                        self.interrupt("test")
                        await asyncio.create_task(self.part())

                    def tearDown(self):
                        self.interrupt("tearDown")

                    async def part(self):
                        await asyncio.sleep(0)
                        self.interrupt("in a coroutine")

                    def interrupt(self, where, step=step):
                        if where == step:
                            raise KeyboardInterrupt

                before = current_state()
                with self.assertRaises(KeyboardInterrupt):
                    run(Case("test"))
                self.assertEqual(log[1:], ["cleanup"])
                self.assertTrue(log[0].is_closed())
                self.assertEqual(current_state(), before)


class ContextVariables(unittest.TestCase):
    def test_each_step_sees_what_the_ones_before_set(self):
        var = contextvars.ContextVar("var", default=0)

        class Case(asynctest.TestCase):
            def setUp(self):
                self.step(0)

            async def asyncSetUp(self):
                self.step(1)

            async def test(self):
                self.step(2)

            async def asyncTearDown(self):
                self.step(3)

            def tearDown(self):
                self.step(4)
                self.addCleanup(self.last)

            async def last(self):
                self.step(5)

            def step(self, number):
                self.assertEqual(var.get(), number)
                var.set(number + 1)

        self.assertEqual(one(Case).words, {"ran": 1})
        self.assertEqual(var.get(), 0)

    def test_they_are_kept_with_a_task_factory_that_knows_no_contexts(self):
        var = contextvars.ContextVar("var", default=0)

        class Case(asynctest.TestCase):
            async def asyncSetUp(self):
                self.loop.set_task_factory(lambda loop, coro: asyncio.Task(coro, loop=loop))

            async def test(self):
                var.set(1)

            async def asyncTearDown(self):
                self.assertEqual(var.get(), 1)

        self.assertEqual(one(Case).words, {"ran": 1})
