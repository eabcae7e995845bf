"""Asynchronous generators left half-way."""

from __future__ import annotations

from collections.abc import Iterable
from types import CodeType

from .._audit import Origin
from .._bytecode import has_to_clean_up
from .._places import Place, line_at
from .._ports import _left as ports
from .._sites import is_users
from ._check import Check, Finding, Level, Skipped, StageView
from ._inventory import inventory
from ._notes import anything_noted, notes


class LeakedGenerators(Check):
    """Asynchronous generators that were begun, and neither exhausted nor closed.

    ``break`` in ``async for`` leaves one half-way, and so does an exception. What
    it would do in ``finally`` or on leaving ``async with`` happens later, in another
    task, or not at all. One that ends in the test's own clean-up is in time, and
    one that stands outside of any ``try`` and ``with`` has nothing to do any more.
    """

    name = "leaked_generators"
    default = Level.WARN
    headline = "asynchronous generators were left half-way:"
    fix = "Use async with contextlib.aclosing(generator), or await its aclose()"

    needs = (inventory, notes)
    signs = (anything_noted,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        noted = notes(stage)
        if noted.hides_generators:
            raise Skipped("this loop does not show its generators")
        found = [
            _finding(code, offset, "was dropped", noted.begun.get(number))
            for code, offset, number in noted.dropped
            if has_to_clean_up(code, offset)
        ]
        for generator in ports.begun_generators(stage.loop):
            if id(generator) in noted.begun and not generator.ag_running:
                code, offset = generator.ag_code, ports.offset_in_generator(generator)
                if has_to_clean_up(code, offset):
                    found.append(_finding(code, offset, "stands", noted.begun[id(generator)]))
        return found


def _finding(code: CodeType, offset: int, how: str, origin: Origin | None) -> Finding:
    at = Place(code.co_filename, line_at(code, offset))
    place = origin.place if origin else None
    if place is None and is_users(code.co_filename):
        place = Place(code.co_filename, code.co_firstlineno, code.co_qualname)
    moment = origin.moment if origin else None
    return Finding(f"{code.co_qualname} {how} at {at}", place, code, moment)
