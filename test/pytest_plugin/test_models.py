from .inner import Suite, has


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

    def test_test_cases_run_on_each_and_say_where_they_failed(self):
        self.check("TestCase::test_case", "failed", "[proactor]")
        self.check("TestCase::test_proactor", "passed")

    def test_uvloop_is_used_or_the_test_skipped(self):
        self.check("test_uvloop", "passed" if has("uvloop") else "skipped")
