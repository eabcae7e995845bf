from .inner import Suite


class Tests(Suite):
    files = """
        import asyncio, pytest, contextlib

        pytestmark = pytest.mark.asynctest

        def test_set_a_loop(): asyncio.set_event_loop(mine)
        mine = asyncio.new_event_loop()
        async def test_passes(): await asyncio.sleep(0)
        async def test_fails():
            await asyncio.sleep(0)
            assert 1 + 1 == 3
        async def test_skips():
            await asyncio.sleep(0)
            pytest.skip("not today")
        async def test_xfails():
            await asyncio.sleep(0)
            pytest.xfail("known")
        @pytest.mark.xfail(strict=True)
        async def test_marked_xfail(): assert False
        @pytest.mark.skip
        async def test_marked_skip(): assert False
        @pytest.mark.parametrize("n", [1, 2])
        async def test_parameters(n): assert n != 2
        async def test_raises():
            with pytest.raises(ValueError, match="yes"):
                await asyncio.sleep(0)
                raise ValueError("yes")
        async def test_group():
            async with asyncio.TaskGroup() as group:
                group.create_task(fail("one"))
                group.create_task(fail("two"))
        async def fail(text): raise ValueError(text)
        async def test_exits(): raise SystemExit(3)
        async def test_cancels_itself(): asyncio.current_task().cancel()
        async def test_returns(): return 1
        def test_plain(): pass
        def test_current_loop_is_put_back():
            assert asyncio.get_event_loop() is mine
            asyncio.set_event_loop(None)
            mine.close()

        loops = []
        async def test_one_loop(): loops.append(asyncio.get_running_loop())
        async def test_another_loop():
            assert asyncio.get_running_loop() is not loops[0] and loops[0].is_closed()

        class TestInClass:
            async def test_method(self): self.x = await asyncio.sleep(0, 1)
            async def test_fresh_instance(self): assert not hasattr(self, "x")
            @staticmethod
            async def test_static(): await asyncio.sleep(0)
            @classmethod
            async def test_of_class(cls): assert cls is TestInClass

        async def test_capsys(capsys):
            print("said")
            assert capsys.readouterr().out == "said\\n"
        async def test_caplog(caplog):
            import logging
            logging.getLogger("x").warning("logged")
            assert caplog.messages == ["logged"]
        async def test_monkeypatch(monkeypatch, tmp_path):
            monkeypatch.setenv("X", str(tmp_path))
        async def test_recwarn(recwarn):
            import warnings
            warnings.warn("seen")
            assert len(recwarn) == 1
        async def test_closes_the_loop():
            asyncio.get_running_loop().call_soon(asyncio.get_running_loop().stop)
            await asyncio.sleep(100)
        """

    def test_a_coroutine_that_ends_passes(self):
        self.check("test_passes", "passed")

    def test_a_failed_assertion_is_explained_at_its_line(self):
        self.check("test_fails", "failed", "assert 1 + 1 == 3", "test_it.py:11")

    def test_our_frames_are_not_shown(self):
        self.assertNotIn("_host.py", self.ran.words("test_fails"))
        self.assertNotIn("_stage.py", self.ran.words("test_fails"))
        self.assertNotIn("base_events", self.ran.words("test_fails"))

    def test_skip_inside_a_coroutine_skips(self):
        self.check("test_skips", "skipped", "not today")

    def test_xfail_inside_a_coroutine_is_an_expected_failure(self):
        self.check("test_xfails", "xfailed")

    def test_marks_of_pytest_work(self):
        self.check("test_marked_xfail", "xfailed")
        self.check("test_marked_skip", "skipped")

    def test_parametrize_makes_tests(self):
        self.check("test_parameters[1]", "passed")
        self.check("test_parameters[2]", "failed")

    def test_raises_works_around_an_await(self):
        self.check("test_raises", "passed")

    def test_exception_groups_are_shown_whole(self):
        self.check("test_group", "failed", "ValueError: one", "ValueError: two", "sub-exception")

    def test_system_exit_fails_the_test_and_the_next_ones_run(self):
        self.check("test_exits", "failed", "SystemExit: 3")
        self.check("test_returns", "passed")

    def test_a_test_that_cancels_itself_says_so(self):
        self.check("test_cancels_itself", "failed", "CancelledError", "was cancelled")

    def test_a_returned_value_is_warned_about_at_the_test(self):
        (found,) = [w for w in self.ran.warnings if "returned a value" in w["text"]]
        self.assertEqual(found["file"], "test_it.py")
        self.assertEqual(found["name"], "test_returns")

    def test_plain_tests_below_a_module_mark_run_as_ever(self):
        self.check("test_plain", "passed")

    def test_the_current_loop_is_put_back(self):
        self.check("test_current_loop_is_put_back", "passed")

    def test_each_test_has_a_loop_that_is_closed_afterwards(self):
        self.check("test_another_loop", "passed")

    def test_methods_of_classes_run(self):
        for name in ("test_method", "test_fresh_instance", "test_static", "test_of_class"):
            self.check(f"TestInClass::{name}", "passed")

    def test_fixtures_of_pytest_work(self):
        for name in ("capsys", "caplog", "monkeypatch", "recwarn"):
            self.check(f"test_{name}", "passed")

    def test_a_stopped_loop_fails_the_test_only(self):
        self.check("test_closes_the_loop", "failed", "stopped before Future completed")


class AutoMode(Suite):
    ini = "asynctest_mode = auto"
    files = """
        import asyncio
        async def test_unmarked(): await asyncio.sleep(0)
        def test_plain(): pass
        """

    def test_unmarked_async_tests_run(self):
        self.check("test_unmarked", "passed")
        self.check("test_plain", "passed")


class StrictMode(Suite):
    files = "async def test_unmarked(): pass"

    def test_unmarked_async_tests_are_left_to_pytest(self):
        self.check("test_unmarked", "failed", "async def functions are not natively supported")


class OptionOverIni(Suite):
    ini = "asynctest_mode = strict"
    args = ("--asynctest-mode=auto",)
    files = "async def test_unmarked(): pass"

    def test_the_command_line_counts_more(self):
        self.check("test_unmarked", "passed")
