"""Checks look at a finished test and complain; each one is a small file here.

To write one, subclass :class:`Check` and :func:`register` it.
"""

from typing import TYPE_CHECKING

from .. import _later
from .._levels import Level as Level
from ._check import Check, Finding, Skipped, StageView
from ._registry import NAMES as NAMES
from ._registry import defaults, known, refuse_unknown, register, unregister

if TYPE_CHECKING:
    from .._places import Place as Place
    from ._built_in import BUILT_IN as BUILT_IN
    from ._ignore import ignore as ignore
    from ._ignore import is_ignored as is_ignored

_ROOMS = {
    ".": NAMES,
    ".._places": ("Place",),
    "._built_in": ("BUILT_IN",),
    "._ignore": ("ignore", "is_ignored"),
}
if not TYPE_CHECKING:
    __getattr__, __dir__ = _later.open_later(__name__, __name__, _ROOMS)

__all__ = [
    "BUILT_IN",
    "Check",
    "Finding",
    "Level",
    "Place",
    "Skipped",
    "StageView",
    "defaults",
    "ignore",
    "is_ignored",
    "known",
    "refuse_unknown",
    "register",
    "unregister",
]
