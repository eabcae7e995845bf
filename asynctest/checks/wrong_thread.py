"""Calls into the loop from another thread."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from .. import _ports as ports
from .._audit import Origin, user_line
from .._ports import _left
from ._check import Check, Finding, Level, StageView
from ._inventory import inventory

_UNTIMED = ("call_soon", "stop", "add_reader", "add_writer", "remove_reader", "remove_writer")
_METHODS: tuple[str, ...] = (*_UNTIMED, "call_at", "call_later")


def _anything_watched(stage: StageView) -> bool:
    return WrongThread in stage.memory


class WrongThread(Check):
    """``call_soon`` and what needs it, used in a thread that does not run the loop.

    Completing a future, cancelling or making a task, setting an event, putting
    into a queue: all of these call ``call_soon`` in the end. From another thread
    they work by chance: the loop may sleep on until something else wakes it. So it is
    with ``stop`` and with adding and removing readers and writers.

    The loop is watched from the first thread that a test starts, so that a test
    without threads pays nothing.
    """

    name = "wrong_thread"
    default = Level.WARN
    headline = "the loop was used from another thread:"
    fix = "Use loop.call_soon_threadsafe() or asyncio.run_coroutine_threadsafe()"

    needs = (inventory,)
    signs = (_anything_watched,)
    _watching = False

    def before_test(self, stage: StageView) -> None:
        if ports.is_complete(stage.loop):
            made = self._made = inventory(stage).recorder
            made.on_thread = functools.partial(self._watch, stage)
            if threading.active_count() > 1:
                self._watch(stage)

    def _watch(self, stage: StageView) -> None:
        if self._watching:
            return
        self._watching = stage.memory[WrongThread] = True
        self._found: dict[object, Finding] = {}
        loop, running = stage.loop, _left.running_loop

        def check(name: str, callback: Any) -> None:
            if running() is not loop and loop.is_running():
                self._note(stage, name, callback)

        def before(name: str, usual: Callable[..., Any]) -> Callable[..., Any]:
            def checking(*args: Any, **kwargs: Any) -> Any:
                check(name, next(filter(callable, args), None))
                return usual(*args, **kwargs)

            return checking

        names = _METHODS
        if isinstance(loop, ports.LightLoop):  # which notes the line that sets a timer
            loop.on_timer, names = check, _UNTIMED
            stage.defer(functools.partial(setattr, loop, "on_timer", None))
        for name in names:
            stage.defer(ports.shadow(loop, name, before(name, getattr(loop, name))))

    def _note(self, stage: StageView, name: str, callback: Any) -> None:
        line = user_line(sys._getframe(2))
        begun = self._made.origin_of(threading.current_thread())
        place = Origin(line, 0).place or (begun.place if begun else None) or stage.place
        thread = threading.current_thread().name
        what = "" if callback is None else ports.name_of(callback)
        fact = f"{name}({what}) in thread {thread!r}"
        self._found.setdefault(line or fact, Finding(fact, place, callback, stage.moment))

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        return list(self._found.values())
