"""Python's warning about forks of a process with several threads, on 3.13.

There ``fork()`` counts the threads when all is over, the watchdog's among them, which was not
there while it mattered. Other versions count before.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

from .. import _ports as ports

__all__ = ["ForkWarning"]


class ForkWarning:
    """Is not shown, from a fork to the end of a test, if only our thread can be meant."""

    def __init__(self) -> None:
        self._filters: list[Any] | None = None
        self._entry: Any = None

    def hide(self) -> None:
        """Hide it; nothing happens where it is right."""
        if sys.version_info[:2] == (3, 13) and not ports.has_other_threads():
            warnings.filterwarnings("ignore", r".* is multi-threaded, use of", DeprecationWarning)
            self._filters = warnings.filters  # type: ignore[assignment]
            self._entry = warnings.filters[0]

    def show(self) -> None:
        """Show it again."""
        if self._filters is not None:
            self._filters[:] = [entry for entry in self._filters if entry is not self._entry]
            self._filters = self._entry = None
