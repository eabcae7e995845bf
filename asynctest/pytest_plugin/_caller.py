"""Calls what a user wrote in the one task of a loop."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Coroutine
from contextvars import Context, copy_context
from typing import Any

from .._calls import Caller
from ._host import Host
from ._mirror import show

__all__ = ["HostCaller"]

__tracebackhide__ = True


class HostCaller(Caller):
    """Runs coroutines in a host's task, each in the context of its test."""

    stoppable = True
    """Whether what is called ends when a service of a fixture fails."""

    alone = False
    """Whether what is called is all that will ever run on this loop, if nothing ran before."""

    def __init__(self, loop: AbstractEventLoop, context: Context, host: Host) -> None:
        super().__init__(loop, context)
        self._host = host

    @property
    def is_inside(self) -> bool:
        """Whether a plain function that was called has not returned yet."""
        return self._inside

    def run(self, awaitable: Awaitable[Any]) -> Any:
        """Run the loop until an awaitable is done; for a fixture, also if a plain test asks."""
        if not (self._inside and isinstance(awaitable, Coroutine)):
            return super().run(awaitable)
        # The context of the test is entered already: no task can run in it.
        inside = copy_context()
        try:
            return self._host.run(awaitable, inside, stoppable=self.stoppable)
        finally:
            show(inside)

    def run_in_context(self, coro: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine in the host's task, or in one of its own if nothing ran before."""
        if self.alone and not self._host.has_begun:
            return super().run_in_context(coro)
        self.task = None
        return self._host.run(coro, self._context, stoppable=self.stoppable)

    def cancel(self) -> None:
        """Cancel what is being run, from a callback of the loop."""
        if self.task is None and self._host.is_working:
            self._host.cancel()
        else:
            super().cancel()
