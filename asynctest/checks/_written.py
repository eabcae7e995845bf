"""The code of a test, as it is written."""

from __future__ import annotations

import inspect
import unittest
from collections.abc import Iterator
from types import CodeType
from typing import Any

from ._check import StageView

__all__ = ["codes_of"]

_HOOKS = ("setUp", "asyncSetUp", "tearDown", "asyncTearDown")
_EMPTY = (unittest.TestCase.setUp, unittest.TestCase.tearDown)


def codes_of(stage: StageView) -> Iterator[CodeType]:
    """Yield the code of the test and its hooks, and of functions written inside of them."""
    functions = [stage.method]
    if stage.case is not None:
        hooks = [getattr(stage.case, name) for name in _HOOKS if hasattr(stage.case, name)]
        functions += [hook for hook in hooks if getattr(hook, "__func__", None) not in _EMPTY]
    for function in functions:
        code = getattr(_innermost(function), "__code__", None)
        if isinstance(code, CodeType):
            yield from _with_inner(code)


def _innermost(function: Any) -> Any:
    function = getattr(function, "__func__", function)
    return inspect.unwrap(function) if hasattr(function, "__wrapped__") else function


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _with_inner(constant)
