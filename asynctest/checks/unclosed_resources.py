"""Things that were dropped without being closed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._ports import _left as ports
from ._check import Check, Finding, Level, StageView
from ._inventory import anything_left, inventory, is_tools


class UnclosedResources(Check):
    """Sockets, files, streams, loops and the like that died without being closed.

    Python says so with a ResourceWarning, which it hides unless told otherwise, and
    charges it to whatever runs at that moment. Here it is charged to the test, also
    where Python would hide it; a filter of your own that ignores it counts. A test
    that records or asserts warnings itself is left alone.
    """

    name = "unclosed_resources"
    default = Level.WARN
    headline = "resources died without being closed:"
    fix = "Close them, or use them in a with statement"

    needs = (inventory,)
    signs = (anything_left,)

    def on_shown_warning(self, stage: StageView, message: Any) -> Iterable[Finding] | bool:
        if not issubclass(message.category, ResourceWarning):
            return ()
        source = message.source if message.source is not None else ports.speaker()
        file = ports.file_behind(source)
        origin = inventory(stage).origin_of(file) if file is not None else None
        # What dies now, or with the loop, was found before, as left open.
        if inventory(stage).is_told(file):
            return True
        over = stage.over or inventory(stage).is_over
        if is_tools(origin) or (over and self._is_known(stage, message, file)):
            return ()
        place = (origin.place if origin else None) or stage.place
        return [Finding(str(message.message), place, message.source)]

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        left = inventory(stage).take()  # what is about to be closed is closed now
        left.let_go()  # the checks before this one have looked; what Python says is still heard
        return ()

    def _is_known(self, stage: StageView, message: Any, file: Any) -> bool:
        return ports.is_reported(message) or inventory(stage).saw(file)
