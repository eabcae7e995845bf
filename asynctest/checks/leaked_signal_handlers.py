"""Signal handlers left installed."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from typing import Any

from .. import _ports as ports
from .._ports import _left
from ._check import Check, Finding, Level, StageView
from ._inventory import inventory
from ._notes import notes
from ._surroundings import anything_changed, surroundings

# What remove_signal_handler() installs, whatever there was before.
_USUAL = (signal.SIG_DFL, signal.default_int_handler)


class LeakedSignalHandlers(Check):
    """Signal handlers that are not what they were before the test.

    Installed with ``signal.signal`` or ``loop.add_signal_handler``.
    """

    name = "leaked_signal_handlers"
    default = Level.WARN
    headline = "signals were handled differently after the test:"
    fix = "Put the handler back (signal.signal with what it returned, loop.remove_signal_handler)"

    needs = (inventory, notes, surroundings)
    signs = (anything_changed,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        of_loop, added = _left.signal_handlers(stage.loop), notes(stage).signals
        was, now = surroundings(stage).before.handlers, surroundings(stage).now.handlers
        for number, before, after in zip(_left.SIGNALS, was, now, strict=True):
            if after == before or after in _USUAL:
                continue
            handle, origin = of_loop.get(number), added.get(number)
            handler: Any = ports.callback_of(handle) if handle is not None else after
            name = ports.name_of(handler) if callable(handler) else str(handler)
            place = stage.sites.made_at(handler) if callable(handler) else None
            if origin is not None:
                place = origin.place or place
            fact = f"{signal.Signals(number).name}: {name}"
            yield Finding(fact, place or stage.place, handler, origin.moment if origin else None)
