"""Rooms that are opened when somebody asks for a name in them (PEP 562).

Defining tests takes little of this library, and tools import it only to look at
the tests. So a package may leave a name to the room that has it. Type checkers are
told by imports under ``TYPE_CHECKING``, which say the same; a test compares the two.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

__all__ = ["fetch", "open_later"]


def fetch(package: str, room: str, name: str) -> Any:
    """Return what a room has under this name, or the room itself if it is its own."""
    opened = importlib.import_module(f"{package}.{room}")
    return opened if name == room else getattr(opened, name)


def open_later(
    module: str, package: str | None, rooms: Mapping[str, Iterable[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a module that leaves names to rooms.

    ``rooms`` holds, for each room of ``package``, what the module takes from
    it. What was asked for once is an ordinary name of the module from then on.
    """
    assert package is not None
    room_of = {name: room for room, names in rooms.items() for name in names}
    own = vars(sys.modules[module])

    def __getattr__(name: str) -> Any:
        if name not in room_of:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        value = own[name] = fetch(package, room_of[name], name)
        return value

    def __dir__() -> list[str]:
        return sorted({*own, *room_of})

    return __getattr__, __dir__
