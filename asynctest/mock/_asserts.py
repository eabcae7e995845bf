"""Assertions that look at the bare records first.

Each of these answers from the tuples that ``_records.py`` keeps, at the speed
of comparing tuples, and only when that does not settle the matter leaves it to
unittest.mock, which knows about signatures and words the failures. So an
assertion that would fail is always judged, and worded, by the standard code.

The expected call is compared from the left, so that ``ANY`` and the user's own
matchers get to decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any, TypeAlias

from ._records import Log
from ._stdlib import Call

__all__ = ["contains", "contains_calls"]

Pair: TypeAlias = "tuple[Any, Any]"


def contains(log: Log, args: Any, kwargs: Any) -> bool:
    """Tell whether some call had these arguments."""
    return any(map(partial(tuple.__eq__, (args, kwargs)), log.pairs))


def contains_calls(log: Log, calls: list[Any], any_order: bool) -> bool:
    """Tell whether these calls were made, in a row or in any order."""
    expected = _pairs(calls)
    if expected is None:
        return False
    return (_contains_all if any_order else _contains_run)(log.pairs, expected)


def _pairs(calls: list[Any]) -> list[Pair] | None:
    """Reduce ``call`` objects to their arguments; None if there is anything else."""
    found = []
    for call in calls:
        if type(call) is not Call:
            return None
        found.append((call[-2], call[-1]))
    return found


def _contains_run(records: Sequence[Any], expected: list[Pair]) -> bool:
    if not expected:
        return True
    length = len(expected)
    same_as_first = partial(tuple.__eq__, expected[0])
    return any(
        all(map(tuple.__eq__, expected, records[start : start + length]))
        for start, same in enumerate(map(same_as_first, records[: len(records) - length + 1]))
        if same
    )


def _contains_all(records: Sequence[Any], expected: list[Pair]) -> bool:
    """Count hashes: linear, where searching the list for each call is not.

    False also if something cannot be hashed, as ``ANY`` cannot.
    """
    try:
        wanted = Counter(map(_key, expected))
        there = Counter(map(_key, records))
    except TypeError:
        return False
    return all(there[key] >= number for key, number in wanted.items())


def _key(call: Pair) -> Any:
    args, kwargs = call
    return (args, frozenset(kwargs.items())) if kwargs else args
