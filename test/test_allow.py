import asyncio
import unittest

import asynctest
from asynctest import checks
from test.checks.tools import CheckTest


async def fetch():
    pass


async def poll():
    pass


class Allow(CheckTest):
    check = "never_awaited"

    def test_what_begins_inside_is_forgiven(self):
        async def test(self):
            with asynctest.allow("never_awaited"):
                fetch()

        self.assertClean(test)

    def test_what_begins_before_or_after_is_not(self):
        async def test(self):
            fetch()
            with asynctest.allow("never_awaited"):
                pass
            fetch()

        self.assertFound(test, "2 findings")

    def test_only_what_matches_is_forgiven(self):
        async def test(self):
            with asynctest.allow("never_awaited", match="poll"):
                poll()
                fetch()

        found = self.assertFound(test, "coroutine 'fetch'")
        self.assertNotIn("poll", found)

    def test_the_place_can_match_too(self):
        async def test(self):
            with asynctest.allow("never_awaited", match=r"test_allow\.py"):
                fetch()

        self.assertClean(test)

    def test_other_checks_are_not_forgiven(self):
        async def test(self):
            with asynctest.allow("lost_exceptions"):
                fetch()

        self.assertFound(test)

    def test_it_works_in_set_up_and_in_a_plain_test(self):
        def setUp(self):
            with asynctest.allow("never_awaited"):
                fetch()

        self.assertClean(lambda self: None, setUp=setUp)

    def test_it_works_inside_of_a_task(self):
        async def work():
            with asynctest.allow("never_awaited"):
                fetch()

        async def test(self):
            await asyncio.create_task(work())

        self.assertClean(test)

    def test_an_exception_passes_through(self):
        async def test(self):
            with self.assertRaises(KeyError), asynctest.allow("never_awaited"):
                raise KeyError

        self.assertClean(test)

    def test_an_unknown_name_is_refused_with_the_nearest_one(self):
        with self.assertRaisesRegex(TypeError, "no check named 'never_awaitd'. Did you mean"):
            asynctest.allow("never_awaitd")

    def test_no_name_at_all_is_refused(self):
        with self.assertRaisesRegex(TypeError, "needs the name of a check"):
            asynctest.allow()

    def test_outside_of_a_test_it_says_where_it_belongs(self):
        with self.assertRaisesRegex(RuntimeError, "where no test is running. Use it inside"):
            asynctest.allow("never_awaited")


class Ignore(unittest.TestCase):
    def test_a_rule_without_a_mark_is_refused(self):
        with self.assertRaisesRegex(TypeError, "would leave out everything"):
            checks.ignore("never_awaited")

    def test_an_unknown_check_is_refused(self):
        with self.assertRaisesRegex(TypeError, "no check named"):
            checks.ignore("nothing", name="x")

    def test_a_rule_can_be_taken_back_twice(self):
        undo = checks.ignore(name="x")
        undo()
        undo()
