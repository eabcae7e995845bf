"""How findings speak of exceptions."""

from __future__ import annotations

__all__ = ["summary"]

_LONGEST = 120


def summary(exc: BaseException) -> str:
    """Write type and first line of an exception.

    >>> summary(ValueError("too\\nlong")), summary(KeyError())
    ('ValueError: too ...', 'KeyError')
    """
    try:
        first, *others = str(exc).splitlines() or [""]
    except Exception as failure:  # noqa: BLE001 - a user's __str__ must not hide the finding
        first, others = f"<its text cannot be had: {type(failure).__name__}>", []
    if others or len(first) > _LONGEST:
        first = f"{first[:_LONGEST]} ..."
    return f"{type(exc).__name__}: {first}" if first else type(exc).__name__
