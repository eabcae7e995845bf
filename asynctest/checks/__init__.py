"""Checks look at a finished test and complain; each one is a small file here.

To write one, subclass :class:`Check` and :func:`register` it.
"""

from .._levels import Level as Level
from .._places import Place
from ._check import Check, Finding, Skipped, StageView
from ._ignore import ignore, is_ignored
from ._registry import BUILT_IN, defaults, known, refuse_unknown, register, unregister

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
