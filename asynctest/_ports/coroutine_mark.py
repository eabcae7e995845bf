"""The marks by which asyncio and inspect know a coroutine function.

Checked on 3.11 to 3.15: asyncio compares the attribute ``_is_coroutine`` with
an object of its own. ``inspect.markcoroutinefunction`` is public, but 3.11
lacks it.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from typing import Any

__all__ = ["LEANS_ON", "coroutine_marks", "is_marked"]

LEANS_ON = ("asyncio.coroutines:_is_coroutine",)

_coroutines: Any = asyncio.coroutines


def is_marked(value: object) -> bool:
    """Tell whether something carries asyncio's mark, whatever its code is."""
    return getattr(value, "__dict__", {}).get("_is_coroutine") is _coroutines._is_coroutine


def coroutine_marks() -> dict[str, Any]:
    """Give the attributes that make anything pass for a coroutine function."""
    marks: dict[str, Any] = {"_is_coroutine": _coroutines._is_coroutine}
    if sys.version_info >= (3, 12):

        def marked() -> None:
            """Carry the mark."""

        inspect.markcoroutinefunction(marked)
        marks.update(vars(marked))
    return marks
