import unittest

from asynctest._settings import OPTIONS

from .inner import Suite


@unittest.skipUnless("timeout" in OPTIONS, "there is no such setting")
class Limits(Suite):
    ini = "asynctest_mode = auto\nasynctest_cancel_timeout = 0.2"
    args = ("-s",)
    files = """
        import asyncio, pytest, time, asynctest

        @pytest.fixture
        async def fixture():
            yield
            await asyncio.sleep(0)
            print("TORN DOWN")
        @pytest.mark.asynctest(timeout=0.05)
        async def test_stuck(): await stuck_here()
        async def stuck_here(): await asyncio.Event().wait()
        @pytest.mark.asynctest(timeout=0.05)
        async def test_stuck_with_fixture(fixture): await stuck_here()
        @asynctest.timeout(0.05)
        async def test_decorator(fixture): await stuck_here()
        @pytest.mark.asynctest(timeout=0.05)
        async def test_stubborn(fixture):
            while True:
                try: await asyncio.sleep(10)
                except asyncio.CancelledError: pass
        @pytest.mark.asynctest(timeout=0.05)
        async def test_blocked(fixture):
            while True: time.sleep(0.01)
        @pytest.fixture
        async def stuck_set_up(fixture): await stuck_here()
        @pytest.mark.asynctest(timeout=0.05)
        async def test_set_up(stuck_set_up): pass
        @pytest.fixture
        async def stuck_end(fixture):
            yield
            await stuck_here()
        @pytest.mark.asynctest(timeout=0.05)
        async def test_end(stuck_end): pass
        @pytest.mark.asynctest(timeout=0.05, clock="auto")
        async def test_virtual_time(): await asyncio.sleep(3600)
        class TestCase(asynctest.TestCase):
            @pytest.mark.asynctest(timeout=0.05)
            async def test_case(self): await stuck_here()
        @pytest.mark.asynctest(timeout=30)
        async def test_in_time(fixture): await asyncio.sleep(0)
        """

    def test_a_stuck_test_says_where(self):
        for name in ("test_stuck", "test_stuck_with_fixture", "test_decorator"):
            with self.subTest(name):
                self.check(name, "failed", "did not end within 0.05 s", "stuck_here")

    def test_fixtures_are_torn_down_and_the_rest_runs(self):
        self.assertEqual(self.ran.text.count("TORN DOWN"), 7, self.ran.text)
        self.check("test_in_time", "passed")

    def test_a_stubborn_test_does_not_hang_the_run(self):
        self.check("test_stubborn", "failed", "did not end within 0.05 s")

    def test_blocked_code_is_interrupted(self):
        self.check("test_blocked", "failed", "did not end within 0.05 s")

    def test_fixtures_have_the_limit_as_well(self):
        self.check("test_set_up", "error in setup", "did not end within 0.05 s", "stuck_here")
        self.check("test_end", "error in teardown", "did not end within 0.05 s", "stuck_here")

    def test_virtual_time_does_not_count(self):
        self.check("test_virtual_time", "passed")

    def test_test_cases_get_it_by_mark(self):
        self.check("TestCase::test_case", "failed", "did not end within 0.05 s")


@unittest.skipUnless("timeout" in OPTIONS, "there is no such setting")
class Debugged(Suite):
    args = ("-s", "--pdb", "--pdbcls=slow_pdb:Slow")
    files = {
        "slow_pdb.py": """
            import pdb, time
            class Slow(pdb.Pdb):
                def __init__(self, **kwargs): super().__init__()
                def reset(self): pass
                quitting = False
                def interaction(self, *args): time.sleep(0.3)
                def set_trace(self, frame=None): look_around()
            # As if somebody sat at the prompt.
            exec(compile("import time\\ndef look_around(): time.sleep(0.3)", "pdb.py", "exec"),
                 vars(pdb))
            look_around = pdb.look_around
            """,
        "test_it.py": """
            import asyncio, pytest
            pytestmark = pytest.mark.asynctest(timeout=0.15)
            @pytest.fixture
            async def fixture():
                yield
                await asyncio.sleep(0)
                print("TORN DOWN")
            async def test_breakpoint(fixture):
                pytest.set_trace()
                await asyncio.sleep(0)
            async def test_post_mortem(fixture): assert 0
            """,
    }

    def test_the_limit_pauses(self):
        self.check("test_breakpoint", "passed")

    def test_after_the_post_mortem_there_is_time_for_tear_down(self):
        self.assertEqual(
            [r["outcome"] for r in self.ran.reports][-3:], ["passed", "failed", "passed"]
        )
        self.assertEqual(self.ran.text.count("TORN DOWN"), 2)
