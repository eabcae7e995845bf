import unittest

from .inner import Suite, needs_pytest, run

LEAVES_TIMERS = """
    import asyncio, pytest, asynctest
    from asynctest import fail_on, configure

    def leave(): asyncio.get_running_loop().call_later(1000, print)
    def debug(): return asyncio.get_running_loop().get_debug()
    """


class Marks(Suite):
    files = (
        LEAVES_TIMERS
        + """
    pytestmark = pytest.mark.asynctest(fail_on="active_handles")

    async def test_module_says(): leave()
    @pytest.mark.asynctest(fail_on="active_handles=off")
    async def test_nearer_mark(): leave()
    @fail_on(active_handles=False)
    async def test_nearer_decorator(): leave()
    @pytest.mark.asynctest(fail_on={"active_handles": False}, debug=True)
    async def test_dict(): leave(); assert debug()
    @pytest.mark.asynctest(warn_on=["active_handles"])
    async def test_warns(): leave()
    @pytest.mark.asynctest(lenient=True)
    async def test_lenient(): leave()
    @pytest.mark.asynctest(strict=True)
    async def test_strict(): leave()

    @fail_on(active_handles=False)
    class TestDecorated:
        async def test_class_says(self): leave()
        @pytest.mark.asynctest(fail_on="active_handles")
        async def test_function_says(self): leave()
    @pytest.mark.asynctest(debug=True)
    class TestMarked:
        async def test_class_says(self): assert debug()
        @configure(debug=False)
        async def test_function_says(self): assert not debug()
    @pytest.mark.asynctest
    @configure(debug=True)
    class TestConfigured:
        debug = False
        async def test_decorator_says(self): assert debug()
    @pytest.mark.asynctest
    class TestAttribute:
        debug = True
        async def test_attribute_says(self): assert debug()
    @pytest.mark.parametrize("n", [
        1, pytest.param(2, marks=pytest.mark.asynctest(debug=True))])
    async def test_of_parameter(n): assert debug() is (n == 2)

    @pytest.mark.asynctest(fail_on="active_handles")
    class TestCase(asynctest.TestCase):
        async def test_class_says(self): leave()
        @pytest.mark.asynctest(fail_on="active_handles=off", debug=True)
        async def test_function_says(self):
            leave()
            assert debug()
        @fail_on(active_handles=False)
        async def test_decorator_says(self): leave()
    """
    )

    def test_a_mark_on_the_module_counts(self):
        self.check("test_module_says", "failed", "unfinished work", "call_later" and "print")

    def test_a_nearer_word_counts_more(self):
        for name in ("test_nearer_mark", "test_nearer_decorator", "test_dict", "test_lenient"):
            self.check(name, "passed")

    def test_a_level_can_be_warn(self):
        self.check("test_warns", "passed")
        (found,) = [w for w in self.ran.warnings if w["category"] == "ActiveHandlesWarning"]
        self.assertEqual((found["file"], found["name"]), ("test_it.py", "test_warns"))

    def test_strict_makes_all_fail(self):
        self.check("test_strict", "failed")

    def test_words_on_classes_and_functions(self):
        self.check("TestDecorated::test_class_says", "passed")
        self.check("TestDecorated::test_function_says", "failed")
        for name in ("class_says", "function_says"):
            self.check(f"TestMarked::test_{name}", "passed")
        self.check("TestConfigured::test_decorator_says", "passed")
        self.check("TestAttribute::test_attribute_says", "passed")

    def test_a_mark_on_a_parameter(self):
        self.check("test_of_parameter[1]", "passed")
        self.check("test_of_parameter[2]", "passed")

    def test_test_cases_get_the_same_words(self):
        self.check("TestCase::test_class_says", "failed", "unfinished work")
        self.check("TestCase::test_function_says", "passed")
        self.check("TestCase::test_decorator_says", "passed")


class Ini(Suite):
    ini = """
        asynctest_mode = auto
        asynctest_debug = true
        asynctest_fail_on = active_handles
        """
    files = (
        LEAVES_TIMERS
        + """
    async def test_function(): assert debug(); leave()
    @pytest.mark.asynctest(fail_on="active_handles=off", debug=False)
    async def test_nearer(): assert not debug(); leave()
    class TestCase(asynctest.TestCase):
        async def test_case(self): assert debug(); leave()
    """
    )

    def test_functions_get_it(self):
        self.check("test_function", "failed", "unfinished work")

    def test_test_cases_get_it(self):
        self.check("TestCase::test_case", "failed", "unfinished work")

    def test_a_mark_counts_more(self):
        self.check("test_nearer", "passed")


class CommandLine(Suite):
    ini = "asynctest_mode = auto\nasynctest_debug = true"
    args = ("--asynctest-strict", "--asynctest-debug=false", "--asynctest-warn-on=unused_loop")
    files = (
        LEAVES_TIMERS
        + """
    async def test_function(): assert not debug()
    async def test_leaves(): leave()
    class TestCase(asynctest.TestCase):
        def test_unused_loop(self): pass
        async def test_leaves(self): leave()
    """
    )

    def test_it_counts_more_than_the_ini_file(self):
        self.check("test_function", "passed")

    def test_strict_reaches_all(self):
        self.check("test_leaves", "failed", "unfinished work")
        self.check("TestCase::test_leaves", "failed", "unfinished work")

    def test_a_named_check_counts_more_than_strict(self):
        self.check("TestCase::test_unused_loop", "passed")


class Project(Suite):
    files = {
        "pyproject.toml": """
            [tool.pytest.ini_options]
            asynctest_mode = "auto"
            [tool.asynctest]
            debug = true
            [tool.asynctest.checks]
            active_handles = "fail"
            """,
        "test_it.py": LEAVES_TIMERS
        + """
    async def test_function(): assert debug(); leave()
    """,
    }

    def test_its_table_counts(self):
        self.check("test_function", "failed", "unfinished work")


@needs_pytest
class Declared(unittest.TestCase):
    def test_every_setting_is_an_option(self):
        import _asynctest_pytest
        from asynctest._settings import OPTIONS

        self.assertLessEqual(set(OPTIONS), set(_asynctest_pytest.OPTIONS))

    def test_help_lists_them(self):
        ran = run("", "--help")
        self.assertIn("--asynctest-fail-on", ran.text)
        self.assertIn("asynctest_mode", ran.text)
        self.assertIn("asynctest(**settings)", run("", "--markers").text)


@needs_pytest
class Unused(unittest.TestCase):
    def test_a_suite_that_does_not_use_us_does_not_import_us(self):
        ran = run(
            """
            import sys
            def test_it(tmp_path, unused_tcp_port):
                assert not [name for name in sys.modules if name.split(".")[0] == "asynctest"]
                # pdb, which pytest imports, imports asyncio from 3.14 on.
                assert "asyncio" not in sys.modules or sys.version_info >= (3, 14)
                assert 0 < unused_tcp_port < 65536
            """
        )
        self.assertEqual(ran.of("test_it"), "passed", ran.text)

    def test_importing_asynctest_does_not_import_pytest(self):
        import subprocess
        import sys

        script = (
            "import sys, asynctest, asynctest.case, asynctest.checks; "
            "print([m for m in sys.modules if m.startswith(('pytest', '_pytest', 'pluggy'))])"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        self.assertEqual(done.stdout.strip(), "[]", done.stderr)
