"""Listening to what would otherwise only be logged or printed.

Each ear is put in the place of a hook of the interpreter or of the loop while a
test runs. Whatever it hears still goes where it usually goes, except what the
interpreter or a test runner would merely print a second time. Small objects
rather than closures: the collection at the end of each test looks at them all.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import sys
import threading
import warnings
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterable, Set
from types import CodeType
from typing import Any

from . import _ports as ports
from ._cancelling import Cancellations, keep_failure, note_cancellations
from ._overdue import LostTimeout, Overdue
from ._places import Place
from ._ports._pool_futures import watch_pool_futures
from ._ports._primitives import watch_primitives
from ._ports._timeouts import watch_timeouts
from ._raising import CAN_WATCH, Watcher, want, watch, watch_coroutines

__all__ = ["EARS", "switch_on"]

_log = logging.getLogger("asyncio")
_Undo = Callable[[], None]
_Tell = Callable[..., bool]
_lock = threading.RLock()


class _LoopEar:
    """Hears what reaches the loop's exception handler, unless the test listens itself.

    A test listens if it has set a handler of its own or asserts on the log of
    asyncio. Other loops that the test runs, with ``asyncio.run`` for example, are
    heard by what they log.
    """

    __slots__ = ("heard", "loop", "other", "tell", "thread")

    def __init__(self, loop: AbstractEventLoop, tell: _Tell) -> None:
        self.loop, self.tell = loop, tell
        self.other: Any = None
        self.heard: BaseException | None = None
        self.thread = threading.get_ident()

    def start(self) -> _Undo | None:
        if isinstance(self.loop, ports.LightLoop):
            self.other, self.loop.listener = self.loop.listener, self.hear
            undo: _Undo | None = None
        elif ports.is_complete(self.loop):
            self.other = vars(self.loop).get("call_exception_handler")
            undo = ports.shadow(self.loop, "call_exception_handler", self)
        else:
            return None
        _log.addFilter(self)
        return functools.partial(self.stop, undo)

    def stop(self, undo: _Undo | None) -> None:
        _log.removeFilter(self)
        if undo is not None:
            undo()
        elif isinstance(self.loop, ports.LightLoop):
            self.loop.listener = self.other

    def hear(self, context: dict[str, Any]) -> None:
        self.heard = context.get("exception")
        if self.loop.get_exception_handler() is None and not ports.is_being_asserted(_log):
            self.tell("on_loop_exception", context)

    def __call__(self, context: dict[str, Any]) -> None:
        self.hear(context)
        if self.other is not None:
            self.other(context)
        else:  # looked up now: tests replace the method of the class
            type(self.loop).call_exception_handler(self.loop, context)

    def filter(self, record: logging.LogRecord) -> bool:
        """Read what asyncio logs, without keeping any of it back."""
        exc = record.exc_info[1] if record.exc_info else None
        known = exc is None or exc is self.heard or record.thread != self.thread
        if not known and not ports.is_being_asserted(_log):
            message = record.getMessage().partition("\n")[0]
            context: dict[str, Any] = {"message": message, "exception": exc}
            if message.endswith("exception was never retrieved"):
                context["future"] = None
            self.tell("on_loop_exception", context)
        return True


class _SharedEar:
    """Listens at what all threads of the process share.

    The hooks are taken when the first test begins to listen and given back when the
    last one has ended, in whatever order tests in several threads do that. Of
    several, the one that was begun last in the same thread is told.
    """

    __slots__ = ("before", "loop", "state", "tell", "thread")

    def __init__(self, loop: AbstractEventLoop, tell: Callable[..., bool]) -> None:
        self.loop, self.tell = loop, tell

    def start(self) -> _Undo:
        self.thread = threading.get_ident()
        self.before = threading.enumerate() if ports.has_other_threads() else ()
        self.state = ports.WarningsState()
        with _lock:
            if not _listening:
                _hooks.take()
            _listening.append(self)
        return self.stop

    def stop(self) -> None:
        with _lock:
            _listening.remove(self)
            if not _listening:
                _hooks.give_back()


_listening: list[_SharedEar] = []


def _listener() -> _SharedEar | None:
    """Return whose business it is what happens in this thread."""
    ears = _listening
    if len(ears) > 1:
        thread = threading.get_ident()
        ears = [ear for ear in ears if ear.thread == thread]
    return ears[-1] if ears else None


def _tell(hook: str, *what: Any) -> None:
    ear = _listener()
    if ear is not None:
        ear.tell(hook, *what)


def _tell_of_task(hook: str, task: asyncio.Task[Any], what: Any) -> None:
    """Tell the test on whose loop a task runs."""
    loop = task.get_loop()
    for ear in reversed(_listening):
        if ear.loop is loop:
            ear.tell(hook, task, what)
            break


def _keep_failure(code: CodeType, exc: BaseException) -> None:
    loop = ports.running_loop()
    if loop is not None and any(ear.loop is loop for ear in _listening):
        keep_failure(code, exc)


def _tell_of_cancelled(task: asyncio.Task[Any], place: Place | None) -> None:
    _tell_of_task("on_cancelled", task, place)


def _tell_of_timeout(task: asyncio.Task[Any], lost: LostTimeout) -> None:
    _tell_of_task("on_timeout_lost", task, lost)


class _Exceptions(Watcher):
    """Hands on what it sees of exceptions; watches for good once a check follows some."""

    def raised(self, code: CodeType, offset: int, exc: BaseException) -> None:
        _tell("on_raised", code, offset, exc)

    def reraised(self, code: CodeType, offset: int, exc: BaseException) -> None:
        _tell("on_reraised", code, offset, exc)

    def handled(self, code: CodeType, offset: int, exc: BaseException) -> None:
        _tell("on_handled", code, offset, exc)


_exceptions = _Exceptions()
_exceptions.kinds = ()
_cancellations = Cancellations(_tell_of_cancelled)
_overdue = Overdue(_tell_of_timeout)


def switch_on(hooks: Set[str], kinds: Iterable[type[BaseException]]) -> None:
    """Begin to see what is seen for good: to switch it for each test would cost more."""
    if "on_primitive" in hooks:
        watch_primitives(functools.partial(_tell, "on_primitive"))
    if "on_pool_future" in hooks:
        watch_pool_futures(functools.partial(_tell, "on_pool_future"))
    if "on_cancelled" in hooks:
        watch(_cancellations)
    if "on_loop_exception" in hooks:
        watch_coroutines(_keep_failure)
    if "on_timeout_lost" in hooks:
        watch_timeouts(_overdue.runs_out)
    missing = tuple(kind for kind in kinds if kind not in _exceptions.kinds)
    if missing:
        _exceptions.kinds += missing
        want(missing)
        watch(_exceptions)


class _Hooks:
    """What stands in the place of four hooks of the interpreter while a test listens."""

    def __init__(self) -> None:
        self.thread = ports.Standin(threading, "excepthook", self.on_thread)
        self.finaliser = ports.Standin(sys, "unraisablehook", self.on_finaliser)
        self.coroutine = ports.for_unawaited(self.on_coroutine)
        self.shown = ports.for_shown_warnings(self.on_shown)
        self.resources = ports.ResourceFilter()
        self._all = (self.thread, self.finaliser, self.coroutine, self.shown)

    def take(self) -> None:
        """Put ours in the place of what is there."""
        ports.Standin.take_places(self._all)
        self.resources.begin()

    def give_back(self) -> None:
        """Put back what was there, except where the user has put something since."""
        ports.Standin.give_back(self._all)
        self.resources.end()

    def on_thread(self, args: threading.ExceptHookArgs) -> None:
        """Hear what ends a thread that was started after the test."""
        ear = _listener()
        heard = (
            ear is not None
            and args.thread not in ear.before
            and args.exc_type is not SystemExit
            and ear.tell("on_thread_exception", args)
        )
        usual = self.thread.usual
        if not heard or not (usual is threading.__excepthook__ or _is_a_runners(usual)):
            usual(args)

    def on_finaliser(self, args: Any) -> None:
        """Hear exceptions that can be raised nowhere; warnings made errors go on."""
        ear = _listener()
        warned = isinstance(args.exc_value, Warning)
        heard = ear is not None and not warned and ear.tell("on_unraisable", args)
        usual = self.finaliser.usual
        if not heard or not (usual is sys.__unraisablehook__ or _is_a_runners(usual)):
            usual(args)

    def on_coroutine(self, coro: Any) -> None:
        """Hear of coroutines that die unstarted, unless the test filters or records warnings."""
        ear = _listener()
        if ear is not None and not ear.state.changed and ear.tell("on_unawaited", coro):
            return
        if len(coro.cr_origin or ()) == 1:
            # The origin is there for our sake. Without it the text is what it would have been.
            text = f"coroutine {coro.__qualname__!r} was never awaited"
            warnings.warn(text, RuntimeWarning, stacklevel=2, source=coro)
        else:
            self.coroutine.usual(coro)
        # Whoever has recorded the warning keeps the coroutine: it must not be found again.
        coro.close()

    def on_shown(self, message: Any) -> None:
        """Hear of warnings about to be shown, unless the test filters or records them."""
        ear = _listener()
        if ear is not None and not ear.state.changed and ear.tell("on_shown_warning", message):
            return
        # What only we have asked for is nothing that anybody else wants to see.
        if not (issubclass(message.category, ResourceWarning) and self.resources.is_alone()):
            self.shown.usual(message)


_hooks = _Hooks()


class _CancellationEar:
    """Hears of tasks being cancelled, dead ones too, where that has to be heard at each loop."""

    __slots__ = ("loop", "tell")

    def __init__(self, loop: AbstractEventLoop, tell: _Tell) -> None:
        self.loop, self.tell = loop, tell

    def start(self) -> _Undo:
        return note_cancellations(self.loop, functools.partial(self.tell, "on_cancelled"))


_SHARED = {
    *("on_thread_exception", "on_unraisable", "on_unawaited", "on_shown_warning"),
    *("on_primitive", "on_pool_future", "on_raised", "on_reraised", "on_handled"),
    "on_timeout_lost",
}

EARS: tuple[tuple[frozenset[str], Any], ...] = (
    (frozenset({"on_loop_exception"}), _LoopEar),
    (frozenset(_SHARED | {"on_cancelled"} if CAN_WATCH else _SHARED), _SharedEar),
    *(() if CAN_WATCH else ((frozenset({"on_cancelled", "on_loop_exception"}), _CancellationEar),)),
)
"""What hears for which hooks of checks."""


def _is_a_runners(hook: Any) -> bool:
    """Say whether a hook is pytest's, which would report what we report."""
    function = getattr(hook, "func", hook)
    return (getattr(function, "__module__", "") or "").startswith("_pytest.")
