"""Hearing of threads that start, where the interpreter does not announce them.

3.12 and later tell audit hooks. On 3.11 ``threading`` looks the function that
starts one up in its own module, where ours can stand before it for a while.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from typing import Any

from ._overhear import Standin

__all__ = ["on_thread_start"]

LEANS_ON = ("threading:_start_new_thread",) if sys.version_info < (3, 12) else ()


def on_thread_start(tell: Callable[[tuple[Any, ...]], None]) -> Callable[[], None] | None:
    """Hand over the arguments of each start; nothing to do where audit hooks are told."""
    if sys.version_info >= (3, 12):
        return None
    usual: Callable[..., Any] = threading._start_new_thread  # type: ignore[attr-defined]

    def start(*args: Any) -> Any:
        tell(args)
        return usual(*args)

    there = Standin(threading, "_start_new_thread", start)
    Standin.take_places([there])
    return functools.partial(Standin.give_back, [there])
