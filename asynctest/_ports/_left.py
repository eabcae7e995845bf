"""What a test may have left in a loop: ready callbacks, transports, generators, signals.

Checked on 3.11 to 3.15, where these names and meanings are the same. What a
loop cannot tell is an empty answer.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import asyncio
import concurrent.futures
import concurrent.futures.thread
import inspect
import os
import signal
import sys
import weakref
from asyncio import AbstractEventLoop, BaseTransport
from collections.abc import Callable, Iterable
from types import AsyncGeneratorType
from typing import Any

from ._current import get_policy
from ._light import LightLoop

__all__ = [
    "SIGNALS",
    "active_patches",
    "begun_generators",
    "closes_generator",
    "environment",
    "executor_of",
    "file_behind",
    "file_of",
    "handler_of",
    "handlers_of_signals",
    "has_ready",
    "hidden_executor",
    "is_in_job",
    "is_of_process",
    "is_pending",
    "is_reported",
    "is_server",
    "is_transport",
    "is_unborn",
    "is_worker",
    "lock_loop",
    "loop_being_made",
    "may_have_tasks",
    "offset_in_generator",
    "opened_by",
    "patched",
    "policy_and_loop",
    "registered",
    "runs_itself",
    "signal_handlers",
    "sockets_of",
    "speaker",
    "transports",
]

LEANS_ON = (
    "asyncio.base_events:BaseEventLoop()._ready",
    "asyncio.base_events:BaseEventLoop()._asyncgens",
    "asyncio.base_events:BaseEventLoop._asyncgen_firstiter_hook",
    "asyncio.base_events:BaseEventLoop._asyncgen_finalizer_hook",
    "asyncio.base_events:BaseEventLoop._check_running",
    "asyncio.selector_events:BaseSelectorEventLoop._make_self_pipe",
    "asyncio.selector_events:BaseSelectorEventLoop()._transports",
    "asyncio.selector_events:BaseSelectorEventLoop()._ssock",
    "asyncio.selector_events:BaseSelectorEventLoop()._csock",
    "asyncio.streams:StreamReaderProtocol()._client_connected_cb",
    "asyncio.unix_events:_UnixSelectorEventLoop()._signal_handlers",
    "asyncio.tasks:_scheduled_tasks" if sys.version_info >= (3, 12) else "asyncio.tasks:_all_tasks",
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


def opened_by(loop: AbstractEventLoop) -> int:
    """Return how many descriptors a loop has opened for itself; 0 for one that hides them."""
    if type(loop) is LightLoop:
        return len(loop.descriptors)
    pipe = 2 if getattr(loop, "_ssock", None) is not None else 0
    return pipe + (getattr(loop, "_selector", None) is not None)


def runs_itself(loop: AbstractEventLoop, callback: Any) -> bool:
    """Say whether a callback is asyncio's own: a method of the loop or of a transport."""
    owner = getattr(callback, "__self__", None)
    return owner is loop or isinstance(owner, (BaseTransport, asyncio.Task))


def sockets_of(loop: AbstractEventLoop) -> list[Any]:
    """Return what a loop keeps open for itself."""
    if type(loop) is LightLoop:
        return loop.descriptors
    names = ("_ssock", "_csock", "_selector")
    return [thing for name in names if (thing := getattr(loop, name, None)) is not None]


def signal_handlers(loop: AbstractEventLoop) -> dict[int, Any]:
    """Return the signals that a loop handles."""
    return dict(getattr(loop, "_signal_handlers", None) or {})


def begun_generators(loop: AbstractEventLoop) -> list[AsyncGeneratorType[Any, Any]]:
    """Return the asynchronous generators that were begun on a loop and have not ended."""
    return [each for each in getattr(loop, "_asyncgens", ()) if each.ag_frame is not None]


def offset_in_generator(generator: Any) -> int:
    """Return the offset of the instruction where an asynchronous generator is suspended."""
    return int(generator.ag_frame.f_lasti)


def closes_generator(task: Any) -> bool:
    """Say whether a task is the loop's way to close an asynchronous generator that was dropped."""
    return type(task.get_coro()).__name__ == "async_generator_athrow"


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
    policy = get_policy()
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
    kind = type(thing)
    compiled = (kind.__module__, kind.__name__) == ("uvloop.loop", "Server")
    return compiled or issubclass(kind, asyncio.AbstractServer)


def is_transport(thing: object) -> bool:
    """Say whether a thing is a transport with a file of its own."""
    kind = type(thing)
    compiled = kind.__module__ == "uvloop.loop" and kind.__name__.endswith("Transport")
    return compiled or issubclass(kind, BaseTransport)


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


