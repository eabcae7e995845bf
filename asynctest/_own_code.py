"""The code of a test, as its author wrote it."""

from __future__ import annotations

import inspect
import unittest
from types import CodeType, FunctionType, MethodType
from typing import Any

from ._places import is_ours

__all__ = ["codes_of"]

_HOOKS = ("setUp", "asyncSetUp", "tearDown", "asyncTearDown")
_EMPTY = (unittest.TestCase.setUp, unittest.TestCase.tearDown)


def codes_of(method: Any, case: Any) -> list[CodeType]:
    """Return the code of a test and of its hooks, and of functions written inside of them."""
    found: list[CodeType] = []
    functions = [method]
    if case is not None:
        cls = type(case)
        functions += [getattr(cls, name) for name in _HOOKS if getattr(cls, name, None)]
    for function in functions:
        if isinstance(function, MethodType):
            function = function.__func__
        if function in _EMPTY or not isinstance(function, FunctionType):
            continue
        if "__wrapped__" in function.__dict__:
            function = inspect.unwrap(function)
        code = getattr(function, "__code__", None)
        if isinstance(code, CodeType) and not is_ours(code):
            _add(code, found)
    return found


def _add(code: CodeType, found: list[CodeType]) -> None:
    found.append(code)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _add(constant, found)
