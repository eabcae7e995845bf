"""Listening to what would otherwise only be logged or printed.

Each ear is put in the place of a hook of the interpreter or of the loop while a
test runs. Whatever it hears still goes where it usually goes, except what the
interpreter or a test runner would merely print a second time. Small objects
rather than closures: the collection at the end of each test looks at them all.
"""

from __future__ import annotations

import logging
import sys
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Any

from . import _ports as ports
from ._cancelling import watch_cancellations

__all__ = ["EARS"]

_log = logging.getLogger("asyncio")
_Undo = Callable[[], None]
_Tell = Callable[..., bool]


class _LoopEar:
    """Hears what reaches the loop's exception handler, unless the test listens itself.

    A test listens if it has set a handler of its own or asserts on the log of
    asyncio.
    """

    __slots__ = ("loop", "other", "tell")

    def __init__(self, loop: AbstractEventLoop, tell: _Tell) -> None:
        self.loop, self.tell = loop, tell
        self.other: Any = None

    def start(self) -> _Undo | None:
        if not ports.is_complete(self.loop):
            return None
        self.other = vars(self.loop).get("call_exception_handler")
        return ports.shadow(self.loop, "call_exception_handler", self)

    def __call__(self, context: dict[str, Any]) -> None:
        if self.loop.get_exception_handler() is None and not ports.is_being_asserted(_log):
            self.tell(context)
        if self.other is not None:
            self.other(context)
        else:  # looked up now: tests replace the method of the class
            type(self.loop).call_exception_handler(self.loop, context)


class _ThreadEar:
    """Hears what ends a thread that was started after this one began to listen."""

    __slots__ = ("before", "quiet", "tell", "usual")

    def __init__(self, loop: AbstractEventLoop, tell: _Tell) -> None:
        self.tell = tell

    def start(self) -> _Undo:
        self.before = threading.enumerate()
        self.usual = threading.excepthook
        self.quiet = self.usual is threading.__excepthook__ or _is_a_runners(self.usual)
        threading.excepthook = self
        return self.stop

    def __call__(self, args: threading.ExceptHookArgs) -> None:
        known = args.thread in self.before or args.exc_type is SystemExit
        if known or not self.tell(args) or not self.quiet:
            self.usual(args)

    def stop(self) -> None:
        if threading.excepthook is self:
            threading.excepthook = self.usual


class _FinaliserEar:
    """Hears exceptions that the interpreter can raise nowhere; warnings made errors go on."""

    __slots__ = ("quiet", "tell", "usual")

    def __init__(self, loop: AbstractEventLoop, tell: _Tell) -> None:
        self.tell = tell

    def start(self) -> _Undo:
        self.usual = sys.unraisablehook
        self.quiet = self.usual is sys.__unraisablehook__ or _is_a_runners(self.usual)
        sys.unraisablehook = self
        return self.stop

    def __call__(self, args: Any) -> None:
        warned = isinstance(args.exc_value, Warning)
        if warned or not self.tell(args) or not self.quiet:
            self.usual(args)

    def stop(self) -> None:
        if sys.unraisablehook is self:
            sys.unraisablehook = self.usual


class _CoroutineEar:
    """Hears of coroutines that die unstarted, unless the test filters or records warnings."""

    __slots__ = ("state", "tell", "usual")

    def __init__(self, loop: AbstractEventLoop, tell: _Tell) -> None:
        self.tell = tell

    def start(self) -> _Undo:
        self.state = ports.WarningsState()
        self.usual, undo = ports.on_unawaited(self)
        return undo

    def __call__(self, coro: Any) -> None:
        if self.state.changed or not self.tell(coro):
            self.usual(coro)


class _CancellationEar:
    """Hears of tasks being cancelled."""

    __slots__ = ("loop", "tell")

    def __init__(self, loop: AbstractEventLoop, tell: _Tell) -> None:
        self.loop, self.tell = loop, tell

    def start(self) -> _Undo:
        return watch_cancellations(self.loop, self.tell)


EARS: tuple[tuple[str, Any], ...] = (
    ("on_loop_exception", _LoopEar),
    ("on_thread_exception", _ThreadEar),
    ("on_unraisable", _FinaliserEar),
    ("on_unawaited", _CoroutineEar),
    ("on_cancelled", _CancellationEar),
)
"""What hears for which hook of a check."""


def _is_a_runners(hook: Any) -> bool:
    """Say whether a hook is pytest's, which would report what we report."""
    function = getattr(hook, "func", hook)
    return (getattr(function, "__module__", "") or "").startswith("_pytest.")
