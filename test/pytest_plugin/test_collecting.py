import unittest

from .inner import Suite, needs_pytest, run


class BadInput(Suite):
    """Each file is wrong in one way; collection goes on with the next one."""

    files = {
        "test_unknown_argument.py": """
            import pytest
            @pytest.mark.asynctest(cancel_timout=1)
            async def test_it(): pass
            """,
        "test_bad_value.py": """
            import pytest
            @pytest.mark.asynctest(cancel_timeout=-1)
            async def test_it(): pass
            """,
        "test_positional.py": """
            import pytest
            @pytest.mark.asynctest(5)
            async def test_it(): pass
            """,
        "test_unknown_check.py": """
            import pytest
            @pytest.mark.asynctest(fail_on="unused_lop")
            async def test_it(): pass
            """,
        "test_bad_level.py": """
            import pytest
            @pytest.mark.asynctest(fail_on={"unused_loop": "loud"})
            async def test_it(): pass
            """,
        "test_generator.py": """
            import pytest
            @pytest.mark.asynctest
            async def test_it(): yield
            """,
        "test_two_marks.py": """
            import pytest
            @pytest.mark.asynctest
            @pytest.mark.trio
            async def test_it(): pass
            """,
        "test_xunit.py": """
            import pytest
            class TestIt:
                async def setup_method(self): pass
                @pytest.mark.asynctest
                async def test_it(self): pass
            """,
        "test_in_class.py": """
            import pytest
            @pytest.mark.asynctest(tiemout=3)
            class TestIt:
                async def test_it(self): pass
            """,
        "test_good.py": """
            import functools, pytest
            def wrapped(function):
                @functools.wraps(function)
                def wrapper(): return function()
                return wrapper
            @pytest.mark.asynctest
            @wrapped
            async def test_wrapped(): pass
            @pytest.mark.asynctest(strict=False, fail_on=["unused_loop=off"], debug=True)
            async def test_arguments(): pass
            """,
    }
    args = ("--continue-on-collection-errors", "-Wignore::pytest.PytestUnknownMarkWarning")

    def refused(self, file, *words):
        (text,) = [t for t in self.ran.collect if file in t or file in t.replace("\\", "/")]
        for word in words:
            self.assertIn(word, text)

    def test_an_unknown_argument_of_the_mark(self):
        self.refused(
            "test_unknown_argument.py:3", "'cancel_timout'", "Did you mean 'cancel_timeout'"
        )

    def test_a_value_that_cannot_be_used(self):
        self.refused("test_bad_value.py:3", "cancel_timeout = -1", "seconds above 0")

    def test_positional_arguments(self):
        self.refused("test_positional.py:3", "keyword arguments, not 5")

    def test_an_unknown_check(self):
        self.refused("test_unknown_check.py:3", "'unused_lop'", "Did you mean 'unused_loop'")

    def test_an_unknown_level(self):
        self.refused("test_bad_level.py:3", "'loud' is not a level", "'warn'")

    def test_a_generator(self):
        self.refused("test_generator.py:3", "async generator function", "without yield")

    def test_two_owners(self):
        self.refused("test_two_marks.py:3", "marks asynctest and trio", "Remove one")

    def test_async_xunit_methods(self):
        self.refused("test_xunit.py:5", "setup_method is a coroutine function", "autouse=True")

    def test_a_mark_on_a_class(self):
        self.refused("test_in_class.py:5", "'tiemout'")

    def test_what_is_right_runs(self):
        self.check("test_wrapped", "passed")
        self.check("test_arguments", "passed")


@needs_pytest
class BadOptions(unittest.TestCase):
    def refused(self, ini, *words):
        ran = run("def test_it(): pass", ini=ini)
        self.assertEqual(ran.code, 4, ran.text)
        for word in words:
            self.assertIn(word, ran.text)

    def test_a_bad_mode(self):
        self.refused("asynctest_mode = loose", "'loose' cannot be used", "'strict' or 'auto'")

    def test_a_bad_setting_names_the_file(self):
        self.refused("asynctest_cancel_timeout = soon", "'soon'", "seconds above 0", "pytest.ini")

    def test_an_unknown_check(self):
        self.refused("asynctest_fail_on = unused_lop", "Did you mean 'unused_loop'")

    def test_a_bad_level(self):
        self.refused("asynctest_fail_on = unused_loop=loud", "'loud' is not a level")

    def test_a_bad_switch(self):
        self.refused("asynctest_strict = maybe", "maybe", "true or false")

    def test_an_unknown_fixture(self):
        self.refused("asynctest_fixtures = lop=x", "'lop'", "loop")
