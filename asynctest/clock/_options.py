"""How a clock behaves, as its user asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from .._errors import AsynctestValueError, say

__all__ = ["External", "Mode", "Options"]

Mode: TypeAlias = Literal["auto", "manual"]
External: TypeAlias = Literal["wait", "error", "ignore"]


@dataclass(frozen=True, slots=True)
class Options:
    mode: Mode
    external: External
    grace: float
    patience: float
    start: float
    limit: int
    patch_time: bool

    def __post_init__(self) -> None:
        _one_of("mode", self.mode, get_args(Mode))
        _one_of("external", self.external, get_args(External))
        for name in ("grace", "patience"):
            seconds = getattr(self, name)
            if not seconds >= 0:
                raise AsynctestValueError(
                    say(f"{name} is {seconds!r}; it is a number of real seconds, 0 or more.")
                )
        if not math.isfinite(self.start):
            raise AsynctestValueError(say(f"start is {self.start!r}; time starts somewhere."))
        if self.limit < 1:
            raise AsynctestValueError(say(f"limit is {self.limit!r}; it is 1 or more."))


def _one_of(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        choices = ", ".join(repr(each) for each in known)
        raise AsynctestValueError(say(f"{name} is {value!r}; it is one of {choices}."))
