"""What can never work is an error at collection: the fact, the place, the remedy."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from .._errors import AsynctestError, say
from .._places import place_of
from ._neighbours import OURS, wants_anyio
from ._ours import Claims, inner_test, is_async, is_marked
from ._words import words_around

__all__ = ["check_test", "is_bare"]

_XUNIT_CLASS = ("setup_method", "teardown_method", "setup_class", "teardown_class")
_XUNIT_MODULE = ("setup_module", "teardown_module", "setup_function", "teardown_function")


def is_bare(node: Any) -> bool:
    """Say whether a test is a coroutine function about which nothing is said on itself."""
    function = node.function
    code = getattr(function, "__code__", None)
    return (
        not node.own_markers
        and not function.__dict__
        and code is not None
        and bool(code.co_flags & inspect.CO_COROUTINE)
        and not wants_anyio(node.fixturenames)
    )


def check_test(claims: Claims, metafunc: pytest.Metafunc) -> bool:
    """Say whether a test is ours.

    Raises CollectError for one that would fail in an obscure way, or not run at all.
    """
    node = metafunc.definition
    owners = claims.owners(node)
    if OURS in owners:
        _refuse_contradiction(node, owners)
        try:
            words_around(node)
        except AsynctestError as exc:
            _fail(node, f"{node.name}: {exc}")
        _refuse_generator(node)
    elif owners or not claims.auto:
        return False
    if not claims.is_ours(node):
        return False
    _refuse_async_xunit(metafunc)
    return True


def _refuse_contradiction(node: Any, owners: set[str]) -> None:
    others = sorted(owners - {OURS})
    if others:
        _fail(
            node,
            f"{node.name} has the marks asynctest and {others[0]}: only one of them can run it.",
            "Remove one of the marks.",
        )
    if wants_anyio(node.fixturenames) and (is_async(node.obj) or is_marked(node)):
        what = "it" if is_async(node.obj) else "its async fixtures"
        _fail(
            node,
            f"{node.name} has the mark asynctest, but uses the fixture anyio_backend: "
            f"anyio would run {what}.",
            "Remove the mark, or the fixture.",
        )


def _refuse_generator(node: Any) -> None:
    if inspect.isasyncgenfunction(inner_test(node.obj)):
        _fail(
            node,
            f"{node.name} is an async generator function: calling it runs none of its body.",
            "Make it an async def without yield.",
        )


def _refuse_async_xunit(metafunc: pytest.Metafunc) -> None:
    """pytest calls these and drops the coroutine: nothing would be set up."""
    for owner, names in ((metafunc.cls, _XUNIT_CLASS), (metafunc.module, _XUNIT_MODULE)):
        for name in names:
            function = getattr(owner, name, None)
            if function is not None and is_async(function):
                _fail(
                    metafunc.definition,
                    f"{name} is a coroutine function ({place_of(function)}): pytest never "
                    "awaits it.",
                    "Write an async fixture with autouse=True instead.",
                )


def _fail(node: Any, fact: str, todo: str = "") -> None:
    place = place_of(node.obj)
    raise pytest.Collector.CollectError(say(fact, [f"at {place}"] if place else [], todo))
