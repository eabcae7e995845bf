"""The code of a test, as its author wrote it."""

from __future__ import annotations

import inspect
import unittest
from types import CodeType
from typing import Any

from ._places import is_ours

__all__ = ["codes_of"]

_HOOKS = ("setUp", "asyncSetUp", "tearDown", "asyncTearDown")


def codes_of(method: Any, case: Any) -> list[CodeType]:
    """Return the code of a test and of its hooks, and of functions written inside of them."""
    found: list[CodeType] = []
    functions = [method]
    for name in _HOOKS if case is not None else ():
        hook = getattr(type(case), name, None)
        if hook is not getattr(unittest.TestCase, name, None):
            functions.append(hook)
    for function in functions:
        function = getattr(function, "__func__", function)
        if hasattr(function, "__wrapped__"):
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
