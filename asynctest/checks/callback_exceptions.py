"""Exceptions in callbacks, protocols and stream handlers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from .. import _ports as ports
from .._sites import raised_at
from ._check import Check, Finding, Level, StageView
from ._exceptions import summary


class CallbackExceptions(Check):
    """Exceptions that went to the loop's exception handler and were only logged.

    They come from callbacks (``call_soon``, ``add_done_callback``, ``add_reader``),
    from methods of protocols and from handlers of stream servers. A test that sets
    an exception handler, or asserts on the log of asyncio, sees them itself.
    """

    name = "callback_exceptions"
    default = Level.WARN
    fix = "Handle it in the callback, or let the test learn of it, for example through a future"

    def on_loop_exception(self, stage: StageView, context: dict[str, Any]) -> Iterable[Finding]:
        exc = context.get("exception")
        if exc is not None and not _is_left_to_others(context, exc):
            fact = f"{_culprit(context)} raised {summary(exc)}, and nobody saw it"
            yield Finding(fact, raised_at(exc) or stage.place, exc)


def _is_left_to_others(context: dict[str, Any], exc: BaseException) -> bool:
    # Outcomes of tasks and futures are lost_exceptions' business; a cancellation
    # that a callback meets is usually that of a task which we stop at the end.
    return "future" in context or "task" in context or isinstance(exc, asyncio.CancelledError)


def _culprit(context: dict[str, Any]) -> str:
    handle = context.get("handle")
    if isinstance(handle, asyncio.Handle):
        callback = ports.callback_of(handle)
        return f"callback {getattr(callback, '__qualname__', None) or repr(callback)}"
    protocol = context.get("protocol")
    if protocol is not None:
        return f"protocol {type(protocol).__qualname__}"
    message = context.get("message", "something")
    return f"something ({message})"
