"""Signs in the code of a test."""

from __future__ import annotations

from ._check import StageView

__all__ = ["uses_names"]


def uses_names(stage: StageView) -> bool:
    """See whether the code of the test uses any global or attribute; a sign."""
    return any(code.co_names for code in stage.codes)
