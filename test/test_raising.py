import sys
import unittest

from asynctest._raising import Watcher, unwatch, watch


class Spy(Watcher):
    kinds = (LookupError,)

    def __init__(self):
        self.seen = []

    def raised(self, code, offset, exc):
        self.seen.append(("raised", type(exc)))

    def handled(self, code, offset, exc):
        self.seen.append(("handled", type(exc)))


class Broken(Spy):
    def __init__(self):
        super().__init__()
        self.failures = []

    def raised(self, code, offset, exc):
        raise ZeroDivisionError

    def failed(self, failure):
        self.failures.append(failure)


@unittest.skipIf(sys.version_info < (3, 12), "Python 3.11 cannot tell")
class Watching(unittest.TestCase):
    def watch(self, watcher):
        watch(watcher)
        self.addCleanup(unwatch, watcher)
        return watcher

    def test_what_is_raised_and_handled_is_seen(self):
        spy = self.watch(Spy())
        try:
            raise KeyError
        except KeyError:
            pass
        self.assertEqual(spy.seen, [("raised", KeyError), ("handled", KeyError)])

    def test_other_kinds_are_not(self):
        spy = self.watch(Spy())
        try:
            raise ValueError
        except ValueError:
            pass
        self.assertEqual(spy.seen, [])

    def test_a_kind_that_bored_before_is_seen_by_a_later_watcher(self):
        class Curious(Spy):
            kinds = (ArithmeticError,)

        self.watch(Spy())
        try:
            1 / 0
        except ArithmeticError:
            pass
        curious = self.watch(Curious())
        try:
            1 / 0
        except ArithmeticError:
            pass
        self.assertEqual(len(curious.seen), 2)

    def test_after_unwatch_nothing_is_seen(self):
        spy = Spy()
        watch(spy)
        unwatch(spy)
        unwatch(spy)
        try:
            raise KeyError
        except KeyError:
            pass
        self.assertEqual(spy.seen, [])

    def test_a_failing_watcher_does_not_disturb_the_program(self):
        broken = self.watch(Broken())
        with self.assertRaises(KeyError):
            raise KeyError
        self.assertIsInstance(broken.failures[0], ZeroDivisionError)


class Anywhere(unittest.TestCase):
    def test_watching_is_allowed_where_it_does_nothing(self):
        spy = Spy()
        watch(spy)
        unwatch(spy)
