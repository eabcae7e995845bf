"""Where the things of a test were made, found without asyncio's debug mode.

While a test runs, the interpreter keeps the one line that made each coroutine
(`sys.set_coroutine_origin_tracking_depth`), at about a tenth of a microsecond
each. That names the origin of every task too, since a task runs a coroutine.
What is not a coroutine is noted when a method of the loop returns it: a weak
reference, a code object and an offset. Line numbers are worked out only for
what is reported.
"""

from __future__ import annotations

import asyncio
import os
import sys
import weakref
from asyncio import AbstractEventLoop
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from . import _ports as ports
from ._places import Place, is_ours, line_at, place_of

__all__ = [
    "Sites",
    "innermost_user_place",
    "is_installed",
    "is_library",
    "is_users",
    "raised_at",
    "site_of_coroutine",
    "track",
]

_ASYNCIO = os.path.dirname(os.path.abspath(asyncio.__file__)) + os.sep
_STDLIB = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_THEIR_TESTS = _STDLIB + "test" + os.sep
_PACKAGES = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)


def is_library(filename: str) -> bool:
    """Say whether a file is the standard library's, installed, or ours."""
    others = is_installed(filename) or _is_standard(filename) or _is_compiled(filename)
    return others or is_ours(filename)


def is_installed(filename: str) -> bool:
    """Say whether a file belongs to an installed package."""
    return any(folder in filename for folder in _PACKAGES)


def _is_compiled(filename: str) -> bool:
    """Say whether a file is one that Cython has compiled elsewhere: uvloop/cbhandles.pyx."""
    return filename.endswith(".pyx") and not os.path.exists(filename)


def _is_standard(filename: str) -> bool:
    return filename.startswith(_STDLIB) and not filename.startswith(_THEIR_TESTS)


def is_users(filename: str) -> bool:
    """Say whether a file is one that the user of this library can edit."""
    return not (filename.startswith("<") or is_library(filename))


def track() -> Callable[[], None]:
    """Keep the origin of coroutines made in this thread; return the function that stops it."""
    before = sys.get_coroutine_origin_tracking_depth()
    if before:  # somebody wants more than we do
        return lambda: None
    sys.set_coroutine_origin_tracking_depth(1)
    return lambda: sys.set_coroutine_origin_tracking_depth(before)


def site_of_coroutine(coro: Any) -> Place | None:
    """Say where a coroutine was made, or else where its function is defined."""
    for filename, line, function in getattr(coro, "cr_origin", None) or ():
        if not (filename.startswith((_ASYNCIO, "<")) or is_ours(filename) or _is_mock(filename)):
            return Place(filename, line, function)
    code = getattr(coro, "cr_code", None) or getattr(coro, "gi_code", None)
    if code is None or is_ours(code) or code.co_filename.startswith(_STDLIB):
        return None
    return Place(code.co_filename, code.co_firstlineno, code.co_qualname)


def _is_mock(filename: str) -> bool:
    return filename.startswith(_STDLIB + "unittest" + os.sep)


def innermost_user_place(depth: int = 1) -> Place | None:
    """Say which line of the user's a hook of ours was called from; it may be none."""
    frame: FrameType | None = sys._getframe(depth)
    while frame is not None and is_ours(frame.f_code):
        frame = frame.f_back
    # What is further out than the next frames of ours is the runner, not the test.
    while frame is not None and not is_ours(frame.f_code):
        code = frame.f_code
        if is_users(code.co_filename):
            return Place(code.co_filename, frame.f_lineno, code.co_qualname)
        frame = frame.f_back
    return None


def raised_at(exc: BaseException) -> Place | None:
    """Say which line of the user's raised an exception, or else which of a package's.

    None if only the standard library was at work: ``call_soon(self.assertEqual, 1, 2)``.
    """
    found = None
    trace = exc.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        installed = found is None and is_installed(code.co_filename) and not is_ours(code)
        if installed or is_users(code.co_filename):
            found = Place(code.co_filename, trace.tb_lineno, code.co_qualname)
        trace = trace.tb_next
    return found


class Sites:
    """Knows where the tasks, timers and other things of one test began."""

    def __init__(self) -> None:
        # By address, which the next object at the same address takes over:
        # so this grows with what is alive at once, not with what was made.
        self._made: dict[int, tuple[weakref.ref[Any], CodeType, int]] = {}

    def note_results(self, loop: AbstractEventLoop, method: str) -> Callable[[], None]:
        """Note who called a method of the loop for each thing it returns; return the undo."""
        made, getframe, ref = self._made, sys._getframe, weakref.ref
        usual = getattr(loop, method)

        def noting(*args: Any, **kwargs: Any) -> Any:
            result = usual(*args, **kwargs)
            frame = getframe(1)
            made[id(result)] = (ref(result), frame.f_code, frame.f_lasti)
            return result

        return ports.shadow(loop, method, noting)

    def made_at(self, thing: Any) -> Place | None:
        """Say where a task, coroutine, noted thing or function began."""
        if isinstance(thing, asyncio.Task):
            return self.made_at(ports.coroutine_of(thing))
        noted = self._made.get(id(thing))
        if noted is not None and noted[0]() is thing:
            code, offset = noted[1:]
            if not is_ours(code):
                return Place(code.co_filename, line_at(code, offset), code.co_qualname)
        if hasattr(thing, "cr_code") or hasattr(thing, "gi_code"):
            return site_of_coroutine(thing)
        return place_of(thing) if callable(thing) else None
