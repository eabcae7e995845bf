"""The built-in checks themselves."""

from __future__ import annotations

from ._check import Check
from ._registry import NAMES, built_in

__all__ = ["BUILT_IN"]

BUILT_IN: tuple[type[Check], ...] = tuple(map(built_in, NAMES))
