"""What a check is: a look at a finished test, with something to complain about."""

from __future__ import annotations

import contextvars
from asyncio import AbstractEventLoop
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from .._errors import AsynctestWarning
from .._levels import Level
from .._places import Place
from .._settings import Settings

__all__ = ["Check", "Finding", "Level", "Skipped", "StageView"]


class StageView(Protocol):
    """What a check may see of the test it judges."""

    @property
    def name(self) -> str: ...
    @property
    def loop(self) -> AbstractEventLoop: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def context(self) -> contextvars.Context: ...
    @property
    def case(self) -> Any: ...
    @property
    def outcome(self) -> BaseException | None: ...


@dataclass(frozen=True)
class Finding:
    """One fault: the fact, and where in the user's code it began, if known."""

    fact: str
    made_at: Place | None = None

    def __str__(self) -> str:
        return f"{self.fact}    {self.made_at}" if self.made_at else self.fact


class Skipped(Exception):
    """Raised by a check that this loop cannot answer; says why, once."""


class Check:
    """One check. Subclasses set ``name`` and override the hooks they need.

    A check is made anew for every test, so it may keep what it likes on
    itself. A hook that raises :exc:`Skipped` takes its check out of this test.
    """

    name: ClassVar[str]
    default: ClassVar[Level] = Level.WARN
    fix: ClassVar[str] = ""
    headline: ClassVar[str] = ""
    """The fact above the list of findings; empty to let a finding stand alone."""

    prompt: ClassVar[bool] = False
    """Report between tear-down and clean-ups, as a failure of its own (as 0.13 did)."""

    warning: ClassVar[type[AsynctestWarning]] = AsynctestWarning

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" in vars(cls):
            title = cls.name.title().replace("_", "") + "Warning"
            cls.warning = type(
                title, (AsynctestWarning,), {"__module__": "asynctest", "__doc__": cls.__doc__}
            )

    def before_test(self, stage: StageView) -> None:
        """Look at things before the user's set-up."""

    def after_set_up(self, stage: StageView) -> None:
        """Look at things between the user's set-up and the test."""

    def after_test(self, stage: StageView) -> Iterable[Finding]:
        """Find fault after the user's tear-down, before the clean-ups."""
        return ()

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        """Find fault after the last clean-up, before the loop is closed."""
        return ()
