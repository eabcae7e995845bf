"""Functions in front of a mock: what create_autospec makes of a function.

Such a function checks arguments against the original's signature, then calls
its mock. It has the mock's assertions and, as plain attributes, its records.
"""

from __future__ import annotations

import inspect
import sys
from types import FunctionType
from typing import Any

from .._ports.coroutine_mark import coroutine_marks
from . import _stdlib
from ._asyncmock import name_after_caller

__all__ = ["function_for"]

_AWAIT_ASSERTIONS = (
    "assert_any_await",
    "assert_awaited",
    "assert_awaited_once",
    "assert_awaited_once_with",
    "assert_awaited_with",
    "assert_has_awaits",
    "assert_not_awaited",
)


def function_for(mock: Any, original: Any, is_async: bool) -> Any:
    """Make the function; give the mock itself if the original has no signature."""
    found = _stdlib.signature_of(original, False, False)
    if found is None:
        return mock
    signature = found[1]
    function = (_async_front if is_async else _front)(mock, signature)
    name = original.__name__
    function.__name__ = function.__qualname__ = name if name.isidentifier() else "funcopy"
    function.__doc__ = original.__doc__
    _stdlib.delegate_to(function, mock, signature)
    # From now on the function has it; the mock's own would be looked at first.
    mock.__dict__.pop("_mock_return_value", None)
    for attribute, value in vars(original).items():
        if isinstance(value, FunctionType):
            setattr(function, attribute, getattr(mock, attribute))
    if is_async:
        _add_awaits(function, mock)
    return function


def _front(mock: Any, signature: inspect.Signature) -> Any:
    def function(*args: Any, **kwargs: Any) -> Any:
        signature.bind(*args, **kwargs)
        return mock(*args, **kwargs)

    return function


def _async_front(mock: Any, signature: inspect.Signature) -> Any:
    """Make a function that inspect knows as a coroutine function.

    It is a plain function all the same: wrong arguments are a TypeError at the
    call, and the mock is called then, not when the coroutine is awaited.
    """

    def function(*args: Any, **kwargs: Any) -> Any:
        signature.bind(*args, **kwargs)
        return name_after_caller(mock(*args, **kwargs), mock, sys._getframe(1))

    vars(function).update(coroutine_marks())
    if not inspect.iscoroutinefunction(function):
        # 3.11 looks at the code's flags only. They describe the code but do not
        # drive it: what makes a coroutine is an instruction the code lacks.
        code = function.__code__
        function.__code__ = code.replace(co_flags=code.co_flags | inspect.CO_COROUTINE)
    return function


def _add_awaits(function: Any, mock: Any) -> None:
    for name in _AWAIT_ASSERTIONS:
        setattr(function, name, getattr(mock, name))
    mock.__dict__["_mock_front"] = function
    mock._mock_refresh()
