"""Plain test functions that use async fixtures, or carry the mark."""

import unittest

from .inner import Suite, needs_pytest, run

FIXTURES = """
    import asyncio, contextvars, pytest
    var = contextvars.ContextVar("var", default="unset")
    ended = []

    @pytest.fixture
    async def server():
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        var.set("server")
        yield loop
        assert (asyncio.current_task(), asyncio.get_running_loop()) == (task, loop)
        ended.append("server")

    @pytest.fixture
    def indirect(server): return server

    @pytest.fixture(scope="module")
    async def of_module():
        yield asyncio.get_running_loop()
        ended.append("of_module")

    @pytest.fixture(params="ab")
    async def param(request): return request.param

    @pytest.fixture
    async def later(): await asyncio.sleep(0); return var.get()

    def current():
        loop = asyncio.get_event_loop()
        assert not loop.is_running()
        return loop

    def is_ours(request): return request.config.pluginmanager.get_plugin("asynctest-plugin")._driver
    """


class Auto(Suite):
    ini = "asynctest_mode = auto"
    files = {
        "conftest.py": "import pytest\n@pytest.fixture\nasync def overridden(): return 7",
        "test_it.py": FIXTURES
        + """
    def test_direct(server):
        assert current() is server
        assert var.get() == "server"
        assert server.run_until_complete(asyncio.sleep(0, 7)) == 7
        var.set("test")
    def test_torn_down(): assert ended == ["server"] and var.get() == "unset"
    def test_indirect(indirect): assert current() is indirect
    @pytest.mark.usefixtures("server")
    def test_usefixtures(): assert var.get() == "server"
    @pytest.mark.parametrize("n", [1, 2])
    def test_parametrized(n, server, param): assert param in "ab" and n in (1, 2)
    def test_with_module(of_module, server): assert current() is of_module is server
    def test_module(of_module): assert current() is of_module
    async def test_same_module(of_module): assert asyncio.get_running_loop() is of_module
    class TestMethods:
        @pytest.fixture(autouse=True)
        async def prepared(self):
            self.there = await asyncio.sleep(0, True)
            yield
            ended.append("prepared")
        @pytest.fixture(scope="class")
        async def of_class(self): yield asyncio.get_running_loop()
        def test_autouse(self): assert self.there
        def test_class(self, of_class): assert self.there and current() is of_class
        async def test_same_class(self, of_class): assert asyncio.get_running_loop() is of_class
    def test_loop(server, loop): assert server is loop
    def test_asyncio_run(server): asyncio.run(asyncio.sleep(0))
    def test_after_asyncio_run(server): assert current() is server
    @pytest.fixture
    def overridden(overridden): return overridden + 1
    def test_overridden(overridden): assert overridden == 8
    def test_nobody_else(request): assert not is_ours(request)
    @pytest.mark.parametrize("server", ["a parameter"])
    def test_replaced(server, request): assert server == "a parameter" and not is_ours(request)
    def test_fails(server): assert server is None
    def test_skips(server): pytest.skip()
    def test_returns(server): return 3
    def test_leaks(server): server.leak = server.create_task(asyncio.sleep(100))
    @pytest.mark.asynctest(timeout=0.2)
    def test_stuck(server): server.run_until_complete(asyncio.Event().wait())
    def test_dynamic(request): request.getfixturevalue("server")
    @pytest.mark.asyncio
    def test_of_another(server): pass
    """,
    }
    args = ("-Wignore::pytest.PytestUnknownMarkWarning", "-Wignore::DeprecationWarning")

    def test_they_run_with_the_loop_as_current_loop(self):
        for name in ("direct", "indirect", "usefixtures", "loop", "overridden"):
            with self.subTest(name):
                self.check(f"test_{name}", "passed")
        for name in ("a-1", "a-2", "b-1", "b-2"):
            self.check(f"test_parametrized[{name}]", "passed")

    def test_wider_scopes_share_their_loop_with_async_tests(self):
        for name in ("with_module", "module", "same_module"):
            self.check(f"test_{name}", "passed")
        for name in ("autouse", "class", "same_class"):
            self.check(f"TestMethods::test_{name}", "passed")

    def test_fixtures_are_torn_down(self):
        self.check("test_torn_down", "passed")

    def test_a_loop_of_their_own_does_no_harm(self):
        self.check("test_asyncio_run", "passed")
        self.check("test_after_asyncio_run", "passed")

    def test_outcomes(self):
        self.check("test_fails", "failed", "assert server is None")
        self.check("test_skips", "skipped")
        (told,) = [w for w in self.ran.warnings if "ReturnNotNone" in w["category"]]
        self.assertIn("test_returns returned", told["text"])

    def test_checks_look_at_them(self):
        leaks = [w["name"] for w in self.ran.warnings if w["category"] == "LeakedTasksWarning"]
        self.assertIn("test_leaks", leaks)

    def test_a_time_limit_ends_them(self):
        self.check("test_stuck", "failed", "did not end within 0.2 s", "Event.wait()")

    def test_without_async_fixtures_they_stay_pytests_own(self):
        self.check("test_nobody_else", "passed")
        self.check("test_replaced[a parameter]", "passed")

    def test_nothing_is_an_error_of_the_whole_module(self):
        self.assertEqual(self.ran.collect, [])


