"""Async fixtures: run on their ground, seen by pytest as plain functions."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable
from typing import Any

from .._errors import MisuseError, say
from .._places import place_of
from ._driver import Driver
from ._scopes import Ground

__all__ = ["as_plain_function"]

__tracebackhide__ = True


def as_plain_function(
    driver: Driver, find_ground: Callable[[], Ground], function: Any, request: Any
) -> Any:
    """Return what pytest shall call in the place of an async fixture function."""
    bound = _bind(function, request.instance)

    @functools.wraps(function)
    def fixture(**kwargs: Any) -> Any:
        ground = find_ground()
        if not inspect.isasyncgenfunction(bound):
            return ground.prepare(bound, **kwargs)
        generator = bound(**kwargs)
        value = ground.prepare(_begin, generator)
        end = functools.partial(_end, generator, bound)
        request.addfinalizer(functools.partial(driver.end_fixture, ground, end))
        return value

    return fixture


def _bind(function: Any, instance: object) -> Callable[..., Any]:
    """Bind a fixture that is a method to the instance of the running test."""
    owner = getattr(function, "__self__", None)
    if instance is not None and owner is not None and isinstance(instance, type(owner)):
        bound: Callable[..., Any] = function.__func__.__get__(instance)
        return bound
    unbound: Callable[..., Any] = function
    return unbound


async def _begin(generator: AsyncGenerator[Any, None]) -> Any:
    return await anext(generator)


async def _end(generator: AsyncGenerator[Any, None], function: Callable[..., Any]) -> None:
    try:
        await anext(generator)
    except StopAsyncIteration:
        return
    await generator.aclose()
    raise MisuseError(
        say(
            f"the fixture {function.__name__} yields more than once.",
            [f"defined at {place_of(function)}"],
            "Yield the value once; what comes after is tear-down.",
        )
    )
