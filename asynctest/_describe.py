"""One line for a task, a coroutine, a timer, a callback: what it is and where.

>>> describe_callback(print)
'print'
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterator
from types import CodeType
from typing import Any

from ._places import Place
from ._ports import _time_loop as ports
from ._ports import _time_tasks as tasks
from ._ports import coroutine_of

__all__ = [
    "await_chain",
    "describe_callback",
    "describe_coroutine",
    "describe_handle",
    "describe_place",
    "describe_task",
    "describe_timer",
]

_DEEPEST = 12
_ASYNCIO = asyncio.__file__.rpartition("__init__")[0]
_NOT_THEIRS = (_ASYNCIO, __file__.rpartition("_describe")[0])
_LINKS = (
    ("cr_frame", "cr_await"),
    ("gi_frame", "gi_yieldfrom"),
    ("ag_frame", "ag_await"),
)


def describe_place(code: CodeType, line: int) -> str:
    """Write a place in the code as ``file:line in function``.

    >>> describe_place(describe_place.__code__, 7)  # doctest: +ELLIPSIS
    '..._describe.py:7 in describe_place'
    """
    return str(Place(code.co_filename, line, code.co_name))


def await_chain(awaitable: object) -> list[tuple[CodeType, int]]:
    """List where a suspended coroutine stands, the outermost await first.

    Follows coroutines, generators and asynchronous generators for as far as
    each shows what it waits for. A coroutine that is running or has ended has
    an empty chain.
    """
    chain: list[tuple[CodeType, int]] = []
    for frame in _frames(awaitable):
        if len(chain) == _DEEPEST:
            break
        chain.append((frame.f_code, frame.f_lineno))
    return chain


def _frames(awaitable: object) -> Iterator[Any]:
    while awaitable is not None:
        for frame_name, next_name in _LINKS:
            if hasattr(awaitable, frame_name):
                frame = getattr(awaitable, frame_name)
                if frame is None or not hasattr(frame, "f_code"):
                    return
                yield frame
                awaitable = getattr(awaitable, next_name)
                break
        else:
            return


def describe_coroutine(awaitable: object) -> str:
    """Write an await-chain, the innermost line of the user's first."""
    chain = await_chain(awaitable)
    if not chain:
        return "not suspended anywhere"
    theirs = [link for link in chain if not link[0].co_filename.startswith(_NOT_THEIRS)] or chain
    text = " < ".join(describe_place(*link) for link in reversed(theirs))
    inner = chain[chain.index(theirs[-1]) + 1 :]
    return f"{text}, in {_describe_inner(inner[0][0])}" if inner else text


def _describe_inner(code: CodeType) -> str:
    owner = "asyncio" if code.co_filename.startswith(_ASYNCIO) else "asynctest"
    return f"{owner}'s {code.co_qualname}()"


def describe_task(task: asyncio.Task[Any]) -> str:
    """Write a task's name, where it is suspended and what it waits for."""
    if task.done():
        return f"task {task.get_name()!r}, done"
    where = describe_coroutine(coroutine_of(task))
    waits_for = _describe_future(tasks.awaited_by(task))
    return f"task {task.get_name()!r} at {where}{waits_for}"


def _describe_future(future: Any) -> str:
    if future is None:
        return ""
    if isinstance(future, asyncio.Task):
        return f", waiting for task {future.get_name()!r}"
    names = [
        repr(child.get_name()) if isinstance(child, asyncio.Task) else "a future"
        for child in tasks.gathered(future)
        if not child.done()
    ]
    return f", waiting for {', '.join(names)}" if names else ""


def describe_callback(callback: object) -> str:
    """Name a callback and the place where it is defined, if it has one."""
    callback = _unwrap(callback)
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        return describe_task(owner)
    function = getattr(callback, "__func__", callback)
    name = getattr(function, "__qualname__", None) or type(callback).__qualname__
    code = getattr(function, "__code__", None)
    if code is None:
        return str(name)
    return f"{name} ({Place(code.co_filename, code.co_firstlineno)})"


def _unwrap(callback: object) -> object:
    while isinstance(callback, functools.partial):
        callback = callback.func
    return callback


def describe_handle(handle: asyncio.Handle) -> str:
    """Describe what a handle is about to call; a task's step by its task."""
    callback, args = ports.handle_parts(handle)
    return "a cancelled handle" if callback is None else _describe_call(callback, args)


def _describe_call(callback: object, args: tuple[Any, ...]) -> str:
    for arg in args[:1]:
        if isinstance(arg, asyncio.Future) and not isinstance(arg, asyncio.Task):
            sleeper = _sleeper(arg)
            if sleeper is not None:
                return describe_task(sleeper)
    return describe_callback(callback)


def _sleeper(future: asyncio.Future[Any]) -> asyncio.Task[Any] | None:
    """The task that waits for this very future, as in ``asyncio.sleep``."""
    try:
        everyone = asyncio.all_tasks(future.get_loop())
    except RuntimeError:
        return None
    return next((task for task in everyone if tasks.awaited_by(task) is future), None)


def describe_timer(timer: asyncio.TimerHandle) -> str:
    """Describe a timer: what it calls, when, and where it was made if known."""
    made = ports.made_at(timer)
    place = f", made at {describe_place(*made)}" if made else ""
    return f"{describe_handle(timer)}, due at {timer.when():.12g}{place}"
