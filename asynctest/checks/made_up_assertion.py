"""Assertions that no mock has."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from unittest.mock import AsyncMock, NonCallableMock

from .._bytecode import read_attributes
from .._places import Place
from ._check import Check, Finding, Level, StageView
from ._codes import uses_names

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


_REAL = [name for name in dir(AsyncMock) if name.startswith("assert_")]
_NEARLY = re.compile(r"a\w*_(any_|not_|has_)?(await|call)(s|ed)?(_|$)")


class MadeUpAssertion(Check):
    """``mock.called_once_with(1)``: a mock answers to any name, and asserts nothing.

    Names that begin with ``assert`` are refused by the mock itself, and newer Pythons
    refuse some of the others. The rest is found, and so are misspelt assertions, if
    the code of the test has such a name in it and a mock of this test without a
    specification has been asked for it.
    """

    name = "made_up_assertion"
    default = Level.WARN
    fix = "Use one of the mock's assertions, whose names begin with assert_"

    signs = (uses_names,)

    def after_test(self, stage: StageView) -> Iterable[Finding]:
        suspects = [code for code in stage.codes if any(map(_is_suspect, code.co_names))]
        answered = _names_asked_of_mocks(stage) if suspects else set()
        return [
            Finding(
                f"{name} is no assertion of a mock{_meant(name)}",
                Place(code.co_filename, line, code.co_qualname),
                code,
            )
            for code in suspects
            for name, line in read_attributes(code)
            if _is_suspect(name) and name in answered
        ]


def _is_suspect(name: str) -> bool:
    if name in _MADE_UP:
        return True
    nearly = name.startswith("a") and name not in _REAL and _NEARLY.match(name) is not None
    return nearly and bool(_meant(name))


def _meant(name: str) -> str:
    near = difflib.get_close_matches(name, _REAL, n=1, cutoff=0.85)
    return f"; did you mean {near[0]}?" if near else ""


def _names_asked_of_mocks(stage: StageView) -> set[str]:
    """Return all names to which mocks of this test answer.

    A mock and its child hold each other, so they are still there even if the
    test has dropped them. What a specification allows is not made up.
    """
    mocks = stage.heap.made(NonCallableMock)
    free = [mock for mock in mocks if mock.__class__ is type(mock)]
    return {name for mock in free for name in dir(mock)}
