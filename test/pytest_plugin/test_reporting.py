from .inner import Suite


class Findings(Suite):
    ini = "asynctest_mode = auto\nasynctest_warn_on = active_handles"
    files = """
        import asyncio, pytest, asynctest

        def leave(): asyncio.get_running_loop().call_later(1000, print)

        async def test_one(): leave()
        async def test_two(): leave(); leave()
        @pytest.mark.asynctest(fail_on="active_handles")
        async def test_fails(): leave()
        @pytest.mark.asynctest(fail_on="active_handles")
        async def test_failed_already():
            leave()
            assert 0, "first"
        @pytest.mark.asynctest(fail_on="lost_exceptions")
        async def test_failed_and_lost():
            asyncio.create_task(lose())
            await asyncio.sleep(0.01)
            assert 0, "first"
        @pytest.mark.asynctest(fail_on="lost_exceptions")
        async def test_lost():
            asyncio.create_task(lose())
            await asyncio.sleep(0.01)
        @pytest.mark.asynctest(fail_on="lost_exceptions active_handles")
        async def test_two_kinds():
            leave()
            asyncio.create_task(lose(), name="two kinds")
            await asyncio.sleep(0.01)
        async def lose(): raise ValueError("lost")
        @pytest.mark.asynctest(fail_on="lost_exceptions")
        async def test_skipped_and_lost():
            asyncio.create_task(lose())
            await asyncio.sleep(0.01)
            pytest.skip("enough")
        class TestCase(asynctest.TestCase):
            async def test_case(self): leave()
            @asynctest.fail_on(active_handles=True)
            async def test_case_fails(self): leave()
        async def test_clean(): pass
        @pytest.mark.filterwarnings("error::asynctest.AsynctestWarning")
        async def test_filter_makes_it_an_error(): leave()
        @pytest.mark.filterwarnings("error::asynctest.AsynctestWarning:test_it")
        async def test_filter_of_this_module(): leave()
        @pytest.mark.filterwarnings("error::asynctest.AsynctestWarning:other")
        async def test_filter_of_another_module(): leave()
        @pytest.mark.filterwarnings("ignore::asynctest.AsynctestWarning")
        async def test_filter_hides_it(): leave()
        """

    def test_a_failing_check_fails_the_test_with_the_words_alone(self):
        self.check("test_fails", "failed", "unfinished work", "allow it with")
        self.assertNotIn("Traceback", self.ran.words("test_fails"))
        self.assertNotIn("_stage.py", self.ran.words("test_fails"))

    def test_the_short_line_names_the_fact(self):
        import pytest

        if pytest.version_tuple < (9,):
            self.skipTest("this pytest has no short line for a text")
        self.assertIn("test_it.py::test_fails - Loop contained unfinished work", self.ran.text)

    def test_a_test_that_failed_already_shows_findings_below_its_failure(self):
        self.check("test_failed_and_lost", "failed", "first")
        failure = self.ran.text.partition("_ test_failed_and_lost _")[2].partition("__ test_")[0]
        self.assertIn("ValueError: lost", failure)
        self.assertEqual(
            [r["outcome"] for r in self.ran.reports if r["name"] == "test_failed_and_lost"],
            ["passed", "failed", "passed"],
        )

    def test_findings_of_two_kinds_are_told_once(self):
        self.check("test_two_kinds", "failed", "unfinished work", "ValueError: lost")
        self.assertEqual(self.ran.text.count("task 'two kinds' (started"), 1)

    def test_a_lost_exception_fails_the_test(self):
        self.check("test_lost", "failed", "ValueError: lost", "test_it.py:")

    def test_a_skipped_test_is_judged_as_well(self):
        reports = [r for r in self.ran.reports if r["name"] == "test_skipped_and_lost"]
        self.assertEqual([r["outcome"] for r in reports], ["passed", "skipped", "failed"])

    def test_test_cases_are_reported_alike(self):
        self.check("TestCase::test_case", "passed")
        self.check("TestCase::test_case_fails", "failed", "unfinished work")
        self.assertNotIn("Traceback", self.ran.words("TestCase::test_case_fails"))

    def test_warnings_point_into_the_test_file(self):
        found = {w["name"]: w for w in self.ran.warnings if w["category"] == "ActiveHandlesWarning"}
        self.assertEqual(found["test_one"]["file"], "test_it.py")
        self.assertEqual(found["test_one"]["line"], 6)
        self.assertEqual(found["TestCase::test_case"]["file"], "test_it.py")

    def test_the_filters_of_pytest_work_on_them(self):
        self.check("test_filter_makes_it_an_error", "failed", "unfinished work")
        self.check("test_filter_of_this_module", "failed", "unfinished work")
        self.check("test_filter_of_another_module", "passed")
        self.check("test_filter_hides_it", "passed")
        self.assertNotIn("test_filter_hides_it", [w["name"] for w in self.ran.warnings])

    def test_the_summary_groups_by_check_and_names_the_first_place(self):
        summary = self.ran.text.partition("asynctest findings =")[2]
        self.assertIn("active_handles (fail): ", summary)
        self.assertIn("first in test_it.py::test_fails", summary)
        self.assertIn("active_handles (warn): 8 in 7 tests, first in test_it.py::test_one", summary)


