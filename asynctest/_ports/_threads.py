"""Hearing of threads that start, where the interpreter does not announce them.

3.12 and later tell audit hooks. On 3.11 ``threading`` looks the function that
starts one up in its own module. Ours stands before it for good, as an audit hook
does: tests in several threads would not give it back in the order of taking.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

__all__ = ["announce_threads"]

LEANS_ON = ("threading:_start_new_thread",) if sys.version_info < (3, 12) else ()


def announce_threads(hook: Callable[[str, tuple[Any, ...]], None]) -> None:
    """Tell an audit hook of each thread that is started, if nobody else does."""
    if sys.version_info >= (3, 12):
        return
    usual: Callable[..., Any] = threading._start_new_thread  # type: ignore[attr-defined]

    def start(*args: Any) -> Any:
        hook("_thread.start_new_thread", args)
        return usual(*args)

    threading._start_new_thread = start  # type: ignore[attr-defined]
