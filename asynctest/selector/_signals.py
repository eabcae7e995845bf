"""Saying that a file is ready."""

from __future__ import annotations

import asyncio
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

from .._ports import _selectors as ports
from ._attach import unsupported

__all__ = ["set_read_ready", "set_write_ready"]


def set_read_ready(fileobj: Any, loop: asyncio.AbstractEventLoop) -> None:
    """Let a file be ready for reading, once.

    The callback given to ``loop.add_reader`` is looked up in the loop's next
    iteration and called in the one after. If there is none by then, nothing
    happens. May be called from any thread.

    >>> import asynctest
    >>> class Test(asynctest.TestCase):
    ...     async def runTest(self):
    ...         file = asynctest.FileMock()
    ...         self.loop.add_reader(file, print, "readable")
    ...         set_read_ready(file, self.loop)
    ...         await asynctest.exhaust_callbacks(self.loop)
    >>> Test().debug()
    readable

    Raises `LoopNotSupported` on a loop that does not show what it waits on,
    RuntimeError on a closed one.
    """
    _announce(fileobj, loop, EVENT_READ)


def set_write_ready(fileobj: Any, loop: asyncio.AbstractEventLoop) -> None:
    """Let a file be ready for writing, once; otherwise like `set_read_ready`."""
    _announce(fileobj, loop, EVENT_WRITE)


def _announce(fileobj: Any, loop: asyncio.AbstractEventLoop, event: int) -> None:
    if not ports.shows_device(loop):
        raise unsupported(loop)
    loop.call_soon_threadsafe(_deliver, fileobj, loop, event)


def _deliver(fileobj: Any, loop: asyncio.AbstractEventLoop, event: int) -> None:
    device = ports.device_of(loop)
    if hasattr(device, "mock_ready"):  # a proactor that knows stand-ins
        device.mock_ready(fileobj, event)
        return
    try:
        key = device.get_key(fileobj)
    except (KeyError, ValueError):  # removed meanwhile, or never there
        return
    ports.process_events(loop, [(key, event)])
