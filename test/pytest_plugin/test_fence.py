import unittest

from .inner import Suite, needs_pytest


@needs_pytest
class Names(unittest.TestCase):
    def test_what_we_lean_on_is_there(self):
        import inspect

        import pytest
        from _pytest.fixtures import FuncFixtureInfo

        source = inspect.getsource(pytest.Function)
        for name in ("_fixtureinfo", "_request", "funcargs"):
            self.assertIn(f"self.{name}", source, "gone from this pytest: mend the fence")
        fields = FuncFixtureInfo.__dataclass_fields__
        self.assertLessEqual({"argnames", "name2fixturedefs"}, set(fields))
        if hasattr(pytest.Item, "id"):
            self.assertIn("self._id", inspect.getsource(pytest.Item.id.fget))
        self.assertTrue(inspect.signature(pytest.FixtureDef.finish).parameters["request"])
        self.assertTrue(inspect.signature(pytest.FixtureDef.cache_key).parameters["request"])
        self.assertIn("self.cached_result", inspect.getsource(pytest.FixtureDef))
        self.assertIn("_pyfuncitem", inspect.getsource(pytest.FixtureRequest))


class Promises(Suite):
    files = {
        "conftest.py": """
            import pytest
            log = []
            def pytest_runtest_setup(item):
                item.teardown = lambda: log.append("item")
            @pytest.hookimpl(trylast=True)
            def pytest_sessionfinish(): print("LOG", *log)
            """,
        "test_it.py": """
            import pytest
            from conftest import log
            @pytest.fixture(scope="module", autouse=True)
            def wide():
                yield
                log.append("wide")
            @pytest.fixture
            def narrow():
                yield
                log.append("narrow")
            def test_it(narrow): pass
            """,
    }
    args = ("-s",)

    def test_an_item_is_torn_down_between_its_fixtures_and_wider_ones(self):
        self.assertIn("LOG narrow item wide", self.ran.text)
