import types
import unittest

from .inner import Suite, needs_pytest

PLUGINS = "pytest_asyncio.plugin anyio.pytest_plugin"

MIXED = """
    import asyncio, pytest, sys
    import pytest_asyncio, anyio, sniffio

    def owner():
        "Name the plugin whose code runs this task."
        frame, found = sys._getframe(), set()
        while frame:
            for name in ("pytest_asyncio", "anyio", "asynctest"):
                if frame.f_globals.get("__name__", "").startswith(name):
                    found.add(name)
            frame = frame.f_back
        return found

    @pytest.fixture
    async def shared():
        "Async, and nobody's: belongs to the test that uses it."
        yield asyncio._get_running_loop()

    @pytest_asyncio.fixture
    async def theirs():
        yield owner()

    @pytest.mark.asynctest
    async def test_ours(shared, loop):
        assert asyncio.get_running_loop() is loop is shared
        assert "asynctest" in owner() and "pytest_asyncio" not in owner()

    @pytest.mark.asynctest
    @pytest.mark.parametrize("n", [1, 2])
    async def test_ours_parametrized(shared, n, asynctest_loop):
        assert asyncio.get_running_loop() is asynctest_loop is shared

    @pytest.mark.asyncio
    async def test_pytest_asyncio(theirs):
        assert "pytest_asyncio" in owner() | theirs and "asynctest" not in owner() | theirs

    @pytest.mark.anyio
    async def test_anyio(shared):
        assert "asynctest" not in owner()
        assert asyncio._get_running_loop() is shared

    @pytest.mark.anyio
    @pytest.mark.parametrize("anyio_backend", ["trio"])
    async def test_trio():
        assert sniffio.current_async_library() == "trio"
        await anyio.sleep(0)

    @pytest.mark.asynctest
    async def test_ours_with_their_fixture(theirs):
        assert "asynctest" not in theirs

    @pytest.mark.asynctest
    class TestOurs:
        async def test_in_class(self, shared, asynctest_loop):
            assert shared is asynctest_loop
        @pytest.mark.asyncio
        async def test_of_another(self): assert "asynctest" not in owner()

        def test_plain_of_anyio(self, shared, anyio_backend): assert "asynctest" not in owner()

    def test_plain(): pass

    @pytest.mark.asynctest
    def test_ours_plain(shared, asynctest_loop):
        assert asyncio.get_event_loop() is asynctest_loop is shared
        assert "asynctest" in owner()

    def test_plain_of_pytest_asyncio(theirs): assert "asynctest" not in owner() | theirs

    @pytest.mark.asynctest
    class TestPlain:
        def test_ours(self, shared, asynctest_loop): assert asynctest_loop is shared
        def test_theirs(self, theirs): assert "asynctest" not in owner() | theirs
    """


class Beside(Suite):
    __test__ = False
    needs = ("pytest_asyncio", "anyio", "trio")
    plugins = PLUGINS
    files = MIXED
    theirs = (
        "test_pytest_asyncio",
        "test_anyio[asyncio]",
        "test_trio[trio]",
        "TestOurs::test_of_another",
        "TestOurs::test_plain_of_anyio[asyncio]",
        "TestOurs::test_plain_of_anyio[trio]",
        "test_plain_of_pytest_asyncio",
        "TestPlain::test_theirs",
    )
    ours = (
        "test_ours",
        "test_ours_parametrized[1]",
        "test_ours_parametrized[2]",
        "test_ours_with_their_fixture",
        "TestOurs::test_in_class",
        "test_plain",
        "test_ours_plain",
        "TestPlain::test_ours",
    )

    def test_ours_run_with_us(self):
        for name in self.ours:
            with self.subTest(name):
                self.check(name, "passed")

    def test_theirs_run_with_them(self):
        for name in self.theirs:
            with self.subTest(name):
                self.check(name, "passed")

    def test_nothing_is_run_twice_or_made_anew(self):
        self.assertLessEqual({*self.ours, *self.theirs}, set(self.ran.names))
        self.assertEqual(
            [name for name in self.ran.names if "ours" in name and "anyio" in name], []
        )


class Strict(Beside):
    ini = "asyncio_mode = strict\nasyncio_default_fixture_loop_scope = function"


