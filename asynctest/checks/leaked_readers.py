"""Readers and writers left registered, after the clean-ups."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from typing import Any

from .. import _ports as ports
from .._audit import Origin, user_line
from ._check import Check, Finding, Level, StageView

_PAIRS = (("add_reader", "remove_reader"), ("add_writer", "remove_writer"))


class LeakedReaders(Check):
    """Callbacks of ``add_reader`` or ``add_writer`` that nobody has removed.

    Unlike ``active_selector_callbacks`` this looks after the clean-ups and sees
    only what was added by these two methods: transports have a check of their
    own. It works on every loop.
    """

    name = "leaked_readers"
    default = Level.WARN
    headline = "readers or writers were still registered at the end:"
    fix = "Call remove_reader or remove_writer before the file is closed"

    def before_test(self, stage: StageView) -> None:
        self._added: dict[tuple[str, Any], tuple[Any, Origin]] = {}
        if not ports.is_complete(stage.loop):
            return
        for add, remove in _PAIRS:
            stage.defer(ports.shadow(stage.loop, add, functools.partial(self._noting, stage, add)))
            stage.defer(ports.shadow(stage.loop, remove, functools.partial(self._forgetting, add)))

    def _noting(self, stage: StageView, name: str, usual: Callable[..., Any]) -> Callable[..., Any]:
        def add(fd: Any, callback: Any, *args: Any) -> Any:
            result = usual(fd, callback, *args)
            origin = Origin(user_line(sys._getframe(1)), stage.moment)
            self._added[name, _key(fd)] = (callback, origin)
            return result

        return add

    def _forgetting(self, name: str, usual: Callable[..., Any]) -> Callable[..., Any]:
        def remove(fd: Any) -> Any:
            self._added.pop((name, _key(fd)), None)
            return usual(fd)

        return remove

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        for (name, key), (callback, origin) in self._added.items():
            fact = f"{name}({key!r}, {ports.name_of(callback)})"
            yield Finding(fact, origin.place, callback, origin.moment)


def _key(fd: Any) -> Any:
    return fd if isinstance(fd, int) else fd.fileno()
