"""Failures that unittest has written down already, before all was known."""

from __future__ import annotations

from typing import Any

__all__ = ["amend_last"]

# unittest puts what a test printed below its traceback when it runs with -b.
_CAPTURED = ("\nStdout:\n", "\nStderr:\n")


def amend_last(entries: list[Any], case: Any, text: str) -> bool:
    """Add a text to the last entry of a case or one of its subtests; say if there is one."""
    for index in range(len(entries) - 1, -1, -1):
        test, written = entries[index][:2]
        if (test is case or getattr(test, "test_case", None) is case) and isinstance(written, str):
            entries[index] = (test, _with_note(written, text), *entries[index][2:])
            return True
    return False


def _with_note(written: str, text: str) -> str:
    """Put a note where the traceback ends."""
    cuts = [cut for cut in map(written.rfind, _CAPTURED) if cut >= 0]
    cut = min(cuts, default=len(written))
    return f"{written[:cut].rstrip()}\n{text}\n{written[cut:]}"
