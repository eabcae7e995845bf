"""Rooms that are opened when somebody asks for a name in them (PEP 562).

Defining tests takes little of this library, and tools import it only to look at
the tests. So a package may leave a name to the room that has it. Type checkers are
told by imports under ``TYPE_CHECKING``, which say the same; a test compares the two.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

__all__ = ["fetch", "open_later"]


def fetch(package: str | None, room: str, name: str) -> Any:
    """Do what ``from ROOM import NAME`` does in a module of this package."""
    if room.strip("."):
        return getattr(_open(package, room), name)
    return _open(package, room + name)


def _open(package: str | None, room: str) -> Any:
    """Import a room, unless it is open.

    The package remembers that, whatever has become of ``sys.modules``: tests that
    replace modules for a while put it back as it was, and a room must not be made twice.
    """
    parent, _, own = importlib.util.resolve_name(room, package).rpartition(".")
    opened = getattr(sys.modules.get(parent), "__dict__", {}).get(own)
    return opened if isinstance(opened, ModuleType) else importlib.import_module(room, package)


def open_later(
    module: str, package: str | None, rooms: Mapping[str, Iterable[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a module that leaves names to rooms.

    ``rooms`` is written as imports are: ``{"._places": ("Place",), ".": ("mock",)}``.
    What was asked for once is an ordinary name of the module from then on.
    """
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
