"""What a spec says about a mock's attributes.

This is worked out anew for every mock, because a class may be patched between
two of them; reading the attributes where they are stored, without running
properties, makes it cheap enough.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Iterator, Mapping
from itertools import compress
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
from typing import Any, get_origin

if sys.version_info >= (3, 14):
    import annotationlib

from .._ports.coroutine_mark import is_marked

__all__ = ["async_names", "gives_async_context", "is_async_spec", "is_coroutine_function"]

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

_METHODS = (classmethod, staticmethod, MethodType)
_PARTIALS = (functools.partial, functools.partialmethod)


def async_names(spec: Any) -> frozenset[str]:
    """Name the attributes of a class or an object that are coroutine functions.

    Methods, class methods and static methods count; properties and async
    generator functions do not.
    """
    is_async: dict[str, bool] = {}
    for stored in _stored_attributes(spec):
        for name, value in stored.items():
            kind = type(value)
            if kind is FunctionType and value.__code__.co_flags & inspect.CO_COROUTINE:
                is_async[name] = True
            else:
                is_async[name] = kind not in _NEVER_ASYNC and is_coroutine_function(value)
    return frozenset(compress(is_async, is_async.values()))


def _stored_attributes(spec: Any) -> Iterator[Mapping[str, Any]]:
    """Give the dictionaries attributes are found in, the first to look in coming last."""
    kind = spec if isinstance(spec, type) else type(spec)
    for base in reversed(kind.__mro__[:-1]):
        yield vars(base)
    if kind is not spec:
        yield getattr(spec, "__dict__", {})


def is_coroutine_function(value: Any) -> bool:
    """Tell whether calling this gives a coroutine, as far as can be known.

    A decorated function counts if the decorator's function or the one it wraps
    is a coroutine function.
    """
    value = _undress(value)
    if inspect.iscoroutinefunction(value) or is_marked(value):
        return True
    wrapped = value.__dict__.get("__wrapped__") if type(value) is FunctionType else None
    return wrapped is not None and is_coroutine_function(wrapped)


def _undress(value: Any) -> Any:
    """Find the function in a method, a class method, a partial and so on."""
    while isinstance(value, _METHODS):
        value = value.__func__
    while isinstance(value, _PARTIALS):
        value = value.func
    return value


def gives_async_context(spec: Any, name: str) -> bool:
    """Tell whether a method is a plain function whose result goes in ``async with``.

    The spec says so by a return annotation that names such a class, or by
    ``contextlib.asynccontextmanager``.
    """
    function = _undress(inspect.getattr_static(spec, name, None))
    if type(function) is not FunctionType:
        return False
    if inspect.isasyncgenfunction(function.__dict__.get("__wrapped__")):
        return True
    result = _return_annotation(function)
    return hasattr(get_origin(result) or result, "__aenter__")


def _return_annotation(function: FunctionType) -> Any:
    if sys.version_info >= (3, 14):
        found = annotationlib.get_annotations(function, format=annotationlib.Format.FORWARDREF)
    else:
        found = function.__annotations__
    result = found.get("return")
    return function.__globals__.get(result) if isinstance(result, str) else result


def is_async_spec(spec: Any) -> bool:
    """Tell whether a mock of this should be called with ``await``."""
    if isinstance(spec, type | str | list | tuple):
        return False
    return is_coroutine_function(spec) or inspect.isawaitable(spec)
