import sys
import threading

from asynctest import checks
from test.checks.tools import CheckTest, line_of


def in_a_thread(function):
    thread = threading.Thread(target=function, name="worker-1")
    thread.start()
    thread.join()


class ThreadExceptions(CheckTest):
    check = "thread_exceptions"

    def test_a_thread_is_named_with_the_line_that_raised(self):
        def work():
            raise ValueError("lost")

        def test(self):
            in_a_thread(work)

        self.assertFound(test, "thread 'worker-1' ended with ValueError: lost", line_of(work, 1))

    def test_fails_when_told_to(self):
        self.assertFails(lambda self: in_a_thread(lambda: 1 / 0))

    def test_switched_off_it_is_silent(self):
        self.assertOff(lambda self: in_a_thread(lambda: 1 / 0))

    def test_system_exit_is_innocent(self):
        self.assertClean(lambda self: in_a_thread(sys.exit))

    def test_a_handled_exception_is_innocent(self):
        def work():
            try:
                raise ValueError
            except ValueError:
                pass

        self.assertClean(lambda self: in_a_thread(work))

    def test_a_test_with_a_hook_is_innocent(self):
        def test(self):
            before = threading.excepthook
            threading.excepthook = lambda args: None
            in_a_thread(lambda: 1 / 0)
            threading.excepthook = before

        self.assertClean(test)

    def test_a_thread_from_before_the_test_is_not_charged_to_it(self):
        go = threading.Event()

        def work():
            go.wait()
            raise ValueError("old")

        thread = threading.Thread(target=work)
        thread.start()

        def test(self):
            go.set()
            thread.join()

        self.assertClean(test)

    def test_the_hook_is_put_back(self):
        before = threading.excepthook
        self.assertClean(lambda self: None)
        self.assertIs(threading.excepthook, before)

    def test_a_hook_of_the_user_hears_it_too(self):
        heard = []
        before, threading.excepthook = (
            threading.excepthook,
            lambda args: heard.append(args.exc_type),
        )
        self.addCleanup(setattr, threading, "excepthook", before)
        self.assertFound(lambda self: in_a_thread(lambda: 1 / 0))
        self.assertEqual(heard, [ZeroDivisionError])


class Resource:
    def __del__(self):
        raise ValueError("lost")


class FinaliserExceptions(CheckTest):
    check = "finaliser_exceptions"

    def test_a_finaliser_is_named_with_its_line(self):
        def test(self):
            Resource()

        self.assertFound(
            test, "Resource.__del__ raised ValueError: lost", line_of(Resource.__del__, 1)
        )

    def test_a_cycle_is_charged_to_the_test_that_made_it(self):
        def test(self):
            resource = Resource()
            resource.itself = resource

        self.assertFound(test, "Resource.__del__")

    def test_fails_when_told_to(self):
        self.assertFails(lambda self: Resource() and None)

    def test_switched_off_it_is_silent(self):
        self.assertOff(lambda self: Resource() and None)

    def test_a_test_with_a_hook_is_innocent(self):
        def test(self):
            before, sys.unraisablehook = sys.unraisablehook, lambda args: None
            Resource()
            sys.unraisablehook = before

        self.assertClean(test)

    def test_a_finaliser_that_handles_its_exception_is_innocent(self):
        class Careful:
            def __del__(self):
                try:
                    raise ValueError
                except ValueError:
                    pass

        self.assertClean(lambda self: Careful() and None)

    def test_a_cycle_from_before_the_test_is_not_charged_to_it(self):
        class Old:
            def __del__(self):
                pass

        old = Old()
        old.itself = old
        del old
        self.assertClean(lambda self: None)

    def test_ignored_by_type(self):
        self.addCleanup(checks.ignore("finaliser_exceptions", type=ValueError))
        self.assertClean(lambda self: Resource() and None)

    def test_the_hook_is_put_back(self):
        before = sys.unraisablehook
        self.assertClean(lambda self: None)
        self.assertIs(sys.unraisablehook, before)
