"""What can be said about a coroutine that was never started."""

from __future__ import annotations

import os
import unittest.mock
from typing import Any

from .._places import Place, is_ours
from .._sites import innermost_user_place, site_of_coroutine
from ._check import Finding, StageView

__all__ = ["finding_about", "is_test_body"]

_MOCKS = os.path.abspath(unittest.mock.__file__)


def finding_about(coro: Any, *, dying: bool) -> Finding:
    """Word what is known about an unstarted coroutine, which may be dying right now."""
    place = _place(coro, dying)
    # Its code stands for the coroutine, which must not be kept alive.
    return Finding(f"{_name(coro)} was never awaited", place, coro.cr_code)


def _name(coro: Any) -> str:
    mock = coro.cr_frame.f_locals.get("self") if _is_mocks(coro) and coro.cr_frame else None
    if isinstance(mock, unittest.mock.NonCallableMock):
        return f"the coroutine of {mock!r}".replace(f" id='{id(mock)}'", "")
    return f"coroutine {coro.__qualname__!r}"


def _is_mocks(coro: Any) -> bool:
    return is_ours(coro.cr_code) or coro.cr_code.co_filename == _MOCKS


def _place(coro: Any, dying: bool) -> Place | None:
    """Prefer the line that made it, then the line that drops it."""
    made_at = site_of_coroutine(coro)
    if made_at is not None and made_at.lineno != coro.cr_code.co_firstlineno:
        return made_at
    return (innermost_user_place(3) if dying else None) or made_at


def is_test_body(coro: Any, stage: StageView) -> bool:
    """Say whether a coroutine is the body of the test on this stage."""
    code = coro.cr_code
    if stage.codes and stage.codes[0] is code:
        return True
    if stage.case is not None:
        method = stage.name.rpartition(".")[2]
        within, _, name = code.co_qualname.rpartition(".")
        owner = within.rpartition(".")[2]
        return name == method and owner in [cls.__name__ for cls in type(stage.case).__mro__]
    place = stage.place
    return place is not None and (code.co_filename, code.co_name) == (
        place.filename,
        place.function.rpartition(".")[2],
    )
