"""The code of a test, as its author wrote it."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from types import CodeType, FunctionType, MethodType
from typing import Any
from weakref import WeakKeyDictionary

from ._places import is_ours

__all__ = ["codes_of"]

_HOOKS = ("setUp", "asyncSetUp", "tearDown", "asyncTearDown")
_BASES = ("unittest.case", "asynctest.case")


def codes_of(method: Any, case: Any) -> Sequence[CodeType]:
    """Return the code of a test and of its hooks, and of functions inside of them.

    Also that of the functions and methods which it calls by name, if they are
    written in the same module. Found once for each test of a class.
    """
    function = getattr(method, "__func__", method)
    if type(function) is not FunctionType:
        return _find(method, type(case))
    of_class = _known.get(type(case))
    if of_class is None:
        of_class = _known[type(case)] = WeakKeyDictionary()
    found = of_class.get(function)
    if found is None:
        found = of_class[function] = _find(method, type(case))
    return found


_known: WeakKeyDictionary[type, WeakKeyDictionary[Any, Sequence[CodeType]]] = WeakKeyDictionary()


def _find(method: Any, cls: type) -> Sequence[CodeType]:
    found: list[CodeType] = []
    hooks = [getattr(cls, name, None) for name in _HOOKS]
    for function in (method, *hooks):
        if isinstance(function, MethodType):
            function = function.__func__
        # Most tests leave the hooks as unittest and we have written them.
        if isinstance(function, FunctionType) and function.__module__ not in _BASES:
            if "__wrapped__" in function.__dict__:
                function = inspect.unwrap(function)
            code = getattr(function, "__code__", None)
            if isinstance(code, CodeType) and not is_ours(code):
                _add(code, found)
    for helper in _helpers(method, cls, found):
        _add(helper, found)
    return tuple(found)


def _helpers(method: Any, cls: type, codes: list[CodeType]) -> list[CodeType]:
    """Find functions of the test's module that its code names."""
    function = getattr(method, "__func__", method)
    if not isinstance(function, FunctionType):
        return []
    module, names = function.__module__, {name for code in codes for name in code.co_names}
    found = []
    for name in names:
        helper = function.__globals__.get(name) or cls.__dict__.get(name)
        if isinstance(helper, FunctionType) and helper.__module__ == module:
            found.append(helper.__code__)
    return sorted(found, key=lambda code: code.co_firstlineno)


def _add(code: CodeType, found: list[CodeType]) -> None:
    if any(code is other for other in found):
        return
    found.append(code)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _add(constant, found)
