"""The open descriptors of the process: counted cheaply, listed when the count has changed."""

from __future__ import annotations

import os
import select
import sys
from typing import Any

__all__ = ["descriptors", "target"]

_FOLDER = "/proc/self/fd" if sys.platform.startswith("linux") else "/dev/fd"


class _Descriptors:
    def __init__(self) -> None:
        self._set: frozenset[int] = frozenset()
        self._probe: Any = None

    def known(self) -> frozenset[int]:
        """Return what is open now, listing it only if something has changed."""
        if self.count() != len(self._set) or self._has_closed():
            self._set = self.now()
            self._probe = self._make_probe()
        return self._set

    def _make_probe(self) -> Any:
        if not hasattr(select, "poll"):  # Windows has no folder to list either
            return None
        probe = select.poll()
        for number in self._set:
            probe.register(number, 0)
        return probe

    def _has_closed(self) -> bool:
        """Say whether one of them was closed: as many others may have been opened since."""
        return self._probe is not None and any(
            event & select.POLLNVAL for _, event in self._probe.poll(0)
        )

    def count(self) -> int:
        """Return how many are open; Linux 6.2 and later say so in the size of a folder."""
        try:
            return os.stat(_FOLDER).st_size or len(self.now())
        except OSError:
            return 0

    def now(self) -> frozenset[int]:
        """List what is open."""
        try:
            numbers = list(map(int, os.listdir(_FOLDER)))
        except OSError:
            return frozenset()
        # The folder itself was open while it was read.
        return frozenset(number for number in numbers if _is_open(number))


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def target(number: int) -> str:
    """Say what a descriptor leads to, as the system writes it; empty if it does not tell."""
    try:
        return os.readlink(f"{_FOLDER}/{number}")
    except OSError:
        return ""


descriptors = _Descriptors()
