"""What a test has left open, found once for all checks that ask.

A test that leaves nothing must pay next to nothing. So there are signs that
are cheap to read: how many descriptors are open, what the loop still holds.
Only if one of them has changed is everything that the test made looked at.
"""

from __future__ import annotations

import asyncio
import io
import select
import socket
import threading
from asyncio import AbstractEventLoop
from collections.abc import Iterable
from typing import Any

from .._audit import Origin, record
from .._ports import _left as ports
from ._check import StageView
from ._descriptors import descriptors

__all__ = ["Inventory", "inventory", "is_tools"]

_TURNS = 10
_FILES: tuple[type, ...] = tuple(
    kind
    for kind in (io.FileIO, getattr(select, "epoll", None), getattr(select, "kqueue", None))
    if kind is not None
)
_TOOLS = ("_pytest", "pytest", "xdist", "execnet", "coverage", "pydevd", "_pydevd", "debugpy")


def is_tools(origin: Origin | None) -> bool:
    """Say whether a test runner, debugger or coverage began something."""
    return origin is not None and origin.maker.partition(".")[0].startswith(_TOOLS)


class Inventory:
    """What there is before a test and what is left after it."""

    def __init__(self, stage: StageView) -> None:
        self._stage = stage
        self.made, end = record(lambda: stage.moment, stage.loop)
        stage.defer(end)
        self._known = descriptors.known()
        self._pipe = ports.has_pipe(stage.loop)
        self._threads = threading.enumerate()
        self.tasks = asyncio.all_tasks(stage.loop) if stage.lent else ()
        self._taken = False
        self.unborn: list[asyncio.Task[Any]] = []
        self.pending = False
        self.loops: list[AbstractEventLoop] = []
        self.servers: list[Any] = []
        self.transports: list[Any] = []
        self.sockets: list[socket.socket] = []
        self.files: list[Any] = []
        self.numbers: list[int] = []

    def take(self) -> Inventory:
        """Let the loop finish what is ready, then see what is left; once for each test."""
        if not self._taken:
            self._taken = True
            self.unborn, self.pending = _settle(self._stage.loop)
            late = 2 if not self._pipe and ports.has_pipe(self._stage.loop) else 0
            if descriptors.count() > len(self._known) + late:
                self._look()
        return self

    def threads(self) -> list[threading.Thread]:
        """Return the threads that were not there before."""
        now = threading.enumerate()
        return [] if now == self._threads else [each for each in now if each not in self._threads]

    def turn(self) -> None:
        """Let the loop look once at what has happened outside."""
        loop = self._stage.loop
        if loop.is_closed() is False and not loop.is_running():
            loop.run_until_complete(asyncio.sleep(0))

    def _look(self) -> None:
        self._stage.heap.collect()
        self._new = descriptors.now() - self._known
        if not self._new:
            return
        made = self._stage.heap.made(object)
        others = [each for each in made if isinstance(each, AbstractEventLoop)]
        self.loops = [
            each for each in others if each is not self._stage.loop and not each.is_closed()
        ]
        for loop in (self._stage.loop, *self.loops):
            self._claim(ports.sockets_of(loop))
        for thing in made:
            if ports.is_server(thing) and self._claim(thing.sockets or ()):
                self.servers.append(thing)
        for thing in made:
            is_open = ports.is_transport(thing) and self._claim([ports.file_of(thing)])
            if is_open and not thing.is_closing():
                self.transports.append(thing)
        for thing in made:
            if isinstance(thing, socket.socket) and self._claim([thing]):
                self.sockets.append(thing)
            elif isinstance(thing, _FILES) and self._claim([thing]):
                self.files.append(thing)
        self.numbers = sorted(self._new)

    def _claim(self, files: Iterable[Any]) -> bool:
        """Take new descriptors off the list, for their owner; say whether there were any."""
        numbers = {_number(file) for file in files} & self._new
        self._new -= numbers
        return bool(numbers)

    def origin_of(self, file: Any) -> Origin | None:
        """Return where a socket began: itself or another object with its descriptor."""
        found = self.made.origin_of(file)
        if found is None:
            number = _number(file)
            for ref, origin in self.made.sockets:
                other = ref()
                if other is not None and _number(other) == number >= 0:
                    return origin
        return found

    def origin_of_loop(self, loop: AbstractEventLoop) -> Origin | None:
        """Return where a loop began, if it is one that makes sockets for itself."""
        return self.made.loops.get(id(loop))


def _number(thing: Any) -> int:
    try:
        return int(thing.fileno())
    except (AttributeError, OSError, ValueError):  # closed, or never opened
        return -1


def _settle(loop: AbstractEventLoop) -> tuple[list[asyncio.Task[Any]], bool]:
    """Let end what is about to end; return tasks that had not even begun, and if there are any.

    A writer that was closed, a task that was cancelled, a handler that has
    just read the end of its stream: each needs a few turns of the loop. They
    are no leaks. Tasks that had not begun are not begun now, but cancelled.
    """
    if loop.is_closed() is not False or loop.is_running():
        return [], False
    tasks = asyncio.all_tasks(loop)
    unborn = [task for task in tasks if ports.is_unborn(task) and not task.cancelling()]
    for task in unborn:
        task.cancel()
    if tasks or ports.has_ready(loop) or ports.transports(loop):
        loop.run_until_complete(_turn())
    return unborn, bool(tasks)


async def _turn() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)


def inventory(stage: StageView) -> Inventory:
    """Return the inventory of a test; the first call begins it."""
    found = stage.memory.get(Inventory)
    if found is None:
        found = stage.memory[Inventory] = Inventory(stage)
    return found  # type: ignore[no-any-return]
