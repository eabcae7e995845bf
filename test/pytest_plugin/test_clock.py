from .inner import Suite


class Clocks(Suite):
    ini = "asynctest_mode = auto"
    files = """
        import asyncio, pytest, time, asynctest

        def now(): return asyncio.get_running_loop().time()

        @pytest.mark.asynctest(clock="auto")
        async def test_mark():
            start = now()
            await asyncio.sleep(3600)
            assert now() == start + 3600
        async def test_fixture(clock):
            await asyncio.sleep(3600)
            assert clock.time() >= 3600
        @pytest.mark.asynctest(clock="manual")
        async def test_manual(clock):
            task = asyncio.create_task(asyncio.sleep(10))
            await clock.advance(9)
            assert not task.done()
            await clock.advance(1)
            assert task.done()
        async def test_real_time_without(): assert abs(now() - time.monotonic()) < 60
        @pytest.fixture
        async def slow():
            await asyncio.sleep(100)
            yield now()
            await asyncio.sleep(100)
        async def test_fixtures_share_it(slow, asynctest_clock):
            await asyncio.sleep(50)
            assert now() == slow + 50
        @pytest.fixture(scope="module")
        async def wide():
            yield asyncio.get_running_loop()
        class TestWide:
            async def test_on_wide_loop(self, wide, clock):
                assert asyncio.get_running_loop() is wide
                await asyncio.sleep(3600)
            async def test_gone_again(self, wide):
                assert abs(now() - time.monotonic()) < 60
        class TestCase(asynctest.TestCase):
            @pytest.mark.asynctest(clock="auto")
            async def test_case(self):
                await asyncio.sleep(3600)
                self.assertGreaterEqual(self.clock.time(), 3600)
        """

    def test_every_claim_inside_holds(self):
        self.assertEqual(len(self.ran.names), 8)
        for name in self.ran.names:
            with self.subTest(name):
                self.check(name, "passed")


class ClockOfAll(Suite):
    ini = "asynctest_mode = auto\nasynctest_clock = auto"
    files = """
        import asyncio, asynctest
        async def test_function(): await asyncio.sleep(3600)
        class TestCase(asynctest.TestCase):
            async def test_case(self): await asyncio.sleep(3600)
        """

    def test_the_ini_file_sets_it(self):
        self.check("test_function", "passed")
        self.check("TestCase::test_case", "passed")


class ClockOfExamples(Suite):
    needs = ("hypothesis",)
    plugins = "_hypothesis_pytestplugin"
    files = """
        import asyncio, pytest
        from hypothesis import given, settings, strategies as st
        starts = []
        @pytest.mark.asynctest(clock="auto")
        @settings(max_examples=5, database=None, deadline=None)
        @given(st.integers())
        async def test_examples(n):
            starts.append(asyncio.get_running_loop().time())
            await asyncio.sleep(3600)
        def test_each_began_anew(): assert len(starts) > 1 and len(set(starts)) == 1
        """

    def test_each_example_has_a_fresh_clock(self):
        self.check("test_examples", "passed")
        self.check("test_each_began_anew", "passed")
