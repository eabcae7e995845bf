"""Exceptions that ended a thread."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from .._sites import raised_at
from ._check import Check, Finding, Level, StageView
from ._exceptions import summary


class ThreadExceptions(Check):
    """Exceptions that ended a thread which the test has started.

    The interpreter prints them and the test passes. Threads from before the
    test are left alone, and so is a test that sets ``threading.excepthook``.
    """

    name = "thread_exceptions"
    default = Level.WARN
    fix = "Handle it in the thread, or hand it over, for example through a concurrent future"

    def on_thread_exception(
        self, stage: StageView, args: threading.ExceptHookArgs
    ) -> Iterable[Finding]:
        exc = args.exc_value
        if exc is not None:
            name = args.thread.name if args.thread is not None else "(gone)"
            fact = f"thread {name!r} ended with {summary(exc)}, and nobody saw it"
            yield Finding(fact, raised_at(exc) or stage.place, exc)
