"""Stand-ins that follow the signature of what they replace."""

from __future__ import annotations

from typing import Any
from unittest import mock

__all__ = ["create_autospec"]


def create_autospec(spec: Any, *args: Any, **kwargs: Any) -> Any:
    """Make a stand-in for ``spec``."""
    return mock.create_autospec(spec, *args, **kwargs)
