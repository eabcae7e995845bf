"""In the company of other plugins and of pytest's own options."""

import unittest

from .inner import Suite, needs_pytest, run


class Hypothesis(Suite):
    needs = ("hypothesis",)
    plugins = "_hypothesis_pytestplugin"
    ini = "asynctest_mode = auto"
    files = """
        import asyncio, pytest
        from hypothesis import HealthCheck, given, settings, strategies as st

        quick = settings(max_examples=5, database=None, derandomize=True, deadline=None,
                         suppress_health_check=[HealthCheck.function_scoped_fixture])
        loops, seen = [], []

        @quick
        @given(n=st.integers())
        async def test_examples(n):
            await asyncio.sleep(0)
            loops.append(asyncio.get_running_loop())
            assert asyncio.get_running_loop().time() > 0
        def test_loops_were_fresh():
            assert len(loops) == len(set(map(id, loops))) >= 2
            assert all(loop.is_closed() for loop in loops)

        @quick
        @given(n=st.integers(3, 99))
        async def test_falsified(n):
            await asyncio.sleep(0)
            assert n < 3
        @pytest.mark.asynctest(fail_on="active_handles")
        @quick
        @given(n=st.integers(0, 9))
        async def test_leaks(n):
            asyncio.get_running_loop().call_later(1000, print)
        @pytest.fixture
        async def fixture(): return asyncio.get_running_loop()
        @quick
        @given(n=st.integers())
        async def test_with_fixture(fixture, n):
            assert asyncio.get_running_loop() is fixture
        @pytest.fixture(scope="module")
        async def wide(): return asyncio.get_running_loop()
        @quick
        @given(n=st.integers())
        async def test_with_wide_fixture(wide, n):
            assert asyncio.get_running_loop() is wide
        @quick
        @given(n=st.integers())
        @pytest.mark.parametrize("m", [1, 2])
        async def test_with_parameter(m, n): assert m in (1, 2)
        class TestMethods:
            @quick
            @given(n=st.integers())
            async def test_method(self, n): assert isinstance(self, TestMethods)
        @quick
        @given(n=st.integers())
        def test_plain(n): pass
        """

    def test_each_example_has_a_fresh_loop(self):
        self.check("test_examples", "passed")
        self.check("test_loops_were_fresh", "passed")

    def test_a_falsifying_example_is_found_and_shrunk(self):
        self.check("test_falsified", "failed", "assert 3 < 3")
        self.assertIn("n=3,", self.ran.text)

    def test_each_example_is_checked(self):
        self.check("test_leaks", "failed", "unfinished work", "n=0,")

    def test_with_async_fixtures_examples_share_their_loop(self):
        self.check("test_with_fixture", "passed")
        self.check("test_with_wide_fixture", "passed")

    def test_methods_and_parameters(self):
        self.check("test_with_parameter[1]", "passed")
        self.check("TestMethods::test_method", "passed")
        self.check("test_plain", "passed")


MANY = {
    f"test_{letter}.py": """
        import asyncio, os, pytest
        pytestmark = pytest.mark.asynctest
        @pytest.fixture(scope="module")
        async def wide():
            yield asyncio.get_running_loop()
            await asyncio.sleep(0)
        @pytest.mark.parametrize("n", range(5))
        async def test_it(n, wide): assert asyncio.get_running_loop() is wide
        async def test_leaks(): asyncio.get_running_loop().call_later(1000, print)
        """
    for letter in "abc"
}


class Distributed(Suite):
    needs = ("xdist",)
    plugins = "xdist.plugin"
    args = ("-n2", "--asynctest-warn-on=active_handles")
    files = MANY

    def test_all_pass(self):
        self.assertEqual(len(self.ran.names), 6)
        self.assertEqual({r["outcome"] for r in self.ran.reports}, {"passed"})
        self.assertEqual(len(self.ran.reports), 54)

    def test_findings_come_home(self):
        self.assertIn("active_handles (warn): 3 in 3 tests", self.ran.text)

    def test_warnings_come_home(self):
        found = [w for w in self.ran.warnings if w["category"] == "ActiveHandlesWarning"]
        self.assertEqual(len(found), 3)


