"""The thread's current event loop: looked at, set, forbidden and put back.

``asyncio.get_event_loop()`` can create a loop just because somebody asked, and
replacing the policy is deprecated since 3.14. So the policy object that is
installed stays where it is. What it holds for this thread is read without
asking it, and put back as it was.

Checked on 3.11 to 3.15: up to 3.13 a policy remembers whether a loop was ever
set (``_set_called``) and makes one if not; from 3.14 on it never makes one.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
from asyncio import AbstractEventLoop, events
from collections.abc import Callable
from typing import Any

__all__ = [
    "CurrentLoop",
    "borrow_default_loop",
    "forbid_get_event_loop",
    "get_policy",
    "running_loop",
]

LEANS_ON: tuple[str, ...] = ("asyncio:_get_running_loop", "asyncio.events:_event_loop_policy")


# The accessors that do not warn exist from 3.14 on, where the public ones do.
def _silent(name: str) -> Any:
    return getattr(events, "_" + name, None) or getattr(events, name)


get_policy: Callable[[], Any] = _silent("get_event_loop_policy")
_set_policy: Callable[[Any], None] = _silent("set_event_loop_policy")

running_loop: Callable[[], AbstractEventLoop | None] = asyncio._get_running_loop
"""Return the loop that runs in this thread, or None; ``get_running_loop`` would raise."""

_MISSING: Any = object()


class CurrentLoop:
    """What was the current loop of this thread, to be put back later."""

    def __init__(self) -> None:
        self._policy = get_policy()
        held = getattr(self._policy, "_local", None)
        self._loop: AbstractEventLoop | None = getattr(held, "_loop", None)
        self._set_called: Any = getattr(held, "_set_called", _MISSING)

    def put_back(self, ours: AbstractEventLoop | None) -> None:
        """Install what was there before, unless a test set a loop of its own."""
        if get_policy() is not self._policy:
            _set_policy(self._policy)
        held = getattr(self._policy, "_local", None)
        if held is not None and getattr(held, "_loop", None) is not ours:
            return
        self._policy.set_event_loop(self._loop)
        if self._set_called is not _MISSING and held is not None:
            held._set_called = self._set_called


def borrow_default_loop() -> AbstractEventLoop:
    """Return the current loop; make and set one only if none was ever set.

    Then it stays the current loop afterwards, as it always did, and is closed
    when the interpreter ends.
    """
    held = getattr(get_policy(), "_local", None)
    if held is None or getattr(held, "_loop", None) is not None:
        return asyncio.get_event_loop()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    atexit.register(loop.close)
    return loop


class _Forbidden:
    """Stands in for ``policy.get_event_loop`` while some thread forbids it.

    An attribute of the policy *object*, since only one of possibly many
    threads may be under this rule, and the policy itself must stay.
    """

    def __init__(self, policy: Any) -> None:
        self.policy = policy
        self.reasons: dict[int, str] = {}

    def __call__(self) -> AbstractEventLoop:
        reason = self.reasons.get(threading.get_ident())
        if reason is not None:
            raise AssertionError(reason)
        loop: AbstractEventLoop = type(self.policy).get_event_loop(self.policy)
        return loop


_lock = threading.Lock()


def forbid_get_event_loop(reason: str) -> Callable[[], None]:
    """Make ``asyncio.get_event_loop()`` raise in this thread's synchronous code.

    Returns the function that allows it again. Coroutines and callbacks still
    get the running loop.
    """
    policy = get_policy()
    thread = threading.get_ident()
    with _lock:
        guard = vars(policy).get("get_event_loop")
        if not isinstance(guard, _Forbidden):
            guard = policy.get_event_loop = _Forbidden(policy)
        guard.reasons[thread] = reason

    def allow() -> None:
        with _lock:
            guard.reasons.pop(thread, None)
            if not guard.reasons and vars(policy).get("get_event_loop") is guard:
                del policy.get_event_loop

    return allow
