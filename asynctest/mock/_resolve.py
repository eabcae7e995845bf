"""From ``"package.module.Class"`` to the object.

`pkgutil.resolve_name` tries to import every part of the name; for a class in
a module that is a doomed import, several times dearer than the whole rest of a
patch. Where the answer is known without trying (the modules are imported, and
what is not a package has no submodules) it is given here; everything else,
errors included, is left to `pkgutil.resolve_name`.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Any

__all__ = ["resolve"]


def resolve(name: str) -> Any:
    """Import what a dotted name says."""
    parts = name.split(".")
    path = parts[0]
    if sys.modules.get(path) is None or not all(map(str.isidentifier, parts)):
        return pkgutil.resolve_name(name)
    for done, part in enumerate(parts[1:], 1):
        below = f"{path}.{part}"
        if sys.modules.get(below) is None:
            # import_module waits for a module that another thread imports.
            parent = importlib.import_module(path)
            if hasattr(parent, "__path__"):
                return pkgutil.resolve_name(name)
            return _descend(parent, parts[done:])
        path = below
    return importlib.import_module(path)


def _descend(found: Any, parts: list[str]) -> Any:
    for part in parts:
        found = getattr(found, part)
    return found
