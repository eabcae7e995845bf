"""``mock.awaited``: wait for awaits, and decide when they end.

Waiting and holding need no lock of asyncio's: who waits leaves a future of his
own loop, and whoever completes an await looks at once, without giving control
away, whose condition has become true. So an await of a mock never costs an
extra turn of the loop, and one mock serves several loops and threads.

What waiters and held calls need is kept in a ``Gate`` that stays with the mock
when ``reset_mock`` replaces ``awaited``: nobody is forgotten by a reset.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any
from unittest.mock import DEFAULT, call

from .._errors import AsynctestValueError, MisuseError, say
from ._stdlib import full_name, is_exception

__all__ = ["Awaited", "Gate", "HeldCall"]


class HeldCall:
    """One awaited call that is kept open until the test ends it.

    Found in ``mock.awaited.in_flight``. ``args``, ``kwargs`` and ``call`` tell
    which call it is.

    >>> from asynctest.mock import CoroutineMock, call
    >>> async def test():
    ...     fetch = CoroutineMock(return_value="page")
    ...     with fetch.awaited.hold():
    ...         task = asyncio.ensure_future(fetch("/index", retries=2))
    ...         (held,) = await fetch.awaited.wait_in_flight()
    ...         held.release("another page")
    ...         return held.call == call("/index", retries=2), await task
    >>> asyncio.run(test())
    (True, 'another page')
    """

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.args = args
        self.kwargs = dict(kwargs)
        self._signal = _Signal()

    @property
    def call(self) -> Any:
        """The call, to be compared with ``mock.call(...)``."""
        return call(*self.args, **self.kwargs)

    def release(self, value: Any = DEFAULT) -> None:
        """End this await with a value; without one, as the mock was told to.

        A value that is awaitable is awaited, like every outcome of the mock.
        May be called from any thread. Raises MisuseError if the call has ended
        already: it was released before, or whoever awaited it was cancelled.
        """
        self._end(None if value is DEFAULT else (value, None))

    def fail(self, error: BaseException | type[BaseException]) -> None:
        """End this await with an exception, a class or an instance.

        Raises MisuseError, a TypeError, for anything else, and if the call has
        ended already.
        """
        if not is_exception(error):
            raise MisuseError(
                say(
                    f"fail() takes an exception, not {error!r}.",
                    todo="Give a value with release().",
                )
            )
        self._end((None, error))

    def _end(self, answer: tuple[Any, Any] | None) -> None:
        if not self._signal.send(answer):
            raise MisuseError(
                say(
                    f"{self!r} has ended already.",
                    todo="Take held calls from mock.awaited.in_flight when you need them.",
                )
            )

    async def _outcome(self, value: Any, error: Any) -> tuple[Any, Any]:
        answer: tuple[Any, Any] | None = await self._signal
        if answer is None:
            return value, error
        _discard(value)
        return answer

    def __repr__(self) -> str:
        return f"<HeldCall {self.call!r}>"


def _discard(value: Any) -> None:
    """Close a coroutine nobody will await, or Python would warn about it."""
    close = getattr(value, "close", None) if asyncio.iscoroutine(value) else None
    if close is not None:
        close()


class _Signal:
    """Something one coroutine awaits and anybody, in any thread, sends once."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[Any] = self._loop.create_future()
        self._sent = False

    def send(self, result: Any = None, error: BaseException | None = None) -> bool:
        """Wake the coroutine; False if it no longer waits or was woken before."""
        if self._sent or self._future.done():
            return False
        self._sent = True
        if _runs_here(self._loop):
            self._set(result, error)
        else:
            self._loop.call_soon_threadsafe(self._set, result, error)
        return True

    def _set(self, result: Any, error: BaseException | None) -> None:
        if not self._future.done():
            if error is None:
                self._future.set_result(result)
            else:
                self._future.set_exception(error)

    def __await__(self) -> Generator[Any, None, Any]:
        return self._future.__await__()


def _runs_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


_changing = threading.Lock()  # for all gates: a mock with a lock cannot be copied


class Gate:
    """Where the awaits of one mock pass; survives ``reset_mock``."""

    def __init__(self) -> None:
        self.holding = False
        self.turns = 0
        self.completed = 0
        self.held: list[HeldCall] = []
        self._waiting: list[tuple[Callable[[], Any], _Signal]] = []

    async def enter(self, record: Any, value: Any, error: Any) -> tuple[Any, Any]:
        """Take the turns and keep the call open as told; give its outcome."""
        for _ in range(self.turns):
            await asyncio.sleep(0)
        if not self.holding:
            return value, error
        held = HeldCall(*record)
        self.held.append(held)
        try:
            self.look()
            return await held._outcome(value, error)
        finally:
            self.held.remove(held)

    def complete(self) -> None:
        """Note that an await has ended."""
        self.completed += 1
        self.look()

    def look(self) -> None:
        """Wake everybody whose condition has become true."""
        if not self._waiting:
            return
        with _changing:
            waiting = tuple(self._waiting)
        for entry in waiting:
            condition, signal = entry
            try:
                result = condition()
            except BaseException as error:  # noqa: BLE001 - it is raised in who waits
                signal.send(error=error)
            else:
                if result:
                    signal.send(result)

    async def wait(self, condition: Callable[[], Any]) -> Any:
        """Wait until the condition is true and return its value."""
        result = condition()
        if result:
            return result
        entry = (condition, _Signal())
        with _changing:
            self._waiting.append(entry)
        try:
            self.look()
            return await entry[1]
        finally:
            with _changing:
                self._waiting.remove(entry)


