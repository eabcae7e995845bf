"""Drives the stage of one pytest item.

The order of steps is the stage's. What pytest calls when: the stage opens
before the first fixture of function scope, ``set_up`` is over when all fixtures
are there, ``test`` is the call, each fixture's end is a clean-up, and after the
last of them the checks look and the stage closes.
"""

from __future__ import annotations

import dataclasses
import functools
from asyncio import AbstractEventLoop, CancelledError
from collections.abc import Callable, Sequence
from contextvars import Context
from typing import Any

import pytest

from .. import _ports as ports
from .._chosen import chosen_checks
from .._plan import NOTHING, Plan
from .._settings import declared_by, merge
from .._stage import Stage
from .._steps import Steps
from ._caller import HostCaller
from ._host import Host
from ._models import chosen_model
from ._ours import has_examples, inner_test, is_async, is_marked
from ._reporting import Reported, watch_reports
from ._scopes import Ground, Home
from ._uses import Uses

__all__ = ["Driver", "end_stage", "explained", "raise_all"]

__tracebackhide__ = True

# They ask what is left on the loop; on a shared one, services of wide fixtures are.
_OF_OWN_LOOPS = ("active_handles",)

# A plain test is ours because of its fixtures: it may do without the loop itself.
_OF_ASYNC_TESTS = ("unused_loop",)


