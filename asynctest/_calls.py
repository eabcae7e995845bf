"""Calling what a user wrote, on a loop, so that no part of it is skipped.

A function may be plain or a coroutine function, or return something that can
be awaited: all of these run. A generator would not run its body at all, so
it is an error that names the place and the remedy.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
import types
import warnings
from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from . import _ports as ports
from ._errors import MisuseError, say
from ._places import place_of
from ._tracebacks import cut_to_users, where_it_waits

__unittest = True  # unittest leaves our frames out of tracebacks
__tracebackhide__ = True  # and so does pytest

__all__ = [
    "Caller",
    "awaitable_generators",
    "is_loop_running",
    "refuse_generator",
    "warn_about_result",
]


def is_loop_running() -> bool:
    """Say whether this is code of a coroutine or callback."""
    return ports.running_loop() is not None


class Caller:
    """Runs functions and awaitables of one test on its loop, in one context.

    Context variables set by one call are seen by the next, whichever of them
    are coroutines.
    """

    def __init__(self, loop: AbstractEventLoop, context: contextvars.Context) -> None:
        self.loop = self._loop = loop
        self.task: asyncio.Task[Any] | None = None
        self._context = context
        self._inside = False
        self._complete = ports.is_complete(loop)

    def call(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call a function and wait for what it returns, if that can be awaited."""
        result = self._enter(function, *args, **kwargs)
        if inspect.isawaitable(result):
            return self.run(result)
        refuse_generator(result, function)
        return result

    def _enter(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if self._inside:  # a test that calls its own clean-ups, say
            return function(*args, **kwargs)
        self._inside = True
        try:
            return self._context.run(function, *args, **kwargs)
        finally:
            self._inside = False

    def run(self, awaitable: Awaitable[Any]) -> Any:
        """Run the loop until an awaitable is done; return its result."""
        coro = awaitable if inspect.iscoroutine(awaitable) else _wait(awaitable)
        if self._inside or not self._complete:
            return self._loop.run_until_complete(coro)
        try:
            return self.run_in_context(coro)
        finally:
            ports.forget_stop(self._loop)  # what runs next is not what the user has stopped

    def run_in_context(self, coro: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine in a task of its own, in the context of the test."""
        try:
            task = self.task = self._make_task(coro)
        except BaseException:
            coro.close()
            raise
        try:
            result = self._loop.run_until_complete(task)
        except (KeyboardInterrupt, SystemExit):
            # asyncio lets these through without having looked at the task.
            if task.done() and not task.cancelled():
                task.exception()
            raise
        except BaseException as exc:
            # An error of the loop itself shows what the test was waiting for.
            trace = cut_to_users(exc.__traceback__) or where_it_waits(task.get_coro())
            exc.__traceback__ = trace
            ports.cancel(task)  # a step that did not get to its end is nothing that the test left
            raise
        self.task = None
        return result

    def cancel(self) -> None:
        """Cancel what is being run, from a callback of the loop."""
        if self.task is not None:
            ports.cancel(self.task)
        else:  # a synchronous function of the user's runs the loop
            self._loop.stop()

    def _make_task(self, coro: Coroutine[Any, Any, Any]) -> Any:
        try:
            return self._loop.create_task(coro, context=self._context)
        except TypeError:
            # A user's factory need not know about contexts.
            if self._loop.get_task_factory() is None:
                raise
        return self._loop.create_task(_share(coro, self._context))


def awaitable_generators(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a plain generator function be awaited, as coroutines were written for 0.13.

    ``yield from`` a native coroutine needs a flag in the code of the generator
    function. ``types.coroutine`` would set it on the user's function; this
    returns a copy. Other functions are returned as they are.
    """
    func = getattr(function, "__func__", function)
    code = getattr(func, "__code__", None)
    if not isinstance(code, types.CodeType) or not code.co_flags & inspect.CO_GENERATOR:
        return function
    flagged = types.FunctionType(
        code.replace(co_flags=code.co_flags | inspect.CO_ITERABLE_COROUTINE),
        func.__globals__,
        func.__name__,
        func.__defaults__,
        func.__closure__,
    )
    flagged.__kwdefaults__ = func.__kwdefaults__
    return functools.partial(flagged, *_bound_to(function))


def _bound_to(function: Callable[..., Any]) -> tuple[Any, ...]:
    return (function.__self__,) if inspect.ismethod(function) else ()


async def _wait(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


async def _share(coro: Coroutine[Any, Any, Any], shared: contextvars.Context) -> Any:
    """Run a coroutine with the variables of a context, and carry its changes back."""
    for var, value in shared.items():
        var.set(value)
    try:
        return await coro
    finally:
        for var, value in contextvars.copy_context().items():
            shared.run(var.set, value)


def refuse_generator(result: object, function: Callable[..., Any]) -> None:
    """Raise TypeError for a call that made a generator and thus ran nothing."""
    if inspect.isgenerator(result):
        kind = "a generator function"
    elif inspect.isasyncgen(result):
        kind = "an async generator function"
    else:
        return
    name = getattr(function, "__qualname__", repr(function))
    place = place_of(function)
    raise MisuseError(
        say(
            f"{name} is {kind}: calling it runs none of its body.",
            [f"defined at {place}"] if place else [],
            "Make it an async def without yield, and await what it used to yield.",
        )
    )


def warn_about_result(method: Callable[..., Any], result: object) -> None:
    """Warn, at the test, that nobody looks at what it returned."""
    place = place_of(method)
    message = (
        f"{method.__qualname__} returned a value of type {type(result).__name__!r}, which nobody "
        "looks at. A test returns None; assert on the value instead."
    )
    if place is None:
        warnings.warn(message, DeprecationWarning, stacklevel=2)
    else:
        warnings.warn_explicit(message, DeprecationWarning, place.filename, place.lineno)
