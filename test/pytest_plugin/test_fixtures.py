from .inner import Suite


class Scopes(Suite):
    files = {
        "conftest.py": """
            import asyncio, pytest
            log = []

            def make(scope, log=log):
                @pytest.fixture(scope=scope, name=f"of_{scope}")
                async def fixture():
                    log.append(f"+{scope}")
                    loop = asyncio.get_running_loop()
                    yield loop
                    await asyncio.sleep(0)
                    assert asyncio.get_running_loop() is loop
                    log.append(f"-{scope}")
                return fixture

            of_function, of_class, of_module, of_session = map(
                make, ("function", "class", "module", "session"))

            @pytest.fixture(scope="session", autouse=True)
            def show_log():
                yield
                print("LOG", *log)
            """,
        "pkg/__init__.py": "",
        "pkg/conftest.py": """
            from conftest import make
            of_package = make("package")
            """,
        "pkg/test_one.py": """
            import asyncio, pytest
            pytestmark = pytest.mark.asynctest
            running = asyncio.get_running_loop
            seen = []

            class TestClass:
                async def test_function(self, of_function): assert running() is of_function
                async def test_class(self, of_class):
                    seen.append(of_class)
                    assert running() is of_class
                async def test_same_class(self, of_class, of_function):
                    assert running() is of_class is seen[0] is of_function
            async def test_own_loop(): assert running() is not seen[0]
            async def test_module(of_module): assert running() is of_module is not seen[0]
            async def test_package(of_package): assert running() is of_package
            async def test_loops_differ(of_package): assert of_package is not seen[0]
            def test_closed(): assert seen[0].is_closed()
            """,
        "pkg/test_two.py": """
            import asyncio, pytest
            pytestmark = pytest.mark.asynctest
            running = asyncio.get_running_loop
            async def test_package(of_package): assert running() is of_package
            async def test_own_module(of_module): assert running() is of_module
            """,
        "test_three.py": """
            import asyncio, pytest
            pytestmark = pytest.mark.asynctest
            running = asyncio.get_running_loop
            # The first test alone would run on the module's loop: the second one decides.
            async def test_module(of_module): assert running() is of_module
            async def test_mixed(of_module, of_session):
                assert running() is of_module is of_session
            async def test_session(of_session, of_function):
                assert running() is of_session is of_function
            """,
    }
    args = ("-s", "pkg", "test_three.py")

    def test_every_claim_inside_holds(self):
        for name in self.ran.names:
            self.check(name, "passed")
        self.assertEqual(len(self.ran.reports), 39)

    def test_tear_down_comes_in_reverse_order_at_the_end_of_each_scope(self):
        (line,) = [line for line in self.ran.text.splitlines() if "LOG" in line]
        log = line.partition("LOG ")[2].split()
        self.assertEqual(
            log,
            "+function -function +class +function -function -class "
            "+module +package -module +module -module -package "
            "+module +session +function -function -module -session".split(),
        )


