"""asynctest's own test cases under pytest: they get what marks and options say."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import pytest

from .._errors import AsynctestError
from .._settings import declared_by, merge
from ..case import TestCase
from ._fence import tell_params
from ._neighbours import OURS
from ._reporting import Reported, watch_reports
from ._words import words_around

__all__ = ["check_cases", "each_on_its_models", "tell_case"]


def tell_case(item: Any) -> None:
    """Let a test case that will run know what the marks around it say."""
    case = getattr(item, "instance", None)
    if not isinstance(case, TestCase):
        return
    case.tell_asynctest(words_around(item), Reported(item))
    watch_reports(item.config)
    if item.config.getoption("usepdb", False):
        # pytest would call tearDown later, from where it cannot be awaited:
        # the loop ends with the test.
        item.runtest = functools.partial(case, result=item)


def each_on_its_models(items: list[Any]) -> list[Any]:
    """Make two items of each that asks for both loop models."""
    return [one for item in items for one in _on_its_models(item)]


def _on_its_models(item: Any) -> list[Any]:
    case = getattr(item, "instance", None)
    if not isinstance(case, TestCase) or not inspect.ismethod(item.obj):
        return [item]  # a static method, say: the test case itself will run it on each
    try:
        settings = merge(*map(declared_by, words_around(item)))
    except AsynctestError:  # told later, as an error of this test or of its mark
        return [item]
    models = case.models_for_asynctest(settings)
    return [_on_model(item, model) for model in models] or [item]


def _on_model(item: Any, model: str) -> Any:
    name = f"{item.name}[{model}]"
    case = type(item.instance)(name)
    made = type(item).from_parent(item.parent, name=name, callobj=getattr(case, item.name))
    tell_params(made, item.name, model)
    made.originalname = item.name  # who looks for the method again finds it
    return made


def check_cases(items: list[pytest.Item]) -> None:
    """Raise UsageError for a mark on a test case that can never work."""
    for item in items:
        if not hasattr(item, "addSuccess"):  # a plain function
            continue
        if item.get_closest_marker(OURS) is None:
            continue
        cls: Any = getattr(item, "cls", None)
        if any(mark.name == OURS for mark in item.own_markers) and not issubclass(cls, TestCase):
            raise pytest.UsageError(
                f"{item.nodeid} has the mark asynctest, but its class is a plain "
                f"unittest.TestCase. Let {cls.__name__} inherit from asynctest.TestCase."
            )
        try:
            words_around(item)
        except AsynctestError as exc:
            raise pytest.UsageError(f"{item.nodeid}: {exc}") from None
