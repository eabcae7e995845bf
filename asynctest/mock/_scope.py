"""Patches around a call: put in force, taken back, and lifted at every pause.

A decorated function keeps its kind, so there is one wrapper for each kind. Its
patches are put in force when the body does its first step, not when the
function is called (a coroutine that never runs patches nothing), and end when
the body does, however that comes: return, exception, cancellation, ``close()``,
garbage collection.

A body with LIMITED patches is stepped by hand (`_drive`), since they have to
be lifted each time it hands control to somebody else.
"""

from __future__ import annotations

import enum
import functools
import inspect
import sys
import types
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from typing import Any
from unittest import mock
from unittest.mock import DEFAULT

from ._layers import Active

__all__ = ["GLOBAL", "LIMITED", "PatchScope", "Patching", "decorate"]


class PatchScope(enum.Enum):
    """When the patch of a coroutine or generator is in force.

    It makes no difference for plain functions and ``with`` statements.
    """

    LIMITED = enum.auto()
    GLOBAL = enum.auto()


#: In force only while the decorated coroutine or generator itself executes:
#: other tasks, and whoever drives the generator, see the original.
LIMITED = PatchScope.LIMITED

#: In force from the first step of the coroutine or generator to its end,
#: pauses included. The default.
GLOBAL = PatchScope.GLOBAL

_StandardPatch: type[Any] = type(mock.patch.object(mock, "patch"))


class Patching:
    """What a decorated function needs to know of a patch.

    ``attribute_name`` and ``new`` are also what pytest, and `unittest.mock` if
    it decorates the same function, look at to count the mocks that are passed.
    """

    attribute_name: str | None = None
    new: Any = None
    scope: PatchScope

    def begin(self) -> Active:
        """Put a patch in force that is independent of all others begun."""
        raise NotImplementedError

    def join(self, patchings: list[Any]) -> None:
        """Take a place in the list of a function that is patched already."""
        patchings.append(self)


class _ActiveForeign:
    """A patch of `unittest.mock` in force, that was put on top of ours."""

    __slots__ = ("given", "patcher")

    def __init__(self, patcher: Any) -> None:
        self.patcher = patcher.copy() if type(patcher) is _StandardPatch else patcher
        self.given = self.patcher.__enter__()

    def lift(self) -> None:
        self.patcher.__exit__(*sys.exc_info())


Begun = tuple[list[Any], tuple[Any, ...]]


