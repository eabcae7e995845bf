"""Where a loop keeps its selector, and how an event is handed to the loop.

``BaseSelectorEventLoop`` sets ``_selector`` when it is made and None when it
is closed; ``_process_events`` queues the callbacks of a list of ready keys and
drops those of cancelled handles. Both read the same on 3.11 to 3.15. A
completion loop keeps its proactor under the same name ``_selector``.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Iterable
from typing import Any

__all__ = [
    "LEANS_ON",
    "device_of",
    "process_events",
    "put_selector",
    "selector_of",
    "shows_device",
]

LEANS_ON: tuple[str, ...] = (
    "asyncio.selector_events:BaseSelectorEventLoop()._selector",
    "asyncio.selector_events:BaseSelectorEventLoop._process_events",
    "asyncio.proactor_events:BaseProactorEventLoop()._selector",
)


def shows_device(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether one can see what the loop waits on; uvloop keeps it to itself."""
    return hasattr(loop, "_selector")


def device_of(loop: asyncio.AbstractEventLoop) -> Any:
    """What the loop waits on: a selector or a proactor; None once it is closed."""
    return getattr(loop, "_selector", None)


def selector_of(loop: asyncio.AbstractEventLoop) -> selectors.BaseSelector | None:
    """The loop's selector; None if it has none, or is closed."""
    device = device_of(loop)
    return device if isinstance(device, selectors.BaseSelector) else None


def put_selector(loop: asyncio.AbstractEventLoop, selector: selectors.BaseSelector) -> None:
    """Make the loop wait on another selector from its next iteration on."""
    loop._selector = selector  # type: ignore[attr-defined]


def process_events(
    loop: asyncio.AbstractEventLoop, events: Iterable[tuple[selectors.SelectorKey, int]]
) -> None:
    """Queue the callbacks of these keys, as after a ``select()`` that returned them."""
    loop._process_events(events)  # type: ignore[attr-defined]
