"""What all tests of a process share, looked at before and after each test."""

from __future__ import annotations

import socket
import sys
from typing import Any, NamedTuple

from .. import _ports as ports
from .._ports import _left
from ..mock import patch
from ._check import StageView
from ._inventory import inventory

__all__ = ["NAMES", "Surroundings", "anything_changed", "surroundings"]

NAMES = (
    "the event loop policy",
    "the current event loop",
    "the loop's default executor",
    "sys.excepthook",
    "the default timeout of sockets",
    "the recursion limit",
)


class _Look(NamedTuple):
    values: tuple[Any, ...]
    """One for each of ``NAMES``."""
    handlers: list[Any]
    """What is done for each signal."""
    patches: list[Any]
    """What is patched."""


def _look(stage: StageView) -> tuple[Any, ...]:
    """Return what makes a ``_Look``; most are only compared with one another."""
    policy, loop = _left.policy_and_loop()
    executor = ports.default_executor(stage.loop) if stage.lent else None
    timeout, limit = socket.getdefaulttimeout(), sys.getrecursionlimit()
    values = (policy, loop, executor, sys.excepthook, timeout, limit)
    return values, _left.handlers_of_signals(), [*_left.active_patches(), *patch.started]


class Surroundings:
    """How things were before a test, and how they are now."""

    def __init__(self, stage: StageView) -> None:
        self._stage = stage
        self._before = self._now = _look(stage)

    @property
    def before(self) -> _Look:
        """How things were."""
        return _Look(*self._before)

    @property
    def now(self) -> _Look:
        """How they were at the last look."""
        return _Look(*self._now)

    def look(self) -> bool:
        """Look again; say whether anything has changed."""
        if self._now is self._before:
            now = _look(self._stage)
            if now != self._before:
                self._now = now
        return self._now is not self._before


def anything_changed(stage: StageView) -> bool:
    """See whether something is not as it was, or was announced to become different; a sign."""
    seen, made = surroundings(stage), inventory(stage).made
    return made.directory is not None or bool(made.environment) or seen.look()


def surroundings(stage: StageView) -> Surroundings:
    """Return the surroundings of a test; the first call looks at them."""
    found = stage.memory.get(Surroundings)
    if found is None:
        found = stage.memory[Surroundings] = Surroundings(stage)
    return found