def _begin(patchings: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Begun:
    """Put all patches of one call in force, and add their mocks to its arguments."""
    begun: list[Any] = []
    try:
        for patching in patchings:
            ours = isinstance(patching, Patching)
            active = patching.begin() if ours else _ActiveForeign(patching)
            begun.append(active)
            if patching.attribute_name is not None:
                kwargs.update(active.given)
            elif patching.new is DEFAULT:
                args = (*args, active.given)
    except BaseException:
        _end(begun)
        raise
    return begun, args


def _end(begun: list[Any]) -> None:
    """End the last patch, then the ones before it, also if one of them fails."""
    try:
        while begun:
            begun.pop().lift()
    finally:
        if begun:
            _end(begun)


class _Limited:
    """The LIMITED patches of one call, lifted while somebody else runs."""

    __slots__ = ("active", "resting")

    def __init__(self, patchings: list[Any], begun: list[Any]) -> None:
        # Foreign patches have no scope: they are GLOBAL.
        pairs = zip(patchings, begun, strict=True)
        self.active: list[Active] = [
            active for patching, active in pairs if getattr(patching, "scope", GLOBAL) is LIMITED
        ]
        self.resting = False
        for active in self.active:
            active.surface()

    def rest(self) -> None:
        if not self.resting:
            self.resting = True
            for active in reversed(self.active):
                active.rest()

    def wake(self) -> None:
        if self.resting:
            self.resting = False
            for active in self.active:
                active.lay()


def _drive(body: Any, limited: _Limited) -> Generator[Any, Any, Any]:
    """Be ``body``, with its LIMITED patches lifted at each pause."""
    step, value = body.send, None
    while True:
        limited.wake()
        try:
            item = step(value)
        except StopIteration as stop:
            return stop.value
        limited.rest()
        step, value = body.send, None
        try:
            value = yield item
        except BaseException as thrown:  # noqa: BLE001  GeneratorExit too: it is for the body
            step, value = body.throw, thrown


class _Stepped:
    """An awaitable, stepped under its patches."""

    __slots__ = ("body", "limited")

    def __init__(self, awaitable: Awaitable[Any], limited: _Limited) -> None:
        self.body = awaitable if hasattr(awaitable, "send") else _relay(awaitable)
        self.limited = limited

    def __await__(self) -> Generator[Any, Any, Any]:
        return _drive(self.body, self.limited)


async def _relay(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


def decorate(func: Callable[..., Any], patching: Patching, *, shared: bool = False) -> Any:
    """Put a patch around the calls of a function.

    A function that is patched already gets one more entry in its list, unless
    it is ``shared`` (inherited, say): then a new one is made and it stays as it is.
    """
    patchings: list[Any] | None = getattr(func, "patchings", None)
    if patchings is None:
        return _wrap(func, func, [patching])
    if _owns_patchings(func, vars(mock)) or (shared and _owns_patchings(func, globals())):
        patchings = [*patchings]
        patching.join(patchings)
        return _wrap(func.__wrapped__, func, patchings)  # type: ignore[attr-defined]
    if not shared:
        patching.join(patchings)
        return func
    # Somebody else's decorator is in between, and its list is not ours to change.
    outer = _wrap(func, func, [patching])
    outer.patchings = [*patchings, patching]
    return outer


def _owns_patchings(func: Any, module: Mapping[str, Any]) -> bool:
    """Say whether this is the wrapper that ``module`` made for a list of patches."""
    # Other decorators copy the attribute with functools.wraps; among them is the
    # standard patch.dict, hence the look at what is wrapped.
    wrapped = getattr(func, "__wrapped__", None)
    return getattr(func, "__globals__", None) is module and not hasattr(wrapped, "patchings")


def _wrap(func: Any, looks: Any, patchings: list[Any]) -> Any:
    wrapper = _around(func, patchings)
    functools.update_wrapper(wrapper, looks)
    wrapper.__wrapped__ = func
    wrapper.patchings = patchings
    return wrapper


def _around(func: Any, patchings: list[Any]) -> Any:
    if inspect.iscoroutinefunction(func):
        return _around_coroutine_function(func, patchings)
    if inspect.isasyncgenfunction(func):
        return _around_async_generator_function(func, patchings)
    if inspect.isgeneratorfunction(func):
        wrapper = _around_generator_function(func, patchings)
        return types.coroutine(wrapper) if _is_iterable_coroutine_function(func) else wrapper
    return _around_function(func, patchings)


def _is_iterable_coroutine_function(func: Any) -> bool:
    code = getattr(func, "__code__", None)
    return code is not None and bool(code.co_flags & inspect.CO_ITERABLE_COROUTINE)


def _around_function(func: Any, patchings: list[Any]) -> Any:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        begun, args = _begin(patchings, args, kwargs)
        try:
            return func(*args, **kwargs)
        finally:
            _end(begun)

    return wrapper


def _around_coroutine_function(func: Any, patchings: list[Any]) -> Any:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        begun, args = _begin(patchings, args, kwargs)
        try:
            limited = _Limited(patchings, begun)
            awaitable = func(*args, **kwargs)
            return await (_Stepped(awaitable, limited) if limited.active else awaitable)
        finally:
            _end(begun)

    return wrapper


def _around_generator_function(func: Any, patchings: list[Any]) -> Any:
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        begun, args = _begin(patchings, args, kwargs)
        try:
            limited = _Limited(patchings, begun)
            return (yield from _drive(func(*args, **kwargs), limited))
        finally:
            _end(begun)

    return wrapper


def _around_async_generator_function(func: Any, patchings: list[Any]) -> Any:
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        begun, args = _begin(patchings, args, kwargs)
        try:
            limited = _Limited(patchings, begun)
            body = func(*args, **kwargs)
            step = _first_step(body)
            while True:
                try:
                    item = await _Stepped(step, limited)
                except StopAsyncIteration:
                    return
                limited.rest()
                try:
                    sent = yield item
                except BaseException as thrown:  # noqa: BLE001  it is for the body
                    step = body.athrow(thrown)
                else:
                    step = body.asend(sent)
        finally:
            _end(begun)

    return wrapper


def _first_step(body: AsyncGenerator[Any, Any]) -> Any:
    """Start an async generator without telling the event loop of it.

    The loop closes every generator it knows when it shuts down, all at once.
    It knows the wrapper, which closes the body, with patches on; if both were
    closed, each would find the other at it. The finalizer that does nothing
    keeps the garbage collector from closing the body before the wrapper.
    """
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(firstiter=None, finalizer=_leave_to_the_wrapper)
    try:
        return body.asend(None)
    finally:
        sys.set_asyncgen_hooks(*hooks)


def _leave_to_the_wrapper(body: object) -> None:
    pass
