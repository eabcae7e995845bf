import unittest

from .inner import Suite, has, needs_pytest, run


class Models(Suite):
    ini = "asynctest_mode = auto"
    files = """
        import asyncio, pytest, asynctest

        def model():
            return "proactor" if "roactor" in type(asyncio.get_running_loop()).__name__ else "selector"

        @pytest.mark.asynctest(loop_model="both")
        async def test_both(request): assert model() in request.node.name
        @pytest.mark.asynctest(loop_model="proactor")
        async def test_proactor(loop): assert model() == "proactor"
        @pytest.mark.asynctest(loop_model="selector")
        async def test_selector(): assert model() == "selector"
        @pytest.mark.asynctest(loop_model="both", clock="auto")
        @pytest.mark.parametrize("n", [1, 2])
        async def test_parameters(n):
            await asyncio.sleep(3600)

        @pytest.fixture(scope="module")
        async def wide():
            yield asyncio.get_running_loop()
            await asyncio.sleep(0)
        @pytest.mark.asynctest(loop_model="both")
        class TestWide:
            async def test_one(self, wide, request):
                assert wide is asyncio.get_running_loop() and model() in request.node.name
            async def test_two(self, wide, request):
                assert wide is asyncio.get_running_loop() and model() in request.node.name
        async def test_wide_as_ever(wide): assert wide is asyncio.get_running_loop()
        class TestCase(asynctest.TestCase):
            @pytest.mark.asynctest(loop_model="both")
            async def test_case(self): assert model() == "selector"
            @pytest.mark.asynctest(loop_model="proactor")
            async def test_proactor(self): assert model() == "proactor"
        @pytest.mark.asynctest(loop_model="uvloop")
        async def test_uvloop():
            assert type(asyncio.get_running_loop()).__module__.startswith("uvloop")
        """

    def test_both_makes_two_tests(self):
        for model in ("selector", "proactor"):
            self.check(f"test_both[{model}]", "passed")
            for n in (1, 2):
                self.assertIn(
                    "passed",
                    [
                        self.ran.of(x)
                        for x in self.ran.names
                        if x.startswith("test_parameters[") and model in x and str(n) in x
                    ],
                )

    def test_one_can_be_chosen(self):
        self.check("test_proactor", "passed")
        self.check("test_selector", "passed")

    def test_wide_fixtures_come_along(self):
        for name in ("test_one", "test_two"):
            for model in ("selector", "proactor"):
                self.check(f"TestWide::{name}[{model}]", "passed")
        self.check("test_wide_as_ever", "passed")

    def test_a_method_of_a_test_case_is_two_tests_too(self):
        self.check("TestCase::test_case[selector]", "passed")
        self.check("TestCase::test_case[proactor]", "failed", "'proactor' == 'selector'")
        self.check("TestCase::test_proactor", "passed")

    def test_uvloop_is_used_or_the_test_skipped(self):
        self.check("test_uvloop", "passed" if has("uvloop") else "skipped")


CASES = """
    import asyncio, asynctest, unittest

    def model():
        return "proactor" if "roactor" in type(asyncio.get_event_loop()).__name__ else "selector"

    class TestBoth(asynctest.TestCase):
        loop_model = "both"
        set_up = 0

        @classmethod
        def setUpClass(cls):
            cls.set_up += 1
        def setUp(self):
            self.model = model()
        async def test_async(self):
            assert self.model == model() and self.id().endswith(f"test_async [{self.model}]")
            assert self.set_up == 1
        def test_plain(self):
            assert self.model == "selector"
        @asynctest.configure(loop_model="selector")
        def test_one(self):
            assert self.model == "selector"
        @asynctest.skip("not now")
        async def test_skipped(self): pass
        async def test_of_parts(self):
            with self.subTest(part=1):
                assert self.model == "selector"
        @staticmethod
        async def test_static(): pass

    class TestLent(asynctest.TestCase):
        loop_model = "both"
        use_default_loop = True
        def test_once(self): pass

    class TestOwn(asynctest.TestCase):
        loop_model = "both"
        loop_factory = asyncio.SelectorEventLoop
        async def test_once(self): pass

    class TestOther(unittest.TestCase):
        loop_model = "both"
        def test_other(self): pass
    """


class Cases(Suite):
    files = CASES

    def test_each_method_is_one_test_on_each_model(self):
        for model in ("selector", "proactor"):
            self.check(f"TestBoth::test_async[{model}]", "passed")
            self.check(f"TestBoth::test_skipped[{model}]", "skipped")
        self.check("TestBoth::test_plain[selector]", "passed")
        self.check("TestBoth::test_plain[proactor]", "failed", "assert 'proactor' ==")
        self.check("TestBoth::test_of_parts[proactor]", "failed")

    def test_the_word_of_a_method_counts_more(self):
        self.check("TestBoth::test_one", "passed")

    def test_a_loop_of_its_own_is_one_test(self):
        self.check("TestLent::test_once", "passed")
        self.check("TestOwn::test_once", "passed")

    def test_test_cases_of_others_are_left_alone(self):
        self.check("TestOther::test_other", "passed")

    def test_a_static_method_runs(self):
        self.check("TestBoth::test_static", "passed")


@needs_pytest
class Choosing(unittest.TestCase):
    def names(self, *args, plugins=""):
        return run(CASES, *args, plugins=plugins).names

    def test_by_node_id(self):
        ran = self.names("test_it.py::TestBoth::test_plain[proactor]")
        self.assertEqual(ran, ["TestBoth::test_plain[proactor]"])

    def test_by_the_name_of_the_method(self):
        ran = self.names("test_it.py::TestBoth::test_plain")
        self.assertEqual(
            ran, [f"TestBoth::test_plain[{model}]" for model in ("selector", "proactor")]
        )

    def test_by_keyword(self):
        ran = self.names("-k", "proactor and test_plain")
        self.assertEqual(ran, ["TestBoth::test_plain[proactor]"])

    def test_deselected(self):
        ran = self.names("--deselect", "test_it.py::TestBoth::test_plain[proactor]", "-k", "plain")
        self.assertEqual(ran, ["TestBoth::test_plain[selector]"])

    def test_what_failed_last_is_known(self):
        twice = """
            import subprocess, sys
            def pytest_unconfigure(config):
                if not config.getoption("lf"):
                    subprocess.run([sys.executable, "-m", "pytest", "-q", "--lf", "-p", "_asynctest_pytest",
                                    "-p", "recorder", "-k", "test_plain"])
            """
        files = {"test_it.py": CASES, "conftest.py": twice}
        ran = run(files, "-k", "test_plain", "-pcacheprovider")
        self.assertEqual(ran.names, ["TestBoth::test_plain[proactor]"], ran.text)

    def test_distributed(self):
        if not has("xdist"):
            self.skipTest("xdist is not installed")
        ran = self.names("-n2", "-k", "test_plain", plugins="xdist.plugin")
        self.assertEqual(
            sorted(ran), [f"TestBoth::test_plain[{model}]" for model in ("proactor", "selector")]
        )

    def test_without_the_plugin_one_test_runs_on_both(self):
        ran = run(CASES, "-k", "test_plain", "-p", "no:asynctest", "-p", "no:_asynctest_pytest")
        self.assertIn("in test_plain", ran.text)
        self.assertIn("[proactor]", ran.text)
