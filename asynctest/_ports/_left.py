"""What a test may have left in a loop: ready callbacks, transports, generators, signals.

Checked on 3.11 to 3.15, where these names and meanings are the same. What a
loop cannot tell is an empty answer.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import concurrent.futures.thread
import sys
from asyncio import AbstractEventLoop, BaseTransport
from types import AsyncGeneratorType
from typing import Any

from ._current import current_policy

__all__ = [
    "active_patches",
    "begun_generators",
    "executor_of",
    "file_of",
    "has_ready",
    "is_in_job",
    "is_of_process",
    "is_server",
    "is_transport",
    "is_worker",
    "lock_loop",
    "policy_and_loop",
    "runs_itself",
    "signal_handlers",
    "sockets_of",
    "transports",
]

LEANS_ON = (
    "asyncio.base_events:BaseEventLoop()._ready",
    "asyncio.base_events:BaseEventLoop()._asyncgens",
    "asyncio.selector_events:BaseSelectorEventLoop()._transports",
    "asyncio.selector_events:BaseSelectorEventLoop()._ssock",
    "asyncio.selector_events:BaseSelectorEventLoop()._csock",
    "asyncio.unix_events:_UnixSelectorEventLoop()._signal_handlers",
    "concurrent.futures.thread:_worker",
    "concurrent.futures.thread:_WorkItem.run",
    "concurrent.futures.thread:ThreadPoolExecutor()._threads",
)

_WORKER = concurrent.futures.thread._worker.__code__
_JOB = concurrent.futures.thread._WorkItem.run.__code__


def has_ready(loop: AbstractEventLoop) -> bool:
    """Say whether callbacks wait to be run at once."""
    return bool(getattr(loop, "_ready", ()))


def transports(loop: AbstractEventLoop) -> list[BaseTransport]:
    """Return the transports over sockets that are attached to a loop."""
    return list((getattr(loop, "_transports", None) or {}).values())


def runs_itself(loop: AbstractEventLoop, callback: Any) -> bool:
    """Say whether a callback is asyncio's own: a method of the loop or of a transport."""
    owner = getattr(callback, "__self__", None)
    return owner is loop or isinstance(owner, (BaseTransport, asyncio.Task))


def sockets_of(loop: AbstractEventLoop) -> list[Any]:
    """Return what a loop keeps open for itself."""
    names = ("_ssock", "_csock", "_selector")
    return [thing for name in names if (thing := getattr(loop, name, None)) is not None]


def signal_handlers(loop: AbstractEventLoop) -> dict[int, Any]:
    """Return the signals that a loop handles."""
    return dict(getattr(loop, "_signal_handlers", None) or {})


def begun_generators(loop: AbstractEventLoop) -> list[AsyncGeneratorType[Any, Any]]:
    """Return the asynchronous generators that were begun on a loop and have not ended."""
    return [each for each in getattr(loop, "_asyncgens", ()) if each.ag_frame is not None]


def executor_of(thread: Any) -> Any:
    """Return the pool that a thread works for; None if it works for none, or it is gone."""
    args = getattr(thread, "_args", None)
    return args[0]() if args and callable(args[0]) and is_worker(thread) else None


def is_worker(thread: Any) -> bool:
    """Say whether a thread belongs to a pool of ``concurrent.futures``."""
    return _has_frame(thread, _WORKER)


def is_in_job(thread: Any) -> bool:
    """Say whether a thread of a pool is working at this moment."""
    return _has_frame(thread, _JOB)


def _has_frame(thread: Any, code: Any) -> bool:
    frame = sys._current_frames().get(thread.ident)
    while frame is not None:
        if frame.f_code is code:
            return True
        frame = frame.f_back
    return False


def policy_and_loop() -> tuple[Any, Any]:
    """Return the policy in force and the loop it has for this thread, making neither."""
    policy = current_policy()
    held = getattr(policy, "_local", None)
    return policy, getattr(held, "_loop", None)


def lock_loop(primitive: Any) -> Any:
    """Return the loop that a lock, event or queue has bound itself to."""
    return getattr(primitive, "_loop", None)


def active_patches() -> list[Any]:
    """Return the patches that were started and not stopped, if ``unittest.mock`` is in use."""
    mock = sys.modules.get("unittest.mock")
    return getattr(getattr(mock, "_patch", None), "_active_patches", [])




def is_server(thing: object) -> bool:
    """Say whether a thing is a server of asyncio's or of a compiled loop's."""
    return isinstance(thing, asyncio.AbstractServer) or _is_compiled(thing, "Server")


def is_transport(thing: object) -> bool:
    """Say whether a thing is a transport with a file of its own."""
    return isinstance(thing, BaseTransport) or _is_compiled(thing, "Transport")


def _is_compiled(thing: object, ending: str) -> bool:
    kind = type(thing)
    return kind.__module__ == "uvloop.loop" and kind.__name__.endswith(ending)


def file_of(transport: Any) -> Any:
    """Return the socket or pipe of a transport; None if it has none, as in a stand-in."""
    try:
        return transport.get_extra_info("socket") or transport.get_extra_info("pipe")
    except Exception:  # noqa: BLE001 - a user's class, half made
        return None


def is_of_process(transport: Any) -> bool:
    """Say whether a transport is that of a child process, or one of its pipes."""
    get_protocol = getattr(transport, "get_protocol", None)
    owner = getattr(get_protocol(), "proc", None) if get_protocol is not None else None
    return isinstance(transport, asyncio.SubprocessTransport) or isinstance(
        owner, asyncio.SubprocessTransport
    )
