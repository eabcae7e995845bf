"""State of the process that is not what it was before the test."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from .. import _ports as ports
from .._audit import Origin, Recorder, directory
from .._ports import _left
from ._check import Check, Finding, Level, StageView
from ._inventory import inventory, is_tools
from ._surroundings import NAMES, anything_changed, surroundings

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

    needs = (inventory, surroundings)
    signs = (anything_changed,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        seen, made = surroundings(stage), inventory(stage).made
        found = [
            _changed(stage, name, before, after)
            for name, before, after in zip(NAMES, seen.before.values, seen.now.values, strict=True)
            if before is not after and before != after and not _is_usual(name, before, after)
        ]
        if made.directory is not None:
            found += _moved(stage, made.directory, made.directory_before)
        if made.environment:
            found += _variables(stage, made)
        return found


def _is_usual(name: str, before: Any, after: Any) -> bool:
    """Say whether this makes no difference to later tests.

    ``asyncio.run()`` leaves no current loop, and ``set_event_loop_policy(None)`` puts
    back the default policy, as another object.
    """
    if name == "the event loop policy":
        return type(before) is type(after) and type(after).__module__.startswith("asyncio.")
    return name == "the current event loop" and after is None


def _changed(stage: StageView, name: str, before: Any, after: Any) -> Finding:
    place = stage.sites.made_at(after) if callable(after) else None
    fact = f"{name} is {_short(after)}, was {_short(before)}"
    return Finding(fact, place or stage.place, after)


def _moved(stage: StageView, origin: Origin, before: str) -> Iterable[Finding]:
    now = directory()
    if now != before and not is_tools(origin):
        fact = f"the working directory is {now}, was {before}"
        yield Finding(fact, origin.place or stage.place, None, origin.moment)


def _variables(stage: StageView, made: Recorder) -> Iterable[Finding]:
    before, now = made.environment_before, _left.environment()
    for key in sorted({*before, *now}, key=str):
        name = os.fsdecode(key)
        origin = made.environment.get(name)
        if before.get(key) == now.get(key) or name.startswith(_TOOLS_OWN) or is_tools(origin):
            continue
        how = "was removed" if key not in now else "changed" if key in before else "is new"
        place = (origin.place if origin else None) or stage.place
        yield Finding(
            f"environment variable {name} {how}", place, name, origin.moment if origin else None
        )


def _short(value: object) -> str:
    if callable(value):
        return ports.name_of(value)
    text = repr(value)
    return text if len(text) < 80 else f"{text[:77]}..."
