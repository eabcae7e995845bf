import asyncio
import json
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

from asynctest._sites import Sites, innermost_user_place, is_library, raised_at, track


async def fetch():
    await asyncio.sleep(0)


def here() -> int:
    return sys._getframe(1).f_lineno


class Where(unittest.TestCase):
    def setUp(self):
        self.addCleanup(track())
        self.loop = asyncio.new_event_loop()
        self.addCleanup(self.loop.close)
        self.sites = Sites()

    def test_a_coroutine_began_where_it_was_made(self):
        coro, line = fetch(), here()
        self.addCleanup(coro.close)
        place = self.sites.made_at(coro)
        self.assertEqual((place.filename, place.lineno), (__file__, line))

    def test_a_task_began_where_its_coroutine_was_made(self):
        async def main():
            task, line = asyncio.create_task(fetch()), here()
            await task
            return task, line

        task, line = self.loop.run_until_complete(main())
        self.assertEqual(self.sites.made_at(task).lineno, line)

    def test_a_coroutine_of_asyncio_began_at_the_users_line(self):
        coro, line = asyncio.sleep(1), here()
        self.addCleanup(coro.close)
        self.assertEqual(self.sites.made_at(coro).lineno, line)

    def test_without_an_origin_the_definition_must_do(self):
        sys.set_coroutine_origin_tracking_depth(0)
        coro = fetch()
        self.addCleanup(coro.close)
        self.assertEqual(self.sites.made_at(coro).lineno, fetch.__code__.co_firstlineno)

    def test_what_the_loop_returns_is_noted_with_its_caller(self):
        undo = self.sites.note_results(self.loop, "call_later")
        timer, line = self.loop.call_later(1, print), here()
        undo()
        self.assertEqual(self.sites.made_at(timer).lineno, line)
        self.assertNotIn("call_later", vars(self.loop))

    def test_a_thing_at_the_address_of_another_is_not_taken_for_it(self):
        undo = self.sites.note_results(self.loop, "call_later")
        self.loop.call_later(1, print).cancel()
        undo()
        self.assertIsNone(self.sites.made_at(object()))

    def test_the_users_line_is_the_one_that_raised(self):
        try:
            int("x")
        except ValueError as exc:
            self.assertEqual(raised_at(exc).filename, __file__)

    def test_the_line_in_the_library_is_not_the_users(self):
        try:
            json.loads("x")
        except ValueError as exc:
            self.assertEqual(raised_at(exc).filename, __file__)

    def test_without_a_line_of_the_users_it_is_nowhere(self):
        with ThreadPoolExecutor(1) as pool:
            exc = pool.submit(json.loads, "x").exception()
        self.assertIsNone(raised_at(exc))

    def test_a_line_in_an_installed_package_is_better_than_none(self):
        code = compile("1 / 0", "/lib/site-packages/other/thing.py", "exec")
        with ThreadPoolExecutor(1) as pool:
            exc = pool.submit(exec, code).exception()
        self.assertEqual(raised_at(exc).filename, "/lib/site-packages/other/thing.py")

    def test_the_innermost_line_is_found_from_a_callback_of_the_library(self):
        self.assertEqual(innermost_user_place().lineno, here())

    def test_what_is_a_library(self):
        self.assertTrue(is_library(asyncio.__file__))
        self.assertTrue(is_library("/somewhere/lib/site-packages/other/thing.py"))
        self.assertTrue(is_library("uvloop/cbhandles.pyx"))
        self.assertFalse(is_library(__file__))
