"""What a stuck test waits for, in words: tasks, timers, descriptors, threads.

Everything is read from another thread while the test hangs. Nothing here may
wait for the loop, change anything, or rely on anything but a loop's face.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from asyncio import AbstractEventLoop, Task
from collections import deque
from collections.abc import Iterable, Iterator
from types import CodeType, FrameType
from typing import Any

from . import _ports as ports
from ._places import Place, is_ours
from ._sites import Sites, is_users

__all__ = ["describe", "place_of_thread", "whereabouts"]

_DEEPEST = 20
_LINKS = (("cr_frame", "cr_await"), ("gi_frame", "gi_yieldfrom"), ("ag_frame", "ag_await"))


def describe(
    loop: AbstractEventLoop,
    thread: int,
    frame: FrameType | None,
    sites: Sites,
    *,
    last: str = "",
    idle: float = 0.0,
) -> str:
    """Describe all that a stuck loop has and all that other threads do."""
    sections = {
        "it is blocked here:": _blocked(frame),
        "tasks:": _tasks(loop, sites),
        "these wait for each other:": _circles(loop),
        "timers:": _timers(loop, sites),
        "descriptors it waits for:": _watched(loop),
        "other threads:": _threads(thread),
        "the last that was seen:": _last(loop, sites, last, idle),
    }
    lines: list[str] = []
    for title, found in sections.items():
        entries = list(found)
        if entries:
            lines += [title, *(f"  {line}" for line in entries)]
    return "\n".join(lines) or "nothing is left that could wake it"


def _blocked(frame: FrameType | None) -> Iterator[str]:
    """Say where synchronous code stands, the innermost line first."""
    if ports.is_waiting(frame):
        return
    for place in _stack(frame):
        yield str(place)


def _stack(frame: FrameType | None) -> list[Place]:
    found: list[Place] = []
    for each in ports.frames(frame):
        code = each.f_code
        if found and is_ours(code):
            break  # what lies beyond is the runner
        if is_users(code.co_filename):
            found.append(Place(code.co_filename, each.f_lineno, code.co_qualname))
    if not found and frame is not None and not is_ours(frame.f_code):
        found = [Place(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_qualname)]
    return found[:_DEEPEST]


# -- tasks -----------------------------------------------------------------


def _all_tasks(loop: AbstractEventLoop) -> list[Task[Any]]:
    try:
        return sorted(asyncio.all_tasks(loop), key=lambda task: _number(task.get_name()))
    except (RuntimeError, TypeError):  # changing under our eyes, or not a real loop
        return []


def _tasks(loop: AbstractEventLoop, sites: Sites) -> Iterator[str]:
    for task in _all_tasks(loop):
        place = sites.made_at(task)
        yield f"{task.get_name()!r}" + (f", begun at {place}" if place else "")
        if getattr(task.get_coro(), "cr_running", False):
            yield "  is running now"
        for line in _chain(task.get_coro()):
            yield f"  {line}"
        waits_for = _future(ports.waits_for(task))
        if waits_for:
            yield f"  waits for {waits_for}"
        for line in _awaiters(task):
            yield f"  awaited by {line}"


def _circles(loop: AbstractEventLoop) -> Iterator[str]:
    """Name tasks that wait for themselves, by way of others."""
    told: set[Task[Any]] = set()
    for task in _all_tasks(loop):
        circle = _circle_of(task)
        if circle and told.isdisjoint(circle):
            told.update(circle)
            yield " -> ".join(repr(each.get_name()) for each in [*circle, task])


def _circle_of(task: Task[Any]) -> list[Task[Any]]:
    """Return the shortest circle that begins at a task; nothing if there is none."""
    ways, seen = deque([[task]]), {task}
    while ways:
        way = ways.popleft()
        waiting = ports.waits_for(way[-1])
        for future in ports.gathered(waiting) or [waiting]:
            if future is task:
                return way
            if isinstance(future, Task) and future not in seen:
                seen.add(future)
                ways.append([*way, future])
    return []


def whereabouts(task: Task[Any]) -> str:
    """Say in a few words where a suspended task stands."""
    line, inner = "", ""
    for code, lineno, module in _links(task.get_coro()):
        if is_users(code.co_filename) or (not line and module != "asyncio"):
            line, inner = f"at {Place(code.co_filename, lineno, code.co_qualname)}", ""
        else:
            inner = inner or f"in {module}'s {code.co_qualname}()"
    waits = _future(ports.waits_for(task)) if not inner else ""
    return " ".join(filter(None, ["waits", line, inner, f"for {waits}" if waits else ""]))


def _number(name: str) -> tuple[int, str]:
    digits = name.rpartition("-")[2]
    return (int(digits) if digits.isdigit() else 0, name)


def _chain(awaitable: Any) -> Iterator[str]:
    """Follow what waits for what, the outermost first, one line each."""
    for code, lineno, module in _links(awaitable):
        if is_ours(code):
            continue
        if module == "asyncio":
            yield f"in asyncio's {code.co_qualname}()"
        else:
            yield f"at {Place(code.co_filename, lineno, code.co_qualname)}"


def _links(awaitable: Any) -> Iterator[tuple[CodeType, int, str]]:
    """Yield code, line and top-level module of what waits for what, the outermost first."""
    for _ in range(_DEEPEST):
        link = next((link for link in _LINKS if hasattr(awaitable, link[0])), None)
        frame = getattr(awaitable, link[0]) if link is not None else None
        if link is None or frame is None:
            return
        module = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        yield frame.f_code, frame.f_lineno, module
        awaitable = getattr(awaitable, link[1])


def _future(future: Any) -> str:
    if future is None:
        return ""
    if isinstance(future, Task):
        return f"task {future.get_name()!r}"
    children = [child for child in ports.gathered(future) if not child.done()]
    if children:
        return " and ".join(_future(child) for child in children)
    return "a future that nobody has completed"


def _awaiters(task: Task[Any]) -> list[str]:
    """Say who awaits a task, where asyncio keeps count of it (3.14+)."""
    capture = getattr(asyncio, "capture_call_graph", None)
    try:
        graph = capture(task, limit=0) if capture is not None else None
    except RecursionError:  # a circle
        return []
    awaiters = [entry.future for entry in graph.awaited_by] if graph is not None else []
    return [repr(each.get_name()) for each in awaiters if isinstance(each, Task)]


def _last(loop: AbstractEventLoop, sites: Sites, last: str, idle: float) -> Iterator[str]:
    if last:
        yield f"code running at {last}"
    tasks = sorted(asyncio.all_tasks(loop), key=lambda task: _number(task.get_name()))
    if tasks:
        place = sites.made_at(tasks[-1])
        yield f"task {tasks[-1].get_name()!r} beginning" + (f" at {place}" if place else "")
    if idle:
        yield f"then the loop with nothing to do, for {idle:.2g} s"


# -- everything else -------------------------------------------------------


def _timers(loop: AbstractEventLoop, sites: Sites) -> Iterator[str]:
    for timer in ports.pending_timers(loop) or ():
        callback, due = ports.callback_of(timer), f"in {timer.when() - loop.time():.3g} s"
        sleeper = ports.woken_by(timer)
        if sleeper is not None:
            yield f"wakes task {sleeper.get_name()!r} {due}"
            continue
        place = sites.made_at(timer) or sites.made_at(callback)
        where = f"    {place}" if place and is_users(place.filename) else ""
        yield f"{ports.name_of(callback)} {due}{where}"


def _watched(loop: AbstractEventLoop) -> Iterator[str]:
    for what, fileobj, callback in ports.watched(loop) or ():
        if not ports.is_self_pipe(loop, fileobj):
            direction = "input" if what == "add_reader" else "room for output"
            yield f"{direction} on {fileobj!r} for {ports.name_of(callback)}"


def place_of_thread(thread: threading.Thread) -> Place | None:
    """Say which line a thread is at: the user's innermost, or else its innermost."""
    return next(iter(_stack(sys._current_frames().get(thread.ident or 0))), None)


def _threads(but: int) -> Iterable[str]:
    frames = sys._current_frames()
    for thread in threading.enumerate():
        frame = frames.get(thread.ident or 0)
        if thread.ident == but or frame is None:
            continue
        place = next(iter(_stack(frame)), None)
        yield f"{thread.name!r} at {place}" if place else f"{thread.name!r}"
