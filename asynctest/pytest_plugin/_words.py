"""What marks say, and in which order it counts.

A mark's arguments are those of the decorators: ``fail_on`` and ``warn_on``
(names, or levels by name), ``strict``, ``lenient``, and every setting that
``asynctest.configure`` knows. The nearest word wins: what stands on a function
counts more than what stands on its class, that more than the module's, and on
one level the mark counts more than the decorator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from .._errors import AsynctestValueError, MisuseError
from .._fail_on import check_names, fail_on, lenient, strict, warn_on
from .._levels import unknown_name
from .._settings import OPTIONS, configure

__all__ = ["Words", "read_list", "words_around"]

_FOR_CHECKS = {"fail_on": fail_on, "warn_on": warn_on}
_FOR_ALL_CHECKS = {"strict": strict, "lenient": lenient}


class Words:
    """Carries what one mark says, as a function carries what its decorators say."""

    def __init__(self, mark: pytest.Mark) -> None:
        if mark.args:
            raise MisuseError(
                f"pytest.mark.asynctest() takes keyword arguments, not {mark.args[0]!r}."
            )
        settings = {}
        for name, value in mark.kwargs.items():
            if name in _FOR_CHECKS:
                _FOR_CHECKS[name](**read_list(name, value))(self)
            elif name in _FOR_ALL_CHECKS:
                self._set_all(name, value)
            elif name in OPTIONS:
                settings[name] = value
            else:
                known = [*_FOR_CHECKS, *_FOR_ALL_CHECKS, *OPTIONS]
                raise unknown_name("pytest.mark.asynctest", name, known)
        configure(**settings)(self)

    def _set_all(self, name: str, value: object) -> None:
        if not isinstance(value, bool):
            raise AsynctestValueError(f"{name} = {value!r} cannot be used. Give True or False.")
        if value:
            _FOR_ALL_CHECKS[name](self)

    def __call__(self) -> None:
        """Nothing: decorators expect something that can be called."""


def read_list(option: str, value: object) -> dict[str, Any]:
    """Read checks: a name, several names, ``name=level``, or levels by name."""
    if isinstance(value, str):
        value = value.split()
    if isinstance(value, Mapping):
        return dict(value)
    if not isinstance(value, Iterable) or not all(isinstance(word, str) for word in value):
        raise AsynctestValueError(
            f"{option} = {value!r} cannot be used. Give names of checks, or a dict of levels."
        )
    found: dict[str, Any] = {}
    for word in value:
        name, _, level = word.partition("=")
        if name not in check_names():
            raise unknown_name(option, name, check_names())
        found[name] = level or True
    return found


_seen: dict[int, tuple[pytest.Mark, Words]] = {}


def _words(mark: pytest.Mark) -> Words:
    """Read a mark once: one on a module belongs to all of its tests."""
    known = _seen.get(id(mark))
    if known is None:
        known = _seen[id(mark)] = (mark, Words(mark))
    return known[1]


def words_around(item: Any) -> list[Any]:
    """Return all that carries words for a test, or for a wider node, the farthest first."""
    outer: list[Any] = []
    on_class: list[Any] = []
    own: list[Any] = []
    for node, mark in item.iter_markers_with_node("asynctest"):
        if mark.kwargs or mark.args:
            level = own if node is item else on_class if isinstance(node, pytest.Class) else outer
            level.insert(0, _words(mark))
    cls = getattr(item, "cls", None)
    function = getattr(item, "function", None)
    return [
        *outer,
        *([cls] if cls is not None else []),
        *on_class,
        *([function] if function is not None else []),
        *own,
    ]
