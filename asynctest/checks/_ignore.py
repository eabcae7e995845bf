"""What is left out of the checks for the whole run, by type, module or name."""

from __future__ import annotations

import asyncio
import fnmatch
import re
from collections.abc import Callable, Iterator
from typing import Any

from .. import _ports as ports
from .._errors import MisuseError
from ._check import Check, Finding
from ._registry import refuse_unknown

__all__ = ["ignore", "is_ignored"]


class _Rule:
    """What ``ignore`` leaves out of every test."""

    def __init__(self, check: str | None, type: Any, module: str | None, name: str | None) -> None:
        self.check, self.type, self.module, self.name = check, type, module, name

    def covers(self, check: Check, finding: Finding) -> bool:
        subject = finding.subject
        return (
            self.check in (None, check.name)
            and (self.type is None or isinstance(subject, self.type))
            and (self.module is None or any(map(self._in_module, _modules(finding))))
            and (self.name is None or any(map(self._is_named, _names(subject))))
        )

    def _in_module(self, module: str) -> bool:
        return module == self.module or module.startswith(f"{self.module}.")

    def _is_named(self, name: str) -> bool:
        return fnmatch.fnmatchcase(name, self.name or "")


_rules: list[_Rule] = []


def ignore(
    check: str | None = None,
    *,
    type: type | tuple[type, ...] | None = None,
    module: str | None = None,
    name: str | None = None,
) -> Callable[[], None]:
    """Leave things out of one check, or of all, for the whole run.

    For a library that keeps a task or a thread for itself. ``type`` is the
    type of the thing or of the exception; ``module`` the dotted name of the
    module that it comes from, or of a package above; ``name`` a pattern such as
    ``"pool-*"`` for the name of a task, thread or function. All of those that are
    given must hold. Returns a function that takes the rule back.

        >>> from asynctest import checks
        >>> undo = checks.ignore("never_awaited", module="legacy.driver")
        >>> undo()

    Raises TypeError for a check that does not exist, or if nothing is given
    to tell the things by.
    """
    if check is not None:
        refuse_unknown("ignore()", check)
    if type is None and module is None and name is None:
        raise MisuseError(
            "ignore() would leave out everything. Give a type, a module or a name; "
            "to switch a check off use [tool.asynctest.checks] in pyproject.toml."
        )
    rule = _Rule(check, type, module, name)
    _rules.append(rule)
    return lambda: _rules.remove(rule) if rule in _rules else None


def is_ignored(check: Check, finding: Finding) -> bool:
    """Say whether a rule leaves a finding out."""
    return any(rule.covers(check, finding) for rule in _rules)


def _names(subject: Any) -> list[str]:
    """Return every name by which a user may know a thing."""
    found: list[str] = []
    if isinstance(subject, asyncio.Task):
        found.append(subject.get_name())
        subject = ports.coroutine_of(subject)
    for attribute in ("name", "__qualname__", "__name__", "co_qualname", "co_name"):
        value = getattr(subject, attribute, None)
        if isinstance(value, str):
            found.append(value)
    return found


def _modules(finding: Finding) -> list[str]:
    """Return the modules a thing may be said to come from, as dotted names."""
    found: list[str] = []
    subject = finding.subject
    if isinstance(subject, asyncio.Task):
        subject = ports.coroutine_of(subject)
    code = getattr(subject, "cr_code", None) or getattr(subject, "gi_code", subject)
    made_in = finding.made_at.filename if finding.made_at else None
    for filename in (getattr(code, "co_filename", None), made_in):
        if filename:
            found.extend(_dotted(filename))
    module = getattr(subject, "__module__", None)
    return [*found, module] if isinstance(module, str) else found


def _dotted(filename: str) -> Iterator[str]:
    """Write a path as every dotted name that could lead to it: ``a/b/c.py``, c, b.c, a.b.c."""
    parts = re.split(r"[\\/]", filename.removesuffix(".py").removesuffix("__init__").rstrip("\\/"))
    for start in range(len(parts) - 1, -1, -1):
        yield ".".join(parts[start:])
