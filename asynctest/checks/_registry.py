"""Which checks exist. The built-in ones are a visible tuple; users add theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from .._errors import MisuseError
from .._levels import closest
from ._check import Check, Level
from .active_handles import ActiveHandles
from .active_selector_callbacks import ActiveSelectorCallbacks
from .awaited_mock import AwaitedMock
from .blocked_loop import BlockedLoop
from .callback_exceptions import CallbackExceptions
from .changed_globals import ChangedGlobals
from .collected_tasks import CollectedTasks
from .finaliser_exceptions import FinaliserExceptions
from .idle_loops import IdleLoops
from .leaked_executors import LeakedExecutors
from .leaked_files import LeakedFiles
from .leaked_generators import LeakedGenerators
from .leaked_loops import LeakedLoops
from .leaked_patches import LeakedPatches
from .leaked_processes import LeakedProcesses
from .leaked_readers import LeakedReaders
from .leaked_servers import LeakedServers
from .leaked_signal_handlers import LeakedSignalHandlers
from .leaked_sockets import LeakedSockets
from .leaked_tasks import LeakedTasks
from .leaked_threads import LeakedThreads
from .leaked_timers import LeakedTimers
from .leaked_transports import LeakedTransports
from .lost_exceptions import LostExceptions
from .made_up_assertion import MadeUpAssertion
from .nested_run import NestedRun
from .never_awaited import NeverAwaited
from .swallowed_assertion import SwallowedAssertion
from .swallowed_cancellation import SwallowedCancellation
from .test_never_ran import TestNeverRan
from .thread_exceptions import ThreadExceptions
from .two_loops import TwoLoops
from .uncalled_assertion import UncalledAssertion
from .unclosed_resources import UnclosedResources
from .unused_loop import UnusedLoop
from .wrong_thread import WrongThread

__all__ = [
    "BUILT_IN",
    "defaults",
    "find",
    "known",
    "refuse_unknown",
    "register",
    "unregister",
    "version",
]

_C = TypeVar("_C", bound=type[Check])

BUILT_IN: tuple[type[Check], ...] = (
    UnusedLoop,
    ActiveHandles,
    ActiveSelectorCallbacks,
    # never ran
    TestNeverRan,
    NeverAwaited,
    UncalledAssertion,
    MadeUpAssertion,
    AwaitedMock,
    # nobody saw
    LostExceptions,
    CallbackExceptions,
    ThreadExceptions,
    FinaliserExceptions,
    SwallowedAssertion,
    # swallowed cancellation
    SwallowedCancellation,
    # left behind
    LeakedTasks,
    LeakedTimers,
    LeakedReaders,
    LeakedServers,
    LeakedTransports,
    LeakedSockets,
    LeakedFiles,
    LeakedLoops,
    CollectedTasks,
    LeakedGenerators,
    LeakedThreads,
    LeakedExecutors,
    LeakedProcesses,
    LeakedSignalHandlers,
    LeakedPatches,
    ChangedGlobals,
    UnclosedResources,
    # wrong place
    BlockedLoop,
    WrongThread,
    IdleLoops,
    NestedRun,
    TwoLoops,
)

_by_name: dict[str, type[Check]] = {check.name: check for check in BUILT_IN}
_defaults: dict[str, Level] = {check.name: check.default for check in BUILT_IN}
_version = 0


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
    if _by_name.get(name, check) is not check:
        raise MisuseError(f"a check named {name!r} exists already. Choose another name.")
    _by_name[name] = check
    _defaults[name] = check.default
    _change()
    return check


def unregister(name: str) -> None:
    """Forget a check that was registered; raises KeyError if there is none."""
    del _by_name[name], _defaults[name]
    _change()


def _change() -> None:
    global _version
    _version += 1


def known() -> dict[str, type[Check]]:
    """Return every check by its name, built-in ones first."""
    return dict(_by_name)


def find(name: str) -> type[Check] | None:
    """Return the check of a name, if there is one."""
    return _by_name.get(name)


def version() -> int:
    """Return a number that changes when checks are registered or forgotten."""
    return _version


def defaults() -> Mapping[str, Level]:
    """Return the level of every check where nobody says otherwise."""
    return _defaults


def refuse_unknown(caller: str, *names: str) -> None:
    """Raise TypeError, with the nearest known name, for a check that does not exist."""
    for name in names:
        if name not in _by_name:
            nearest = closest(name, _by_name)
            raise MisuseError(f"{caller}: there is no check named {name!r}. {nearest}")
