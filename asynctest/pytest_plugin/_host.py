"""One task that runs everything of a test: its async fixtures, and itself.

What is entered in a fixture and left after its ``yield`` belongs to a task: a
TaskGroup, ``asyncio.timeout``, a cancel scope of anyio. Would each part run in
a task of its own, a failing service in a fixture could not stop the test, and
half of these could not be left at all. So the loop has one task, the host, which
waits for work, does it, and waits again; between two pieces of work the loop
stands still.

The host survives whatever the work does: errors, ``sys.exit``, skipping, being
cancelled by itself or by others. It is cancelled for good only when it ends.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio import AbstractEventLoop, Future, Task
from collections.abc import Coroutine, Generator
from contextvars import Context
from types import FrameType
from typing import Any

from .. import _ports as ports
from .._closing import run_bounded
from .._errors import MisuseError

__all__ = ["Host", "Within"]

__tracebackhide__ = True


class Within:
    """Awaits a coroutine in the current task, but in another context.

    Who follows what waits for what sees the coroutine in its place.
    """

    def __init__(self, context: Context, coro: Coroutine[Any, Any, Any]) -> None:
        self._run = context.run
        self._coro: Any = coro

    def __await__(self) -> Generator[Any, Any, Any]:
        return self  # type: ignore[return-value]

    def __iter__(self) -> Within:
        return self

    def __next__(self) -> Any:
        return self._run(self._coro.send, None)

    def send(self, value: Any) -> Any:
        """Go on with the coroutine."""
        return self._run(self._coro.send, value)

    def throw(self, *error: Any) -> Any:
        """Raise something in the coroutine."""
        return self._run(self._coro.throw, *error)

    def close(self) -> None:
        """End the coroutine."""
        self._run(self._coro.close)

    @property
    def cr_frame(self) -> FrameType | None:
        """The frame of the coroutine."""
        frame: FrameType | None = self._coro.cr_frame
        return frame

    @property
    def cr_await(self) -> Any:
        """What the coroutine waits for."""
        return self._coro.cr_await


class _HostTask(Task[None]):
    """Remembers for which failed task somebody cancels it."""

    failed: Task[Any] | None = None

    def cancel(self, msg: Any = None) -> bool:
        if asyncio.current_task(self.get_loop()) is not self:
            self.failed = self.failed or _failed_task(sys._getframe(1))
        return super().cancel(msg)


def _failed_task(frame: FrameType | None) -> Task[Any] | None:
    """Find the failed task whose end is being handled by the code that calls.

    Task groups, of asyncio and of others, cancel their parent from the
    callback of the child that failed, which has the child in a variable.
    """
    for _ in range(6):
        if frame is None:
            return None
        for value in list(frame.f_locals.values()):
            if _has_failed(value):
                assert isinstance(value, Task)
                return value
        frame = frame.f_back
    return None


def _has_failed(value: object) -> bool:
    return (
        isinstance(value, Task)
        and value.done()
        and not value.cancelled()
        and value.exception() is not None
    )


class _Work:
    def __init__(
        self,
        coro: Coroutine[Any, Any, Any],
        context: Context,
        finished: Future[None],
        stoppable: bool,
    ) -> None:
        self.coro = coro
        self.context = context
        self.finished = finished
        self.stoppable = stoppable
        self.result: Any = None
        self.error: BaseException | None = None


class Host:
    """Runs work on a loop, all of it in one task."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self._task: _HostTask | None = None
        self._waiter: Future[None] | None = None
        self._current: _Work | None = None
        self._inbox: list[_Work | None] = []
        self._stopped = False

    @property
    def has_begun(self) -> bool:
        """Whether any work was given to the host."""
        return self._task is not None

    @property
    def is_working(self) -> bool:
        """Whether work has begun and not ended."""
        return self._current is not None

    def cancel(self) -> None:
        """Cancel the work, from a callback of the loop."""
        if self._task is not None:
            ports.cancel(self._task)

    def take_failed(self) -> Task[Any] | None:
        """Return the failed task because of which the host was cancelled last, once."""
        if self._task is None:
            return None
        failed, self._task.failed = self._task.failed, None
        return failed

    def run(
        self, coro: Coroutine[Any, Any, Any], context: Context, *, stoppable: bool = True
    ) -> Any:
        """Run a coroutine to its end; what is ``stoppable`` ends with a failing service."""
        if self._loop.is_closed():
            coro.close()
            raise MisuseError("the event loop of this test was closed by the test. Leave it open.")
        work = _Work(coro, context, self._loop.create_future(), stoppable)
        self._hand_over(work)
        self._loop.run_until_complete(work.finished)
        if work.error is not None:
            try:
                raise work.error
            finally:
                work.error = None  # no circle through the traceback
        return work.result

    def end(self) -> None:
        """Let the task end."""
        # Not kept: asyncio looks at each task that is alive, done or not.
        task, self._task = self._task, None
        if task is None or task.done():
            return
        if self._loop.is_closed():
            ports.abandon(task)
            return
        self._inbox.append(None)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        self._loop.run_until_complete(task)

    def _hand_over(self, work: _Work) -> None:
        self._inbox.append(work)
        if self._task is None:
            self._task = _HostTask(self._serve(), loop=self._loop)
        elif self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def drop_interrupted(self, patience: float) -> None:
        """Cancel work that was left half done, because the loop was interrupted.

        What does not let go within so many real seconds keeps its task to
        itself; the host goes on in another one.
        """
        for waiting in self._inbox:
            if waiting is not None:
                waiting.coro.close()
        self._inbox.clear()
        work = self._current
        if work is None or self._task is None or self._loop.is_closed():
            return
        ports.cancel(self._task)
        run_bounded(self._loop, work.finished, patience)
        if self._current is work:  # closing the loop will name it
            self._task = self._waiter = self._current = None

    async def _serve(self) -> None:
        me = asyncio.current_task()
        while (work := await self._wait_for_work()) is not None:
            await self._do(work)
            if self._task is not me:
                return  # left behind

    async def _wait_for_work(self) -> _Work | None:
        me = asyncio.current_task()
        while not self._inbox:
            self._waiter = self._loop.create_future()
            # Fixtures that look for tasks which a test has left are not to find us.
            ports.hide_task(me)
            try:
                await self._waiter
            except asyncio.CancelledError:
                self._stopped = True  # a service failed between two pieces of work
            ports.show_task(me)  # not if the coroutine is being closed: its task is dying
        return self._inbox.pop()

    async def _do(self, work: _Work) -> None:
        self._current = work
        try:
            if self._stopped and work.stoppable:
                self._stopped = False
                work.coro.close()
                raise asyncio.CancelledError
            work.result = await Within(work.context, work.coro)
        except GeneratorExit:
            raise  # the loop is gone, and nobody waits for the work
        except BaseException as exc:  # noqa: BLE001 - raised where the work came from
            work.error = exc
        if await self._was_cancelled_meanwhile() and work.error is None:
            work.error = asyncio.CancelledError()
        if self._current is work:
            self._current = None
        if not work.finished.done():
            work.finished.set_result(None)

    async def _was_cancelled_meanwhile(self) -> bool:
        """Take the cancellations that work has asked for and not awaited since."""
        task = asyncio.current_task()
        assert task is not None
        if not task.cancelling():
            return False
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            struck = True
        else:
            struck = False
        # Who asked for it may still call uncancel(), which stops at zero.
        while task.cancelling():
            task.uncancel()
        return struck
