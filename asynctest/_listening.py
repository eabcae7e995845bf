"""Listening to what would otherwise only be logged or printed.

Each function starts to listen and returns the function that stops. Whatever
is heard still goes where it usually goes, except what the interpreter or a test
runner would merely print a second time.
"""

from __future__ import annotations

import logging
import sys
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Any

from . import _ports as ports

__all__ = ["listen_to_finalisers", "listen_to_loop", "listen_to_threads"]

_log = logging.getLogger("asyncio")
_Undo = Callable[[], None]


def listen_to_loop(loop: AbstractEventLoop, tell: Callable[[dict[str, Any]], None]) -> _Undo:
    """Hear what reaches the loop's exception handler, unless the test listens itself.

    A test listens if it has set a handler of its own or asserts on the log of
    asyncio.
    """
    if not ports.is_complete(loop):
        return lambda: None

    other = vars(loop).get("call_exception_handler")

    def replace(_: Callable[..., Any]) -> Callable[..., Any]:
        def call_exception_handler(context: dict[str, Any]) -> None:
            if loop.get_exception_handler() is None and not ports.is_being_asserted(_log):
                tell(context)
            if other is not None:
                other(context)
            else:  # looked up now: tests replace the method of the class
                type(loop).call_exception_handler(loop, context)

        return call_exception_handler

    return ports.shadow(loop, "call_exception_handler", replace)


def listen_to_threads(tell: Callable[[threading.ExceptHookArgs], None]) -> _Undo:
    """Hear what ends a thread that was started after this call."""
    before = set(threading.enumerate())
    usual = threading.excepthook
    quiet = usual is threading.__excepthook__ or _is_a_runners(usual)

    def hook(args: threading.ExceptHookArgs) -> None:
        known = args.thread in before or args.exc_type is SystemExit
        if not known:
            tell(args)
        if known or not quiet:
            usual(args)

    threading.excepthook = hook

    def undo() -> None:
        if threading.excepthook is hook:
            threading.excepthook = usual

    return undo


def listen_to_finalisers(tell: Callable[[Any], None]) -> _Undo:
    """Hear exceptions that the interpreter can raise nowhere; warnings made errors go on."""
    usual = sys.unraisablehook
    quiet = usual is sys.__unraisablehook__ or _is_a_runners(usual)

    def hook(args: Any) -> None:
        warned = isinstance(args.exc_value, Warning)
        if not warned:
            tell(args)
        if warned or not quiet:
            usual(args)

    sys.unraisablehook = hook

    def undo() -> None:
        if sys.unraisablehook is hook:
            sys.unraisablehook = usual

    return undo


def _is_a_runners(hook: Any) -> bool:
    """Say whether a hook is pytest's, which would report what we report."""
    function = getattr(hook, "func", hook)
    return (getattr(function, "__module__", "") or "").startswith("_pytest.")