class Quiet(Suite):
    ini = "asynctest_mode = auto"
    args = ("-Werror",)
    files = """
        import asyncio, pytest, asynctest
        @pytest.fixture
        async def value():
            yield await asyncio.sleep(0, 1)
        async def test_clean(value): assert value == 1
        class TestCase(asynctest.TestCase):
            async def test_case(self): await asyncio.sleep(0)
        """

    def test_a_clean_run_with_warnings_as_errors_says_nothing(self):
        self.check("test_clean", "passed")
        self.check("TestCase::test_case", "passed")
        self.assertNotIn("findings", self.ran.text)
        self.assertEqual(self.ran.warnings, [])


class When(Suite):
    ini = "asynctest_mode = auto"
    files = """
        import asyncio, os, pytest, asynctest

        pytestmark = pytest.mark.asynctest(fail_on="active_handles lost_exceptions changed_globals")

        def leave(): asyncio.get_running_loop().call_later(1000, print)
        async def lose():
            async def fail(): raise ValueError("lost")
            asyncio.get_running_loop().call_soon(int, "bad")
            await asyncio.sleep(0.001)

        @pytest.fixture
        def plain(): return 1
        @pytest.fixture
        async def handle():
            handle = asyncio.get_running_loop().call_later(1000, print)
            yield
            handle.cancel()
        @pytest.fixture
        def with_request(request):
            handles = []
            request.addfinalizer(lambda: [handle.cancel() for handle in handles])
            return handles
        @pytest.fixture(scope="module")
        def wide(): yield

        async def test_alone(): leave()
        async def test_wide(wide): leave()
        async def test_plain(plain): leave()
        @pytest.mark.parametrize("n", [1])
        async def test_parameter(n): leave()
        async def test_of_pytest(tmp_path, capsys, caplog, record_property): leave()
        async def test_of_ours(loop, unused_tcp_port): leave()
        async def test_torn_down(handle): pass
        async def test_torn_down_too_little(handle): leave()
        async def test_finalizer(with_request):
            with_request.append(asyncio.get_running_loop().call_later(1000, print))
        async def test_own_finalizer(request):
            handle = asyncio.get_running_loop().call_later(1000, print)
            request.addfinalizer(handle.cancel)
        async def test_monkeypatch(monkeypatch): monkeypatch.setenv("ASYNCTEST_X", "1")
        @pytest.mark.asynctest(fail_on="callback_exceptions")
        async def test_known_before_tear_down(handle):
            asyncio.get_running_loop().call_soon(int, "bad")
            await asyncio.sleep(0)
        class TestXunit:
            def setup_method(self): pass
            def teardown_method(self): self.handle.cancel()
            async def test_it(self):
                self.handle = asyncio.get_running_loop().call_later(1000, print)
        @pytest.mark.asynctest(loop_model="both")
        async def test_both(): leave()

        @pytest.mark.xfail(strict=True)
        async def test_xfail(): leave()
        @pytest.mark.xfail(strict=True, raises=AssertionError)
        async def test_xfail_of_this_kind(): leave()
        @pytest.mark.xfail(strict=True, raises=asynctest.CheckFailed)
        async def test_xfail_of_findings(): leave()
        @pytest.mark.xfail(raises=ValueError)
        async def test_xfail_of_another_kind(): leave()
        @pytest.mark.xfail(strict=True)
        async def test_xfail_that_is_clean(): pass
        @pytest.mark.xfail(strict=True)
        async def test_xfail_that_fails_itself():
            leave()
            assert 0
        @pytest.mark.xfail(strict=True)
        async def test_xfail_known_late(handle): leave()
        async def test_xfail_called():
            leave()
            pytest.xfail("known")

        class TestCase(asynctest.TestCase):
            async def test_finding(self): leave()
            @pytest.mark.xfail(strict=True)
            async def test_xfail(self): leave()
            @asynctest.expectedFailure
            async def test_expected(self): leave()
        """

    def test_what_is_known_at_the_end_of_the_test_fails_it(self):
        for name in ("alone", "wide", "plain", "parameter[1]", "of_pytest", "of_ours"):
            self.check(f"test_{name}", "failed", "unfinished work")
            whens = [r["outcome"] for r in self.ran.reports if r["name"] == f"test_{name}"]
            self.assertEqual(whens, ["passed", "failed", "passed"])
        for model in ("selector", "proactor"):
            self.check(f"test_both[{model}]", "failed", "unfinished work")

    def test_what_is_torn_down_after_the_test_is_not_held_against_it(self):
        for name in ("torn_down", "finalizer", "own_finalizer", "monkeypatch"):
            self.check(f"test_{name}", "passed")
        self.check("TestXunit::test_it", "passed")

    def test_what_is_known_after_tear_down_alone_is_an_error_of_it(self):
        self.check("test_torn_down_too_little", "error in teardown", "unfinished work")

    def test_what_happened_before_tear_down_fails_the_test(self):
        self.check("test_known_before_tear_down", "failed", "invalid literal for int")
        whens = [r for r in self.ran.reports if r["name"] == "test_known_before_tear_down"]
        self.assertEqual([r["outcome"] for r in whens], ["passed", "failed", "passed"])

    def test_a_finding_is_a_failure_that_may_be_expected(self):
        for name in ("xfail", "xfail_of_this_kind", "xfail_of_findings"):
            self.check(f"test_{name}", "xfailed")
        self.check("test_xfail_of_another_kind", "failed", "unfinished work")

    def test_without_one_an_expected_failure_is_missed(self):
        self.check("test_xfail_that_is_clean", "failed", "XPASS(strict)")

    def test_a_test_that_fails_as_expected_is_not_failed_by_findings(self):
        self.check("test_xfail_that_fails_itself", "xfailed")

    def test_a_finding_that_comes_late_is_no_expected_failure_of_the_test(self):
        self.check("test_xfail_known_late", "failed", "XPASS(strict)")

    def test_a_test_case_does_the_same(self):
        self.check("TestCase::test_finding", "failed", "unfinished work")
        self.check("TestCase::test_xfail", "xfailed")


