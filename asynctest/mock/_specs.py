"""What a spec says about a mock's attributes.

This is worked out anew for every mock, because a class may be patched between
two of them; reading the attributes where they are stored, without running
properties, makes it cheap enough.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    WrapperDescriptorType,
)
from typing import Any

__all__ = ["async_names", "is_async_spec", "is_coroutine_function"]

_NEVER_ASYNC: frozenset[type] = frozenset(
    {
        BuiltinFunctionType,
        ClassMethodDescriptorType,
        GetSetDescriptorType,
        MemberDescriptorType,
        MethodDescriptorType,
        WrapperDescriptorType,
        bool,
        dict,
        int,
        list,
        property,
        str,
        tuple,
        type(None),
    }
)


def async_names(spec: Any) -> frozenset[str]:
    """Name the attributes of a class or an object that are coroutine functions.

    Methods, class methods and static methods count; properties and async
    generator functions do not.
    """
    names: dict[str, bool] = {}
    for name, value in _stored_attributes(spec):
        names[name] = type(value) not in _NEVER_ASYNC and is_coroutine_function(value)
    return frozenset(name for name, is_async in names.items() if is_async)


def _stored_attributes(spec: Any) -> Iterator[tuple[str, Any]]:
    """Give every stored attribute, the one that hides others coming last."""
    for kind in reversed(type.mro(spec) if type(spec) is type else _mro(spec)):
        yield from vars(kind).items()
    if not isinstance(spec, type):
        yield from getattr(spec, "__dict__", {}).items()


def _mro(spec: Any) -> tuple[type, ...]:
    return spec.__mro__ if isinstance(spec, type) else type(spec).__mro__


def is_coroutine_function(value: Any) -> bool:
    """Tell whether calling this gives a coroutine, as far as can be known.

    A decorated function counts if the decorator's function or the one it wraps
    is a coroutine function.
    """
    value = _undress(value)
    if type(value) is FunctionType and not vars(value):
        return bool(value.__code__.co_flags & inspect.CO_COROUTINE)
    if inspect.iscoroutinefunction(value):
        return True
    wrapped = _undress(vars(value)["__wrapped__"]) if _is_wrapper(value) else None
    return wrapped is not None and is_coroutine_function(wrapped)


def _is_wrapper(value: Any) -> bool:
    return type(value) is FunctionType and "__wrapped__" in vars(value)


def _undress(value: Any) -> Any:
    while isinstance(value, classmethod | staticmethod | MethodType):
        value = value.__func__
    while isinstance(value, functools.partial | functools.partialmethod):
        value = value.func
    return value


def is_async_spec(spec: Any) -> bool:
    """Tell whether a mock of this should be called with ``await``."""
    if isinstance(spec, type | str | list | tuple):
        return False
    return is_coroutine_function(spec) or inspect.isawaitable(spec)
