"""Who else runs async tests, and how to tell what is theirs.

The fence around other plugins: their marks, and the attributes they leave on
the functions they own. Checked with pytest-asyncio 1.5, anyio 4.16 and
pytest-trio 0.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ._fence import info_of

__all__ = [
    "MARKS",
    "OURS",
    "give_back",
    "is_their_fixture",
    "nearest_owner",
    "wants_anyio",
    "without_anyio",
]

OURS = "asynctest"
MARKS = ("asyncio", "anyio", "trio")

_FORCED = ("_force_asyncio_fixture", "_force_trio_fixture")
_ANYIO = "anyio_backend"


def nearest_owner(node: pytest.Function, others: Sequence[str]) -> set[str]:
    """Return the marks of the nearest level that says who runs a test.

    More than one is a contradiction. ``others`` are the plugins in auto mode:
    pytest-asyncio then puts its mark on every test, which is not a user's word.
    """
    known = {OURS, *MARKS}
    for parent in reversed(node.listchain()):
        marks = {mark.name for mark in parent.own_markers} & known
        if parent is node and "asyncio" in marks and "asyncio" in others:
            written = (mark.name for mark in getattr(node.obj, "pytestmark", ()))
            marks = marks if "asyncio" in written else marks - {"asyncio"}
        if marks:
            return marks
    return set()


def wants_anyio(names: Any) -> bool:
    """Say whether a test uses anyio's fixture: then anyio runs it, marked or not."""
    return _ANYIO in names


def is_their_fixture(fixturedef: Any) -> bool:
    """Say whether another plugin runs an async fixture."""
    function = getattr(fixturedef.func, "__func__", fixturedef.func)
    return any(getattr(function, name, False) for name in _FORCED) or (
        _ANYIO in fixturedef.argnames
    )


def give_back(node: Any) -> Any:
    """Make a plain item again of one that pytest-asyncio has converted."""
    if not type(node).__module__.startswith("pytest_asyncio"):
        return node
    plain = pytest.Function.from_parent(
        node.parent,
        name=node.name,
        callspec=getattr(node, "callspec", None),
        callobj=node.obj,
        fixtureinfo=info_of(node),
        originalname=node.originalname,
    )
    plain.own_markers = [mark for mark in node.own_markers if mark.name != "asyncio"]
    return plain


def without_anyio(collector: Any, function: Any) -> None:
    """Take off the mark again that anyio in auto mode, which comes first, put on our test."""
    try:
        marks = getattr(function, "pytestmark", None)
    except Exception:  # noqa: BLE001 - a proxy without a target
        return
    if not isinstance(marks, list):
        return
    known = {OURS, *MARKS}
    nearest = {mark.name for mark in marks} & known
    if not nearest:
        inherited = (mark.name for mark in collector.iter_markers() if mark.name in known)
        nearest = {next(inherited, "")}
    if OURS in nearest and "anyio" not in nearest:
        function.pytestmark = [
            mark for mark in marks if (mark.name, mark.args) != ("usefixtures", (_ANYIO,))
        ]