class TearDown(Suite):
    ini = "asynctest_mode = auto"
    files = """
        import asyncio, pytest
        log = []

        @pytest.fixture
        def plain():
            yield
            log.append("plain")
        @pytest.fixture
        async def outer(plain):
            yield
            await asyncio.sleep(0)
            log.append("outer")
        @pytest.fixture
        async def inner(outer):
            yield
            await asyncio.sleep(0)
            log.append("inner")
        @pytest.fixture
        async def value():
            await asyncio.sleep(0)
            return 7
        @pytest.fixture(autouse=True)
        def fresh():
            log.clear()

        @pytest.fixture
        def torn(request):
            node = request.node
            yield
            print("TORN", node.name, *log)

        async def test_passes(torn, inner, value): assert value == 7
        async def test_fails(torn, inner): assert 0
        async def test_cancels_itself(torn, inner): asyncio.current_task().cancel()
        async def test_cancels_itself_and_waits(torn, inner):
            asyncio.current_task().cancel()
            await asyncio.sleep(10)
        async def test_stops(torn, inner):
            asyncio.get_running_loop().stop()
            await asyncio.sleep(10)
        async def test_raises_in_callback(torn, inner):
            def interrupt(): raise SystemExit
            asyncio.get_running_loop().call_soon(interrupt)
            await asyncio.sleep(10)
        async def test_skips(torn, inner): pytest.skip()

        @pytest.fixture
        async def broken(inner):
            yield
            raise ValueError("broken end")
        async def test_broken_end(torn, broken): pass
        @pytest.fixture
        async def cancelled_end(inner):
            yield
            raise asyncio.CancelledError
        async def test_cancelled_end(torn, cancelled_end): pass
        @pytest.fixture
        async def never(inner): raise ValueError("never there")
        async def test_never(torn, never): pass
        @pytest.fixture
        async def twice(inner):
            yield 1
            yield 2
        async def test_twice(torn, twice): pass
        @pytest.fixture
        async def skipping(inner): pytest.skip("no server")
        async def test_skipping(torn, skipping): pass

        @pytest.fixture(params=["a", "b"])
        async def param(request): return request.param
        async def test_param(param): assert param in "ab"

        class TestMethods:
            @pytest.fixture
            async def method(self):
                self.there = await asyncio.sleep(0, "there")
                yield self
            async def test_instance(self, method): assert self is method and self.there
        @pytest.mark.usefixtures("torn", "inner")
        async def test_usefixtures(): pass
        async def test_dynamic(request):
            with pytest.raises(TypeError, match="while the loop runs"):
                request.getfixturevalue("value")
        @pytest.fixture
        def lazily(request): return request.getfixturevalue("value")
        async def test_dynamic_in_plain_fixture(lazily): assert lazily == 7
        """
    args = ("-s",)

    def torn(self, name, *log):
        self.assertIn(" ".join(["TORN", name, *log]), self.ran.text)

    def test_values_and_order(self):
        self.check("test_passes", "passed")
        self.torn("test_passes", "inner", "outer", "plain")

    def test_it_runs_after_a_failure(self):
        self.torn("test_fails", "inner", "outer", "plain")

    def test_it_runs_when_the_test_cancelled_itself(self):
        self.check("test_cancels_itself", "failed", "CancelledError")
        self.torn("test_cancels_itself", "inner", "outer", "plain")
        self.torn("test_cancels_itself_and_waits", "inner", "outer", "plain")

    def test_it_runs_when_the_loop_was_stopped(self):
        self.check("test_stops", "failed")
        self.torn("test_stops", "inner", "outer", "plain")

    def test_it_runs_when_a_callback_exited(self):
        self.check("test_raises_in_callback", "failed")
        self.torn("test_raises_in_callback", "inner", "outer", "plain")

    def test_it_runs_when_the_test_skipped(self):
        self.check("test_skips", "skipped")
        self.torn("test_skips", "inner", "outer", "plain")

    def test_an_error_in_it_is_an_error_and_the_rest_runs(self):
        self.check("test_broken_end", "error in teardown", "broken end")
        self.torn("test_broken_end", "inner", "outer", "plain")

    def test_a_cancelled_end_does_not_stop_the_rest(self):
        self.check("test_cancelled_end", "error in teardown", "was cancelled")
        self.torn("test_cancelled_end", "inner", "outer", "plain")

    def test_an_error_in_set_up_is_an_error_of_the_test(self):
        self.check("test_never", "error in setup", "never there")
        self.torn("test_never", "inner", "outer", "plain")

    def test_a_fixture_that_yields_twice_is_told_so(self):
        self.check("test_twice", "error in teardown", "yields more than once", "test_it.py:")
        self.torn("test_twice", "inner", "outer", "plain")

    def test_a_fixture_can_skip(self):
        self.check("test_skipping", "skipped", "no server")

    def test_parametrized_fixtures(self):
        self.check("test_param[a]", "passed")
        self.check("test_param[b]", "passed")

    def test_methods_are_bound_to_the_running_instance(self):
        self.check("TestMethods::test_instance", "passed")

    def test_usefixtures(self):
        self.torn("test_usefixtures", "inner", "outer", "plain")

    def test_asking_while_the_loop_runs_is_refused_with_the_remedy(self):
        self.check("test_dynamic", "passed")

    def test_a_plain_fixture_can_ask_for_an_async_one(self):
        self.check("test_dynamic_in_plain_fixture", "passed")


class ContextVariables(Suite):
    ini = "asynctest_mode = auto"
    files = """
        import asyncio, contextvars, pytest
        var = contextvars.ContextVar("var", default="unset")

        @pytest.fixture(scope="module")
        async def wide():
            token = var.set("wide")
            yield
            assert var.get() == "wide"
            var.reset(token)
        @pytest.fixture(scope="module")
        def plain_wide():
            token = var.set("plain wide")
            yield
            var.reset(token)
        @pytest.fixture
        async def fixture():
            before = var.get()
            token = var.set("fixture")
            yield
            assert var.get() == "test"
            var.reset(token)
            assert var.get() == before
        @pytest.fixture
        def plain_after(fixture):
            assert var.get() == "fixture"
            yield
            assert var.get() == "test"
        @pytest.fixture
        def plain_first():
            token = var.set("plain")
            yield
            var.reset(token)

        async def test_flow(plain_first, fixture, plain_after):
            assert var.get() == "fixture"
            async def child(): assert var.get() == "fixture"
            await asyncio.create_task(child())
            var.set("test")
        async def test_plain_fixture_is_seen(plain_first): assert var.get() == "plain"
        async def test_sets(): var.set("left")
        async def test_nothing_is_left(): assert var.get() == "unset"
        def test_nothing_is_left_outside(): assert var.get() == "unset"

        class TestWide:
            async def test_seen(self, wide):
                assert var.get() == "wide"
                var.set("changed")
            async def test_change_is_forgotten(self, wide): assert var.get() == "wide"
            async def test_with_fixture(self, wide, fixture, plain_after): var.set("test")
            def test_plain_test_sees_it(self, wide_is_there=None): assert var.get() == "wide"
        """

    def test_every_claim_inside_holds(self):
        self.assertGreaterEqual(len(self.ran.names), 9)
        for name in self.ran.names:
            with self.subTest(name):
                self.check(name, "passed")