class DistributedByScope(Distributed):
    args = ("-n2", "--dist=loadscope", "--asynctest-warn-on=active_handles")


class KilledWorker(Suite):
    needs = ("xdist",)
    plugins = "xdist.plugin"
    args = ("-n2", "--asynctest-warn-on=active_handles")
    files = {
        **MANY,
        "test_killed.py": """
            import os, pytest, signal
            @pytest.mark.asynctest
            async def test_killed(): os.kill(os.getpid(), signal.SIGKILL)
            """,
    }

    def test_nothing_that_finished_is_lost(self):
        passed = [r for r in self.ran.reports if r["when"] == "call" and r["outcome"] == "passed"]
        self.assertEqual(len(passed), 18, self.ran.text)
        self.assertIn("active_handles (warn): 3 in 3 tests", self.ran.text)

    def test_the_killed_test_is_named(self):
        self.assertIn("test_killed", self.ran.text)
        self.assertIn("crashed", self.ran.text)


class Subtests(Suite):
    ini = "asynctest_mode = auto"
    files = """
        import asyncio, pytest, asynctest
        async def test_it(subtests):
            for n in range(3):
                with subtests.test(n=n):
                    await asyncio.sleep(0)
                    assert n != 1
        class TestCase(asynctest.TestCase):
            async def test_case(self):
                for n in range(3):
                    with self.subTest(n=n):
                        await asyncio.sleep(0)
                        self.assertNotEqual(n, 1)
        """

    def test_each_is_reported(self):
        import pytest

        if not hasattr(pytest, "Subtests"):
            self.skipTest("pytest has no subtests")
        for name in ("test_it", "TestCase::test_case"):
            self.assertIn("failed", [r["outcome"] for r in self.ran.reports if r["name"] == name])
        self.assertIn("n=1", self.ran.text)


class Doctests(Suite):
    args = ("--doctest-modules",)
    ini = "asynctest_mode = auto"
    files = '''
        async def test_it():
            """An example.

            >>> 1 + 1
            2
            """
        '''

    def test_examples_and_tests_both_run(self):
        self.assertEqual(len(self.ran.names), 2, self.ran.text)
        self.assertEqual({r["outcome"] for r in self.ran.reports}, {"passed"})


class Randomly(Suite):
    needs = ("pytest_randomly",)
    plugins = "pytest_randomly"
    files = MANY

    def test_any_order_will_do(self):
        self.assertEqual({r["outcome"] for r in self.ran.reports}, {"passed"}, self.ran.text)


class Covered(Suite):
    needs = ("pytest_cov",)
    plugins = "pytest_cov.plugin"
    args = ("--cov=.", "--cov-report=term")
    files = """
        import asyncio, pytest
        @pytest.mark.asynctest
        async def test_it():
            await asyncio.sleep(0)
            x = 1
        """

    def test_lines_of_coroutines_count(self):
        self.check("test_it", "passed")
        self.assertRegex(self.ran.text, r"test_it.py +\d+ +0 +100%")


class Timeouts(Suite):
    needs = ("pytest_timeout",)
    plugins = "pytest_timeout"
    args = ("--timeout=1", "--timeout-method=signal", "-s")
    files = """
        import asyncio, pytest
        pytestmark = pytest.mark.asynctest
        @pytest.fixture
        async def fixture():
            yield
            await asyncio.sleep(0)
            print("TORN DOWN")
        async def test_stuck(fixture): await asyncio.Event().wait()
        async def test_next(fixture): await asyncio.sleep(0)
        """

    def test_a_stuck_test_fails_and_is_torn_down(self):
        self.check("test_stuck", "failed", "Timeout")
        self.assertEqual(self.ran.text.count("TORN DOWN"), 2)

    def test_the_next_one_runs(self):
        self.check("test_next", "passed")


