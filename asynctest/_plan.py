"""What a choice of checks amounts to: worked out once, for all tests that make the same one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ._levels import Level
from ._listening import EARS, switch_on
from .checks import Check, StageView

__all__ = ["NOTHING", "Chosen", "Plan", "Turn"]

Sign = Callable[[StageView], bool]


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
        self.turns = {hook: Turn(hook, kinds) for hook in self.hooks}
        """Who overrides a hook."""

    def prepare(self) -> None:
        """See to it that what the checks want to see can be seen."""
        if not self._is_prepared:
            self._is_prepared = True
            switch_on(self.hooks, self._kinds)

    @functools.cache  # noqa: B019 - plans are few, and live as long as the process
    def without(self, *names: str) -> Plan:
        """Return the plan without some checks."""
        return Plan(each for each in self.chosen if each.kind.name not in names)


_LATE = ("after_test", "after_cleanup", "after_close")


class Turn:
    """Whose turn it is at one hook: the numbers of checks in their order, and their signs."""

    def __init__(self, hook: str, kinds: Sequence[type[Check]]) -> None:
        self.numbers = tuple(n for n, kind in enumerate(kinds) if hook in kind.hooks)
        waits = [kinds[n].signs if hook in _LATE else () for n in self.numbers]
        self.signs: tuple[Sign, ...] = tuple(
            dict.fromkeys(sign for signs in waits for sign in signs)
        )
        self._waits = tuple(zip(self.numbers, waits, strict=True))
        self._always = tuple(n for n, signs in self._waits if not signs)

    def due(self, stage: StageView) -> Sequence[int]:
        """Return the numbers of those who see a sign, or wait for none."""
        shown = [sign for sign in self.signs if sign(stage)]
        if not shown:
            return self._always
        return [n for n, signs in self._waits if not signs or not set(shown).isdisjoint(signs)]


NOTHING = Plan(())
"""The plan of a stage without checks."""
