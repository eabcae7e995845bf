"""Calls into the loop from another thread."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from .. import _ports as ports
from .._audit import Origin, user_line
from ._check import Check, Finding, Level, StageView
from ._inventory import inventory

_UNTIMED = ("call_soon", "stop", "add_reader", "add_writer", "remove_reader", "remove_writer")
_METHODS: tuple[str, ...] = (*_UNTIMED, "call_at", "call_later")


def _watch_from_first_thread(stage: StageView) -> None:
    """Have the loop watched as soon as there is another thread."""
    if ports.is_complete(stage.loop):
        inventory(stage).recorder.on_thread = functools.partial(_watch, stage)
        if ports.has_other_threads():
            _watch(stage)


def _anything_found(stage: StageView) -> bool:
    return bool(stage.memory.get(WrongThread))


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

    needs = (inventory, _watch_from_first_thread)
    signs = (_anything_found,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        return list(stage.memory[WrongThread].values())


def _watch(stage: StageView) -> None:
    """Stand before the methods of the loop; what is found is kept in the stage's memory."""
    if WrongThread in stage.memory:
        return
    found: dict[object, Finding] = {}
    stage.memory[WrongThread] = found
    loop, running = stage.loop, ports.running_loop

    def check(name: str, callback: Any) -> None:
        if running() is not loop and loop.is_running():
            _note(stage, found, name, callback)

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


def _note(stage: StageView, found: dict[object, Finding], name: str, callback: Any) -> None:
    line = user_line(sys._getframe(2))
    begun = inventory(stage).recorder.origin_of(threading.current_thread())
    place = Origin(line, 0).place or (begun.place if begun else None) or stage.place
    thread = threading.current_thread().name
    what = "" if callback is None else ports.name_of(callback)
    fact = f"{name}({what}) in thread {thread!r}"
    found.setdefault(line or fact, Finding(fact, place, callback, stage.moment))
