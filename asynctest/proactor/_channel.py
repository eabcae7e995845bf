"""A descriptor with pending operations, and what the selector knows of it."""

from __future__ import annotations

import selectors
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

from ._operation import Operation

__all__ = ["Channel"]

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE


class Channel:
    """Two queues of operations on one descriptor: readers and writers.

    ``lasting`` channels may stay known to the selector for a moment after
    their last operation, because a transport asks for the next one at once.
    That is safe only if a later owner of the same descriptor number can be
    told from this one, so the owner is remembered, weakly.
    """

    __slots__ = ("_owner", "fd", "known", "lasting", "readers", "writers")

    def __init__(self, fd: int, owner: Any) -> None:
        self.fd = fd
        self.known = 0
        self.readers: deque[Operation] = deque()
        self.writers: deque[Operation] = deque()
        self._owner: Callable[[], Any]
        try:
            self._owner = weakref.ref(owner)
            self.lasting = True
        except TypeError:
            self._owner = lambda: owner
            self.lasting = False

    def belongs_to(self, owner: Any) -> bool:
        return self._owner() is owner

    @property
    def owner(self) -> Any:
        """The file or socket; None if it is gone."""
        return self._owner()

    @property
    def wanted(self) -> int:
        """The events its operations wait for."""
        return (READ if self.readers else 0) | (WRITE if self.writers else 0)

    @property
    def key(self) -> selectors.SelectorKey:
        """What a selector would tell of it; callbacks there are none."""
        return selectors.SelectorKey(self.owner, self.fd, self.wanted, (None, None))

    def operations(self) -> list[Operation]:
        return [*self.readers, *self.writers]

    def remove(self, operation: Operation) -> None:
        for queue in (self.readers, self.writers):
            if operation in queue:
                queue.remove(operation)
