"""Is somebody stepping through this code?

Coverage and profilers trace too; they must not stop the clocks.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from .. import _ports as ports

__all__ = ["is_debugged"]

_NOT_DEBUGGERS = ("coverage", "trace")


def is_debugged(frame: FrameType | None) -> bool:
    """Say whether a debugger traces the thread that is in this frame."""
    monitoring = getattr(sys, "monitoring", None)  # 3.12+
    if monitoring is not None and monitoring.get_tool(monitoring.DEBUGGER_ID) is not None:
        return True
    if getattr(sys.modules.get("pydevd"), "connected", False):
        return True
    return any(_is_debuggers(each) for each in ports.frames(frame))


def _is_debuggers(frame: FrameType) -> bool:
    if frame.f_globals.get("__name__") in ("bdb", "pdb"):
        return True
    return frame.f_trace is not None and not _module_of(frame.f_trace).startswith(_NOT_DEBUGGERS)


def _module_of(function: Any) -> str:
    owner = getattr(function, "__self__", None)
    return str(getattr(function if owner is None else type(owner), "__module__", ""))
