"""Which fixtures a test uses, as far as that decides how and when it runs."""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple

import pytest

from ._fence import fixtures_of, is_of_pytest, names_in_call, parameters_of
from ._ours import is_async_fixture

__all__ = ["Use", "Uses", "uses_of"]

# Fixtures that can ask for others, or add finalizers, while the test runs.
_OPEN = "request"

# Their tear-down changes nothing that a check looks at, nor where warnings go.
_HARMLESS = ("tmp_path", "capsys", "capsysbinary", "caplog", "record_property", "subtests")


class Use(NamedTuple):
    """An async fixture of wider scope, and the node of its scope."""

    fixturedef: Any
    node: Any


class Uses(NamedTuple):
    """What is to be known of the fixtures of one test."""

    wide: tuple[Use, ...] = ()
    """The async fixtures of wider scope."""

    has_own: bool = False
    """Whether there are fixtures of the test's own scope."""

    has_own_async: bool = False
    """Whether some of them are async."""

    wants_clock: bool = False
    """Whether our fixture ``clock`` is one of them, under whatever name."""

    end_late: bool = False
    """Whether something may be torn down after the test: only then all is known."""

    @property
    def are_none(self) -> bool:
        """Whether nothing of the test happens before its call, or after it."""
        return not (self.has_own or self.wide)


_NONE = Uses()


def uses_of(item: pytest.Function) -> Uses:
    """Look at the fixtures of a test."""
    if not item.fixturenames:
        return _NONE
    definitions = list(fixtures_of(item))
    own = [fixturedef for fixturedef in definitions if fixturedef.scope == "function"]
    is_open = _OPEN in names_in_call(item)
    return Uses(
        wide=tuple(
            Use(fixturedef, _node_of(item, fixturedef))
            for fixturedef in definitions
            if fixturedef.scope != "function" and is_async_fixture(fixturedef)
        ),
        has_own=is_open or bool(own),
        has_own_async=any(map(is_async_fixture, own)),
        wants_clock=any(
            getattr(fixturedef.func, "asynctest_wants_clock", False) for fixturedef in definitions
        ),
        end_late=is_open or any(_may_be_torn_down(fixturedef, item) for fixturedef in own),
    )


def _may_be_torn_down(fixturedef: Any, item: pytest.Function) -> bool:
    function = fixturedef.func
    if is_of_pytest(function) and (
        fixturedef.argname in _HARMLESS or fixturedef.argname in parameters_of(item)
    ):
        return False
    return function.__module__ != "_asynctest_pytest" and (
        _OPEN in fixturedef.argnames
        or inspect.isgeneratorfunction(function)
        or inspect.isasyncgenfunction(function)
    )


def _node_of(item: pytest.Function, fixturedef: Any) -> Any:
    """Find the node that the scope of a fixture means for a test."""
    kinds: dict[str, Any] = {"class": pytest.Class, "module": pytest.Module}
    if fixturedef.scope in kinds:
        return item.getparent(kinds[fixturedef.scope]) or item
    if fixturedef.scope == "package":
        for parent in reversed(item.listchain()):
            if isinstance(parent, pytest.Package) and parent.nodeid == fixturedef.baseid:
                return parent
    return item.session
