"""Tasks and futures that failed unnoticed."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections import deque
from collections.abc import Iterable
from typing import Any

from .. import _ports as ports
from .._sites import innermost_user_place, raised_at
from ._check import Check, Finding, Level, StageView
from ._exceptions import summary
from ._inventory import anything_alive

_FAILED = "jobs of pools that failed"
_UNSEEN = "and nobody asked for it"


def _any_job_failed(stage: StageView) -> bool:
    return bool(stage.memory.get(_FAILED))


class LostExceptions(Check):
    """Exceptions of tasks and futures that nobody has asked for.

    asyncio logs such an exception when the task is collected: late, in another
    test, or never if somebody still holds the task. Here it is found at the
    end of the test in both cases. Awaiting, ``result()`` and ``exception()``
    count as asking.

    Futures of ``concurrent.futures`` (``pool.submit``, ``run_coroutine_threadsafe``) log
    nothing at all; they are found from Python 3.12 on.
    """

    name = "lost_exceptions"
    default = Level.WARN
    fix = "Await the task, or look at its exception()"

    signs = (anything_alive, _any_job_failed)

    def __init__(self) -> None:
        self._told: list[BaseException] = []
        self._failed: dict[int, tuple[weakref.ref[Any], Finding]] = {}

    def on_loop_exception(self, stage: StageView, context: dict[str, Any]) -> Iterable[Finding]:
        exc = context.get("exception")
        if exc is not None and ("future" in context or "task" in context):
            future = context.get("future") or context.get("task")
            yield from self._once(stage, future, exc, _fate(context, future))

    def on_pool_future(self, stage: StageView, future: Any, exc: BaseException | None) -> None:
        known = self._failed.get(id(future))
        if exc is None:
            if known is not None and known[0]() is future:
                del self._failed[id(future)]
        else:
            if known is not None:  # it is gone, and its address is taken
                self._failed[-len(self._failed)] = known
            fact = f"a job of a pool failed with {summary(exc)}, and nobody asked for it"
            finding = Finding(fact, raised_at(exc) or stage.place, type(exc), stage.moment)
            self._failed[id(future)] = weakref.ref(future), finding
            stage.memory[_FAILED] = self._failed

    def after_close(self, stage: StageView) -> Iterable[Finding]:
        found = [finding for _, finding in self._failed.values()]
        futures = stage.heap.made(asyncio.Future)
        return [*found, *(self._held(stage, futures) if futures else ())]

    def _held(self, stage: StageView, futures: list[asyncio.Future[Any]]) -> Iterable[Finding]:
        for future in futures:
            if ports.has_unseen_exception(future) and not (
                _is_anothers(future, stage) or _is_asyncios(future)
            ):
                exc = future.exception()  # from now on somebody has asked for it
                if exc is not None:
                    yield from self._once(stage, future, exc)

    def _once(
        self, stage: StageView, future: Any, exc: BaseException, fate: str = _UNSEEN
    ) -> Iterable[Finding]:
        """Speak of an exception once: a task and those that pass its outcome on are one fault."""
        if any(exc is other for other in self._told) or isinstance(exc, asyncio.CancelledError):
            return  # gather() keeps a cancellation like an exception
        self._told.append(exc)
        started = stage.sites.made_at(future) if isinstance(future, asyncio.Task) else None
        what = f"task {future.get_name()!r}" if isinstance(future, asyncio.Task) else "a future"
        place = raised_at(exc) or started or innermost_user_place()
        since = f" (started at {started})" if started and started != place else ""
        fact = f"{what}{since} failed with {summary(exc)}, {fate}"
        # The exception stands for the task, which may be dying right now.
        yield Finding(fact, place or stage.place, exc)


def _fate(context: dict[str, Any], future: Any) -> str:
    """Say what is known of an exception that the loop was told of.

    Libraries tell it of failures that they have looked at, and may pass them on as well.
    """
    message = str(context.get("message"))
    if message.endswith("never retrieved") or ports.has_unseen_exception(future):
        return _UNSEEN
    return "which was given to the loop's exception handler"


def _is_anothers(future: asyncio.Future[Any], stage: StageView) -> bool:
    """Say whether a future lives on a loop that runs in another thread."""
    loop = future.get_loop()
    return loop is not stage.loop and loop.is_running()


def _is_asyncios(future: asyncio.Future[Any]) -> bool:
    """Say whether asyncio keeps a future for itself.

    A stream does: a connection that was reset leaves its exception there, for a
    ``wait_closed`` that may never be called.
    """
    if isinstance(future, asyncio.Task):
        return False
    holders = gc.get_referrers(future)
    containers = [holder for holder in holders if isinstance(holder, dict | list | deque)]
    owners = [*holders, *gc.get_referrers(*containers)] if containers else holders
    return any(
        str(type(owner).__module__).startswith("asyncio.") or ports.is_closing_of(owner, future)
        for owner in owners
    )
