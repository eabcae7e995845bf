"""Assertions that no mock has."""

from __future__ import annotations

from collections.abc import Iterable
from unittest.mock import NonCallableMock

from .._bytecode import called_attributes
from .._places import Place
from ._check import Check, Finding, Level, StageView

_PAST = ("called", "awaited")
_MADE_UP = frozenset(
    [
        f"{be}{done}{how}"
        for be in ("", "was_", "is_", "has_been_")
        for done in _PAST
        for how in ("_once", "_with", "_once_with", "_any")
    ]
    + [f"{be}{done}" for be in ("was_", "is_", "has_been_") for done in _PAST]
    + [f"{no}_{done}" for no in ("not", "never", "was_not") for done in _PAST]
    + ["any_await", "any_call", "has_any_await", "has_any_call", "has_awaits", "has_calls"]
)


class MadeUpAssertion(Check):
    """``mock.called_once_with(1)``: a mock answers to any name, and asserts nothing.

    Names that begin with ``assert`` are refused by the mock itself, and newer Pythons
    refuse some of the others. The rest is found if the code of the test has such a
    name in it and a mock without a specification has been called by it.
    """

    name = "made_up_assertion"
    default = Level.WARN
    fix = "Use one of the mock's assertions, whose names begin with assert_"

    def after_test(self, stage: StageView) -> Iterable[Finding]:
        suspects = [code for code in stage.codes if not _MADE_UP.isdisjoint(code.co_names)]
        answered = _names_called_on_mocks(stage) if suspects else set()
        return [
            Finding(
                f"{name}() is no assertion of a mock",
                Place(code.co_filename, line, code.co_qualname),
                code,
            )
            for code in suspects
            for name, line in called_attributes(code)
            if name in _MADE_UP and name in answered
        ]


def _names_called_on_mocks(stage: StageView) -> set[str]:
    """Return the names by which mocks of this test were called.

    A mock and its child hold each other, so they are still there even if the
    test has dropped them. What a specification allows is not made up.
    """
    mocks = stage.heap.made(NonCallableMock)
    free = [mock for mock in mocks if mock.__class__ is type(mock)]
    return {name for mock in free for name, *_ in mock.method_calls}
