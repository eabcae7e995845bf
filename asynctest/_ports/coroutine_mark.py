"""The marks by which asyncio and inspect know a coroutine function.

Checked on 3.11 to 3.15: asyncio compares the attribute ``_is_coroutine`` with
an object of its own. ``inspect.markcoroutinefunction`` is public, but 3.11
lacks it.
"""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

__all__ = ["LEANS_ON", "coroutine_marks"]

LEANS_ON = ("asyncio.coroutines:_is_coroutine",)


def coroutine_marks() -> dict[str, Any]:
    """Give the attributes that make anything pass for a coroutine function."""
    coroutines: Any = asyncio.coroutines
    marks: dict[str, Any] = {"_is_coroutine": coroutines._is_coroutine}
    if hasattr(inspect, "markcoroutinefunction"):

        def marked() -> None:
            """Carry the mark."""

        inspect.markcoroutinefunction(marked)
        marks.update(vars(marked))
    return marks