class AsyncioAuto(Beside):
    # What is marked for anyio does not work there with or without us.
    theirs = (
        "test_pytest_asyncio",
        "TestOurs::test_of_another",
        "test_plain_of_pytest_asyncio",
        "TestPlain::test_theirs",
        "test_plain_shared",
    )
    files = (
        MIXED
        + """
    def test_plain_shared(shared): assert "asynctest" not in owner()
    """
    )
    ini = "asyncio_mode = auto\nasyncio_default_fixture_loop_scope = function"


class AnyioAuto(Beside):
    # anyio takes pytest-asyncio's tests there, with or without us.
    theirs = (
        "test_anyio[asyncio]",
        "test_anyio[trio]",
        "test_trio[trio]",
        "TestOurs::test_plain_of_anyio[asyncio]",
        "test_plain_of_pytest_asyncio",
    )
    ini = "anyio_mode = auto\nasyncio_default_fixture_loop_scope = function"


class OursAuto(Beside):
    ini = "asynctest_mode = auto\nasyncio_default_fixture_loop_scope = function"
    files = (
        MIXED
        + """
    async def test_unmarked(shared, asynctest_loop):
        assert shared is asynctest_loop
    @pytest.mark.usefixtures("anyio_backend")
    async def test_uses_backend(anyio_backend): assert "asynctest" not in owner()
    def test_plain_unmarked(shared, asynctest_loop): assert shared is asynctest_loop
    def test_plain_backend(shared, anyio_backend): assert "asynctest" not in owner()
    @pytest.mark.asyncio
    def test_plain_asyncio(theirs): assert "asynctest" not in owner()
    """
    )
    ours = (*Beside.ours, "test_unmarked", "test_plain_unmarked")
    theirs = (
        *Beside.theirs,
        "test_uses_backend[asyncio]",
        "test_uses_backend[trio]",
        "test_plain_backend[asyncio]",
        "test_plain_backend[trio]",
        "test_plain_asyncio",
    )


class BothAuto(Beside):
    ini = (
        "asynctest_mode = auto\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function"
    )

    def test_ours_run_with_us(self):
        self.assertEqual(self.ran.code, 4, self.ran.text)
        self.assertIn("asyncio_mode", self.ran.text)

    def test_theirs_run_with_them(self):
        self.assertIn("strict", self.ran.text)

    def test_nothing_is_run_twice_or_made_anew(self):
        self.assertEqual(self.ran.reports, [])


class Proxies(Suite):
    """A proxy raises whatever it is asked while it has no target, as ``flask.request`` does."""

    __test__ = False
    needs = ("pytest_asyncio", "anyio")
    plugins = PLUGINS
    files = {
        f"test_{name}.py": f"""
            import pytest
            {mark}
            class Proxy:
                def __getattr__(self, name): raise RuntimeError("outside of a context")
                def __call__(self): pass
            request = Proxy()
            async def test_{name}(): pass
            """
        for name, mark in (("plain", ""), ("marked", "pytestmark = pytest.mark.asynctest"))
    }

    def test_they_do_not_disturb_the_collection(self):
        self.assertEqual(self.ran.collect, [])
        self.assertEqual(self.ran.code, 0, self.ran.text)


class ProxiesBesideAsyncio(Proxies):
    ini = "asyncio_mode = auto\nasyncio_default_fixture_loop_scope = function"


class ProxiesBesideAnyio(Proxies):
    ini = "anyio_mode = auto\nasyncio_default_fixture_loop_scope = function"


@needs_pytest
class OlderPytest(unittest.TestCase):
    """``iter_parents`` came with pytest 8.1; older ones run suites written for 0.13."""

    def test_the_nearest_mark_is_found_from_what_all_have(self):
        from asynctest.pytest_plugin._neighbours import nearest_owner

        def node(*names, above=()):
            made = types.SimpleNamespace(own_markers=[types.SimpleNamespace(name=n) for n in names])
            made.listchain = lambda: [*above, made]
            return made

        session, module = node(), node("asyncio", "slow")
        self.assertEqual(nearest_owner(node(above=[session, module]), ()), {"asyncio"})
        marked = node("asynctest", above=[session, module])
        self.assertEqual(nearest_owner(marked, ()), {"asynctest"})


def load_tests(loader, tests, pattern):
    cases = (Strict, AsyncioAuto, AnyioAuto, OursAuto, BothAuto)
    cases += (ProxiesBesideAsyncio, ProxiesBesideAnyio, OlderPytest)
    return unittest.TestSuite(map(loader.loadTestsFromTestCase, cases))
