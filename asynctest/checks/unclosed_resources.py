"""Things that were dropped without being closed."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

from .._audit import Origin
from .._ports import _left as ports
from ._check import Check, Finding, Level, StageView
from ._inventory import inventory, is_tools


class UnclosedResources(Check):
    """Sockets, files, streams, loops and the like that died without being closed.

    Python says so with a ResourceWarning, which it hides unless told otherwise, and
    charges it to whatever runs at that moment. Here it is charged to the test. A
    test that records or asserts warnings itself is left alone.
    """

    name = "unclosed_resources"
    default = Level.WARN
    headline = "resources died without being closed:"
    fix = "Close them, or use them in a with statement"

    needs = (inventory,)
    _found: Sequence[Finding] = ()
    _over = False

    def before_test(self, stage: StageView) -> None:
        stage.defer(ports.on_resource_warning(functools.partial(self._hear, stage)))

    def _hear(self, stage: StageView, message: Any) -> bool:
        origin = self._origin(stage, message)
        if is_tools(origin) or (self._over and ports.is_reported(message)):
            return False
        place = (origin.place if origin else None) or stage.place
        fact = str(message.message)
        self._found = [*self._found, Finding(fact, place, message.source, stage.moment)]
        return True

    def _origin(self, stage: StageView, message: Any) -> Origin | None:
        source = message.source
        if source is None:
            source = ports.speaker()
        file = ports.file_behind(source)
        return inventory(stage).origin_of(file) if file is not None else None

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        inventory(stage).take()
        self._over = True
        return ()

    def after_close(self, stage: StageView) -> Iterable[Finding]:
        return self._found
