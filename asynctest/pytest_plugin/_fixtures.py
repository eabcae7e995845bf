"""Async fixtures: run on their ground, seen by pytest as plain functions."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from .._errors import MisuseError, say
from .._places import place_of
from ._driver import Driver
from ._fence import finish_unrun, has_run, item_that_asks
from ._ours import is_async_fixture
from ._scopes import Ground

__all__ = ["as_plain_function", "told_who_runs"]

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
        name = f"the fixture {function.__name__}"
        value = ground.prepare(_called(name, _begin, generator))
        end = _called(f"the tear-down of {name}", _end, generator, bound)
        request.addfinalizer(functools.partial(driver.end_fixture, ground, end))
        return value

    return fixture


def told_who_runs(fixturedef: Any, request: Any, error: BaseException) -> BaseException:
    """Return what to raise for the failure of a fixture in a test that is not ours."""
    if has_run(fixturedef) or not is_async_fixture(fixturedef):
        return error
    item = item_that_asks(request)
    if not hasattr(item, "addSuccess"):  # a mark does not help a unittest.TestCase
        fact = f"{item.name} uses the async fixture {fixturedef.argname}, which nobody runs"
        place = f"defined at {place_of(fixturedef.func)}"
        error = pytest.fail.Exception(
            say(f"{fact} for it.", [place], "Mark the test with @pytest.mark.asynctest."),
            pytrace=False,
        )
    finish_unrun(fixturedef, request, error)
    return error


def _called(name: str, function: Callable[..., Any], *args: Any) -> Callable[[], Any]:
    """Bind arguments to a coroutine function, and a name for reports of time limits."""

    async def step() -> Any:
        return await function(*args)

    step.__qualname__ = name
    return step


def _bind(function: Any, instance: object) -> Callable[..., Any]:
    """Bind a fixture that is a method to the instance of the running test."""
    owner = getattr(function, "__self__", None)
    if instance is not None and owner is not None and isinstance(instance, type(owner)):
        bound: Callable[..., Any] = function.__func__.__get__(instance)
        return bound
    unbound: Callable[..., Any] = function
    return unbound


class _Step:
    """The next value of an async generator; shows where the generator stands meanwhile."""

    def __init__(self, generator: AsyncGenerator[Any, None]) -> None:
        self._generator: Any = generator
        self._step: Any = anext(generator)
        self.send, self.throw, self.close = self._step.send, self._step.throw, self._step.close

    def __await__(self) -> Any:
        return self

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        return self._step.send(None)

    @property
    def ag_frame(self) -> Any:
        return self._generator.ag_frame

    @property
    def ag_await(self) -> Any:
        return self._generator.ag_await


async def _begin(generator: AsyncGenerator[Any, None]) -> Any:
    return await _Step(generator)


async def _end(generator: AsyncGenerator[Any, None], function: Callable[..., Any]) -> None:
    try:
        await _Step(generator)
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
