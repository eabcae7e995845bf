"""Which tests and fixtures are ours."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import pytest

from ._neighbours import OURS, is_their_fixture, nearest_owner, wants_anyio

__all__ = ["Claims", "has_examples", "inner_test", "is_async", "is_async_fixture"]


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
        self.others = others

    def owners(self, node: pytest.Function) -> set[str]:
        """Return the marks that say who runs a test."""
        return nearest_owner(node, self.others)

    def is_ours(self, node: Any) -> bool:
        """Say whether we run this item: an async test that is marked, or nobody else's."""
        if not isinstance(node, pytest.Function) or hasattr(node, "addSuccess"):  # a TestCase's
            return False
        function = node.obj
        if not is_async(function):
            marked = any(mark.name == OURS for mark in node.own_markers)
            return marked and is_async(inspect.unwrap(function))
        owners = self.owners(node)
        if owners:
            return OURS in owners
        return self.auto and not wants_anyio(node.fixturenames)
