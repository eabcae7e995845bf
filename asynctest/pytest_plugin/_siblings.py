"""What is said about a test, worked out once for tests that say nothing themselves.

Most tests of a module or class are bare: who runs them and with which settings
depends on what stands around them alone. Marks around them may still be added
while tests run, so what is kept is compared with the number of those.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ._collecting import is_bare
from ._ours import Claims
from ._words import words_around

__all__ = ["Siblings"]


class Siblings:
    """Knows what carries words for the tests of a session."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self._known: dict[Any, _Known] = {}

    def carriers_of(self, item: pytest.Item) -> Sequence[Any] | None:
        """Return what carries words for a test, the farthest first; None if it is not ours."""
        if not isinstance(item, pytest.Function) or not is_bare(item):
            return words_around(item) if self._claims.is_ours(item) else None
        known = self._known.get(item.parent)
        if known is None or known.marks != [len(node.own_markers) for node in known.nodes]:
            known = self._known[item.parent] = _Known(
                item, words_around(item) if self._claims.is_ours(item) else None
            )
        return known.carriers


class _Known:
    """What counts for the bare tests of one parent."""

    def __init__(self, item: pytest.Function, carriers: Sequence[Any] | None) -> None:
        # The function itself is among them, but carries nothing.
        self.carriers = None if carriers is None else [*carriers[:-1]]
        self.nodes = item.listchain()[:-1]
        self.marks = [len(node.own_markers) for node in self.nodes]