class Strict(Suite):
    files = {
        "test_marked.py": FIXTURES
        + """
    @pytest.mark.asynctest
    def test_marked(server): assert current() is server
    @pytest.mark.asynctest
    def test_without_fixtures(): current().run_until_complete(asyncio.sleep(0))
    @pytest.mark.asynctest
    def test_dynamic(request):
        loop = request.getfixturevalue("server")
        assert current() is loop and var.get() == "server"
        assert request.getfixturevalue("later") == "server"
    def test_dynamic_is_torn_down(): assert ended == ["server", "server"] and var.get() == "unset"
    """,
        "test_module.py": FIXTURES
        + """
    pytestmark = pytest.mark.asynctest(strict=True)
    def test_module(of_module): assert current() is of_module
    def test_nobody_else(request): assert not is_ours(request)
    @pytest.mark.asynctest(fail_on="unused_loop")
    def test_wants_the_loop(of_module): pass
    class TestMethods:
        def test_method(self, server): assert current() is server
    """,
    }

    def test_what_is_marked_is_ours(self):
        for name in ("marked", "without_fixtures", "module"):
            self.check(f"test_{name}", "passed")
        self.check("TestMethods::test_method", "passed")

    def test_they_can_ask_for_fixtures_while_they_run(self):
        self.check("test_dynamic", "passed")
        self.check("test_dynamic_is_torn_down", "passed")

    def test_a_mark_around_leaves_others_alone(self):
        self.check("test_nobody_else", "passed")

    def test_who_wants_the_loop_to_run_can_say_so(self):
        self.check("test_wants_the_loop", "failed", "Loop did not run")


class NotOurs(Suite):
    """What nobody runs is an error of its own, too; the next one that uses the fixture runs."""

    args = ("-Wignore::pytest.PytestUnknownMarkWarning",)
    files = (
        FIXTURES
        + """
    def test_unmarked(server): pass
    def test_dynamic(request): request.getfixturevalue("server")
    def test_of_module(of_module): pass
    @pytest.mark.asyncio
    def test_of_another(server): pass
    @pytest.mark.asynctest
    def test_marked(server, of_module): assert current() is server is of_module
    import unittest
    class TestCase(unittest.TestCase):
        @pytest.fixture(autouse=True)
        async def prepared(self): pass
        def test_case(self): pass
        def test_other(self): pass
    """
    )

    def setUp(self):
        import pytest

        if pytest.version_tuple < (9,):
            self.skipTest("pytest 8 warns and hands the coroutine to the test")

    def test_each_says_fact_place_and_remedy(self):
        for name, *words in (
            ("test_unmarked", "uses the async fixture server", "test_it.py:6", "Mark the test"),
            ("test_of_module", "test_of_module uses the async fixture of_module", "test_it.py:17"),
            ("test_of_another", "uses the async fixture server", "test_it.py:6"),
        ):
            with self.subTest(name):
                self.check(name, "error in setup", *words)

    def test_asking_while_the_test_runs_is_no_different(self):
        self.check("test_dynamic", "failed", "uses the async fixture server", "Mark the test")

    def test_the_next_one_runs(self):
        self.check("test_marked", "passed")

    def test_a_test_case_keeps_the_words_of_pytest(self):
        for name in ("test_case", "test_other"):
            self.check(f"TestCase::{name}", "error in setup", "requested an async fixture")


@needs_pytest
class BothModels(unittest.TestCase):
    def test_there_is_one_for_each(self):
        ran = run(
            FIXTURES + "\n    def test_it(server): assert current() is server",
            ini="asynctest_mode = auto\nasynctest_loop_model = both",
        )
        self.assertEqual(ran.names, ["test_it[selector]", "test_it[proactor]"])
        self.assertEqual(ran.code, 0, ran.text)


class Tracing(Suite):
    ini = "asynctest_mode = auto"
    args = ("--trace", "--pdbcls=fake:Fake")
    files = {
        "fake.py": """
            import pdb
            class Fake(pdb.Pdb):
                def runcall(self, function, *args, **kwargs):
                    print("traced")
                    return function(*args, **kwargs)
                def interaction(self, *args): pass
                def set_trace(self, *args, **kwargs): pass
            """,
        "test_it.py": FIXTURES
        + """
    def test_it(server): assert current() is server
    """,
    }

    def test_pytest_does_it(self):
        self.check("test_it", "passed")
        self.assertIn("traced", self.ran.text)


class Refused(Suite):
    """What cannot run is an error of its own; the others of its module run."""

    ini = "asynctest_mode = auto"
    args = ("-Wignore::pytest.PytestUnknownMarkWarning", "-Wignore::RuntimeWarning")
    files = (
        FIXTURES
        + """
    @pytest.fixture
    def anyio_backend(): return "asyncio"
    @pytest.mark.asynctest
    def test_backend(anyio_backend): pass
    @pytest.mark.asynctest
    @pytest.mark.trio
    @pytest.mark.parametrize("n", [1, 2])
    def test_marks(n): pass
    @pytest.mark.asynctest(tiemout=3)
    def test_argument(): pass
    @pytest.mark.skip
    @pytest.mark.asynctest(tiemout=3)
    def test_skipped(): pass
    class TestXunit:
        async def setup_method(self): pass
        def test_method(self, server): pass
    def test_fine(server): assert current() is server
    def test_of_anyio(anyio_backend, request): assert not is_ours(request)
    """
    )

    def test_each_says_fact_place_and_remedy(self):
        for name, *words in (
            ("test_backend", "uses the fixture anyio_backend", "test_it.py:37", "Remove the mark"),
            ("test_marks[1]", "marks asynctest and trio", "test_it.py:39", "Remove one"),
            ("test_marks[2]", "marks asynctest and trio"),
            ("test_argument", "'tiemout'", "test_it.py:43", "Did you mean 'timeout'"),
            ("TestXunit::test_method", "setup_method is a coroutine", "autouse=True"),
        ):
            with self.subTest(name):
                self.check(name, "error in setup", *words)

    def test_the_others_run(self):
        self.assertEqual(self.ran.collect, [])
        self.check("test_fine", "passed")
        self.check("test_of_anyio", "passed")

    def test_what_is_skipped_is_no_error(self):
        self.check("test_skipped", "skipped")
