from .inner import Suite


class Marks(Suite):
    ini = "asynctest_mode = auto"
    files = {
        "conftest.py": """
            import pytest
            def pytest_runtest_teardown(item, nextitem):
                if item.name == "test_2":
                    mark = pytest.mark.asynctest(fail_on={"active_handles": False})
                    item.parent.add_marker(mark, append=False)
            """,
        "test_it.py": """
            import asyncio, pytest
            pytestmark = pytest.mark.asynctest(fail_on="active_handles")
            def leave(): asyncio.get_running_loop().call_later(1000, print)

            async def test_1(): leave()
            @pytest.mark.asynctest(fail_on={"active_handles": False})
            async def test_2(): leave()
            async def test_3(): leave()
            def test_plain(): pass
            class TestClass:
                async def test_1(self): leave()
                @staticmethod
                async def test_2(): leave()
            """,
        "test_other.py": """
            import asyncio
            async def test_1(): asyncio.get_running_loop().call_later(1000, print)
            """,
    }

    def test_what_is_said_around_a_test_counts(self):
        self.check("test_1", "failed")
        self.check("test_2", "passed")

    def test_a_mark_that_is_added_while_tests_run_counts_from_then_on(self):
        self.check("test_3", "passed")
        self.check("TestClass::test_1", "passed")

    def test_what_is_said_in_a_module_stays_there(self):
        outcomes = [r["outcome"] for r in self.ran.reports if r["name"] == "test_1"]
        self.assertEqual(outcomes, ["passed", "failed", "passed", "passed", "passed", "passed"])