@needs_pytest
class OptionsOfPytest(unittest.TestCase):
    some = """
        import asyncio, pytest
        pytestmark = pytest.mark.asynctest
        async def test_passes(): await asyncio.sleep(0)
        @pytest.mark.asynctest(fail_on="active_handles")
        async def test_finding(): asyncio.get_running_loop().call_later(1000, print)
        async def test_fails(): assert 0
        """

    def test_x_stops_after_a_finding(self):
        self.assertEqual(run(self.some, "-x").names, ["test_passes", "test_finding"])

    def test_lf_runs_what_failed_or_had_findings(self):
        files = {
            "test_it.py": self.some,
            "test_twice.py": """
                import subprocess, sys
                def test_twice():
                    command = [sys.executable, "-m", "pytest", "-p_asynctest_pytest", "test_it.py"]
                    subprocess.run(command, capture_output=True)
                    done = subprocess.run([*command, "--lf", "-v"], capture_output=True, text=True)
                    assert "run-last-failure: rerun previous 2 failures" in done.stdout
                    assert "test_passes" not in done.stdout
                """,
        }
        ran = run(files, "test_twice.py")
        self.assertEqual(ran.of("test_twice"), "passed", ran.text)

    def test_without_the_plugin_pytest_is_as_ever(self):
        ran = run("async def test_it(): pass", "-pno:_asynctest_pytest")
        self.assertEqual(ran.of("test_it"), "failed")
        self.assertIn("not natively supported", ran.text)

    def test_test_cases_run_without_the_plugin(self):
        ran = run(
            """
            import asyncio, asynctest
            class TestIt(asynctest.TestCase):
                async def test_it(self): await asyncio.sleep(0)
            """,
            "-pno:_asynctest_pytest",
        )
        self.assertEqual(ran.of("TestIt::test_it"), "passed", ran.text)

    def test_set_up_only_and_plan(self):
        for option in ("--setup-only", "--setup-plan", "--setup-show"):
            with self.subTest(option):
                ran = run(
                    """
                    import asyncio, pytest
                    @pytest.fixture
                    async def fixture(): yield
                    @pytest.mark.asynctest
                    async def test_it(fixture): await asyncio.sleep(0)
                    """,
                    option,
                )
                self.assertEqual(ran.code, 0, ran.text)

    def test_an_interrupt_tears_down(self):
        ran = run(
            """
            import asyncio, os, pytest, signal
            @pytest.fixture(scope="module")
            async def wide():
                yield
                await asyncio.sleep(0)
                print("WIDE TORN DOWN")
            @pytest.fixture
            async def fixture():
                yield
                await asyncio.sleep(0)
                print("TORN DOWN")
            @pytest.mark.asynctest
            async def test_it(wide, fixture):
                os.kill(os.getpid(), signal.SIGINT)
                await asyncio.sleep(10)
            @pytest.mark.asynctest
            async def test_own_loop(fixture): pass
            """,
            "-s",
        )
        self.assertEqual(ran.code, 2, ran.text)
        self.assertIn("TORN DOWN", ran.text.replace("WIDE TORN DOWN", ""))
        self.assertIn("WIDE TORN DOWN", ran.text)


