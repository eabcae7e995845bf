"""Signal handlers left installed."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any

from .. import _ports as ports
from .._audit import Origin, user_line
from .._ports import _left
from ._check import Check, Finding, Level, StageView

_SIGNALS = tuple(
    number for number in signal.valid_signals() if not 32 <= number < 64 or number == signal.SIGINT
)


class LeakedSignalHandlers(Check):
    """Signal handlers that are not what they were before the test.

    Installed with ``signal.signal`` or ``loop.add_signal_handler``.
    """

    name = "leaked_signal_handlers"
    default = Level.WARN
    headline = "signals were handled differently after the test:"
    fix = "Put the handler back (signal.signal with what it returned, loop.remove_signal_handler)"

    def before_test(self, stage: StageView) -> None:
        self._before = list(map(signal.getsignal, _SIGNALS))
        self._added: dict[int, Origin] = {}

        def replace(usual: Callable[..., Any]) -> Callable[..., Any]:
            def add_signal_handler(sig: int, callback: Any, *args: Any) -> Any:
                self._added[sig] = Origin(user_line(sys._getframe(1)), stage.moment)
                return usual(sig, callback, *args)

            return add_signal_handler

        if ports.is_complete(stage.loop):
            stage.defer(ports.shadow(stage.loop, "add_signal_handler", replace))

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        now = list(map(signal.getsignal, _SIGNALS))
        if now == self._before:
            return
        of_loop = _left.signal_handlers(stage.loop)
        for number, before, after in zip(_SIGNALS, self._before, now, strict=True):
            if before == after:
                continue
            handle = of_loop.get(number)
            handler: Any = ports.callback_of(handle) if handle is not None else after
            name = ports.name_of(handler) if callable(handler) else str(handler)
            place = stage.sites.made_at(handler) if callable(handler) else None
            origin = self._added.get(number)
            if handle is not None and origin is not None:
                place = origin.place or place
            fact = f"{signal.Signals(number).name}: {name}"
            yield Finding(fact, place or stage.place, handler, origin.moment if origin else None)
