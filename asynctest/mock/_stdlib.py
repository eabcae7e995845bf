"""The fence around unittest.mock's private names: nothing else touches them."""

from __future__ import annotations

__all__ = ["LEANS_ON"]

LEANS_ON: tuple[str, ...] = ()
