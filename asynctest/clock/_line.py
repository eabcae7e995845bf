"""The line of time: one moment, kept as an integer and as the float to show."""

from __future__ import annotations

from collections.abc import Callable

from ._moments import from_ns, grain, to_ns

__all__ = ["Line"]

_NS = 1e-9


class Line:
    """Where virtual time stands."""

    __slots__ = (
        "_coarse_at",
        "_set_resolution",
        "now",
        "ns",
        "owner",
        "resolution",
        "start",
        "watchers",
    )

    def __init__(self, start: float, owner: object = None) -> None:
        self.owner = owner
        self.start = self.ns = to_ns(start)
        self.now = from_ns(self.ns)
        self.watchers: list[Callable[[float], object]] = []
        self._set_resolution: Callable[[float], object] | None = None
        self._coarse_at = 0.0
        self.resolution = _NS
        self._coarsen()

    def time(self) -> float:
        return self.now

    def elapsed(self) -> float:
        return from_ns(self.ns - self.start)

    def keep_step(self, set_resolution: Callable[[float], object]) -> None:
        """Let a loop's resolution follow how finely a moment can be told from the next."""
        self._set_resolution = set_resolution
        self._coarsen()

    def move(self, ns: int) -> None:
        """Stand at ``ns``; never earlier than now."""
        if ns <= self.ns:
            return
        self.ns = ns
        self.now = from_ns(ns)
        if self.now >= self._coarse_at:
            self._coarsen()
        for watcher in self.watchers:
            watcher(self.now)

    def _coarsen(self) -> None:
        self._coarse_at = max(2.0**21, 1.5 * self.now)
        self.resolution = grain(1.5 * self.now) * _NS
        if self._set_resolution is not None:
            self._set_resolution(self.resolution)