class _Holding:
    """Holds calls until the end of a ``with`` block."""

    def __init__(self, awaited: Awaited) -> None:
        self._awaited = awaited

    def __enter__(self) -> Awaited:
        return self._awaited

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._awaited.release_all()


class Awaited:
    """Tells about the awaits of a CoroutineMock, and controls them.

    It is false until the first await has ended::

        assert fetch.awaited

    **Waiting.** ``wait()`` and ``wait_next()`` wait for awaits to end,
    ``wait_for()`` for any condition on the mock, ``wait_called()`` for a call.

    **Control.** After ``hold()``, awaited calls stay open. ``in_flight`` shows
    them in the order they came, each can be given its end with ``release()`` or
    ``fail()``, and ``wait_in_flight()`` waits until they are there. This is how
    a test decides which of two concurrent calls is answered first. Here the
    second answer overtakes the first, and the tested code keeps the stale page:

    >>> from asynctest.mock import CoroutineMock
    >>> class Browser:
    ...     page = None
    ...     def __init__(self, fetch): self.fetch = fetch
    ...     async def go(self, url): self.page = await self.fetch(url)
    >>> async def test():
    ...     fetch = CoroutineMock()
    ...     browser = Browser(fetch)
    ...     with fetch.awaited.hold():
    ...         tasks = [asyncio.ensure_future(browser.go(url)) for url in ("/old", "/new")]
    ...         old, new = await fetch.awaited.wait_in_flight(2)
    ...         new.release("new page")
    ...         await tasks[1]
    ...         old.release("old page")
    ...         await tasks[0]
    ...     return browser.page
    >>> asyncio.run(test())
    'old page'

    ``turns`` makes every await give control to the loop: a mock that answers at
    once never does, and so hides what can happen in between.
    """

    def __init__(self, mock: Any, gate: Gate) -> None:
        self._mock = mock
        self._gate = gate

    def __bool__(self) -> bool:
        return bool(self._mock.await_count)

    @property
    def _condition(self) -> Awaited | None:
        # In 0.13 a Condition, made late so that a mock needs no loop. Its suite looks at that.
        return self if self else None

    def __repr__(self) -> str:
        name = full_name(self._mock)
        return f"<Awaited {name!r} await_count={self._mock.await_count}>"

    async def wait(self, skip: int = 0) -> bool:
        """Wait until the mock has been awaited more than ``skip`` times; return True.

        Returns at once if it has. Only awaits that have ended count.
        """
        done: bool = await self._gate.wait(lambda: self._mock.await_count > skip)
        return done

    async def wait_next(self, skip: int = 0) -> bool:
        """Wait for the next await to end, or the one after ``skip`` others; return True.

        Counting starts when this coroutine first runs, not when it is made.
        """
        enough = self._gate.completed + skip
        done: bool = await self._gate.wait(lambda: self._gate.completed > enough)
        return done

    async def wait_for(self, predicate: Callable[[Any], Any]) -> Any:
        """Wait until ``predicate(mock)`` is true and return its value.

        The predicate is tried at once, and then each time the mock is called,
        or an await of it begins to be held or ends. What it raises is raised here.
        """
        return await self._gate.wait(lambda: predicate(self._mock))

    async def wait_called(self, skip: int = 0) -> None:
        """Wait until the mock has been called more than ``skip`` times.

        Being called comes first; the coroutine may not have been awaited yet.
        """
        await self._gate.wait(lambda: self._mock.call_count > skip)

    def hold(self) -> _Holding:
        """Keep every call that is awaited from now on open until it is released.

        As a context manager it calls ``release_all()`` at the end of the block.
        """
        self._gate.holding = True
        return _Holding(self)

    @property
    def in_flight(self) -> tuple[HeldCall, ...]:
        """The calls that are held open now, in the order they were awaited."""
        return tuple(self._gate.held)

    async def wait_in_flight(self, count: int = 1) -> tuple[HeldCall, ...]:
        """Wait until ``count`` calls or more are held open, and return them all."""
        await self._gate.wait(lambda: len(self._gate.held) >= count)
        return self.in_flight

    def release_all(self) -> None:
        """Hold no longer, and let all held calls end as the mock was told to."""
        self._gate.holding = False
        for held in self.in_flight:
            held._signal.send()

    @property
    def turns(self) -> int:
        """How many turns of the loop each await takes; none by default.

        >>> from asynctest.mock import CoroutineMock
        >>> async def test():
        ...     save = CoroutineMock()
        ...     save.awaited.turns = 1
        ...     task = asyncio.ensure_future(save())
        ...     await asyncio.sleep(0)
        ...     return bool(save.awaited), await task and bool(save.awaited)
        >>> asyncio.run(test())
        (False, True)

        Raises AsynctestValueError, a ValueError, for a negative number.
        """
        return self._gate.turns

    @turns.setter
    def turns(self, turns: int) -> None:
        if turns < 0:
            raise AsynctestValueError(f"turns must not be negative, not {turns}")
        self._gate.turns = turns
