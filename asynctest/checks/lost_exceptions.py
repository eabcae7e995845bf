"""Tasks and futures that failed unnoticed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from traceback import walk_tb
from typing import Any

from .. import _ports as ports
from .._sites import innermost_user_place, is_asyncios, raised_at
from ._check import Check, Finding, Level, StageView
from ._exceptions import summary


class LostExceptions(Check):
    """Exceptions of tasks and futures that nobody has asked for.

    asyncio logs such an exception when the task is collected: late, in another
    test, or never if somebody still holds the task. Here it is found at the
    end of the test in both cases. Awaiting, ``result()`` and ``exception()``
    count as asking.
    """

    name = "lost_exceptions"
    default = Level.WARN
    fix = "Await the task, or look at its exception()"

    def __init__(self) -> None:
        self._told: list[BaseException] = []

    def on_loop_exception(self, stage: StageView, context: dict[str, Any]) -> Iterable[Finding]:
        exc = context.get("exception")
        future = context.get("future") or context.get("task")
        if exc is not None and future is not None:
            yield from self._once(stage, future, exc)

    def after_close(self, stage: StageView) -> Iterable[Finding]:
        futures = stage.heap.made(asyncio.Future)
        return [*self._held(stage, futures)] if futures else ()

    def _held(self, stage: StageView, futures: list[asyncio.Future[Any]]) -> Iterable[Finding]:
        for future in futures:
            if ports.has_unseen_exception(future) and not _is_anothers(future, stage):
                exc = future.exception()  # from now on somebody has asked for it
                if exc is not None and not _is_asyncios_own(future, exc):
                    yield from self._once(stage, future, exc)

    def _once(self, stage: StageView, future: Any, exc: BaseException) -> Iterable[Finding]:
        """Speak of an exception once: a task and those that pass its outcome on are one fault."""
        if any(exc is other for other in self._told):
            return
        self._told.append(exc)
        started = stage.sites.made_at(future) if isinstance(future, asyncio.Task) else None
        what = f"task {future.get_name()!r}" if isinstance(future, asyncio.Task) else "a future"
        place = raised_at(exc) or started or innermost_user_place()
        since = f" (started at {started})" if started and started != place else ""
        fact = f"{what}{since} failed with {summary(exc)}, and nobody asked for it"
        # The exception stands for the task, which may be dying right now.
        yield Finding(fact, place or stage.place, exc)


def _is_anothers(future: asyncio.Future[Any], stage: StageView) -> bool:
    """Say whether a future lives on a loop that runs in another thread."""
    loop = future.get_loop()
    return loop is not stage.loop and loop.is_running()


def _is_asyncios_own(future: asyncio.Future[Any], exc: BaseException) -> bool:
    """Say whether a future is one that streams keep for ``wait_closed()``.

    asyncio asks for its exception itself, when the stream is collected. No line
    of a user's has part in it: a transport has failed it with an error of the
    system's.
    """
    if isinstance(future, asyncio.Task) or exc.__traceback__ is None:
        return False
    return all(is_asyncios(frame.f_code.co_filename) for frame, _ in walk_tb(exc.__traceback__))
