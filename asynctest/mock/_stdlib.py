"""The fence around unittest.mock's private names: nothing else touches them.

Our classes are subclasses of the standard ones and leave to them whatever is
not listed in this package's differences. That takes a few names which
unittest.mock does not promise to keep; they are collected here, checked on
3.11 to 3.15, and listed in ``LEANS_ON`` so that a test can say which of them a
new Python has lost.

Attributes whose name begins with ``_mock_`` or ``_spec_`` are the state that
unittest.mock's methods read from every mock, ours included; ours have them as
class attributes (see ``_family.py``).
"""

from __future__ import annotations

from typing import Any
from unittest import mock

__all__ = [
    "ASYNC_METHOD_MAGICS",
    "DEFAULT_MAGICS",
    "DELETED",
    "LEANS_ON",
    "SYNC_MAGICS",
    "Call",
    "CallList",
    "FunctionTypes",
    "InvalidSpecError",
    "SpecState",
    "check_spec_arg_typos",
    "count_call",
    "decide",
    "decide_later",
    "delegate_to",
    "extract_mock",
    "full_name",
    "is_exception",
    "is_mock",
    "knows_its_answer",
    "must_skip_first",
    "preset_magic",
    "signature_of",
]

LEANS_ON: tuple[str, ...] = (
    "unittest.mock:AsyncMockMixin._execute_mock_call",
    "unittest.mock:CallableMixin._execute_mock_call",
    "unittest.mock:CallableMixin._increment_mock_call",
    "unittest.mock:FunctionTypes",
    "unittest.mock:InvalidSpecError",
    "unittest.mock:NonCallableMock._call_matcher",
    "unittest.mock:NonCallableMock._extract_mock_name",
    "unittest.mock:NonCallableMock._get_child_mock",
    "unittest.mock:NonCallableMock._mock_add_spec",
    "unittest.mock:NonCallableMock._mock_return_value",
    "unittest.mock:NonCallableMock._lock",
    "unittest.mock:_Call",
    "unittest.mock:_CallList",
    "unittest.mock:_SpecState",
    "unittest.mock:_all_magics",
    "unittest.mock:_async_method_magics",
    "unittest.mock:_check_spec_arg_typos",
    "unittest.mock:_deleted",
    "unittest.mock:_extract_mock",
    "unittest.mock:_get_signature_object",
    "unittest.mock:_is_exception",
    "unittest.mock:_is_instance_mock",
    "unittest.mock:_magics",
    "unittest.mock:_must_skip",
    "unittest.mock:_set_return_value",
    "unittest.mock:_setup_func",
)

_private: Any = mock

Call = mock._Call
CallList = mock._CallList
SpecState: type[Any] = _private._SpecState
InvalidSpecError: type[Exception] = _private.InvalidSpecError
FunctionTypes: tuple[type, ...] = _private.FunctionTypes

DEFAULT_MAGICS: frozenset[str] = frozenset(_private._magics | _private._async_method_magics)
"""The magic methods every MagicMock has."""

ASYNC_METHOD_MAGICS: frozenset[str] = frozenset(_private._async_method_magics)
SYNC_MAGICS: frozenset[str] = frozenset(_private._all_sync_magics)

DEFAULT = mock.DEFAULT
DELETED = _private._deleted
"""Stands in a mock's children for one that was deleted."""


def is_mock(value: object) -> bool:
    """Tell whether this is a mock, ours or the standard library's."""
    return issubclass(type(value), mock.NonCallableMock)


def is_exception(value: object) -> bool:
    """Tell whether a side effect is raised rather than returned or called."""
    return bool(_private._is_exception(value))


def extract_mock(value: Any) -> Any:
    """Get at the mock behind a function made by create_autospec."""
    return _private._extract_mock(value)


def full_name(stand_in: Any) -> str:
    """Name a mock with the way that leads to it, as in ``mock.client.get()``."""
    return str(stand_in._extract_mock_name())


def count_call(stand_in: Any, args: Any, kwargs: Any) -> None:
    """Record a call as the standard library does, step by step."""
    _private.CallableMixin._increment_mock_call(stand_in, *args, **kwargs)


def decide(stand_in: Any, args: Any, kwargs: Any) -> Any:
    """Give the outcome of a call by this Python's rules; may call side effects."""
    return _private.CallableMixin._execute_mock_call(stand_in, *args, **kwargs)


def decide_later(stand_in: Any, args: Any, kwargs: Any) -> Any:
    """Make a coroutine that decides, as the standard AsyncMock does."""
    return _private.AsyncMockMixin._execute_mock_call(stand_in, *args, **kwargs)


def preset_magic(owner: Any, method: Any, name: str) -> None:
    """Give a magic method the result it has by default (``len(m) == 0``)."""
    _private._set_return_value(owner, method, name)


def signature_of(func: Any, as_instance: bool, eat_self: bool) -> Any:
    """Find what can be called and its signature; None if there is none."""
    return _private._get_signature_object(func, as_instance, eat_self)


def must_skip_first(spec: Any, name: str, is_type: bool) -> bool:
    """Tell whether calls of this attribute omit its first parameter."""
    return bool(_private._must_skip(spec, name, is_type))


def check_spec_arg_typos(kwargs: dict[str, Any]) -> None:
    """Refuse arguments that look like misspelt ``autospec`` or ``spec_set``."""
    _private._check_spec_arg_typos(kwargs)


def delegate_to(function: Any, stand_in: Any, signature: Any) -> None:
    """Give a function the attributes and assertions of the mock behind it."""
    _private._setup_func(function, stand_in, signature)


def knows_its_answer(method: Any) -> bool:
    """Tell whether somebody said what this method answers.

    Looking at ``return_value`` would make one, hence the private name; a mock
    in its place is what an unasked method answers by itself.
    """
    if not isinstance(method, mock.NonCallableMock):
        return True
    stand_in: Any = method
    if stand_in.side_effect is not None or stand_in._mock_wraps is not None:
        return True
    answer = stand_in._mock_return_value
    return answer is not DEFAULT and not is_mock(answer)
