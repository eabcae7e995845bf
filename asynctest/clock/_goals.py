"""Moments somebody waits for by hand: ``advance()``, ``settle()``, ``sleep_real()``."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

__all__ = ["Alarm", "Goal"]


@dataclass(eq=False, slots=True)
class Goal:
    """Reached when the loop is idle and virtual time has come to ``target``.

    With a ``last_turn``, the loop must be idle before that pass; it was given
    ``turns`` passes for it.
    """

    target: int
    future: asyncio.Future[None]
    last_turn: int | None = None
    turns: int = 0

    def is_late(self, turn: int) -> bool:
        return self.last_turn is not None and self.last_turn <= turn

    def reach(self) -> None:
        if not self.future.done():
            self.future.set_result(None)

    def fail(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)


@dataclass(eq=False, slots=True)
class Alarm:
    """Reached at a moment of real time."""

    target: float
    future: asyncio.Future[None]

    def reach(self) -> None:
        if not self.future.done():
            self.future.set_result(None)
