"""asynctest's own test cases under pytest: they get what marks and options say."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from .._errors import AsynctestError
from ..case import TestCase
from ._neighbours import OURS
from ._reporting import Reported
from ._words import words_around

__all__ = ["check_cases", "tell_case"]


def tell_case(item: Any) -> None:
    """Let a test case that will run know what the marks around it say."""
    case = getattr(item, "instance", None)
    if not isinstance(case, TestCase):
        return
    case.tell_asynctest(words_around(item), Reported(item))
    if item.config.getoption("usepdb", False):
        # pytest would call tearDown later, from where it cannot be awaited:
        # the loop ends with the test.
        item.runtest = functools.partial(case, result=item)


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