class Driver:
    """One item from set-up to tear-down."""

    def __init__(
        self,
        item: pytest.Function,
        carriers: Sequence[Any],
        uses: Uses,
        find_home: Callable[[Driver], Home | None],
    ) -> None:
        self.item = item
        self._find_home = find_home
        self.ground: Ground | None = None
        self.reported = Reported(item)
        self._services: list[BaseException] = []
        self._is_set_up = False
        self._is_ending = False
        self.told: BaseException | None = None
        self.words = carriers
        self.uses = uses
        settings = merge(*map(declared_by, carriers), chosen_model(item))
        if settings.clock is None and self.uses.wants_clock:
            settings = dataclasses.replace(settings, clock="auto")
        self.settings = settings

    @property
    def checked(self) -> bool:
        """Whether the checks look at the item as a whole; not if they look at each example."""
        return self.uses.has_own_async or not has_examples(self.item.obj)

    # -- the steps --------------------------------------------------------------

    @functools.cached_property
    def home(self) -> Home | None:
        """The wider ground that the test shares; None if it has one of its own."""
        return self._find_home(self)

    def open(self) -> Ground:
        """Open the stage, once."""
        if self.ground is None:
            self.ground = self.make_ground(self.checked)
        return self.ground

    def ready(self) -> None:
        """All fixtures are there."""
        ground = self.open()
        ground.stage.set_up()
        self._is_set_up = True

    def test(self, function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """Run the test."""
        return self.test_on(self.open(), function, **arguments)

    def passed(self) -> None:
        """The test itself has nothing against it: say what the checks know by now.

        If nothing is torn down after it, that is all there is to know.
        """
        if not self.uses.end_late:
            self.finish()
        elif self.ground is not None:
            self.ground.stage.speak_up()

    def failed(self, *, stays_open: bool) -> None:
        """The test has failed: say what the checks know below its failure.

        Unless something is torn down after it, or somebody will look at what it
        has left behind: then that comes after tear-down.
        """
        if stays_open or self.uses.end_late:
            self.finish_later()
            return
        self._is_ending = True  # nothing is reported yet: notes will be read
        try:
            self.finish()
        except BaseException as error:  # noqa: BLE001 - the failure goes first
            self.item.addfinalizer(functools.partial(_raise, error))

    def finish_later(self) -> None:
        """Let tear-down finish; it was arranged for before the first fixture."""

    def finish(self) -> None:
        """The last fixture is gone: let the checks look, and close."""
        self._begin_end()
        steps = Steps()
        if self.ground is not None:
            self.end_ground(self.ground, steps, judge_test=self._is_set_up)
            self.ground = None
        raise_all(steps, self.item)

    def _begin_end(self) -> None:
        """Note what pytest has reported by now: what comes from here on is in the next report."""
        if self.ground is not None and not self._is_ending:
            self._is_ending = True
            self.told = self.ground.stage.outcome

    # -- grounds ------------------------------------------------------------------

    def make_ground(self, with_checks: bool = True) -> Ground:
        """Open a stage, on a loop of its own or on that of a wider scope."""
        hosts: list[Host] = []

        def make_caller(loop: AbstractEventLoop, context: Context) -> HostCaller:
            host = self.home.host if self.home else Host(loop)
            hosts.append(host)
            return HostCaller(loop, context, host)

        checks = chosen_checks(*self.words) if with_checks else NOTHING
        if self.home is not None:
            checks = checks.without(*_OF_OWN_LOOPS)
        if not (is_async(self.item.obj) or is_marked(self.item)):
            checks = checks.without(*_OF_ASYNC_TESTS)
        stage = self.make_stage(
            checks,
            make_loop=self.home.lend if self.home else None,
            lent=self.home is not None,
            make_caller=make_caller,
        )
        outside = ports.CurrentLoop() if self.home is not None else None
        stage.open()
        ground = Ground(stage, hosts[0])
        if outside is not None:
            ground.put_back = functools.partial(outside.put_back, stage.loop)
        return ground

    def make_stage(self, checks: Plan, **more: Any) -> Stage:
        """Make a stage that reports to this item."""
        return Stage(
            self.item.nodeid,
            self.settings,
            checks,
            method=inner_test(self.item.obj),
            amend=self._amend,
            reported=self.reported,
            **more,
        )

    def _amend(self, outcome: BaseException | None, text: str) -> bool:
        """Show findings about a test that has failed below its failure."""
        if outcome is None:
            return False
        if outcome is self.told:  # in a report already, which notes cannot reach any more
            self.item.add_report_section("teardown", "asynctest", text)
        return True

    def end_ground(self, ground: Ground, steps: Steps, *, judge_test: bool = True) -> None:
        """Play the last steps of a stage."""
        if self.home is None:
            steps.take(ground.host.end)
        end_stage(ground.stage, steps, judge_test=judge_test)
        steps.take(ground.put_back)
        steps.take(ground.mirror.undo)

    def test_on(
        self, ground: Ground, function: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Any:
        """Run the test on a stage; a failing service of a fixture becomes its error."""
        ground.caller.alone = self.home is None
        try:
            return ground.play(ground.stage.test, function, *args, **kwargs)
        except CancelledError as exc:
            task = ground.host.take_failed()
            error = task.exception() if task is not None else None
            if task is None or error is None:
                raise explained(exc) from exc.__cause__
            error.add_note(
                f"raised in {task.get_name()!r}, which a fixture runs: it stops the test"
            )
            ground.stage.outcome = error
            self._services.append(error)
            raise error from None

    def end_fixture(self, ground: Ground, function: Callable[..., Any], /, *args: Any) -> None:
        """Run the second half of a fixture."""
        self._begin_end()
        try:
            ground.clean_up(function, *args)
        except BaseExceptionGroup as group:
            # The group that the service belonged to says it again.
            _, rest = group.split(lambda exc: exc in self._services)
            if rest is not None:
                raise rest from None


def _raise(error: BaseException) -> None:
    raise error


def explained(exc: CancelledError) -> CancelledError:
    """Say what an error without any words means for a test."""
    exc.add_note("the task of the test was cancelled, and the test let that pass")
    return exc


def end_stage(stage: Stage, steps: Steps, *, judge_test: bool) -> None:
    """Play the last steps of a stage, from tear-down on."""
    if judge_test:
        steps.take(stage.tear_down)
    if isinstance(stage.outcome, pytest.skip.Exception):
        stage.outcome = None
    steps.take(stage.judge)
    steps.take(stage.close)


def raise_all(steps: Steps, item: pytest.Function) -> None:
    """Raise the errors of several steps; one alone as it is, several as a group."""
    errors, steps.errors = steps.errors, []
    if errors:
        watch_reports(item.config)
    for error in errors:
        if len(errors) == 1 or not isinstance(error, Exception):
            raise error
    if errors:
        raise BaseExceptionGroup(f"several errors at the end of {item.nodeid}", errors)
