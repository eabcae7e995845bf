"""Servers left open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ._check import Check, Finding, Level, StageView
from ._inventory import anything_left, inventory


class LeakedServers(Check):
    """Servers that were not closed: they still listen when the test is over.

    Leaving ``async with server`` closes it, and so does ``server.close()``.
    """

    name = "leaked_servers"
    default = Level.WARN
    headline = "servers were still open at the end:"
    fix = "Close them: async with server, or server.close() in a clean-up"

    needs = (inventory,)
    signs = (anything_left,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        for server in inventory(stage).take().servers:
            sockets = list(server.sockets)
            inventory(stage).tell(*sockets)
            origin = inventory(stage).origin_of(sockets[0])
            fact = f"a server on {' and '.join(map(_address, sockets))}"
            if origin is None:
                yield Finding(fact, stage.place, server)
            else:
                yield Finding(fact, origin.place or stage.place, server, origin.moment)


def _address(sock: Any) -> str:
    name = sock.getsockname()
    return f"{name[0]}:{name[1]}" if isinstance(name, tuple) else str(name) or "an unnamed socket"