class Services(Suite):
    ini = "asynctest_mode = auto"
    files = """
        import asyncio, pytest, time

        async def fail_soon(delay=0.01):
            await asyncio.sleep(delay)
            raise ValueError("the service died")

        @pytest.fixture
        async def service():
            async with asyncio.TaskGroup() as group:
                group.create_task(fail_soon(), name="poller")
                yield group
        async def test_stopped(service): await asyncio.sleep(100)
        async def test_next(): await asyncio.sleep(0)
        async def test_stopped_in_a_child(service):
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.sleep(100))

        @pytest.fixture
        async def dead(service): await asyncio.sleep(0.05)
        async def test_dead_on_arrival(dead): assert 0, "must not run"

        @pytest.fixture
        async def healthy():
            async with asyncio.TaskGroup() as group:
                task = group.create_task(asyncio.sleep(100))
                yield group
                task.cancel()
        async def test_healthy(healthy): await asyncio.sleep(0)
        async def test_own_group(healthy):
            with pytest.raises(ExceptionGroup):
                async with asyncio.TaskGroup() as group:
                    group.create_task(fail_soon(0))
        @pytest.fixture
        async def limited():
            async with asyncio.timeout(0.02):
                yield
        async def test_limited(limited): await asyncio.sleep(100)
        async def test_within_limit(limited): await asyncio.sleep(0)

        @pytest.fixture(scope="module")
        async def wide():
            async with asyncio.TaskGroup() as group:
                yield group
        class TestWide:
            async def test_starts(self, wide):
                wide.create_task(fail_soon(0.05))
            async def test_stopped(self, wide): await asyncio.sleep(100)
        """

    def test_a_failing_service_stops_the_test_and_is_its_error(self):
        self.check("test_stopped", "failed", "ValueError: the service died", "poller")

    def test_it_is_reported_once(self):
        reports = [r for r in self.ran.reports if r["name"] == "test_stopped"]
        self.assertEqual([r["outcome"] for r in reports], ["passed", "failed", "passed"])

    def test_the_next_test_is_not_touched(self):
        self.check("test_next", "passed")

    def test_children_of_the_test_are_stopped_too(self):
        self.check("test_stopped_in_a_child", "failed", "the service died")

    def test_a_test_whose_service_died_in_set_up_does_not_run(self):
        self.assertNotIn("must not run", self.ran.words("test_dead_on_arrival"))
        self.assertIn("the service died", self.ran.words("test_dead_on_arrival"))

    def test_a_healthy_service_does_no_harm(self):
        self.check("test_healthy", "passed")

    def test_a_group_of_the_test_itself_is_its_own_affair(self):
        self.check("test_own_group", "passed")

    def test_a_timeout_around_yield_stops_the_test(self):
        self.check("test_limited", "failed", "CancelledError")
        self.check("test_within_limit", "passed")

    def test_a_service_of_a_wider_scope_stops_the_test_that_runs(self):
        self.check("TestWide::test_starts", "passed")
        self.check("TestWide::test_stopped", "failed", "the service died")


class AnyioGroups(Suite):
    ini = "asynctest_mode = auto"
    needs = ("anyio",)
    files = """
        import anyio, pytest
        async def fail():
            await anyio.sleep(0.01)
            raise ValueError("the service died")
        @pytest.fixture
        async def group():
            async with anyio.create_task_group() as group:
                yield group
                group.cancel_scope.cancel()
        async def test_stopped(group):
            group.start_soon(fail)
            await anyio.sleep(100)
        async def test_healthy(group):
            group.start_soon(anyio.sleep, 100)
        @pytest.fixture
        async def scope():
            with anyio.move_on_after(100) as scope:
                yield scope
        async def test_scope(scope): await anyio.sleep(0)
        """

    def test_cancel_scopes_can_stay_open_across_yield(self):
        self.check("test_healthy", "passed")
        self.check("test_scope", "passed")

    def test_a_failing_service_stops_the_test_and_is_its_error(self):
        self.check("test_stopped", "failed", "ValueError: the service died")