class Shown(Suite):
    ini = "asynctest_mode = auto"
    files = """
        import asyncio, pytest, asynctest

        @pytest.mark.asynctest(fail_on="active_handles")
        async def test_failed():
            asyncio.get_running_loop().call_later(1000, print)
            assert 0, "first"
        @pytest.fixture
        def torn_down(): yield
        @pytest.mark.asynctest(fail_on="active_handles")
        async def test_failed_before_tear_down(torn_down):
            asyncio.get_running_loop().call_later(1000, print)
            assert 0, "first"
        @pytest.mark.asynctest(fail_on="active_handles")
        async def test_xfail_called():
            asyncio.get_running_loop().call_later(1000, print)
            pytest.xfail("known")
        @pytest.mark.asynctest(clock="auto")
        async def test_nothing_can_wake_it():
            await asyncio.Event().wait()
        @pytest.mark.asynctest(timeout=0.05)
        async def test_out_of_time():
            await asyncio.Event().wait()
        @pytest.mark.asynctest(timeout=0.05)
        async def test_blocked():
            while True: pass
        async def test_cancelled(): asyncio.current_task().cancel()
        @pytest.mark.asynctest(cancel_timeout=0.05, lenient=True)
        async def test_stubborn():
            async def refuse():
                while True:
                    try: await asyncio.sleep(100)
                    except asyncio.CancelledError: pass
            asyncio.create_task(refuse(), name="refuser")
            await asyncio.sleep(0)
        @pytest.mark.asynctest(cancel_timeout=0.05, lenient=True)
        async def test_failed_and_stubborn():
            await test_stubborn()
            assert 0, "first"
        class TestCase(asynctest.TestCase):
            @asynctest.configure(clock="auto")
            async def test_nothing_can_wake_it(self): await asyncio.Event().wait()
            async def test_cancelled(self): asyncio.current_task().cancel()
        """

    def test_findings_stand_at_the_failure(self):
        self.check("test_failed", "failed", "assert 0", "unfinished work")
        self.assertNotIn("Captured asynctest", self.ran.words("test_failed"))

    def test_those_known_after_tear_down_stand_below_it(self):
        self.check("test_failed_before_tear_down", "failed", "assert 0")
        self.assertIn("Captured asynctest teardown", self.ran.text)

    def test_an_expected_failure_called_for_stays_one(self):
        self.check("test_xfail_called", "xfailed")

    def test_what_a_test_waited_for_is_shown_in_its_code(self):
        for name in ("test_nothing_can_wake_it", "test_out_of_time"):
            self.check(name, "failed", ">       await asyncio.Event().wait()")
        self.check("test_blocked", "failed", ">       while True: pass")
        self.check("TestCase::test_nothing_can_wake_it", "failed", "await asyncio.Event().wait()")

    def test_where_there_is_no_place_there_are_words_alone(self):
        for name in ("test_cancelled", "TestCase::test_cancelled"):
            self.check(name, "failed", "CancelledError")
            self.assertNotIn("hidden", self.ran.words(name))
            self.assertNotIn(".py:", self.ran.words(name))
        self.check("test_stubborn", "failed", "asynctest.StubbornTasks: 1 task did not stop")
        self.assertIn("task 'refuser' at test_it.py:", self.ran.words("test_stubborn"))
        self.assertNotIn("hidden", self.ran.words("test_stubborn"))

    def test_a_failure_comes_before_what_goes_wrong_after_it(self):
        self.check("test_failed_and_stubborn", "failed", "first", "StubbornTasks")
        outcomes = [
            r["outcome"] for r in self.ran.reports if r["name"] == "test_failed_and_stubborn"
        ]
        self.assertEqual(outcomes, ["passed", "failed", "failed"])


class LookedAt(Suite):
    ini = "asynctest_mode = auto"
    args = ("--showlocals",)
    files = """
        import asyncio
        async def test_failed():
            task = asyncio.create_task(asyncio.sleep(100))
            await asyncio.sleep(0)
            assert 0
        """

    def test_who_looks_at_local_variables_sees_tasks_as_they_were(self):
        self.check("test_failed", "failed", "<Task pending")
