"""Where in the user's code something is or began."""

from __future__ import annotations

import functools
import inspect
import os
import re
import sys
from dataclasses import dataclass
from types import CodeType, FrameType, ModuleType
from typing import Any

__all__ = ["Place", "is_ours", "line_at", "nearest_user_frame", "place_of", "place_of_attribute"]

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


@dataclass(frozen=True)
class Place:
    """A file and line in the user's code, and the function that holds it."""

    filename: str
    lineno: int
    function: str = ""

    @property
    def module(self) -> str:
        """The name of the module that was loaded from this file, for warning filters.

        If there is none, the name that Python makes of the file's: without a name, a
        warning is dropped without a word.
        """
        for name, module in list(sys.modules.items()):
            if isinstance(module, ModuleType) and vars(module).get("__file__") == self.filename:
                return name
        return self.filename.removesuffix(".py") or "<unknown>"

    def __str__(self) -> str:
        inside = f" in {self.function}" if self.function else ""
        return f"{_short(self.filename)}:{self.lineno}{inside}"


def _short(filename: str) -> str:
    """Write a path relative to the working directory when that is shorter."""
    try:
        relative = os.path.relpath(filename)
    except ValueError:  # another drive
        return filename
    return min(relative, filename, key=len)


def is_ours(code: CodeType | str) -> bool:
    """Say whether code, or a file, belongs to this package and not to its user."""
    return (code if isinstance(code, str) else code.co_filename).startswith(_HERE)


def nearest_user_frame(depth: int = 1) -> FrameType | None:
    """Return the innermost frame outside of this package."""
    frame: FrameType | None = sys._getframe(depth)
    while frame is not None and is_ours(frame.f_code):
        frame = frame.f_back
    return frame


def place_of(thing: Any) -> Place | None:
    """Say where a function, method, class, partial or callable object is defined."""
    while isinstance(thing, functools.partial):
        thing = thing.func
    thing = inspect.unwrap(getattr(thing, "__func__", thing))
    code = getattr(thing, "__code__", None)
    if not isinstance(code, CodeType):
        code = getattr(inspect.getattr_static(thing, "__call__", None), "__code__", None)
    if not isinstance(code, CodeType):
        return None
    return Place(code.co_filename, code.co_firstlineno, code.co_qualname)


def place_of_attribute(cls: type, name: str) -> Place | None:
    """Say on which line a class sets an attribute, as far as its source tells."""
    try:
        lines, first = inspect.getsourcelines(cls)
        filename = inspect.getsourcefile(cls) or ""
    except (OSError, TypeError):  # no source, or not of a file
        return None
    sets = re.compile(rf"\s+{name}\s*(:.*)?=")
    number = next((n for n, line in enumerate(lines) if sets.match(line)), 0)
    return Place(filename, first + number, cls.__qualname__)


def line_at(code: CodeType, offset: int) -> int:
    """Return the line of an instruction; the first line of the code if it has none."""
    for start, end, line in code.co_lines():
        if start <= offset < end and line is not None:
            return line
    return code.co_firstlineno
