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
from collections.abc import Iterable, Sequence, Set
from typing import Any

from .. import _ports as stock
from .._audit import Origin, Recorder, record
from .._ports import _left as ports
from ._check import StageView
from ._descriptors import descriptors

__all__ = [
    "Inventory",
    "anything_alive",
    "anything_begun",
    "anything_left",
    "inventory",
    "is_tools",
]

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


_NOTHING = Recorder(None)


class Inventory:
    """What there is before a test and what is left after it."""

    unborn: Sequence[asyncio.Task[Any]] = ()
    loops: Sequence[AbstractEventLoop] = ()
    servers: Sequence[Any] = ()
    transports: Sequence[Any] = ()
    sockets: Sequence[socket.socket] = ()
    files: Sequence[Any] = ()
    numbers: Sequence[int] = ()
    tasks: Set[asyncio.Task[Any]] = frozenset()
    pending = False
    anything = False
    """Whether there was a reason to look closely."""
    is_over = False
    """Whether all checks of what is left open have looked."""
    _seen: Set[int] = frozenset()
    _told: Set[int] = frozenset()
    _taken = False

    def __init__(self, stage: StageView) -> None:
        self._stage = stage
        self.recorder = record(stage.loop, stage.moments)
        stage.defer(self.recorder.end)
        self._known = descriptors.known()
        self._loops_own = ports.opened_by(stage.loop)
        if not stock.shows_handles(stage.loop):
            # A compiled loop starts processes without a word.
            self.recorder.expect_processes()
            self.recorder.processes = [("", Origin(None, stage.moment))]
        if stage.lent:
            self.tasks = asyncio.all_tasks(stage.loop)

    @property
    def made(self) -> Recorder:
        """Return what was announced; nothing if other tests ran at the same time."""
        return _NOTHING if self.recorder.crowded else self.recorder

    def take(self) -> Inventory:
        """Let the loop finish what is ready, then see what is left; once for each test."""
        if not self._taken:
            self._taken = True
            self.unborn, self.pending = _settle(self._stage.loop)
            late = ports.opened_by(self._stage.loop) - self._loops_own
            grown = descriptors.count() > len(self._known) + late
            if grown:
                self._look()
            self.anything = grown or self.pending or bool(self.made.loops)
        return self

    def saw(self, file: Any) -> bool:
        """Say whether a file was among what was open at the end."""
        return _number(file) in self._seen

    def tell(self, *files: Any) -> None:
        """Note that a check is about to report what is behind some files."""
        self._told = {*self._told, *map(_number, files)}

    def is_told(self, file: Any) -> bool:
        """Say whether a check has reported what is behind a file."""
        return _number(file) in self._told - {-1}

    def let_go(self) -> None:
        """Let die what only we hold by now."""
        self.is_over = True
        self.servers = self.transports = self.sockets = self.files = ()

    def threads(self) -> list[threading.Thread]:
        """Return the threads that the test has started and that have not ended."""
        found = [ref() for ref, _ in self.made.threads]
        return [thread for thread in found if thread is not None and thread.is_alive()]

    def turn(self) -> None:
        """Let the loop look once at what has happened outside."""
        loop = self._stage.loop
        if loop.is_closed() is False and not loop.is_running():
            stock.run_past_stops(loop, asyncio.sleep(0))

    def _look(self) -> None:
        self._stage.heap.collect()
        self._new = self._seen = descriptors.now() - self._known
        if not self._new or self.recorder.crowded:
            return
        made: list[Any] = [*self._stage.heap.everything()]
        self.loops = [
            each
            for each in made
            if _is(each, AbstractEventLoop)
            and each is not self._stage.loop
            and not each.is_closed()
        ]
        for loop in (self._stage.loop, *self.loops):
            self._claim(ports.sockets_of(loop))
        self.servers = [
            each for each in made if ports.is_server(each) and self._claim(each.sockets or ())
        ]
        attached = [
            each for each in made if ports.is_transport(each) and self._claim([ports.file_of(each)])
        ]
        self.transports = [each for each in attached if not each.is_closing()]
        self.sockets = [each for each in made if _is(each, socket.socket) and self._claim([each])]
        self.files = [each for each in made if _is(each, _FILES) and self._claim([each])]
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
            for _, ref, origin in self.made.sockets:
                other = ref()
                if other is not None and _number(other) == number >= 0:
                    return origin
        return found

    def origin_of_loop(self, loop: AbstractEventLoop) -> Origin | None:
        """Return where a loop began, if it is one that makes sockets for itself."""
        return self.made.loops.get(id(loop))


def anything_left(stage: StageView) -> bool:
    """See whether tasks or descriptors are left; a sign that checks can wait for."""
    return inventory(stage).take().anything


def anything_alive(stage: StageView) -> bool:
    """See whether anything worth a look was alive when the garbage had been collected; a sign."""
    return not stage.heap.is_plain


def anything_begun(stage: StageView) -> bool:
    """See whether the test has started threads or processes; a sign."""
    made = inventory(stage).made
    return bool(made.threads or made.processes)


def _is(thing: object, kind: type | tuple[type, ...]) -> bool:
    """Say what a thing is; a mock with a specification claims to be something else."""
    return issubclass(type(thing), kind)


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
    tasks = asyncio.all_tasks(loop) if ports.may_have_tasks() else ()
    unborn = [task for task in tasks if ports.is_unborn(task) and not task.cancelling()]
    for task in unborn:
        task.cancel()
    if tasks or ports.has_ready(loop) or ports.transports(loop):
        stock.run_past_stops(loop, _turn())
    return unborn, bool(tasks)


async def _turn() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)


def inventory(stage: StageView) -> Inventory:
    """Return the inventory of a test; the first call begins it."""
    found = stage.memory.get(Inventory)
    if found is None:
        found = stage.memory[Inventory] = Inventory(stage)
    return found
