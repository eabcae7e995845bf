"""Sockets left open."""

from __future__ import annotations

from collections.abc import Iterable

from ._check import Check, Finding, Level, StageView
from ._inventory import anything_left, inventory, is_tools


class LeakedSockets(Check):
    """Sockets that the test or the code under test opened and nobody closed.

    Sockets of servers and transports are reported as such.
    """

    name = "leaked_sockets"
    default = Level.WARN
    headline = "sockets were still open at the end:"
    fix = "Close them: with socket, or addCleanup(socket.close)"

    needs = (inventory,)
    signs = (anything_left,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        for sock in inventory(stage).take().sockets:
            origin = inventory(stage).origin_of(sock)
            # Without a line of anybody's it is the loop's own.
            if origin is None or is_tools(origin) or not (origin.line or origin.maker):
                continue
            inventory(stage).tell(sock)
            place = origin.place or stage.place
            yield Finding(f"{sock!r}", place, sock, origin.moment)
