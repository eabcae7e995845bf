import asyncio
import contextlib
import contextvars
import unittest

from .inner import has

if has("pytest"):
    from asynctest.pytest_plugin._host import Host
    from asynctest.pytest_plugin._mirror import Mirror

var: contextvars.ContextVar[str] = contextvars.ContextVar("var", default="unset")


def interrupt():
    raise KeyboardInterrupt


@unittest.skipUnless(has("pytest"), "pytest is not installed")
class OneTask(unittest.TestCase):
    def setUp(self):
        self.loop = asyncio.new_event_loop()
        self.addCleanup(self.loop.close)
        self.host = Host(self.loop)
        self.context = contextvars.copy_context()

    def run_here(self, coro, **options):
        return self.host.run(coro, self.context, **options)

    def tearDown(self):
        self.host.end()
        if not self.loop.is_closed():
            self.assertEqual(asyncio.all_tasks(self.loop), set())

    def test_all_work_runs_in_one_task(self):
        async def task():
            return asyncio.current_task()

        self.assertIs(self.run_here(task()), self.run_here(task()))

    def test_it_is_one_of_the_loops_tasks_only_while_it_works(self):
        async def tasks():
            await asyncio.sleep(0)
            return asyncio.all_tasks(), asyncio.current_task()

        for _ in range(2):
            known, host = self.run_here(tasks())
            self.assertEqual(known, {host})
            self.assertEqual(asyncio.all_tasks(self.loop), set())

    def test_results_and_errors_come_back(self):
        async def fail():
            raise ValueError("no")

        self.assertEqual(self.run_here(asyncio.sleep(0, "result")), "result")
        with self.assertRaisesRegex(ValueError, "no"):
            self.run_here(fail())

    def test_each_piece_runs_in_the_context_it_was_given(self):
        async def change():
            await asyncio.sleep(0)
            before = var.get()
            var.set("changed")
            return before

        other = contextvars.copy_context()
        self.assertEqual(self.run_here(change()), "unset")
        self.assertEqual(self.host.run(change(), other), "unset")
        self.assertEqual(self.run_here(change()), "changed")
        self.assertEqual(var.get(), "unset")

    def test_work_that_cancels_the_task_does_not_end_it(self):
        async def cancel(wait):
            asyncio.current_task().cancel()
            if wait:
                await asyncio.sleep(10)

        for wait in (False, True):
            with self.subTest(wait=wait), self.assertRaises(asyncio.CancelledError):
                self.run_here(cancel(wait))
            self.assertEqual(self.run_here(asyncio.sleep(0, "alive")), "alive")

    def test_a_cancellation_does_not_reach_the_next_piece(self):
        async def cancel_and_fail():
            asyncio.current_task().cancel()
            raise ValueError

        async def cancelling():
            await asyncio.sleep(0)
            return asyncio.current_task().cancelling()

        with self.assertRaises(ValueError):
            self.run_here(cancel_and_fail())
        self.assertEqual(self.run_here(cancelling()), 0)

    def test_exits_come_back_as_well(self):
        async def leave():
            raise SystemExit(3)

        with self.assertRaises(SystemExit):
            self.run_here(leave())
        self.assertEqual(self.run_here(asyncio.sleep(0, "alive")), "alive")

    def test_interrupted_work_is_cancelled_before_the_next(self):
        seen = []

        async def stuck():
            self.loop.call_soon(interrupt)
            try:
                await asyncio.sleep(10)
            finally:
                seen.append("cleaned up")

        with self.assertRaises(KeyboardInterrupt):
            self.run_here(stuck())
        self.host.drop_interrupted(5)
        self.assertEqual(seen, ["cleaned up"])

    def test_work_that_had_not_begun_is_dropped(self):
        self.loop.call_soon(interrupt)
        with self.assertRaises(KeyboardInterrupt):
            self.run_here(asyncio.sleep(0, "first"))
        self.host.drop_interrupted(5)
        self.assertEqual(self.run_here(asyncio.sleep(0, "second")), "second")

    def test_work_that_does_not_let_go_is_left_behind(self):
        release = self.loop.create_future()

        async def stubborn():
            self.loop.call_soon(interrupt)
            while not release.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait([release])

        with self.assertRaises(KeyboardInterrupt):
            self.run_here(stubborn())
        self.host.drop_interrupted(0.01)
        self.assertEqual(self.run_here(asyncio.sleep(0, "goes on")), "goes on")
        release.set_result(None)
        self.run_here(asyncio.sleep(0.01))  # what was left behind ends

    def test_a_service_that_fails_between_two_pieces_stops_the_next(self):
        async def fail():
            raise ValueError("service")

        async def enter(group):
            await group.__aenter__()
            self.service = group.create_task(fail())

        async def leave(group):
            with self.assertRaises(ExceptionGroup):
                await group.__aexit__(None, None, None)

        group = asyncio.TaskGroup()
        self.run_here(enter(group))
        test = asyncio.sleep(0)
        with self.assertRaises(asyncio.CancelledError):
            self.run_here(test)
        self.assertIs(self.host.take_failed(), self.service)
        self.run_here(leave(group), stoppable=False)

    def test_a_closed_loop_is_named(self):
        self.run_here(asyncio.sleep(0))
        self.loop.close()
        with self.assertRaisesRegex(TypeError, "was closed by the test"):
            self.run_here(asyncio.sleep(0))
        self.host.end()


@unittest.skipUnless(has("pytest"), "pytest is not installed")
class BothWays(unittest.TestCase):
    def setUp(self):
        self.inside = contextvars.copy_context()
        self.mirror = Mirror(self.inside)

    def test_what_plain_code_sets_is_seen_inside_and_reset_with_it(self):
        token = var.set("outside")
        self.mirror.bring()
        self.assertEqual(self.inside.run(var.get), "outside")
        var.reset(token)
        self.mirror.bring()
        self.assertEqual(self.inside.run(var.get), "unset")

    def test_what_is_set_inside_is_seen_outside_until_undone(self):
        self.inside.run(var.set, "inside")
        self.mirror.take()
        self.assertEqual(var.get(), "inside")
        self.mirror.undo()
        self.assertEqual(var.get(), "unset")

    def test_what_is_reset_inside_is_reset_outside(self):
        token = self.inside.run(var.set, "inside")
        self.mirror.take()
        self.inside.run(var.reset, token)
        self.mirror.take()
        self.assertEqual(var.get(), "unset")

    def test_undoing_leaves_alone_what_others_set_since(self):
        self.inside.run(var.set, "inside")
        self.mirror.take()
        token = var.set("later")
        self.mirror.undo()
        self.assertEqual(var.get(), "later")
        var.reset(token)
        self.mirror.undo()
        var.set("unset")