class Debugger(Suite):
    args = ("--pdb", "--pdbcls=fake_pdb:Fake", "-s")
    files = {
        "fake_pdb.py": """
            import pdb
            class Fake(pdb.Pdb):
                def __init__(self, **kwargs): super().__init__()
                def interaction(self, *args): print("IN PDB")
                def reset(self): pass
                quitting = False
            """,
        "test_it.py": """
            import asyncio, pytest, asynctest
            @pytest.fixture
            async def fixture():
                yield
                await asyncio.sleep(0)
                print("FIXTURE TORN DOWN")
            @pytest.mark.asynctest
            async def test_it(fixture): assert 0
            class TestCase(asynctest.TestCase):
                async def tearDown(self):
                    await asyncio.sleep(0)
                    print("CASE TORN DOWN")
                async def test_async(self): assert 0
                def test_plain(self): assert 0
                async def test_fine(self): pass
            """,
    }

    def test_the_debugger_comes_before_tear_down_of_fixtures(self):
        self.check("test_it", "failed")
        self.assertRegex(self.ran.text, r"(?s)IN PDB.*FIXTURE TORN DOWN")

    def test_tear_down_of_test_cases_is_awaited(self):
        self.assertEqual(self.ran.text.count("CASE TORN DOWN"), 3, self.ran.text)
        self.assertNotIn("never awaited", self.ran.text)
        self.check("TestCase::test_plain", "failed")
        self.check("TestCase::test_fine", "passed")


class Tracing(Suite):
    args = ("--trace", "--pdbcls=fake_pdb:Fake", "-s")
    files = {
        "fake_pdb.py": """
            import pdb
            class Fake(pdb.Pdb):
                def __init__(self, **kwargs): super().__init__()
                def set_trace(self, frame=None): print("STOPPED IN", frame.f_code.co_name)
            """,
        "test_it.py": """
            import asyncio, pytest
            @pytest.mark.asynctest
            async def test_it(tmp_path):
                await asyncio.sleep(0)
                print("BODY RAN")
            """,
    }

    def test_it_stops_before_the_test_and_runs_it(self):
        self.check("test_it", "passed")
        self.assertRegex(self.ran.text, "(?s)STOPPED IN traced.*BODY RAN")


class Names(Suite):
    ini = """
        asynctest_mode = auto
        asynctest_fixtures = loop=io_loop file_mock=
        """
    files = """
        import asyncio, pytest, socket, asynctest
        async def test_loop(io_loop, asynctest_loop):
            assert io_loop is asynctest_loop is asyncio.get_running_loop()
        async def test_old_name(loop): pass
        async def test_switched_off(file_mock): pass
        async def test_socket_mock(socket_mock): assert asynctest.isfilemock(socket_mock)
        async def test_file_mock(asynctest_file_mock): assert asynctest_file_mock.fileno()
        async def test_port(unused_tcp_port):
            server = await asyncio.start_server(print, "127.0.0.1", unused_tcp_port)
            server.close()
        def test_plain_with_loop(io_loop): pass
        @pytest.mark.asynctest
        def test_marked_with_loop(io_loop): io_loop.run_until_complete(asyncio.sleep(0))
        """

    def test_fixtures_can_be_renamed(self):
        self.check("test_loop", "passed")
        self.check("test_old_name", "error in setup", "fixture 'loop' not found")

    def test_one_can_be_switched_off(self):
        self.check("test_switched_off", "error in setup", "not found")
        self.check("test_file_mock", "passed")

    def test_helpers_work(self):
        self.check("test_socket_mock", "passed")
        self.check("test_port", "passed")

    def test_a_plain_test_has_no_loop_and_is_told_so(self):
        self.check("test_plain_with_loop", "error in setup", "does not run on a stage", "Mark it")
        self.check("test_marked_with_loop", "passed")


class TakenNames(Suite):
    needs = ("pytest_asyncio",)
    plugins = "pytest_asyncio.plugin other"
    files = {
        "other.py": """
            import pytest
            @pytest.fixture
            def loop(): return "theirs"
            """,
        "test_it.py": """
            import pytest
            pytestmark = pytest.mark.asynctest
            async def test_theirs(loop, unused_tcp_port): assert loop == "theirs"
            async def test_long_name(asynctest_loop): assert asynctest_loop.is_running()
            """,
    }

    def test_other_plugins_keep_their_names(self):
        self.check("test_theirs", "passed")

    def test_the_long_name_is_always_there(self):
        self.check("test_long_name", "passed")
