"""The house plan as data: rooms, floors and fences. ``docs/architecture.md`` says it in words."""

from __future__ import annotations

import ast
import os
import pathlib
from collections.abc import Iterator

import asynctest

ROOT = pathlib.Path(__file__).parents[2]
PACKAGE = pathlib.Path(asynctest.__file__).parent

FLOORS: tuple[tuple[str, ...], ...] = (
    # 0 ground
    ("_version", "_errors", "_later"),
    ("_bytecode", "_heap", "_levels", "_places", "_ports", "_raising", "_source"),
    ("_own_code", "_settings", "_sites", "_tracebacks"),
    ("_cancelling", "_overdue"),
    ("_listening",),
    ("_audit",),
    ("_stuck", "_watchdog"),
    # 1 tools
    ("_describe", "helpers"),
    ("mock", "clock"),
    # 2 world
    ("selector",),
    ("proactor",),
    # 3 judges
    ("checks",),
    ("_plan",),
    ("_allow", "_fail_on", "_verdict"),
    ("_chosen",),
    # 4 stage
    ("_calls", "_closing", "_jury", "_loop_models", "_steps", "_written"),
    ("_timeout",),
    ("_stage",),
    ("_backstage",),
    # 5 doors
    ("_assertions", "_class_level", "_each_model", "_told"),
    ("case",),
    ("cli", "pytest_plugin"),
    # front desk
    ("__init__",),
    ("__main__",),
)
"""From the ground up. A room imports from rows below its own, never from its own row."""

FENCES = {
    "asyncio": ("_ports", "proactor._loop"),
    "unittest.mock": ("mock._stdlib", "mock._stdlib_patch"),
    "unittest": ("case", "_class_level", "_each_model", "_told"),
}
"""Who may touch whose private names."""

AT_ONCE = frozenset(
    {
        *("__init__", "_backstage", "_errors", "_later", "_levels", "_settings", "_version"),
        *("_assertions", "_class_level", "_each_model", "_fail_on", "_told", "case"),
        *("checks", "checks._check", "checks._registry"),
    }
)
"""What ``import asynctest`` opens, and no more: what it takes to define tests."""

OPENERS = ("_later", "_stage", "mock._resolve")
"""Who may import by name: the one way to open rooms later; the stage, for a clock; patches."""

INSIDE_FUNCTIONS = {
    "_loop_models": ("uvloop",),
    "clock._wall": ("time_machine",),
    "_settings": ("tomllib",),
    "_closing": ("ctypes",),
    "_watchdog._limit": ("ctypes",),
}
"""Imports inside of functions: optional extras, and what is slow and hardly ever needed."""

LONGEST_FILE = 400


def floor_of(module: str) -> int:
    """Return the row of a module such as ``checks.unused_loop``."""
    room = module.split(".")[0]
    for number, rooms in enumerate(FLOORS):
        if room in rooms:
            return number
    raise AssertionError(
        f"asynctest/{room} is not in the house plan.\nGive it a row in test/house/plan.py: "
        "the lowest one whose rows below hold all that it imports."
    )


def modules() -> Iterator[tuple[str, pathlib.Path]]:
    """Yield every module of the package: its dotted name below the package, and its file."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[-1] == "__init__" and len(parts) > 1:
            parts = parts[:-1]
        yield ".".join(parts), path


def environment() -> dict[str, str]:
    """Return the environment for a fresh interpreter that tells what this library does by itself."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PY")}
    return {**kept, "PYTHONPATH": str(PACKAGE.parent), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def parse(path: pathlib.Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))
