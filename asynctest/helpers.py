"""Small coroutines for tests."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from ._errors import AsynctestError, AsynctestValueError, LoopNotSupported, MisuseError, count, say
from ._ports import _ready as ports

__all__ = ["EndlessCallbacks", "exhaust_callbacks"]

# Who exhausts a loop has a callback ready all the time; two at once would wait
# for each other. The second one waits until the first is done.
_exhausting: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Event] = WeakKeyDictionary()

# A loop written in C may queue callbacks without calling call_soon, so one
# round in which nobody called it does not prove that nothing is left.
_QUIET_ROUNDS = 3


class EndlessCallbacks(AsynctestError, RuntimeError):
    """Callbacks kept scheduling further ones."""


async def exhaust_callbacks(
    loop: asyncio.AbstractEventLoop | None = None, *, limit: int = 100_000
) -> None:
    """Run everything that is ready, and what it makes ready, until nothing is.

    Timers are not waited for, nor is anything outside: a task that sleeps or
    waits for a socket is left there. With nothing ready it returns at once.

        >>> import asynctest
        >>> class Test(asynctest.TestCase):
        ...     async def runTest(self):
        ...         self.loop.call_soon(self.loop.call_soon, print, "the second in a chain")
        ...         await exhaust_callbacks(self.loop)
        ...         print("done")
        >>> Test().debug()
        the second in a chain
        done

    ``loop`` is the running loop, and may be left out. If something is still
    ready after ``limit`` iterations of the loop, `EndlessCallbacks` names it.

    .. versionchanged:: 1.0
       ``loop`` became optional, ``limit`` is new, and loops that do not show
       their ready queue are supported.
    """
    loop = _running(loop)
    if limit < 1:
        raise AsynctestValueError(
            say(f"limit is {limit}, so nothing could run", todo="Allow at least 1.")
        )
    while (other := _exhausting.get(loop)) is not None:
        await other.wait()
    queue = ports.ready_queue(loop)
    over = _exhausting[loop] = asyncio.Event()
    try:
        await (_count_calls(loop, limit) if queue is None else _watch_queue(queue, limit))
    finally:
        del _exhausting[loop]
        over.set()


def _running(loop: asyncio.AbstractEventLoop | None) -> asyncio.AbstractEventLoop:
    running = asyncio.get_running_loop()
    if loop is not None and loop is not running:
        raise MisuseError(
            say(
                f"exhaust_callbacks() runs on {running!r} and was given {loop!r}",
                todo="Await it on the loop it is given, or leave the argument out.",
            )
        )
    return running


async def _watch_queue(queue: Iterable[asyncio.Handle], limit: int) -> None:
    for _ in range(limit):
        if not queue:
            return
        await asyncio.sleep(0)
    if queue:
        raise _endless(limit, map(ports.callback_of, queue))


async def _count_calls(loop: asyncio.AbstractEventLoop, limit: int) -> None:
    quiet, others = 0, list[Any]()
    with _calls_of_call_soon(loop) as calls:
        for _ in range(limit):
            calls.clear()
            await asyncio.sleep(0)  # schedules this task itself
            others = [call for call in calls if _owner(call) is not asyncio.current_task()]
            quiet = 0 if others else quiet + 1
            if quiet == _QUIET_ROUNDS:
                return
    if others:
        raise _endless(limit, others)


@contextmanager
def _calls_of_call_soon(loop: asyncio.AbstractEventLoop) -> Iterator[list[Any]]:
    calls: list[Any] = []

    def noting(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def call_soon(callback: Any, *args: Any, **kwargs: Any) -> Any:
            calls.append(callback)
            return method(callback, *args, **kwargs)

        return call_soon

    names = ("call_soon", "call_soon_threadsafe")
    methods = {name: noting(getattr(loop, name)) for name in names}
    try:
        own = vars(loop)
    except TypeError:
        raise LoopNotSupported(
            say(
                f"exhaust_callbacks() cannot see what is ready on {loop!r}",
                todo="Leave loop_factory unset for this test.",
            )
        ) from None
    before = {name: own[name] for name in names if name in own}
    own.update(methods)
    try:
        yield calls
    finally:
        for name in names:
            del own[name]
        own.update(before)


def _endless(limit: int, callbacks: Iterable[Any]) -> EndlessCallbacks:
    return EndlessCallbacks(
        say(
            f"callbacks are still ready after {count(limit, 'iteration')} of the loop:",
            sorted({_describe(callback) for callback in callbacks}),
            "Stop what schedules them first, or wait for something else than for silence.",
        )
    )


def _owner(callback: Any) -> Any:
    return getattr(callback, "__self__", None)


def _describe(callback: Any) -> str:
    """Name a callback and its place: the task, if it resumes one."""
    owner = _owner(callback)
    if isinstance(owner, asyncio.Task):
        return repr(owner)
    while isinstance(callback, functools.partial):
        callback = callback.func
    function = inspect.unwrap(callback)
    code = getattr(function, "__code__", None)
    name = getattr(function, "__qualname__", None) or repr(function)
    return f"{name}() at {code.co_filename}:{code.co_firstlineno}" if code else name
