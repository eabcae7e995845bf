"""Asynchronous generators left half-way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from .._audit import Origin, user_line
from .._places import Place
from .._ports import _left as ports
from .._sites import is_users
from ._check import Check, Finding, Level, StageView
from ._inventory import inventory


class LeakedGenerators(Check):
    """Asynchronous generators that were begun, and neither exhausted nor closed.

    ``break`` in ``async for`` leaves one half-way, and so does an exception. What
    it would do in ``finally`` or on leaving ``async with`` happens later, in another
    task, or not at all. One that ends in the test's own clean-up is in time.
    """

    name = "leaked_generators"
    default = Level.WARN
    headline = "asynchronous generators were left half-way:"
    fix = "Use async with contextlib.aclosing(generator), or await its aclose()"

    def before_test(self, stage: StageView) -> None:
        self._inventory = inventory(stage)
        self._begun: dict[int, Origin] = {}
        self._dropped: list[Finding] = []

        def begin(usual: Callable[..., Any]) -> Callable[..., Any]:
            def hook(generator: Any) -> Any:
                self._begun[id(generator)] = Origin(user_line(sys._getframe(1)), stage.moment)
                return usual(generator)

            return hook

        def drop(usual: Callable[..., Any]) -> Callable[..., Any]:
            def hook(generator: Any) -> Any:
                if generator.ag_frame is not None:
                    self._dropped.append(self._finding(generator, "was dropped"))
                return usual(generator)

            return hook

        ports.watch_generators(stage.loop, begin, drop, stage.defer)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        self._inventory.take()
        yield from self._dropped
        for generator in ports.begun_generators(stage.loop):
            if id(generator) in self._begun and not generator.ag_running:
                yield self._finding(generator, "stands")

    def _finding(self, generator: Any, how: str) -> Finding:
        origin, code = self._begun.get(id(generator)), generator.ag_code
        at = Place(code.co_filename, generator.ag_frame.f_lineno)
        place = origin.place if origin else None
        if place is None and is_users(code.co_filename):
            place = Place(code.co_filename, code.co_firstlineno, code.co_qualname)
        moment = origin.moment if origin else None
        return Finding(f"{generator.__qualname__} {how} at {at}", place, code, moment)
