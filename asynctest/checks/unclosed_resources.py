"""Things that were dropped without being closed."""

from __future__ import annotations

from collections.abc import Iterable
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

    def before_test(self, stage: StageView) -> None:
        self._found: list[Finding] = []
        self._over = False

        def tell(message: Any) -> bool:
            origin = self._origin(stage, message)
            if is_tools(origin) or (self._over and ports.is_reported(message)):
                return False
            place = (origin.place if origin else None) or stage.place
            fact = str(message.message)
            self._found.append(Finding(fact, place, message.source, stage.moment))
            return True

        stage.defer(ports.on_resource_warning(tell))

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
