"""The code of a test, as its author wrote it."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from types import CodeType, FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from ._places import is_ours

__all__ = ["codes_of", "is_written"]

_HOOKS = ("setUp", "asyncSetUp", "tearDown", "asyncTearDown")
_EMPTY = {
    *(("unittest.case", f"TestCase.{hook}") for hook in ("setUp", "tearDown")),
    *(("asynctest.case", f"TestCase.{hook}") for hook in ("asyncSetUp", "asyncTearDown")),
}


def is_written(hook: Any) -> bool:
    """Say whether somebody wrote a hook of a test case: unittest's and ours are empty."""
    place = getattr(hook, "__module__", None), getattr(hook, "__qualname__", None)
    return place not in _EMPTY


def codes_of(method: Any, case: Any) -> Sequence[CodeType]:
    """Return the code of a test and of its hooks, and of functions inside of them.

    Also that of the functions and methods which it calls by name, if they are
    written in the same module.
    """
    function = getattr(method, "__func__", method)
    found = _written(function)
    if case is not None:
        found += _hooks_of(type(case))
    names = set().union(*[code.co_names for code in found])
    if names and isinstance(function, FunctionType):
        found += _helpers(function, type(case), names)
        found = list({id(code): code for code in found}.values())
    return tuple(found)


_hooks: WeakKeyDictionary[type, list[CodeType]] = WeakKeyDictionary()


def _hooks_of(cls: type) -> list[CodeType]:
    """Return the code of the hooks of a class; found once for all of its tests."""
    found = _hooks.get(cls)
    if found is None:
        methods = [getattr(cls, name, None) for name in _HOOKS]
        found = _hooks[cls] = [code for method in methods for code in _written(method)]
    return found


def _written(function: Any) -> list[CodeType]:
    """Return the code of a function and of those inside of it, if the user has written it."""
    # Most tests leave the hooks as unittest and we have written them.
    if not isinstance(function, FunctionType) or not is_written(function):
        return []
    if "__wrapped__" in function.__dict__:
        function = inspect.unwrap(function)
    code = getattr(function, "__code__", None)
    return _with_inner(code) if isinstance(code, CodeType) and not is_ours(code) else []


def _with_inner(code: CodeType) -> list[CodeType]:
    found = [code]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found += _with_inner(constant)
    return found


def _helpers(function: FunctionType, cls: type, names: set[str]) -> list[CodeType]:
    """Find functions of the test's module that its code names."""
    found = []
    for name in names:
        helper = function.__globals__.get(name) or cls.__dict__.get(name)
        if isinstance(helper, FunctionType) and helper.__module__ == function.__module__:
            found.append(helper.__code__)
    found.sort(key=lambda code: code.co_firstlineno)
    return [inner for code in found for inner in _with_inner(code)]
