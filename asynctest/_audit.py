"""What the interpreter announces while a test runs: sockets, files, threads, processes.

Python tells its audit hooks of such things before it makes them, in the very
call that makes them. That is how we know the line of the user's that a leaked
socket or thread goes back to, without debug mode and without tracemalloc. An
audit hook cannot be taken away again, so there is one for the process, which
does nothing but look at one name unless a test is being recorded.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

from ._places import Place, is_ours
from ._ports import _left as ports
from ._ports._threads import announce_threads
from ._sites import is_users

__all__ = ["Origin", "Recorder", "children", "directory", "record", "user_line"]

_RUNNER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_calls.py")

_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", None)

_PYTHONS, _LIBRARYS, _USERS = range(3)
_kinds: dict[str, int] = {}


def _kind(code: CodeType) -> int:
    name = code.co_filename
    found = _kinds.get(name)
    if found is None:
        if is_users(name):
            found = _USERS
        elif "-packages" in name and not is_ours(name):  # which is installed there, too
            found = _LIBRARYS
        else:
            found = _PYTHONS  # or ours
        _kinds[name] = found
    return found


def user_line(frame: FrameType | None) -> tuple[CodeType, int] | None:
    """Return the innermost line of the user's below what runs the test, if there is one."""
    while frame is not None:
        code = frame.f_code
        if _kind(code) == _USERS:
            return code, frame.f_lineno
        if code.co_filename == _RUNNER:
            return None  # what lies beyond is the program that runs tests
        frame = frame.f_back
    return None


@dataclass
class Origin:
    """Where and when something began."""

    line: tuple[CodeType, int] | None
    moment: int
    maker: str = ""
    """The installed library whose code made it; empty if the user's own code did."""

    @property
    def place(self) -> Place | None:
        """The line of the user's, if any was involved."""
        if self.line is None:
            return None
        code, lineno = self.line
        return Place(code.co_filename, lineno, code.co_qualname)


class Recorder:
    """What was announced during one test.

    A test in which nothing happens leaves one object with two references: the
    containers below belong to the class until something is put into them.
    """

    sockets: Sequence[tuple[int, weakref.ref[Any], Origin]] = ()
    threads: Sequence[tuple[weakref.ref[Any], Origin]] = ()
    processes: Sequence[tuple[str, Origin]] = ()
    loops: Mapping[int, Origin] = {}
    files: Mapping[str, Origin] = {}
    environment: Mapping[str, Origin] = {}
    environment_before: Mapping[Any, Any] = {}
    children_before: Set[int] = frozenset()
    processes_since = 0.0
    """Seconds since the system started, when the first process was."""

    directory: Origin | None = None
    directory_before = ""
    on_thread: Callable[[], None] | None = None
    crowded = False
    """Whether tests ran in several threads at once: nobody knows then whose an event was."""

    def __init__(self, own: object, moments: Any = None) -> None:
        self.own = own  # the loop of the test
        self.moments = moments
        self.thread = threading.get_ident()

    def end(self) -> None:
        """Record no more."""
        self.on_thread = None  # it holds the stage
        if self in _recorders:
            _recorders.remove(self)

    def origin_of(self, thing: object) -> Origin | None:
        """Return where a socket or thread began."""
        for ref, origin in self.threads:
            if ref() is thing:
                return origin
        # By address: one that is being finalised can no longer be reached by reference.
        found: list[Origin] = [origin for number, _, origin in self.sockets if number == id(thing)]
        return found[-1] if found else None

    def _origin(self) -> Origin:
        frame = sys._getframe(3)
        return Origin(user_line(frame), self.moments.moment, _maker(frame))

    # -- one method for each event -------------------------------------------

    def _on_socket(self, args: tuple[Any, ...]) -> None:
        origin = self._origin()
        loop = ports.loop_being_made(sys._getframe(3))
        if loop is not None and loop is not self.own:
            self.loops = {**self.loops, id(loop): origin}
        self.sockets = [*self.sockets, (id(args[0]), weakref.ref(args[0]), origin)]

    def _on_thread(self, args: tuple[Any, ...]) -> None:
        thread = getattr(args[0], "__self__", None)
        if isinstance(thread, threading.Thread):
            self.threads = [*self.threads, (weakref.ref(thread), self._origin())]
            if self.on_thread is not None:
                self.on_thread()

    def _on_open(self, args: tuple[Any, ...]) -> None:
        path = args[0]
        if isinstance(path, (str, bytes, os.PathLike)):
            text = os.fsdecode(path)
            if not text.startswith(("/proc/", "/dev/")):
                self.files = {**self.files, os.path.abspath(text): self._origin()}

    def _on_process(self, args: tuple[Any, ...]) -> None:
        command = args[1] if len(args) > 1 else ""
        words = command if isinstance(command, (list, tuple)) else [command]
        self._begin_process(" ".join(map(str, words)), self._origin())

    def _on_fork(self, args: tuple[Any, ...]) -> None:
        self._begin_process("", self._origin())

    def _begin_process(self, command: str, origin: Origin) -> None:
        if not self.processes:
            self.expect_processes()
        self.processes = [*self.processes, (command, origin)]

    def expect_processes(self) -> None:
        """Note which children there are, before there are more."""
        self.children_before = children()
        self.processes_since = time.clock_gettime(_SINCE_BOOT) if _SINCE_BOOT is not None else 0.0

    def _on_environment(self, args: tuple[Any, ...]) -> None:
        if not self.environment:
            self.environment_before = ports.environment()
        self.environment = {**self.environment, os.fsdecode(args[0]): self._origin()}

    def _on_directory(self, args: tuple[Any, ...]) -> None:
        if self.directory is None:
            self.directory_before = directory()
        self.directory = self._origin()


