"""Which checks exist. The built-in ones are a visible tuple of names; users add theirs.

A name is enough to accept a decorator, a setting or an option. The check itself is
imported when somebody asks for it, at the latest before the first test.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from .. import _later
from .._errors import AsynctestWarning, MisuseError
from .._levels import closest
from ._check import Check, Level, title_of

__all__ = [
    "NAMES",
    "built_in",
    "defaults",
    "find",
    "known",
    "names",
    "refuse_unknown",
    "register",
    "unregister",
    "version",
    "warning_called",
]

_C = TypeVar("_C", bound=type[Check])

NAMES = (
    "unused_loop",
    "active_handles",
    "active_selector_callbacks",
    # never ran
    "test_never_ran",
    "never_awaited",
    "uncalled_assertion",
    "made_up_assertion",
    "awaited_mock",
    # nobody saw
    "lost_exceptions",
    "callback_exceptions",
    "thread_exceptions",
    "finaliser_exceptions",
    "swallowed_assertion",
    # swallowed cancellation
    "swallowed_cancellation",
    # left behind
    "leaked_tasks",
    "leaked_timers",
    "leaked_readers",
    "leaked_servers",
    "leaked_transports",
    "leaked_sockets",
    "leaked_files",
    "leaked_loops",
    "collected_tasks",
    "leaked_generators",
    "leaked_threads",
    "leaked_executors",
    "leaked_processes",
    "leaked_signal_handlers",
    "leaked_patches",
    "changed_globals",
    "unclosed_resources",
    # wrong place
    "blocked_loop",
    "wrong_thread",
    "idle_loops",
    "nested_run",
    "two_loops",
)
"""The built-in checks: ``leaked_tasks`` is the class ``LeakedTasks`` in ``leaked_tasks.py``."""

_checks: dict[str, type[Check] | None] = dict.fromkeys(NAMES)  # None: not imported yet
_defaults: dict[str, Level] = {}
_version = 0


def built_in(name: str) -> type[Check]:
    """Import one of the built-in checks."""
    check: type[Check] = _later.fetch(__package__, f".{name}", title_of(name))
    return check


def _imported(name: str) -> type[Check]:
    check = _checks[name]
    if check is None:
        check = _checks[name] = built_in(name)
    return check


def register(check: _C) -> _C:
    """Make a check known by its name, so that ``fail_on`` and settings accept it.

    Usable as a class decorator.

        >>> from asynctest import checks
        >>> @checks.register
        ... class NoGlobals(checks.Check):
        ...     name = "no_globals"
        >>> checks.unregister("no_globals")

    Raises TypeError if it is not a Check with a name, or if the name is taken.
    """
    name = getattr(check, "name", None)
    if not (isinstance(check, type) and issubclass(check, Check) and isinstance(name, str)):
        raise MisuseError(f"{check!r} is not a check. Register a subclass of Check with a name.")
    if name in _checks and _imported(name) is not check:
        raise MisuseError(f"a check named {name!r} exists already. Choose another name.")
    _checks[name] = check
    _change()
    return check


def unregister(name: str) -> None:
    """Forget a check that was registered; raises KeyError if there is none."""
    del _checks[name]
    _change()


def _change() -> None:
    global _version
    _version += 1
    _defaults.clear()


def names() -> list[str]:
    """Return the name of every check, built-in ones first."""
    return list(_checks)


def known() -> dict[str, type[Check]]:
    """Return every check by its name, built-in ones first."""
    return {name: _imported(name) for name in _checks}


def find(name: str) -> type[Check] | None:
    """Return the check of a name, if there is one."""
    return _imported(name) if name in _checks else None


def version() -> int:
    """Return a number that changes when checks are registered or forgotten."""
    return _version


def defaults() -> Mapping[str, Level]:
    """Return the level of every check where nobody says otherwise."""
    if not _defaults:
        _defaults.update((name, check.default) for name, check in known().items())
    return _defaults


def warning_called(title: str) -> type[AsynctestWarning] | None:
    """Return the warning of a check by its name, and import no other check."""
    for name, check in _checks.items():
        if title == (check.warning.__name__ if check else f"{title_of(name)}Warning"):
            return _imported(name).warning
    return None


def refuse_unknown(caller: str, *names: str) -> None:
    """Raise TypeError, with the nearest known name, for a check that does not exist."""
    for name in names:
        if name not in _checks:
            nearest = closest(name, _checks)
            raise MisuseError(f"{caller}: there is no check named {name!r}. {nearest}")
