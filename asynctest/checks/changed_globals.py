"""State of the process that is not what it was before the test."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterable
from typing import Any

from .. import _ports as ports
from .._audit import Origin
from .._ports import _left
from ._check import Check, Finding, Level, StageView
from ._inventory import inventory, is_tools

_TOOLS_OWN = ("PYTEST_", "COV_", "COVERAGE_", "PYDEVD_")


class ChangedGlobals(Check):
    """The current loop, its policy, exception hooks, environment or working directory changed.

    Compared after the clean-ups with what there was before set-up. Changes of
    later tests' surroundings make tests depend on their order.
    """

    name = "changed_globals"
    default = Level.WARN
    headline = "the test changed what later tests see:"
    fix = "Put it back in a clean-up, or use patch, patch.dict or a context manager"

    needs = (inventory,)

    def before_test(self, stage: StageView) -> None:
        self._before = self._look(stage)
        self._environment = _left.environment()

    def _look(self, stage: StageView) -> tuple[Any, ...]:
        policy, loop = _left.policy_and_loop()
        return (
            loop,
            policy,
            _executor(stage),
            sys.excepthook,
            socket.getdefaulttimeout(),
            _directory(),
            sys.getrecursionlimit(),
        )

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        now = self._look(stage)
        if now != self._before:
            for name, before, after in zip(_NAMES, self._before, now, strict=True):
                if before is not after and before != after:
                    yield from self._changed(stage, name, before, after)
        if _left.environment() != self._environment:
            yield from self._variables(stage)

    def _changed(self, stage: StageView, name: str, before: Any, after: Any) -> Iterable[Finding]:
        origin = inventory(stage).made.directory if name == "the working directory" else None
        if not is_tools(origin):
            place, moment = _begun(origin, stage)
            if callable(after):
                place = stage.sites.made_at(after) or place
            yield Finding(f"{name} is {_short(after)}, was {_short(before)}", place, after, moment)

    def _variables(self, stage: StageView) -> Iterable[Finding]:
        before, now = self._environment, _left.environment()
        for key in sorted({*before, *now}, key=str):
            name = os.fsdecode(key)
            origin = inventory(stage).made.environment.get(name)
            if before.get(key) == now.get(key) or name.startswith(_TOOLS_OWN) or is_tools(origin):
                continue
            how = "was removed" if key not in now else "changed" if key in before else "is new"
            place, moment = _begun(origin, stage)
            yield Finding(f"environment variable {name} {how}", place, name, moment)


_NAMES = (
    "the current event loop",
    "the event loop policy",
    "the loop's default executor",
    "sys.excepthook",
    "the default timeout of sockets",
    "the working directory",
    "the recursion limit",
)


def _executor(stage: StageView) -> Any:
    """Return the default executor of a loop that outlives the test."""
    lent = getattr(stage.case, "use_default_loop", False)
    return ports.default_executor(stage.loop) if lent else None


def _directory(getcwd: Callable[[], str] = os.getcwd) -> str:
    try:
        return getcwd()
    except OSError:
        return "(a folder that is gone)"


def _begun(origin: Origin | None, stage: StageView) -> tuple[Any, int | None]:
    return (origin.place if origin else None) or stage.place, origin.moment if origin else None


def _short(value: object) -> str:
    if callable(value):
        return ports.name_of(value)
    text = repr(value)
    return text if len(text) < 80 else f"{text[:77]}..."
