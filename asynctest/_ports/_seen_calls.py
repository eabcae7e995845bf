"""Seeing calls of single functions, written in Python, as they begin.

From 3.12 on the interpreter can tell of them (``sys.monitoring``); everything else stays
as fast as it is. 3.11 cannot.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from types import CodeType, FunctionType
from typing import Any

__all__ = ["unwatch_calls", "watch_calls"]

_NAME = "asynctest calls"

Tell = Callable[[str, dict[str, Any]], None]
"""Is given the name of the function and its arguments by name."""

# By address: to hash a code object takes longer than all the rest.
_tell: dict[int, Tell] = {}
_kept: dict[int, CodeType] = {}
_tool: int | None = None


def watch_calls(functions: Iterable[FunctionType], tell: Tell) -> None:
    """Hand over each call of some functions from now on.

    Once and for good if many tests want it: to switch it off and on costs more than it does.
    Does nothing if this Python cannot tell, or if debuggers and profilers have taken all places.
    """
    if sys.version_info < (3, 12) or (_tool is None and not _take_a_place()):
        return
    for function in functions:
        code = function.__code__
        _kept.setdefault(id(code), code)
        _tell[id(code)] = tell
        sys.monitoring.set_local_events(_tool, code, sys.monitoring.events.PY_START)


def unwatch_calls(functions: Iterable[FunctionType]) -> None:
    """Hand over no more calls of some functions, which are as fast again as ever."""
    if sys.version_info >= (3, 12) and _tool is not None:
        for function in functions:
            sys.monitoring.set_local_events(_tool, function.__code__, 0)


def _take_a_place() -> bool:
    global _tool
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
    for number in (4, 3):
        if monitoring.get_tool(number) is None:
            monitoring.use_tool_id(number, _NAME)
            monitoring.register_callback(number, monitoring.events.PY_START, _on_call)
            _tool = number
            return True
    return False


def _on_call(code: CodeType, offset: int) -> None:
    _tell[id(code)](code.co_name, sys._getframe(1).f_locals)
