"""Patches around a call: put in force, taken back, and lifted at every pause.

A decorated function keeps its kind, so there is one wrapper for each kind.
All of them make a `Call`: the patches of one call, with replacements of its
own. It begins when the body does its first step, not when the function is
called (a coroutine that never runs patches nothing), and ends when the body
does, however that comes: return, exception, cancellation, ``close()``, garbage
collection.

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

from ._layers import Layer

__all__ = ["GLOBAL", "LIMITED", "Active", "PatchScope", "Patching", "decorate", "undo_all"]


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


class Active:
    """One patch in force, and what it gives to the test."""

    __slots__ = ("given", "layers")

    def __init__(self, given: Any, layers: list[Layer]) -> None:
        self.given = given
        self.layers = layers

    def rest(self) -> None:
        for layer in reversed(self.layers):
            layer.rest()

    def wake(self) -> None:
        for layer in self.layers:
            layer.lay()

    def surface(self) -> None:
        for layer in self.layers:
            layer.surface()

    def end(self) -> None:
        undo_all(self.layers, Layer.lift)


class _ActiveForeign:
    """The same for a patch of `unittest.mock` that was put on top of ours."""

    __slots__ = ("given", "patcher")

    def __init__(self, patcher: Any) -> None:
        self.patcher = patcher.copy() if type(patcher) is _StandardPatch else patcher
        self.given = self.patcher.__enter__()

    def end(self) -> None:
        self.patcher.__exit__(*sys.exc_info())


class Call:
    """The patches of one call of a decorated function, and its arguments."""

    __slots__ = ("_active", "_limited", "_patchings", "_resting", "args", "kwargs")

    def __init__(self, patchings: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.args = args
        self.kwargs = kwargs
        self._patchings = patchings
        self._active: list[Any] = []
        self._limited: list[Active] = []
        self._resting = False

    def __enter__(self) -> Call:
        try:
            for patching in self._patchings:
                self._begin(patching)
            for active in self._limited:
                active.surface()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        undo_all(self._active, lambda active: active.end())

    def _begin(self, patching: Any) -> None:
        active: Any
        if isinstance(patching, Patching):
            active = patching.begin()
            if patching.scope is LIMITED:
                self._limited.append(active)
        else:
            active = _ActiveForeign(patching)
        self._active.append(active)
        if patching.attribute_name is not None:
            self.kwargs.update(active.given)
        elif patching.new is DEFAULT:
            self.args += (active.given,)

    @property
    def must_be_stepped(self) -> bool:
        return bool(self._limited)

    def rest(self) -> None:
        """Lift the LIMITED patches: somebody else is about to run."""
        if not self._resting:
            self._resting = True
            for active in reversed(self._limited):
                active.rest()

    def wake(self) -> None:
        """Put them in force again: the body is about to run."""
        if self._resting:
            self._resting = False
            for active in self._limited:
                active.wake()


def undo_all(pending: list[Any], undo: Callable[[Any], object]) -> None:
    """Undo the last, then the ones before it, also if one of them fails."""
    if pending:
        try:
            undo(pending.pop())
        finally:
            undo_all(pending, undo)


def _drive(body: Any, call: Call) -> Generator[Any, Any, Any]:
    """Be ``body``, with the LIMITED patches of the call lifted at each pause."""
    step, value = body.send, None
    while True:
        call.wake()
        try:
            item = step(value)
        except StopIteration as stop:
            return stop.value
        call.rest()
        step, value = body.send, None
        try:
            value = yield item
        except BaseException as thrown:  # noqa: BLE001  GeneratorExit too: it is for the body
            step, value = body.throw, thrown


class _Stepped:
    """An awaitable, stepped under the patches of a call."""

    __slots__ = ("body", "call")

    def __init__(self, awaitable: Awaitable[Any], call: Call) -> None:
        self.body = awaitable if hasattr(awaitable, "send") else _relay(awaitable)
        self.call = call

    def __await__(self) -> Generator[Any, Any, Any]:
        return _drive(self.body, self.call)


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
        with Call(patchings, args, kwargs) as call:
            return func(*call.args, **call.kwargs)

    return wrapper


def _around_coroutine_function(func: Any, patchings: list[Any]) -> Any:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        with Call(patchings, args, kwargs) as call:
            awaitable = func(*call.args, **call.kwargs)
            return await (_Stepped(awaitable, call) if call.must_be_stepped else awaitable)

    return wrapper


def _around_generator_function(func: Any, patchings: list[Any]) -> Any:
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with Call(patchings, args, kwargs) as call:
            return (yield from _drive(func(*call.args, **call.kwargs), call))

    return wrapper


def _around_async_generator_function(func: Any, patchings: list[Any]) -> Any:
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        with Call(patchings, args, kwargs) as call:
            body = func(*call.args, **call.kwargs)
            step = _first_step(body)
            while True:
                try:
                    item = await _Stepped(step, call)
                except StopAsyncIteration:
                    return
                call.rest()
                try:
                    sent = yield item
                except BaseException as thrown:  # noqa: BLE001  it is for the body
                    step = body.athrow(thrown)
                else:
                    step = body.asend(sent)

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
