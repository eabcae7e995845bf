"""seal: no more children than there are."""

from __future__ import annotations

import sys
from typing import Any

from . import _stdlib

__all__ = ["seal"]


def seal(mock: Any) -> None:
    """Let a mock make no more children; asking for one is an AttributeError.

    This holds for its children as well. What ``create_autospec`` knows from the
    original is not a new child: it can still be used for the first time.

    >>> from asynctest.mock import Mock, seal
    >>> made = Mock()
    >>> made.close.return_value = None
    >>> seal(made)
    >>> made.close()
    >>> made.open()
    Traceback (most recent call last):
    ...
    AttributeError: mock.open
    """
    mock._mock_sealed = True
    planned = getattr(mock, "_mock_plan", None) is not None
    for name in dir(mock):
        try:
            child = getattr(mock, name)
        except AttributeError:
            continue
        if not _stdlib.is_mock(child):
            continue
        if isinstance(child._mock_children.get(name), _stdlib.SpecState):
            continue
        if child._mock_new_parent is mock:
            if planned:
                seal_planned(child)
            else:
                seal(child)


def seal_planned(child: Any) -> None:
    """Seal a child that ``create_autospec`` made.

    From 3.12 on, such a child in the standard library comes with its result.
    """
    if sys.version_info >= (3, 12):
        getattr(child, "return_value", None)
    seal(child)
