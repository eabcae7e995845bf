"""Patches that were started and not stopped."""

from __future__ import annotations

import linecache
from collections.abc import Iterable
from typing import Any

from .._places import Place
from .._ports import _left as ports
from ._check import Check, Finding, Level, StageView
from ._inventory import inventory
from ._surroundings import anything_changed, surroundings


class LeakedPatches(Check):
    """Patches begun with ``start()`` and still in force after the clean-ups.

    They change what later tests see.
    """

    name = "leaked_patches"
    default = Level.WARN
    headline = "patches were not stopped:"
    fix = "Stop them with addCleanup(patcher.stop), or patch in a with statement or as a decorator"

    needs = (inventory, surroundings)
    signs = (anything_changed,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        before = set(map(id, surroundings(stage).before.patches))
        for patch in surroundings(stage).now.patches:
            if id(patch) not in before:
                yield Finding(_word(patch), _written(patch, stage.place), patch)


def _written(patch: Any, test: Place | None) -> Place | None:
    """Say where a patch was started, or else the one line of the test's file that can have made it.

    Ours note where they were started; nothing notes it for those of ``unittest.mock``.
    If no line or several could have, it is the test that is named.
    """
    noted = getattr(patch, "started_at", None)
    if isinstance(noted, Place):
        return noted
    name = getattr(patch, "attribute", None) or getattr(patch, "in_dict", None)
    if test is None or not isinstance(name, str):
        return test
    lines = linecache.getlines(test.filename)
    found = [
        number
        for number, line in enumerate(lines, 1)
        if "patch" in line and name.rpartition(".")[2] in line
    ]
    return Place(test.filename, found[0]) if len(found) == 1 else test


def _word(patch: Any) -> str:
    target = ports.patched(patch)
    return f"patch of {target}" if target else repr(patch)
