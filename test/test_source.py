import linecache
import textwrap
import unittest

from asynctest._source import tries_again


class TriesAgain(unittest.TestCase):
    def ask(self, text):
        """Ask about the first ``except`` of a source."""
        lines = [f"{line}\n" for line in textwrap.dedent(text).strip().splitlines()]
        linecache.cache["<asked>"] = (1, None, lines, "<asked>")
        self.addCleanup(linecache.cache.pop, "<asked>")
        number = next(n for n, line in enumerate(lines, 1) if line.lstrip().startswith("except"))
        return tries_again("<asked>", number)

    def test_a_loop_that_returns_what_it_tried(self):
        self.assertTrue(
            self.ask("""
                async def eventually(check):
                    for _ in range(50):
                        try:
                            return check()
                        except Exception as exc:
                            last = exc
                            await sleep(0.01)
                    raise last
            """)
        )

    def test_a_loop_that_breaks(self):
        self.assertTrue(
            self.ask("""
                while True:
                    try:
                        with opened():
                            check()
                            break
                    except Exception:
                        if late():
                            raise
            """)
        )

    def test_a_loop_that_ends_in_the_else(self):
        self.assertTrue(
            self.ask("""
                while True:
                    try:
                        check()
                    except Exception:
                        sleep(1)
                    else:
                        return
            """)
        )

    def test_a_loop_that_goes_on_in_any_case_does_not_try_again(self):
        self.assertFalse(
            self.ask("""
                for number in range(3):
                    try:
                        for each in found:
                            check(each)
                            break
                    except Exception:
                        pass
            """)
        )

    def test_a_loop_over_several_things_does_not_try_again(self):
        self.assertFalse(
            self.ask("""
                for server in servers:
                    try:
                        return server.fetch()
                    except Exception:
                        continue
            """)
        )

    def test_a_loop_that_gives_up_at_once_does_not_try_again(self):
        self.assertFalse(
            self.ask("""
                while True:
                    try:
                        return check()
                    except Exception:
                        return None
            """)
        )

    def test_without_a_loop_nothing_is_tried_again(self):
        self.assertFalse(
            self.ask("""
                for _ in range(3):
                    def handler():
                        try:
                            return check()
                        except Exception:
                            pass
            """)
        )

    def test_what_has_no_source_is_not_known(self):
        self.assertFalse(tries_again("<nowhere>", 1))
