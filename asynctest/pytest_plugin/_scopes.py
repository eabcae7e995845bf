"""Where async code runs: the loop of a test, or that of a wider scope.

An async fixture of a wider scope has a loop of its scope, which lives until
the last fixture of that scope is gone. What uses such a fixture must run on
its loop, since sockets, locks and tasks belong to one. So tests and fixtures
that are used together share the loop of the widest fixture among them. Who is
used together is read off all selected tests at once: the answer does not
depend on the order in which they run.
"""

from __future__ import annotations

import asyncio
import dataclasses
from asyncio import AbstractEventLoop, CancelledError
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from .. import _ports as ports
from .._errors import AsynctestError, published
from .._settings import Settings
from .._stage import Stage
from ._caller import HostCaller
from ._host import Host
from ._mirror import Mirror
from ._uses import Use, uses_of

__all__ = ["FixtureCancelled", "Ground", "Home", "HomePlan"]

__tracebackhide__ = True


@published("asynctest.pytest_plugin")
class FixtureCancelled(AsynctestError, RuntimeError):
    """The tear-down of a fixture was cancelled."""


def _nothing() -> None:
    pass


class Ground:
    """A stage, the task that everything on it runs in, and its context variables."""

    def __init__(self, stage: Stage, host: Host) -> None:
        self.stage = stage
        self.host = host
        self.mirror = Mirror(stage.context)
        self.put_back: Callable[[], None] = _nothing

    @property
    def caller(self) -> HostCaller:
        """What calls functions on this ground."""
        caller = self.stage.caller
        assert isinstance(caller, HostCaller)
        return caller

    def play(self, step: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Play one step of the stage, with the context variables of plain code."""
        if self.caller.is_inside:  # a plain test calls getfixturevalue(): it has them already
            return step(*args, **kwargs)
        self.mirror.bring()
        try:
            return step(*args, **kwargs)
        finally:
            self.host.drop_interrupted(self.stage.settings.cancel_timeout)
            self.mirror.take()

    def prepare(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run one piece of set-up."""
        return self.play(self.stage.prepare, function, *args, **kwargs)

    def clean_up(self, function: Callable[..., Any], /, *args: Any) -> None:
        """Run one piece of tear-down, also if a service has failed meanwhile."""
        caller = self.caller
        caller.stoppable = False
        try:
            self.play(self.stage.clean_up, function, *args)
        except CancelledError as exc:
            # pytest would take it for an interrupt and skip what else is to be torn down.
            raise FixtureCancelled("the tear-down of the fixture was cancelled") from exc
        finally:
            caller.stoppable = True


class Home(Ground):
    """The ground of a scope wider than one test."""

    def __init__(self, node: Any, settings: Settings) -> None:
        self.node = node
        self._hosts: list[Host] = []
        # Each test that comes here may bring a clock of its own.
        settings = dataclasses.replace(settings, clock=None)
        stage = Stage(
            node.nodeid or "the session",
            settings,
            make_loop=None if settings.loop_model else asyncio.new_event_loop,
            make_caller=self._caller,
        )
        outside = ports.CurrentLoop()
        stage.open()
        outside.put_back(stage.loop)  # plain tests of this scope know nothing of this loop
        super().__init__(stage, self._hosts[0])

    def _caller(self, loop: AbstractEventLoop, context: Any) -> HostCaller:
        self._hosts.append(Host(loop))
        return HostCaller(loop, context, self._hosts[0])

    def lend(self) -> AbstractEventLoop:
        """Make the loop the current one and return it."""
        asyncio.set_event_loop(self.stage.loop)
        return self.stage.loop

    def close(self) -> None:
        """End the task and close the loop."""
        try:
            self.host.end()
        finally:
            try:
                self.stage.close()
            finally:
                self.mirror.undo()


class HomePlan:
    """Knows for every selected test and wide async fixture the node whose loop they use."""

    def __init__(self, items: Iterable[pytest.Function]) -> None:
        self._homes: dict[Use, Any] = {}
        together = [uses for item in items if (uses := uses_of(item).wide)]
        changed = True
        while changed:
            changed = False
            for uses in together:
                changed = self._settle(uses) or changed

    def _settle(self, uses: tuple[Use, ...]) -> bool:
        widest = min((self._homes.get(use, use[1]) for use in uses), key=_depth)
        changed = False
        for use in uses:
            if self._homes.get(use) is not widest:
                self._homes[use] = widest
                changed = True
        return changed

    def home_of_test(self, item: pytest.Function) -> Any:
        """Return the node whose loop a test runs on; None for a loop of its own."""
        uses = uses_of(item).wide
        return self._homes.get(uses[0], uses[0][1]) if uses else None

    def home_of_fixture(self, fixturedef: Any, node: Any) -> Any:
        """Return the node whose loop a fixture runs on."""
        return self._homes.get(Use(fixturedef, node), node)


def _depth(node: Any) -> int:
    return len(node.listchain())
