"""Which checks a test asked for: ``fail_on``, ``warn_on``, ``strict``, ``lenient``.

This is also the extension point of asynctest 0.13: a check may be an attribute
of the class ``_fail_on`` that takes the test case, enabled through ``DEFAULTS``.
New checks are better written as a :class:`asynctest.checks.Check`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, overload

from ._levels import Level, LevelWord, parse_level, unknown_name
from .checks import Check, Finding, StageView, _registry

__all__ = [
    "DEFAULTS",
    "AttributeCheck",
    "check_names",
    "fail_on",
    "ignore_loop",
    "lenient",
    "outer_words",
    "overlay",
    "strict",
    "warn_on",
]

_T = TypeVar("_T", bound=Callable[..., Any])

_FAIL_ON_ATTR = "_asynctest_fail_on"

DEFAULTS: dict[str, LevelWord] = {
    "unused_loop": False,
    "active_handles": False,
    "active_selector_callbacks": False,
}
"""The levels of 0.13's checks where nobody says otherwise; read for every test."""


def check_names() -> list[str]:
    """Return the name of every check that can be chosen."""
    return list({**DEFAULTS, **dict.fromkeys(_registry.names())})


class _fail_on:
    """What decorators say about one class or function, kept on it."""

    def __init__(
        self, checks: Mapping[str, Any] | None = None, others: Level | None = None
    ) -> None:
        self.checks: dict[str, Any] = dict(checks or {})
        # For strict and lenient: the level of every check that is not named.
        self.others = others

    def __call__(self, target: _T) -> _T:
        inherited = getattr(target, _FAIL_ON_ATTR, None)
        words = inherited.copy() if inherited is not None else _fail_on()
        words.update(self.checks)
        words.others = self.others or words.others
        setattr(target, _FAIL_ON_ATTR, words)
        return target

    def update(self, checks: Mapping[str, Any], override: bool = True) -> None:
        """Take over words; the ones already here stay unless ``override``."""
        for name, word in checks.items():
            if override or name not in self.checks:
                self.checks[name] = word

    def copy(self) -> _fail_on:
        """Return the same words in an object of their own."""
        return type(self)(self.checks, self.others)

    def key(self) -> tuple[Any, ...]:
        """Return what tells these words from others, as long as they live."""
        return (id(self.others), *self.checks, *map(id, self.checks.values()))

    def get_checks(self, case: Any) -> dict[str, Any]:
        """Return the word for each of ``DEFAULTS`` as it counts for this test case."""
        return overlay(dict(DEFAULTS), getattr(type(case), _FAIL_ON_ATTR, None), self)

    def before_test(self, case: Any) -> None:
        """Call ``before_test_NAME(case)`` of each enabled check that has one."""
        for check in self._attributes(case):
            check.before_case(case)

    def check_test(self, case: Any) -> None:
        """Call each enabled check with the test case."""
        for check in self._attributes(case):
            check.judge_case(case)

    def _attributes(self, case: Any) -> Iterable[AttributeCheck]:
        for name, word in self.get_checks(case).items():
            if parse_level(word) is not Level.OFF and callable(getattr(self, name, None)):
                yield AttributeCheck(name)


def overlay(merged: dict[str, Any], *layers: _fail_on | None) -> dict[str, Any]:
    """Merge words over the defaults, the outermost first."""
    for layer in layers:
        if layer is None:
            continue
        if layer.others is not None:
            merged = dict.fromkeys(merged, layer.others)
        merged.update(layer.checks)
    return merged


class AttributeCheck(Check):
    """A check in the way of 0.13: attributes of the class ``_fail_on``."""

    prompt = True

    def __init__(self, name: str) -> None:
        self.name = name  # type: ignore[misc]

    def before_case(self, case: Any) -> None:
        hook = getattr(_fail_on(), f"before_test_{self.name}", None)
        if callable(hook):
            hook(case)

    def judge_case(self, case: Any) -> None:
        getattr(_fail_on(), self.name)(case)

    def before_test(self, stage: StageView) -> None:
        self.before_case(stage.case)

    def after_test(self, stage: StageView) -> Iterable[Finding]:
        self.judge_case(stage.case)
        return ()


def outer_words(layer: Mapping[str, Any]) -> _fail_on | None:
    """Read what the project or the command line says about checks."""
    words = layer.get("checks", {})
    for name in words:
        if name not in check_names():
            raise unknown_name("[tool.asynctest.checks]", name, check_names())
    others = Level.FAIL if layer.get("strict") else Level.OFF if layer.get("lenient") else None
    return _fail_on(words, others) if words or others else None


def _declare(caller: str, words: Mapping[str, Any]) -> _fail_on:
    for name in words:
        if name not in check_names():
            raise unknown_name(caller, name, check_names())
    return _fail_on(words)


def fail_on(**checks: LevelWord) -> Callable[[_T], _T]:
    """Choose which checks fail a test, on a class, a method or a pytest function.

    ``True`` makes a check fail the test, ``False`` switches it off, and
    ``"warn"`` makes it a warning. A method's word counts more than its class's.

        >>> import asynctest
        >>> @asynctest.fail_on(unused_loop=True)
        ... class Echo(asynctest.TestCase):
        ...     async def test_uses_the_loop(self):
        ...         pass
        ...     @asynctest.fail_on(unused_loop=False)
        ...     def test_does_not(self):
        ...         pass

    Raises TypeError at once for a check that does not exist.
    """
    for word in checks.values():
        parse_level(word)
    return _declare("fail_on", checks)


def warn_on(*names: str, **checks: LevelWord) -> Callable[[_T], _T]:
    """Choose which checks only warn: ``warn_on("leaked_tasks")`` or ``warn_on(leaked_tasks=True)``.

    ``False`` switches a check off. Raises TypeError at once for a check that
    does not exist.
    """
    words = {**dict.fromkeys(names, True), **checks}
    return _declare("warn_on", {name: "warn" if word else False for name, word in words.items()})


@overload
def strict(func: _T) -> _T: ...
@overload
def strict(func: None = None) -> Callable[[_T], _T]: ...
def strict(func: Any = None) -> Any:
    """Make every check fail the test; usable with and without parentheses."""
    words = _fail_on(dict.fromkeys(DEFAULTS, True), Level.FAIL)
    return words if func is None else words(func)


@overload
def lenient(func: _T) -> _T: ...
@overload
def lenient(func: None = None) -> Callable[[_T], _T]: ...
def lenient(func: Any = None) -> Any:
    """Switch every check off; usable with and without parentheses."""
    words = _fail_on(dict.fromkeys(DEFAULTS, False), Level.OFF)
    return words if func is None else words(func)


@overload
def ignore_loop(func: _T) -> _T: ...
@overload
def ignore_loop(func: None = None) -> Callable[[_T], _T]: ...
def ignore_loop(func: Any = None) -> Any:
    """Do the same as ``fail_on(unused_loop=False)``, which replaces it.

    .. deprecated:: 0.12
    """
    warnings.warn(
        "ignore_loop is deprecated. Use @fail_on(unused_loop=False).",
        DeprecationWarning,
        stacklevel=2,
    )
    words = _fail_on({"unused_loop": False})
    return words if func is None else words(func)
