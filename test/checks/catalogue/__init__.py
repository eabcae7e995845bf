"""Mistakes in asynchronous tests, each a small program, with clean twins.

An entry is a subclass of :class:`Entry`. Its method ``mistake`` passes silently
under ``unittest.IsolatedAsyncioTestCase``; each method whose name begins with
``clean`` is an innocent look-alike. The lines that a report may name are marked
with ``# <- here``. The entries know nothing of the library: any test framework can run
them (``bench/checks/catalogue.py`` compares some).
"""

from __future__ import annotations

import importlib
import inspect
import sys
import unittest
from collections.abc import Callable, Iterator

ROOMS = ("never_ran", "nobody_saw", "swallowed", "left_behind", "wrong_place")

MARK = "# <- here"


class Entry:
    """One mistake and its clean twins."""

    check: str
    """The check that finds it, by its name in the library."""

    since: tuple[int, int] = (3, 11)
    until: tuple[int, int] = (4, 0)
    """Pythons on which it passes silently and can be found."""

    @classmethod
    def applies(cls) -> bool:
        return cls.since <= sys.version_info[:2] < cls.until

    @classmethod
    def programs(cls) -> Iterator[tuple[str, Callable[..., object]]]:
        """Yield ``mistake`` and the clean twins, by name."""
        for name, function in vars(cls).items():
            if name == "mistake" or name.startswith("clean"):
                yield name, function

    @classmethod
    def lines(cls) -> set[str]:
        """Return the places that a report of the mistake may name, as ``file.py:line``."""
        source, first = inspect.getsourcelines(cls)
        path = inspect.getsourcefile(cls) or ""
        name = path.replace("\\", "/").rpartition("/")[2]
        return {f"{name}:{first + i}" for i, line in enumerate(source) if MARK in line}

    @classmethod
    def case(cls, base: type[unittest.TestCase], program: str) -> unittest.TestCase:
        """Make a test case of a framework from one of the programs."""
        body = {"test": vars(cls)[program], "__module__": cls.__module__}
        return type(cls.__name__, (cls, base), body)("test")


def entries() -> list[type[Entry]]:
    """Return every entry that applies to this Python."""
    found: list[type[Entry]] = []
    for room in ROOMS:
        module = importlib.import_module(f"{__name__}.{room}")
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, Entry) and thing is not Entry:
                if thing.__module__ == module.__name__ and thing.applies():
                    found.append(thing)
    return found
