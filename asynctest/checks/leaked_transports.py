"""Streams and transports left open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._audit import Origin
from .._places import Place, place_of
from .._ports import _left as ports
from .._sites import is_users
from ._check import Check, Finding, Level, StageView
from ._inventory import Inventory, anything_left, inventory


class LeakedTransports(Check):
    """Connections and pipes that nobody closed: streams, transports, both sides of them.

    One that was told to close counts as closed, even if nobody has waited for it.
    The pipes of a child process are a matter for ``leaked_processes``.
    """

    name = "leaked_transports"
    default = Level.WARN
    headline = "streams or transports were still open at the end:"
    fix = "Close them (writer.close() and await writer.wait_closed()), also on the server's side"

    needs = (inventory,)
    signs = (anything_left,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        for transport in inventory(stage).take().transports:
            if ports.is_of_process(transport):
                continue
            file = ports.file_of(transport)
            inventory(stage).tell(file)
            origin = inventory(stage).origin_of(file)
            place = origin.place if origin else None
            if place is None:
                origin = _server_of(inventory(stage), file) or origin
                place = (origin.place if origin else None) or _handler(transport) or stage.place
            moment = origin.moment if origin else None
            yield Finding(_word(transport, file), place, transport, moment)


def _handler(transport: Any) -> Place | None:
    """Return where the code is that handles a connection: all that is known of its server."""
    place = place_of(ports.handler_of(transport))
    return place if place is not None and is_users(place.filename) else None


def _server_of(left: Inventory, file: Any) -> Origin | None:
    """Return where the server began that accepted a connection."""
    here = _ask(file, "getsockname")
    for _, ref, origin in left.made.sockets:
        other = ref()
        if here and other is not None and origin.place and _ask(other, "getsockname") == here:
            return origin
    return None


def _word(transport: Any, file: Any) -> str:
    here, there = _ask(file, "getsockname"), _ask(file, "getpeername")
    between = f" from {_text(here)} to {_text(there)}" if here or there else ""
    return f"{type(transport).__name__.strip('_')}{between}"


def _ask(file: Any, what: str) -> Any:
    try:
        return getattr(file, what)()
    except (AttributeError, OSError):
        return None


def _text(address: Any) -> str:
    if isinstance(address, tuple):
        return ":".join(map(str, address[:2]))
    return str(address or "an unnamed socket")
