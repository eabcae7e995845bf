"""Where a completion loop keeps its proactor, and what is pending there.

``BaseProactorEventLoop`` sets ``_proactor``, and ``_selector`` as another name
for it, when it is made, and both to None when it is closed. Windows' own
proactor keeps what is pending in ``_cache``: future, overlapped structure,
object and callback by address. A future shows its callbacks, with their
contexts, as ``_callbacks``. All this reads the same on 3.11 to 3.15.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

__all__ = ["LEANS_ON", "pending_io", "proactor_of", "put_proactor"]

LEANS_ON: tuple[str, ...] = (
    "asyncio.proactor_events:BaseProactorEventLoop()._proactor",
    "asyncio.proactor_events:BaseProactorEventLoop()._selector",
    "asyncio.proactor_events:BaseProactorEventLoop()._self_reading_future",
    "asyncio.futures:Future._callbacks",
)


def proactor_of(loop: asyncio.AbstractEventLoop) -> Any:
    """The loop's proactor; None if it has none, or is closed."""
    return getattr(loop, "_proactor", None)


def put_proactor(loop: Any, proactor: Any) -> None:
    """Make the loop do its I/O through another proactor from now on."""
    if loop._selector is loop._proactor:
        loop._selector = proactor
    loop._proactor = proactor


def pending_io(loop: Any) -> list[tuple[str, object, object]]:
    """What a completion loop was asked to do and has not done: what, on what, for whom."""
    proactor = proactor_of(loop)
    found = [] if proactor is None else list(_pending(loop, proactor))
    return [(what, on, _waiting_for(future)) for what, on, future in found]


def _pending(loop: Any, proactor: Any) -> Iterator[tuple[str, object, Any]]:
    for operation in getattr(proactor, "pending_on_mocks", list)():
        yield operation.what, operation.place.owner, operation
    if hasattr(proactor, "pending"):
        for operation in proactor.pending():
            yield operation.what, operation.place.owner, operation
        return
    own = getattr(loop, "_self_reading_future", None)
    for future, _, conn, _ in list(getattr(proactor, "_cache", {}).values()):
        if not future.done() and future is not own:
            yield "I/O", conn, future


def _waiting_for(future: Any) -> object:
    callbacks = getattr(future, "_callbacks", None)
    return callbacks[0][0] if callbacks else None
