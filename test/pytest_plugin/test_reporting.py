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
