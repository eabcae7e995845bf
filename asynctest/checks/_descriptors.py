"""The open descriptors of the process: counted cheaply, listed when the count has changed."""

from __future__ import annotations

import os
import select
import sys
import threading
from typing import Any

__all__ = ["descriptors", "target"]

_FOLDER = "/proc/self/fd" if sys.platform.startswith("linux") else "/dev/fd"


class _Descriptors:
    def __init__(self) -> None:
        self._set: frozenset[int] = frozenset()
        self._probe: Any = None
        self._forget()

    def _forget(self) -> None:
        self._lock = threading.Lock()  # tests may run in several threads
        self._folder = -1
        self._identity: tuple[int, int] | None = None

    def known(self) -> frozenset[int]:
        """Return what is open now, listing it only if something has changed."""
        with self._lock:
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
            state = os.fstat(self._folder)
        except OSError:
            state = None
        if state is None or (state.st_ino, state.st_dev) != self._identity:
            state = self._open()  # closed by somebody, and its number perhaps taken by another
        return state.st_size or len(self.now()) if state is not None else 0

    def _open(self) -> os.stat_result | None:
        """Open the folder, to stay open: to look it up by its name takes three times as long."""
        try:
            self._folder = os.open(_FOLDER, os.O_RDONLY)
        except OSError:
            return None
        state = os.fstat(self._folder)
        self._identity = state.st_ino, state.st_dev
        return state

    def close_folder(self) -> None:
        """Close the folder in the child of a fork, since it is that of the parent."""
        if self.count():
            os.close(self._folder)
        self._forget()

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
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=descriptors.close_folder)
