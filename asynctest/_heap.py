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

import contextlib
import gc
import sys
import threading
import weakref
from types import CellType, FunctionType, GeneratorType, MethodType
from typing import TypeVar

__all__ = ["Heap"]

_FEW = 50_000  # objects that are not worth a complete collection
_OURS = 100  # objects that belong to the running of a test and die after it
_INTERPRETERS_OWN = 1000  # 3.12 starts with a few hundred frozen objects; any program has more

_PLAIN: set[type] = {
    *(tuple, list, dict, set, frozenset),
    *(FunctionType, MethodType, CellType, weakref.ref),
    # What runs a clean-up of unittest's.
    *(GeneratorType, type(contextlib.contextmanager(lambda: iter(()))())),
}


def _is_plain(kind: type) -> bool:
    # Compiled classes may have a descriptor there instead of a name.
    module = str(kind.__module__)
    if not module.startswith(_PACKAGE):
        return False
    if getattr(sys.modules.get(module), kind.__name__, None) is kind:
        _PLAIN.add(kind)  # one that was not made for the occasion, as those of mocks are
    return True


_PACKAGE = __name__.partition(".")[0] + "."

_T = TypeVar("_T")

_owner: Heap | None = None


def _all_is_young() -> bool:
    """Say whether nothing has survived a collection since the heap was frozen.

    Then the collector need look at the young only, and throws away less of what the
    interpreter keeps ready for the next objects.
    """
    return not (gc.get_objects(1) or gc.get_objects(2))


class _Growth:
    """Sees to it that what dies between tests is collected some day.

    The collections of single tests reset the counters by which the collector would
    decide to look at everything, so we decide in its place, by its rule: when
    the heap has grown by a quarter. Counting it takes time, so it is
    counted only when that much has been made.
    """

    def __init__(self) -> None:
        self._made = 0
        self._size = 0

    def note(self, made: int) -> None:
        """Take note of objects that may have come to stay."""
        self._made += made

    def look(self) -> bool:
        """Say whether a complete collection is due; called while the heap is frozen."""
        limit = self._size // 4 + _FEW
        if self._made < limit:
            return False
        self._made = 0
        before, size = self._size, gc.get_freeze_count()
        if before and size < before + limit:
            return False
        self._size = size
        return before > 0  # the first time there is nothing to compare with


_growth = _Growth()


def _family(kind: type) -> set[type]:
    """Return a type and all that inherit from it."""
    family = {kind}
    child: type
    for child in type.__subclasses__(kind):
        family |= _family(child)
    return family


class Heap:
    """What one test makes: freeze, let the test run, collect and look, thaw."""

    def __init__(self) -> None:
        self._enabled = False
        self._thread = threading.get_ident()
        self._disturbed = False
        self._left: list[object] | None = None  # since the collection at the end
        self._types: set[type] = set()
        self._ours = _OURS
        self.is_plain = False
        """Whether the collection at the end left nothing but the likes of lists and functions."""

    def freeze(self) -> None:
        """Put everything made so far out of the collector's sight."""
        global _owner
        self._enabled = gc.isenabled()
        if _owner is not None and _owner._thread != self._thread:
            # Tests in several threads: what the collector sees is nobody's alone.
            _owner._disturbed = self._disturbed = True
        if self._enabled and _owner is None and gc.get_freeze_count() < _INTERPRETERS_OWN:
            _owner = self
            _growth.note(gc.get_count()[0])
            gc.freeze()

    def leave_out(self) -> None:
        """Put what was made since out of sight, too: it is not the test's own."""
        if self.mine:
            self._ours = 0
            gc.freeze()

    @property
    def mine(self) -> bool:
        """Whether what the collector sees was made by this test."""
        return _owner is self and not self._disturbed

    def collect(self) -> None:
        """Collect the garbage of the test, unless its owner wants no collections."""
        self._left = None  # or what was alive the last time would stay so
        if self._enabled and gc.isenabled() and not self._disturbed:
            gc.collect(0 if self.mine and _all_is_young() else 2)
        if self.mine:
            self._left = gc.get_objects()
            self._types = set(map(type, self._left))
            self.is_plain = all(map(_is_plain, self._types - _PLAIN))

    def made(self, kind: type[_T]) -> list[_T]:
        """Return what the test made of a type and what is alive; nothing if that is unknown."""
        if not self.mine:
            return []
        if self._left is None:
            return [thing for thing in gc.get_objects() if issubclass(type(thing), kind)]
        # After the collection several ask, and mostly there is nothing of the kind.
        if self._types.isdisjoint(_family(kind)):
            return []
        left = self._left
        return [
            thing for thing in left if isinstance(thing, kind) and issubclass(type(thing), kind)
        ]

    def everything(self) -> list[object]:
        """Return all that the test made and that is alive; nothing if that is unknown."""
        return gc.get_objects() if self.mine else []

    def thaw(self) -> None:
        """Show the collector everything again; now and then let it look at all of it."""
        global _owner
        if _owner is not self:
            return
        if self._left is not None:
            _growth.note(max(0, len(self._left) - self._ours))
        due = _growth.look()
        _owner, self._left = None, None
        gc.unfreeze()
        if due and gc.isenabled():
            gc.collect()
