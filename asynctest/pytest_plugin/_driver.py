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
from collections.abc import Callable
from contextvars import Context
from typing import Any

import pytest

from .. import _ports as ports
from .._chosen import chosen_checks
from .._plan import NOTHING
from .._settings import declared_by, merge
from .._stage import Stage
from .._steps import Steps
from ._caller import HostCaller
from ._host import Host
from ._models import chosen_model
from ._ours import asks_for_clock, inner_test
from ._reporting import Reported
from ._scopes import Ground, Home
from ._words import words_around

__all__ = ["Driver"]

__tracebackhide__ = True

# They ask what is left on the loop; on a shared one, services of wide fixtures are.
_OF_OWN_LOOPS = ("active_handles",)

_NOT_FAILED = (pytest.skip.Exception, pytest.xfail.Exception)


class Driver:
    """One item from set-up to tear-down."""

    checked = True
    """Whether the checks look at the item as a whole; not if they look at each example."""

    def __init__(self, item: pytest.Function, find_home: Callable[[Driver], Home | None]) -> None:
        self.item = item
        self._find_home = find_home
        self.ground: Ground | None = None
        self.reported = Reported(item)
        self._services: list[BaseException] = []
        self._is_set_up = False
        self._is_ending = False
        self._told: BaseException | None = None
        self.words = words_around(item)
        settings = merge(*map(declared_by, self.words), chosen_model(item))
        if settings.clock is None and asks_for_clock(item):
            settings = dataclasses.replace(settings, clock="auto")
        self.settings = settings

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

    def finish(self) -> None:
        """The last fixture is gone: let the checks look, and close."""
        self._begin_end()
        steps = Steps()
        if self.ground is not None:
            self.end_ground(self.ground, steps, judge_test=self._is_set_up)
            self.ground = None
        _raise_all(steps, self.item)

    def _begin_end(self) -> None:
        """Note what pytest has reported by now: what comes from here on is in the next report."""
        if self.ground is not None and not self._is_ending:
            self._is_ending = True
            self._told = self.ground.stage.outcome

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
        stage = Stage(
            self.item.nodeid,
            self.settings,
            checks,
            make_loop=self.home.lend if self.home else None,
            lent=self.home is not None,
            make_caller=make_caller,
            method=inner_test(self.item.obj),
            amend=self._amend,
            reported=self.reported,
        )
        outside = ports.CurrentLoop() if self.home is not None else None
        stage.open()
        ground = Ground(stage, hosts[0])
        if outside is not None:
            ground.put_back = functools.partial(outside.put_back, stage.loop)
        return ground

    def _amend(self, outcome: BaseException | None, text: str) -> bool:
        """Show findings about a test that has failed below its failure."""
        if outcome is None:
            return False
        if outcome is self._told:  # in a report already, which notes cannot reach any more
            self.item.add_report_section("teardown", "asynctest", text)
        return True

    def end_ground(self, ground: Ground, steps: Steps, *, judge_test: bool = True) -> None:
        """Play the last steps of a stage."""
        if self.home is None:
            steps.take(ground.host.end)
        if judge_test:
            steps.take(ground.stage.tear_down)
        if isinstance(ground.stage.outcome, _NOT_FAILED):
            ground.stage.outcome = None
        steps.take(ground.stage.judge)
        steps.take(ground.stage.close)
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
                exc.add_note("the task of the test was cancelled, and the test let that pass")
                raise exc.with_traceback(None) from exc.__cause__
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


def _raise_all(steps: Steps, item: pytest.Function) -> None:
    """Raise the errors of several steps; one alone as it is, several as a group."""
    errors, steps.errors = steps.errors, []
    for error in errors:
        if len(errors) == 1 or not isinstance(error, Exception):
            raise error
    if errors:
        raise BaseExceptionGroup(f"several errors at the end of {item.nodeid}", errors)
