"""What a choice of checks amounts to: worked out once, for all tests that make the same one."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ._levels import Level
from ._listening import EARS, switch_on
from .checks import Check, StageView

__all__ = ["NOTHING", "Chosen", "Plan", "Sign"]

Sign = Callable[[StageView], bool]
Group = tuple[Sign | None, tuple[int, ...]]


class Chosen(NamedTuple):
    """One check that is on: its class, what makes it for a test, and how loudly it speaks."""

    kind: type[Check]
    make: Callable[[], Check]
    level: Level


class Plan:
    """The checks that are on, and which of them to ask when."""

    def __init__(self, chosen: Iterable[Chosen]) -> None:
        self.chosen = tuple(chosen)
        kinds = [each.kind for each in self.chosen]
        self.all_prompt = all(kind.prompt for kind in kinds)
        self.needs = tuple(dict.fromkeys(need for kind in kinds for need in kind.needs))
        self.hooks = frozenset().union(*(kind.hooks for kind in kinds))
        self.ears = [ear for hooks, ear in EARS if not hooks.isdisjoint(self.hooks)]
        self._kinds = {each for kind in kinds for each in kind.kinds}
        self._is_prepared = False
        self._groups = {hook: self._group(hook) for hook in self.hooks}

    def prepare(self) -> None:
        """See to it that what the checks want to see can be seen."""
        if not self._is_prepared:
            self._is_prepared = True
            switch_on(self.hooks, self._kinds)

    def groups(self, hook: str) -> tuple[Group, ...]:
        """Return who overrides a hook: numbers of checks in their order, behind a common sign."""
        return self._groups.get(hook, ())

    def _group(self, hook: str) -> tuple[Group, ...]:
        numbers = [n for n, each in enumerate(self.chosen) if hook in each.kind.hooks]
        signs = {n: self.chosen[n].kind.signs if hook in _LATE else () for n in numbers}
        return tuple(
            (_one_of(key), tuple(group)) for key, group in itertools.groupby(numbers, signs.get)
        )

    @functools.cache  # noqa: B019 - plans are few, and live as long as the process
    def without(self, *names: str) -> Plan:
        """Return the plan without some checks."""
        return Plan(each for each in self.chosen if each.kind.name not in names)


_LATE = ("after_test", "after_cleanup", "after_close")


def _one_of(signs: Any) -> Sign | None:
    """Make one question of all: None if there is none to ask."""
    if len(signs) < 2:
        return signs[0] if signs else None
    return lambda stage: any(sign(stage) for sign in signs)


NOTHING = Plan(())
"""The plan of a stage without checks."""
