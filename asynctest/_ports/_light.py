"""A stock selector loop that makes its self-pipe when it is first needed.

Half of what a loop costs is the pair of sockets that other threads wake it
with, and most tests never wait for another thread. So the pair is made before
the loop first blocks, in the loop's own thread, or for a signal handler.

The race to keep in mind: another thread appends a callback to the ready queue,
then writes to the pipe if there is one. The loop makes the pipe, then looks at
the ready queue again, then blocks. Whichever way the two interleave, either the
write or the look sees the callback. ``test/test_light.py`` stresses it.

Checked on 3.11 to 3.15, where the overridden methods read the same.
"""

from __future__ import annotations

import asyncio
import selectors
import sys
import weakref
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._current import get_policy

__all__ = ["LightLoop", "new_event_loop", "plain_event_loop"]

LEANS_ON = (
    "asyncio.selector_events:BaseSelectorEventLoop._make_self_pipe",
    "asyncio.selector_events:BaseSelectorEventLoop._close_self_pipe",
    "asyncio.selector_events:BaseSelectorEventLoop()._ssock",
    "asyncio.selector_events:BaseSelectorEventLoop()._csock",
    "asyncio.base_events:BaseEventLoop()._ready",
)

if TYPE_CHECKING:
    _StockSelector = selectors.SelectSelector
else:
    _StockSelector = selectors.DefaultSelector


class _Selector(_StockSelector):
    """Has its loop make the self-pipe before the first wait; then it is a stock selector."""

    loop: weakref.ref[LightLoop]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        loop = self.loop()
        self.__class__ = _StockSelector  # type: ignore[assignment]
        if loop is not None and loop.make_self_pipe():
            timeout = 0
        return self.select(timeout)


class LightLoop(asyncio.SelectorEventLoop):
    """A selector event loop whose self-pipe is made late."""

    _ssock: Any
    _csock: Any
    _ready: Any

    # Who hears of exceptions and tasks. Attributes from the start, since an object
    # that gains some later is slower on 3.11, in everything it does.
    listener: Callable[[dict[str, Any]], object] | None
    on_task: Callable[[asyncio.Task[Any]], object] | None

    def __init__(self) -> None:
        self.listener = self.on_task = None
        selector = _Selector()
        selector.loop = weakref.ref(self)
        super().__init__(selector)

    def _make_self_pipe(self) -> None:
        self._ssock = self._csock = None

    def make_self_pipe(self) -> bool:
        """Make the pipe unless it is there; say whether callbacks are ready by now."""
        if self._ssock is None:
            super()._make_self_pipe()  # type: ignore[misc]
        return bool(self._ready)

    def _close_self_pipe(self) -> None:
        if self._ssock is not None:
            super()._close_self_pipe()  # type: ignore[misc]

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        if self.listener is not None:
            self.listener(context)
        super().call_exception_handler(context)

    if sys.version_info < (3, 12):  # later ones tell of cancellations by themselves

        def create_task(self, coro: Any, **options: Any) -> asyncio.Task[Any]:
            task: asyncio.Task[Any] = super().create_task(coro, **options)
            if self.on_task is not None:
                self.on_task(task)
            return task

    def add_signal_handler(  # type: ignore[override]
        self, sig: int, callback: Callable[..., Any], *args: Any
    ) -> None:
        self.make_self_pipe()  # signals arrive through it
        super().add_signal_handler(sig, callback, *args)


_stock = asyncio.events.new_event_loop  # who replaces it does so in ``asyncio``


def new_event_loop() -> AbstractEventLoop:
    """Return ``asyncio.new_event_loop()``, or a light loop where that is the same.

    It is not where somebody replaced that function or the policy, whose choice
    counts, nor where the stock loop is not a selector loop.
    """
    policy = get_policy()
    stock = (
        asyncio.new_event_loop is _stock
        and getattr(policy, "_loop_factory", None) is asyncio.SelectorEventLoop
        and type(policy).__module__.startswith("asyncio.")
        and "new_event_loop" not in vars(policy)
    )
    return LightLoop() if stock else asyncio.new_event_loop()


def plain_event_loop() -> AbstractEventLoop:
    """Return ``asyncio.new_event_loop()``, looked up now: tests replace it."""
    return asyncio.new_event_loop()