def patched(patch: Any) -> str:
    """Name what a patch replaces."""
    in_dict = getattr(patch, "in_dict", None)
    if in_dict is not None:
        return in_dict if isinstance(in_dict, str) else f"a {type(in_dict).__name__}"
    getter, attribute = getattr(patch, "getter", None), getattr(patch, "attribute", None)
    target = getattr(patch, "target", None)
    if target is None and callable(getter):
        try:
            target = getter()
        except Exception:  # noqa: BLE001 - the target of a user's patch may be gone
            target = None
    if isinstance(target, str):  # of our patches, which look for it when they are begun
        name = target
    else:
        name = getattr(target, "__name__", None) or type(target).__name__
    return f"{name}.{attribute}" if attribute else ""


def environment() -> dict[Any, Any]:
    """Return the environment as it is stored: much cheaper to copy and compare than os.environ."""
    stored = getattr(os.environ, "_data", None)
    return dict(stored if stored is not None else os.environ)


def is_pending(task: Any) -> bool:
    """Say whether a task that is reported to the loop is being destroyed before its time."""
    return isinstance(task, asyncio.Task) and not task.done()


def speaker() -> Any:
    """Return the object whose ``__del__`` is warning right now, if it is one of Python code."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return frame.f_locals.get("self")
        frame = frame.f_back
    return None


def file_behind(thing: Any) -> Any:
    """Return the socket or pipe of a stream, a transport or a socket; None for anything else."""
    if isinstance(thing, asyncio.StreamWriter):
        thing = thing.transport
    if is_transport(thing):
        return file_of(thing)
    if isinstance(thing, AbstractEventLoop):
        return getattr(thing, "_ssock", None)
    return thing if hasattr(thing, "fileno") else None


def handler_of(transport: Any) -> Any:
    """Return the function that serves a connection: a stream handler or a protocol's method."""
    get_protocol = getattr(transport, "get_protocol", None)
    protocol = get_protocol() if get_protocol is not None else None
    handler = getattr(protocol, "_client_connected_cb", None)
    return handler or getattr(type(protocol), "connection_made", None)


def is_unborn(task: asyncio.Task[Any]) -> bool:
    """Say whether a task has not begun to run its coroutine."""
    coro = task.get_coro()
    return inspect.iscoroutine(coro) and inspect.getcoroutinestate(coro) == inspect.CORO_CREATED


def loop_being_made(frame: Any) -> Any:
    """Return the loop whose constructor is making its self-pipe in these frames, if one is."""
    for _ in range(6):
        if frame is None:
            return None
        if frame.f_code.co_name == "_make_self_pipe":
            return frame.f_locals.get("self")
        frame = frame.f_back
    return None


# The C function: the public one spends its time on making names of numbers.
_getsignal: Callable[[int], Any] = _signal.getsignal
SIGNALS = tuple(int(each) for each in signal.valid_signals() if isinstance(each, signal.Signals))


def handlers_of_signals() -> list[Any]:
    """Return what is done for each of ``SIGNALS``."""
    return list(map(_getsignal, SIGNALS))


# WeakSets up to 3.13, where asking for all tasks is slow even if there are none. From
# 3.14 on that is fast, and these are not complete.
_REGISTRIES = [
    registry.data  # type: ignore[attr-defined]
    for name in ("_all_tasks", "_scheduled_tasks")
    if isinstance(registry := getattr(asyncio.tasks, name, None), weakref.WeakSet)
]
_EAGER = getattr(asyncio.tasks, "_eager_tasks", ())


def may_have_tasks() -> bool:
    """Say whether there can be tasks on any loop at all; asks quickly."""
    return sys.version_info >= (3, 14) or bool(_EAGER) or any(_REGISTRIES)


def registered(loop: AbstractEventLoop) -> set[tuple[str, int]] | None:
    """Return which descriptors a loop watches, also those that are closed by now."""
    get_map = getattr(getattr(loop, "_selector", None), "get_map", None)
    mapping = get_map() if get_map is not None else None
    if mapping is None:
        return None
    found: set[tuple[str, int]] = set()
    for key in mapping.values():
        for name, handle in zip(("add_reader", "add_writer"), key.data, strict=True):
            if handle is not None:
                found.add((name, int(key.fd)))
    return found


def hidden_executor(threads: Iterable[Any]) -> Any:
    """Return the default executor of a compiled loop, known by the names of its threads."""
    for thread in threads:
        if thread.name.startswith("uvloop_"):
            return executor_of(thread)
    return None


def is_reported(warning: Any) -> bool:
    """Say whether a thing that dies when its loop is closed was found before, as left open."""
    words = "unclosed resource <", "loop is closed"
    return is_transport(warning.source) or str(warning.message).startswith(words)
