"""The heap of one test, told apart from everything that was there before it.

Garbage in a cycle, an unseen exception among it, dies when the collector
happens to run: in somebody else's test. So each test ends with a collection.
On a heap of 100 MB that would take a tenth of a second; therefore what is there
when a test starts is moved out of the collector's sight (`gc.freeze`), and a
collection costs only what the test itself has made.

The heap is the process's, not ours: who has frozen it or has switched the
collector off is left alone, and then nothing is collected or counted here.
"""

from __future__ import annotations

import gc

__all__ = ["Heap"]

_FULL_AFTER = 200_000

_owner: Heap | None = None
_since_full = 0  # objects that no complete collection has looked at


class Heap:
    """What one test makes: freeze, let the test run, collect and look, thaw."""

    def __init__(self) -> None:
        self._enabled = False

    def freeze(self) -> None:
        """Put everything made so far out of the collector's sight."""
        global _owner
        self._enabled = gc.isenabled()
        if self._enabled and _owner is None and gc.get_freeze_count() == 0:
            _note(*gc.get_count())
            _owner = self
            gc.freeze()

    @property
    def mine(self) -> bool:
        """Whether what the collector sees was made by this test."""
        return _owner is self

    def collect(self) -> None:
        """Collect the garbage of the test, unless its owner wants no collections."""
        if self._enabled and gc.isenabled():
            gc.collect()

    def made(self) -> list[object]:
        """Return what the test made and what is still alive; nothing if that is unknown."""
        return gc.get_objects() if self.mine else []

    def thaw(self) -> None:
        """Show the collector everything again; sometimes let it look at all of it.

        The collections of single tests reset the counters that would have
        started one, so we count in its place.
        """
        global _owner, _since_full
        if not self.mine:
            return
        _since_full += len(self.made())
        _owner = None
        gc.unfreeze()
        if _since_full > _FULL_AFTER and gc.isenabled():
            _since_full = 0
            gc.collect()


def _note(young: int, middle: int, old: int) -> None:
    global _since_full
    first, second, _ = gc.get_threshold()
    _since_full += young + middle * first + old * first * second
