"""How loudly a check speaks, and who decides: the nearest word wins."""

from __future__ import annotations

import difflib
import enum
from collections.abc import Iterable
from typing import Literal

from ._errors import AsynctestValueError, MisuseError

__all__ = ["Level", "LevelWord", "closest", "parse_level", "unknown_name"]

LevelWord = bool | Literal["off", "warn", "fail"]


class Level(enum.Enum):
    """Off, warn or fail."""

    OFF = "off"
    WARN = "warn"
    FAIL = "fail"


def parse_level(word: object) -> Level:
    """Turn what a user writes into a level: True is fail, False is off.

    >>> parse_level(True), parse_level("warn")
    (<Level.FAIL: 'fail'>, <Level.WARN: 'warn'>)
    """
    if type(word) is Level:
        return word
    if isinstance(word, str):
        try:
            return Level(word)
        except ValueError:
            raise AsynctestValueError(
                f"{word!r} is not a level. Use 'off', 'warn' or 'fail' (or False and True)."
            ) from None
    # 0.13 took anything with a truth value.
    return Level.FAIL if word else Level.OFF


def closest(name: str, known: Iterable[str]) -> str:
    """Suggest the known name that looks most like ``name``, or list them all."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known names: {', '.join(names)}."


def unknown_name(caller: str, name: str, known: Iterable[str]) -> MisuseError:
    """Word the error for a keyword argument that does not exist."""
    return MisuseError(
        f"{caller}() got an unexpected keyword argument {name!r}. {closest(name, known)}"
    )
