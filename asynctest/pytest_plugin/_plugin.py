"""The hooks: what pytest calls once a test wants the plugin."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import warnings
from collections.abc import Generator, Sequence
from typing import Any

import pytest

from .._calls import is_loop_running
from .._errors import MisuseError, say
from .._places import place_of
from .._settings import Settings, declared_by, merge
from .._stage import Stage
from ._collecting import check_test, is_bare
from ._driver import Driver
from ._fence import arguments_of, finish_fixture
from ._fixtures import as_plain_function, told_who_runs
from ._hypothesis import run_examples
from ._models import parametrize
from ._neighbours import give_back, without_anyio
from ._options import Options
from ._ours import Claims, has_examples, is_async, is_async_fixture
from ._reporting import watch_reports
from ._scopes import Ground, Home, HomePlan
from ._siblings import Siblings
from ._solo import Solo
from ._testcases import check_cases, each_on_its_models, tell_case
from ._uses import uses_of
from ._words import words_around

__all__ = ["Plugin"]

__tracebackhide__ = True

_Hook = Generator[None, Any, Any]


class Plugin:
    """Runs the async tests of one pytest session."""

    def __init__(
        self, config: pytest.Config, said: dict[str, Any], auto: bool, others: Sequence[str]
    ) -> None:
        self.config = config
        self._options = Options(config, said)
        self._options.use()
        self.claims = Claims(auto, others)
        self._siblings = Siblings(self.claims)
        self._traces = bool(config.getoption("trace", False))
        # Who enters a debugger, or reads local variables, is to find tasks as they were.
        self._is_looked_at = any(config.getoption(name, False) for name in ("usepdb", "showlocals"))
        self._driver: Driver | None = None
        self._homes: dict[Any, Home] = {}
        # Where bare tests are ours and fine: the next one there need not be looked at.
        self._unremarkable: set[Any] = set()
        # Why plain tests cannot run, by collector and name of the function.
        self._refused: dict[tuple[Any, str], str] = {}
        self._lives_at: dict[Any, Home] = {}
        self._plan: HomePlan | None = None
        self._session: pytest.Session | None = None

    def collect(self, metafunc: pytest.Metafunc) -> None:
        """Look at a test while it is collected: complain about what can never work."""
        node = metafunc.definition
        if node.parent in self._unremarkable and is_bare(node):
            return
        try:
            ours = check_test(self.claims, metafunc)
        except pytest.Collector.CollectError as exc:
            if is_async(node.obj):
                raise
            # Others of its module need not be about asyncio: they are not to be lost with it.
            self._refused[node.parent, node.originalname] = str(exc)
            return
        if ours and not parametrize(metafunc) and is_bare(node):
            self._unremarkable.add(node.parent)

    def without_anyio(self, collector: Any, function: Any) -> None:
        """Take off what anyio in auto mode puts on a test of ours."""
        without_anyio(collector, function)

    def give_back(self, made: list[Any]) -> list[Any]:
        """Undo what pytest-asyncio in auto mode does to a test of ours."""
        return [give_back(node) if self.claims.is_ours(node) else node for node in made]

    def collect_cases(self, items: list[pytest.Item]) -> None:
        """Look at the marks of test cases, which pytest collects in a way of its own."""
        check_cases(items)

    def each_on_its_models(self, items: list[Any]) -> list[Any]:
        """Make two items of each test of a test case that runs on both loop models."""
        return each_on_its_models(items)

    def pytest_unconfigure(self) -> None:
        """Forget what this session said."""
        self._options.forget()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember which tests will run together."""
        self._session = session

    # -- one test -----------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> _Hook:
        """Open the stage early enough, and tell it when all fixtures are there."""
        self._driver = None
        if self._refused and self._refuse(item):
            return (yield)
        carriers = self._siblings.carriers_of(item)
        if carriers is None:
            result = yield
            tell_case(item)
            return result
        assert isinstance(item, pytest.Function)
        uses = uses_of(item)
        if uses.are_none and not has_examples(item.obj):
            self._driver = Solo(item, carriers, uses, self._home_of)
            return (yield)
        driver = self._driver = Driver(item, carriers, uses, self._home_of)
        self._move_fixtures(driver)
        self._finish_in_teardown(driver)
        result = yield
        driver.ready()
        return result

    def _refuse(self, item: Any) -> bool:
        """Make an item an error of its set-up, unless it is skipped, if it cannot run."""
        why = self._refused.get((item.parent, getattr(item, "originalname", "")))
        if why is not None:
            item.setup = functools.partial(pytest.fail, why, pytrace=False)
        return why is not None

    def _finish_in_teardown(self, driver: Driver) -> None:
        """Finish after the last fixture of the item and before those of wider scopes."""
        item = driver.item

        def finish() -> None:
            del item.teardown
            try:
                driver.finish()
            finally:
                self._driver = None
                item.teardown()

        item.teardown = finish  # type: ignore[method-assign]

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Run the test on its stage."""
        driver = self._driver
        if driver is None or driver.item is not pyfuncitem:
            return None
        try:
            if isinstance(driver, Solo):
                driver.ready()
            self._run(driver)
        except BaseException:
            watch_reports(self.config)
            driver.failed(stays_open=self._is_looked_at)
            raise
        driver.passed()
        return True

    def _run(self, driver: Driver) -> None:
        item = driver.item
        arguments = arguments_of(item)
        if has_examples(item.obj):
            result = run_examples(driver, arguments)
        else:
            traced = self._traces and is_async(inspect.unwrap(item.obj))
            result = driver.test(_traced(item) if traced else item.obj, arguments)
        if result is not None:
            _warn_about_result(item, result)

    # -- fixtures -------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> _Hook:
        """Run an async fixture that one of our tests uses."""
        driver = self._driver
        if driver is None:
            try:
                return (yield)
            except (pytest.fail.Exception, pytest.PytestDeprecationWarning) as exc:  # 9.2, 9.0
                raise told_who_runs(fixturedef, request, exc) from None
        if fixturedef.scope == "function":
            driver.open()
        if not is_async_fixture(fixturedef):
            return (yield)
        function = fixturedef.func
        find_ground = functools.partial(self._ground_for, driver, fixturedef, request, function)
        fixturedef.func = as_plain_function(driver, find_ground, function, request)
        try:
            return (yield)
        finally:
            fixturedef.func = function

    def _ground_for(self, driver: Driver, fixturedef: Any, request: Any, function: Any) -> Ground:
        if is_loop_running():
            raise MisuseError(
                say(
                    f"the async fixture {fixturedef.argname} was asked for while the loop runs.",
                    [f"defined at {place_of(function)}"],
                    "Name it in the test's arguments, or in pytest.mark.usefixtures().",
                )
            )
        if fixturedef.scope == "function":
            return driver.open()
        home = self._home(
            self._planned().home_of_fixture(fixturedef, request.node), driver.settings
        )
        self._lives_at[fixturedef] = home
        if driver.ground is not None and driver.ground.host is not home.host:
            raise MisuseError(
                say(
                    f"the async fixture {fixturedef.argname} has the scope {fixturedef.scope}, but "
                    "was asked for by getfixturevalue() when the test had a loop already.",
                    [f"defined at {place_of(function)}"],
                    "Name it in the test's arguments, or in pytest.mark.usefixtures().",
                )
            )
        return home

    def _planned(self) -> HomePlan:
        if self._plan is None:
            assert self._session is not None
            self._plan = HomePlan(
                item
                for item in self._session.items
                if isinstance(item, pytest.Function) and self.claims.is_ours(item)
            )
        return self._plan

    def _home_of(self, driver: Driver) -> Home | None:
        """Return the ground of a wider scope that a test runs on, if it uses one."""
        if not driver.uses.wide:
            return None
        return self._home(self._planned().home_of_test(driver.item), driver.settings)

    def _home(self, node: Any, wanted: Settings) -> Home:
        key = node, wanted.loop_model
        home = self._homes.get(key)
        if home is None:
            settings = merge(*map(declared_by, words_around(node)))
            home = self._homes[key] = Home(
                node, dataclasses.replace(settings, loop_model=wanted.loop_model)
            )
            node.addfinalizer(lambda: self._homes.pop(key).close())
        return home

    def _move_fixtures(self, driver: Driver) -> None:
        """Tear wide fixtures down that live on a loop of another model than a test asks for."""
        for fixturedef, _ in driver.uses.wide:
            home = self._lives_at.get(fixturedef)
            if home is not None and home.stage.settings.loop_model != driver.settings.loop_model:
                finish_fixture(fixturedef, driver.item)

    # -- what fixtures show --------------------------------------------------------------

    def stage_for(self, request: pytest.FixtureRequest) -> Stage:
        """Return the stage of the test that asks, for fixtures that show parts of it."""
        driver = self._driver
        if driver is None:
            raise MisuseError(
                say(
                    f"{request.node.nodeid} asks for the fixture {request.fixturename}, but it "
                    "does not run on a stage of asynctest.",
                    [],
                    "Mark it with @pytest.mark.asynctest.",
                )
            )
        return driver.open().stage


def _traced(item: pytest.Function) -> Any:
    """Return the test function behind a breakpoint, as ``--trace`` wants it."""
    # pytest has wrapped it in a function that would drop the coroutine.
    function = getattr(item.obj, "__wrapped__", item.obj)

    @functools.wraps(function)
    async def traced(**arguments: Any) -> Any:
        pytest.set_trace()
        return await function(**arguments)  # step into the test from here

    return traced


def _warn_about_result(item: pytest.Function, result: object) -> None:
    place = place_of(item.obj)
    message = (
        f"{item.nodeid} returned a value of type {type(result).__name__!r}, which nobody looks at. "
        "A test returns None; assert on the value instead."
    )
    if place is not None:
        category = pytest.PytestReturnNotNoneWarning
        warnings.warn_explicit(message, category, place.filename, place.lineno)
