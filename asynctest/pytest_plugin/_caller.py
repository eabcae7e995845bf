"""Calls what a user wrote in the one task of a loop."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Coroutine
from contextvars import Context
from typing import Any

from .._calls import Caller
from ._host import Host

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
