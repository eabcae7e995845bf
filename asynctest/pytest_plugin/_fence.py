"""The fence around pytest: what we use of it that is not in its reference.

Checked with pytest 8.4, 9.0 and 9.2; ``test/pytest_plugin/test_fence.py`` fails
in plain words on a pytest where one of these is gone. Besides, we rely on these
promises of its runner: ``item.teardown()`` is called after the last fixture
of the item is gone and before the first one of a wider scope is, and an
attribute of an item stands in for a method (``setup``, ``teardown``, ``runtest``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

__all__ = [
    "arguments_of",
    "finish_fixture",
    "finish_unrun",
    "fixtures_of",
    "has_run",
    "info_of",
    "is_of_pytest",
    "item_that_asks",
    "names_in_call",
    "parameters_of",
    "tell_params",
]


def fixtures_of(item: pytest.Function) -> Iterator[Any]:
    """Yield the definition of each fixture that a test uses, as far as names tell."""
    for name, definitions in item._fixtureinfo.name2fixturedefs.items():
        for definition in reversed(definitions):  # the first overrides the others
            yield definition
            if name not in definition.argnames:  # and does not use the next one
                break


def info_of(item: pytest.Function) -> Any:
    """Return what pytest knows about the fixtures of a test, to make another item with."""
    return item._fixtureinfo


def arguments_of(item: pytest.Function) -> dict[str, Any]:
    """Return what the test function is to be called with."""
    return {name: item.funcargs[name] for name in item._fixtureinfo.argnames}


def names_in_call(item: pytest.Function) -> tuple[str, ...]:
    """Return the names of the arguments that the test function has from fixtures."""
    names: tuple[str, ...] = item._fixtureinfo.argnames
    return names


def parameters_of(item: pytest.Function) -> dict[str, Any]:
    """Return the parameters of a test that is parametrized."""
    callspec = getattr(item, "callspec", None)
    parameters: dict[str, Any] = callspec.params if callspec is not None else {}
    return parameters


def is_of_pytest(function: Any) -> bool:
    """Say whether a fixture is one that pytest brings along."""
    return (function.__module__ or "").startswith("_pytest.")


def tell_params(item: Any, name: str, params: str) -> None:
    """Let the id of an item named ``name[params]`` know which part of that is which.

    Since pytest 9.2 ids are compared by their parts, as with what failed last.
    """
    if hasattr(item, "_id"):
        item._id = item.parent.id.child(name).with_params(params)


def finish_fixture(fixturedef: Any, item: pytest.Function) -> None:
    """Tear a fixture down, and those that depend on it; the next use makes it anew."""
    fixturedef.finish(item._request)


def has_run(fixturedef: Any) -> bool:
    """Say whether a fixture function was called, and not torn down yet."""
    return fixturedef.cached_result is not None


def finish_unrun(fixturedef: Any, request: Any, error: BaseException) -> None:
    """Clear up after an async fixture that nobody runs.

    pytest 9 does not: the next test that uses it would fail an assertion.
    """
    fixturedef.cached_result = (None, fixturedef.cache_key(request), (error, None))
    fixturedef.finish(request)


def item_that_asks(request: Any) -> Any:
    """Return the test for which a fixture is made, be its scope wider or not."""
    return request._pyfuncitem
