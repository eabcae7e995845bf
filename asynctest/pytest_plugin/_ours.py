"""Which tests and fixtures are ours."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from . import _neighbours

__all__ = ["Claims", "inner_test", "is_async", "is_async_fixture"]

_ASYNC = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def inner_test(function: Any) -> Any:
    """Return what Hypothesis calls for each example, or the function itself."""
    hypothesis = getattr(function, "hypothesis", None)
    return getattr(hypothesis, "inner_test", function)


def is_async(function: Any) -> bool:
    """Say whether a test is a coroutine function, or a generator of that kind."""
    function = inner_test(function)
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def is_async_fixture(fixturedef: Any) -> bool:
    """Say whether a fixture is async and no other plugin's."""
    function = fixturedef.func
    code = getattr(function, "__code__", None)
    if code is not None and not code.co_flags & _ASYNC and not hasattr(function, "_is_coroutine_mark"):
        return False
    return (
        inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
    ) and not _neighbours.is_their_fixture(fixturedef)


class Claims:
    """Decides who runs a test."""

    def __init__(self, auto: bool) -> None:
        self.auto = auto

    def is_marked(self, node: pytest.Function) -> bool:
        """Say whether the nearest mark that names an owner names us."""
        return _neighbours.OURS in _neighbours.nearest_owner(node)

    def is_ours(self, node: Any) -> bool:
        """Say whether we run this item: an async test that is marked, or nobody else's."""
        if not isinstance(node, pytest.Function) or hasattr(node, "addSuccess"):  # a TestCase's
            return False
        function = node.obj
        if not is_async(function):
            marked = any(mark.name == _neighbours.OURS for mark in node.own_markers)
            return marked and is_async(inspect.unwrap(function))
        owners = _neighbours.nearest_owner(node)
        if owners:
            return _neighbours.OURS in owners
        return self.auto and not _neighbours.wants_anyio(node.fixturenames)
