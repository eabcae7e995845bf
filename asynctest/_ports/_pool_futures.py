"""Seeing futures of thread pools fail, and being asked.

Who asks, waits or leaves a callback is about to see the exception. Both sides
run in threads of their own: under one lock, either the failure finds that
somebody has asked, or who asks takes the failure back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any
from weakref import WeakSet

from ._seen_calls import watch_calls

__all__ = ["watch_pool_futures"]

_METHODS: tuple[Any, ...] = (
    Future.set_exception,
    Future.result,
    Future.exception,
    Future.add_done_callback,
)


def watch_pool_futures(tell: Callable[[Any, BaseException | None], object]) -> None:
    """Hand over each future that fails unasked, with its exception, and each that is asked."""
    asked: WeakSet[Future[Any]] = WeakSet()
    lock = threading.RLock()

    def on_call(name: str, arguments: dict[str, Any]) -> None:
        future = arguments["self"]
        with lock:
            if name != "set_exception":
                if not _only_hears_of_cancellation(arguments.get("fn")):
                    asked.add(future)
                    tell(future, None)
            elif future not in asked and isinstance(arguments["exception"], BaseException):
                tell(future, arguments["exception"])

    watch_calls(_METHODS, on_call)


def _only_hears_of_cancellation(callback: Any) -> bool:
    """Say whether it is the callback that ``run_coroutine_threadsafe`` leaves for itself."""
    return getattr(callback, "__name__", "") == "_call_check_cancel"
