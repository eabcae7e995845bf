"""Who else runs async tests, and how to tell what is theirs.

The fence around other plugins: their marks, and the attributes they leave on
the functions they own. Checked with pytest-asyncio 1.5, anyio 4.16 and
pytest-trio 0.8.
"""

from __future__ import annotations

import inspect
from typing import Any

import pytest

__all__ = ["MARKS", "auto_mode_of_others", "is_their_fixture", "nearest_owner", "wants_anyio"]

OURS = "asynctest"
MARKS = ("asyncio", "anyio", "trio")

_FORCED = ("_force_asyncio_fixture", "_force_trio_fixture")
_ANYIO = "anyio_backend"


def nearest_owner(node: pytest.Function) -> set[str]:
    """Return the marks of the nearest level that says who runs a test.

    More than one is a contradiction.
    """
    known = {OURS, *MARKS}
    for parent in node.iter_parents():
        marks = {mark.name for mark in parent.own_markers} & known
        if parent is node and "asyncio" in marks and not _wrote_asyncio(node):
            marks.discard("asyncio")
        if marks:
            return marks
    return set()


def _wrote_asyncio(node: pytest.Function) -> bool:
    """Say whether the user wrote the mark: in auto mode pytest-asyncio adds it."""
    if node.config.getoption("asyncio_mode", None) == "auto" or _ini_auto(node.config, "asyncio"):
        return any(mark.name == "asyncio" for mark in getattr(node.obj, "pytestmark", ()))
    return True


def auto_mode_of_others(config: pytest.Config) -> list[str]:
    """Name the ini options of other plugins that claim every async test."""
    found = []
    for name in ("asyncio", "anyio", "trio"):
        option = config.getoption(f"{name}_mode", None)
        if option == "auto" or (not option and _ini_auto(config, name)):
            found.append(f"{name}_mode")
    return found


def _ini_auto(config: pytest.Config, name: str) -> bool:
    try:
        return bool(config.getini(f"{name}_mode") in ("auto", True))
    except (KeyError, ValueError):  # that plugin is not here
        return False


def wants_anyio(names: Any) -> bool:
    """Say whether a test uses anyio's fixture: then anyio runs it, marked or not."""
    return _ANYIO in names


def is_their_fixture(fixturedef: Any) -> bool:
    """Say whether another plugin runs an async fixture."""
    function = getattr(fixturedef.func, "__func__", fixturedef.func)
    return any(getattr(function, name, False) for name in _FORCED) or (
        _ANYIO in fixturedef.argnames
    )


class GiveBack:
    """Undo what other plugins in auto mode do to a test that is marked as ours.

    Registered only if one of them is in auto mode.
    """

    def __init__(self, is_ours: Any) -> None:
        self._is_ours = is_ours

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_pycollect_makeitem(self, collector: Any, obj: Any) -> Any:
        made = yield
        if not isinstance(made, list):
            return made
        return [self._plain(node) for node in made]

    def _plain(self, node: Any) -> Any:
        """Make a plain item again of one that pytest-asyncio converted."""
        if not type(node).__module__.startswith("pytest_asyncio") or not self._is_ours(node):
            return node
        plain = pytest.Function.from_parent(
            node.parent,
            name=node.name,
            callspec=getattr(node, "callspec", None),
            callobj=node.obj,
            fixtureinfo=node._fixtureinfo,
            originalname=node.originalname,
        )
        plain.own_markers = [mark for mark in node.own_markers if mark.name != "asyncio"]
        plain.keywords.update({mark.name: mark for mark in plain.own_markers})
        return plain

    @pytest.hookimpl(specname="pytest_pycollect_makeitem")
    def pytest_pycollect_makeitem_without_anyio(self, collector: Any, name: str, obj: Any) -> None:
        """Take off again what anyio, which comes first, put on our tests."""
        marks = getattr(obj, "pytestmark", None)
        if not isinstance(marks, list) or not inspect.isfunction(obj):
            return
        names = {mark.name for mark in marks}
        ours = OURS in names or (
            not names & set(MARKS)
            and any(mark.name == OURS for mark in collector.iter_markers())
            and not any(mark.name == "anyio" for mark in collector.iter_markers())
        )
        if ours and "anyio" not in names:
            obj.pytestmark = [  # type: ignore[attr-defined]
                mark for mark in marks if (mark.name, mark.args) != ("usefixtures", (_ANYIO,))
            ]
