"""Which tests and fixtures are ours."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import pytest

from ._fence import fixtures_of
from ._neighbours import OURS, is_their_fixture, nearest_owner, wants_anyio

__all__ = ["Claims", "has_examples", "inner_test", "is_async", "is_async_fixture", "is_marked"]


def inner_test(function: Any) -> Any:
    """Return what Hypothesis calls for each example, or the function itself."""
    hypothesis = getattr(function, "hypothesis", None)
    return getattr(hypothesis, "inner_test", function)


def has_examples(function: Any) -> bool:
    """Say whether a test is decorated with ``hypothesis.given``."""
    return hasattr(function, "hypothesis")


def is_async(function: Any) -> bool:
    """Say whether a test is a coroutine function, or a generator of that kind."""
    function = inner_test(function)
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def is_marked(node: Any) -> bool:
    """Say whether our mark stands on a test itself."""
    return any(mark.name == OURS for mark in node.own_markers)


def is_async_fixture(fixturedef: Any) -> bool:
    """Say whether a fixture is async and no other plugin's."""
    function = fixturedef.func
    if not inspect.iscoroutinefunction(function) and not inspect.isasyncgenfunction(function):
        return False
    return not is_their_fixture(fixturedef)


class Claims:
    """Decides who runs a test."""

    def __init__(self, auto: bool, others: Sequence[str] = ()) -> None:
        self.auto = auto
        self._others = others
        self._async_fixtures: dict[Any, bool] = {}

    def owners(self, node: pytest.Function) -> set[str]:
        """Return the marks that say who runs a test."""
        return nearest_owner(node, self._others)

    def is_ours(self, node: Any) -> bool:
        """Say whether we run this item, which is marked, or nobody else's.

        Plain tests stay pytest's, unless they use async fixtures of ours, or the
        mark stands on the test itself.
        """
        if not isinstance(node, pytest.Function) or hasattr(node, "addSuccess"):  # a TestCase's
            return False
        if not is_async(node.obj) and not self._needs_loop(node):
            return False
        owners = self.owners(node)
        if owners:
            return OURS in owners
        return self.auto and not wants_anyio(node.fixturenames)

    def _needs_loop(self, node: pytest.Function) -> bool:
        """Say whether there is anything for a loop of ours to do in a plain test."""
        if wants_anyio(node.fixturenames):
            return False  # anyio runs all async fixtures of such a test
        return is_marked(node) or (
            bool(node.fixturenames) and any(map(self._is_async_fixture, fixtures_of(node)))
        )

    def _is_async_fixture(self, fixturedef: Any) -> bool:
        known = self._async_fixtures.get(fixturedef)
        if known is None:  # asked for every plain test that uses it
            known = self._async_fixtures[fixturedef] = is_async_fixture(fixturedef)
        return known
