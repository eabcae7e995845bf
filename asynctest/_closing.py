"""The end of a loop: cancel what is left, wait for it in bounded time, close."""

from __future__ import annotations

import asyncio
import inspect
import threading
from asyncio import AbstractEventLoop, Task
from collections.abc import Awaitable
from types import FrameType
from typing import Any

from . import _ports as ports
from ._describe import describe_task
from ._errors import AsynctestError, count, published, say
from ._ports import _left
from ._watchdog import Limit, place_in, watch

__unittest = True  # unittest leaves our frames out of tracebacks
__tracebackhide__ = True  # and so does pytest

__all__ = ["StubbornTasks", "cancel_tasks", "close_loop", "run_bounded", "stop_task"]


@published()
class StubbornTasks(AsynctestError, RuntimeError):
    """Work that went on although it was told to stop."""


def close_loop(loop: AbstractEventLoop, timeout: float) -> None:
    """Stop what runs on a loop and close it.

    Tasks get ``timeout`` real seconds to obey their cancellation, and so do
    the threads of the loop's executor. Whatever happens, the loop is closed.

    Raises StubbornTasks, naming them, if some did not stop in time.
    """
    if loop.is_closed() is True:  # "is True": a mock of a loop answers with a mock
        return
    try:
        stubborn = cancel_tasks(loop, timeout)
        if ports.may_have_asyncgens(loop):
            stubborn += _close_generators(loop, timeout)
        stubborn += _stop_executor(loop, timeout)
    finally:
        loop.close()
    if stubborn:
        raise StubbornTasks(
            say(
                f"{count(len(stubborn), 'task')} did not stop within {timeout:g} s "
                "of being cancelled:",
                stubborn,
                "Let asyncio.CancelledError pass (re-raise it after cleaning up), "
                "or allow more time with cancel_timeout.",
            )
        )


def _close_generators(loop: AbstractEventLoop, timeout: float) -> list[str]:
    """Close what is left of asynchronous generators, in bounded time."""
    if not ports.is_complete(loop):  # a stand-in, which can only do as it is told
        loop.run_until_complete(loop.shutdown_asyncgens())
        return []
    blocked = run_bounded(loop, loop.shutdown_asyncgens(), timeout)
    return [f"an asynchronous generator that blocked the loop at {blocked}"] if blocked else []


def cancel_tasks(loop: AbstractEventLoop, timeout: float) -> list[str]:
    """Cancel all tasks of a loop and run it until they are done, or time is up.

    Returns the description of each task that would not stop. What a task
    raises while it is being cancelled goes to the loop's exception handler.
    """
    tasks = asyncio.all_tasks(loop) if _left.may_have_tasks() else None
    if not tasks:
        return []
    stubborn: list[str] = []

    def is_ours(task: Task[Any]) -> bool:
        return getattr(task.get_coro(), "cr_code", None) is _settled.__code__

    # Twice, since a task may swallow the first and obey the second.
    for _ in range(2):
        tasks = {task for task in tasks if not task.done()}
        for task in tasks:
            ports.cancel(task)
        blocked = run_bounded(loop, _settled(loop, tasks), timeout / 2)
        if blocked:
            stubborn.append(f"one that blocked the loop at {blocked}")
        tasks = {task for task in asyncio.all_tasks(loop) if not is_ours(task)}
        if not tasks:
            break
    return stubborn + [_give_up(task) for task in sorted(tasks, key=Task.get_name)]


def _give_up(task: Task[Any]) -> str:
    described = describe_task(task)
    ports.abandon(task)
    _keep_for_ever(task.get_coro())
    return described


def _keep_for_ever(coro: object) -> None:
    """Keep a coroutine that stops for nothing from being closed, even when the program ends.

    Closing it would run it once more, without a loop: ``while True`` around a bare
    ``except`` never comes to an end then.
    """
    import ctypes  # slow to import, and hardly ever needed

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(coro))


def stop_task(loop: AbstractEventLoop, task: Task[Any] | None, timeout: float) -> str:
    """Cancel one task and run the loop until it is done, or time is up.

    Returns the description of the task if it would not stop.
    """
    if task is None or task.done() or loop.is_running() or loop.is_closed():
        return ""
    ports.cancel(task)
    run_bounded(loop, _done(task), timeout)
    return "" if task.done() else _give_up(task)


async def _done(task: Task[Any]) -> None:
    await asyncio.wait([task])


async def _settled(loop: AbstractEventLoop, tasks: set[Task[Any]]) -> None:
    """Wait for tasks, and for those that they start while they end."""
    me = asyncio.current_task()
    while tasks:
        await asyncio.wait(tasks)
        for task in tasks:
            _report(loop, task)
        tasks = {task for task in asyncio.all_tasks(loop) if task is not me}
        for task in tasks:
            ports.cancel(task)


def _report(loop: AbstractEventLoop, task: Task[Any]) -> None:
    if not task.cancelled() and task.exception() is not None:
        loop.call_exception_handler(
            {
                "message": "a task raised while it was cancelled at the end of the test",
                "exception": task.exception(),
                "task": task,
            }
        )


def run_bounded(loop: AbstractEventLoop, work: Awaitable[None], seconds: float) -> str:
    """Run the loop until the work is done, for so many real seconds at the most.

    Real seconds come from a thread: the loop's own clock may be virtual, and
    what blocks the loop has to be interrupted from outside. Returns where that
    was, if it was so.
    """
    task = asyncio.ensure_future(work, loop=loop)

    def describe(frame: FrameType | None) -> str:
        place, call = place_in(frame)
        return str(place or call)

    limit = Limit(loop, seconds, cancel=task.cancel, describe=describe, grace=seconds)
    entry = watch(loop, limit=limit)
    try:
        with limit:
            ports.run_past_stops(loop, task, enough=lambda: limit.fired)
    except BaseException:
        if not limit.fired:
            raise
        # Time is up; the caller counts what is left.
    finally:
        entry.end()
        if not task.done():
            ports.abandon(task)
            if inspect.iscoroutine(work) and inspect.getcoroutinestate(work) == "CORO_CREATED":
                work.close()  # the loop did not even begin: it says why itself
    return limit.report if limit.interrupted else ""


def _stop_executor(loop: AbstractEventLoop, timeout: float) -> list[str]:
    """Shut the loop's executor down; name the threads that do not end in time."""
    executor = ports.default_executor(loop)
    if executor is None:
        return []
    ending = threading.Thread(target=executor.shutdown, daemon=True)
    ending.start()
    ending.join(timeout)
    return ["a job in the default executor"] if ending.is_alive() else []