def directory(getcwd: Callable[[], str] = os.getcwd) -> str:
    """Return the working directory, in words if it is gone."""
    try:
        return getcwd()
    except OSError:
        return "a folder that is gone"


def children() -> frozenset[int]:
    """Return the numbers of the children of this process; none where that cannot be known."""
    if not _has_children():
        return frozenset()
    found: set[int] = set()
    with contextlib.suppress(OSError):  # no such folder on this system
        for thread in os.listdir("/proc/self/task"):
            found |= _children_of(thread)
    return frozenset(found)


def _children_of(thread: str) -> set[int]:
    try:
        with open(f"/proc/self/task/{thread}/children", encoding="ascii") as file:
            return set(map(int, file.read().split()))
    except OSError:  # it has just ended
        return set()


def _has_children() -> bool:
    """Say whether there are children at all, without asking about each."""
    if not hasattr(os, "waitid"):
        return False
    try:
        os.waitid(os.P_ALL, 0, os.WNOHANG | os.WEXITED | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _maker(frame: FrameType | None) -> str:
    """Name the installed module that is nearer than any code of the user's, if one is."""
    while frame is not None:
        code = frame.f_code
        kind = _kind(code)
        if kind == _LIBRARYS:
            return str(frame.f_globals.get("__name__", ""))
        if kind == _USERS or code.co_filename == _RUNNER:
            return ""
        frame = frame.f_back
    return ""


_EVENTS: dict[str, Callable[[Recorder, tuple[Any, ...]], None]] = {
    "socket.__new__": Recorder._on_socket,
    "_thread.start_new_thread": Recorder._on_thread,
    "_thread.start_joinable_thread": Recorder._on_thread,  # 3.13+
    "open": Recorder._on_open,
    "subprocess.Popen": Recorder._on_process,
    "os.posix_spawn": Recorder._on_process,
    "os.fork": Recorder._on_fork,
    "os.forkpty": Recorder._on_fork,
    "os.putenv": Recorder._on_environment,
    "os.unsetenv": Recorder._on_environment,
    "os.chdir": Recorder._on_directory,
}

_recorders: list[Recorder] = []
_hooked = False


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _recorders:
        note = _EVENTS.get(event)
        if note is not None:
            note(_recorders[-1], args)


def record(own: object, moments: Any) -> Recorder:
    """Record what is announced until the recorder is ended, with the moment of each."""
    global _hooked
    if not _hooked:
        _hooked = True
        sys.addaudithook(_hook)
        announce_threads(_hook)
    recorder = Recorder(own, moments)
    for other in _recorders:
        if other.thread != recorder.thread:
            other.crowded = recorder.crowded = True
    _recorders.append(recorder)
    return recorder
