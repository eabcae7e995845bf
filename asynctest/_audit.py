"""What the interpreter announces while a test runs: sockets, files, threads, processes.

Python tells its audit hooks of such things before it makes them, in the very
call that makes them. That is how we know the line of the user's that a leaked
socket or thread goes back to, without debug mode and without tracemalloc. An
audit hook cannot be taken away again, so there is one for the process, which
does nothing but look at one name unless a test is being recorded.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

from ._places import Place
from ._ports import _left as ports
from ._ports._threads import on_thread_start
from ._sites import is_users

__all__ = ["Origin", "Recorder", "record", "user_line"]

_RUNNER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_calls.py")

_PYTHONS, _LIBRARYS, _USERS = range(3)
_kinds: dict[str, int] = {}


def _kind(code: CodeType) -> int:
    name = code.co_filename
    found = _kinds.get(name)
    if found is None:
        if is_users(name):
            found = _USERS
        elif "-packages" in name:
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


@dataclass
class Recorder:
    """What was announced during one test."""

    mark: Callable[[], int]
    own: object
    """The loop of the test."""

    sockets: list[tuple[weakref.ref[Any], Origin]] = field(default_factory=list)
    loops: dict[int, Origin] = field(default_factory=dict)
    addresses: dict[int, Origin] = field(default_factory=dict)
    threads: list[tuple[weakref.ref[Any], Origin]] = field(default_factory=list)
    files: dict[str, Origin] = field(default_factory=dict)
    processes: list[tuple[str, Origin]] = field(default_factory=list)
    environment: dict[str, Origin] = field(default_factory=dict)
    directory: Origin | None = None
    on_thread: Callable[[], None] | None = None

    def origin_of(self, thing: object) -> Origin | None:
        """Return where a socket or thread began."""
        for ref, origin in (*self.sockets, *self.threads):
            if ref() is thing:
                return origin
        # One that is being finalised can no longer be reached through its reference.
        return self.addresses.get(id(thing)) if isinstance(thing, socket.socket) else None

    def _origin(self) -> Origin:
        frame = sys._getframe(3)
        return Origin(user_line(frame), self.mark(), _maker(frame))

    # -- one method for each event -------------------------------------------

    def _on_socket(self, args: tuple[Any, ...]) -> None:
        origin = self._origin()
        loop = ports.loop_being_made(sys._getframe(3))
        if loop is not None and loop is not self.own:
            self.loops[id(loop)] = origin
        self.sockets.append((weakref.ref(args[0]), origin))
        self.addresses[id(args[0])] = origin

    def _on_thread(self, args: tuple[Any, ...]) -> None:
        thread = getattr(args[0], "__self__", None)
        if isinstance(thread, threading.Thread):
            self.threads.append((weakref.ref(thread), self._origin()))
            if self.on_thread is not None:
                self.on_thread()

    def _on_open(self, args: tuple[Any, ...]) -> None:
        path = args[0]
        if isinstance(path, (str, bytes, os.PathLike)):
            text = os.fsdecode(path)
            if not text.startswith(("/proc/", "/dev/")):
                self.files[os.path.abspath(text)] = self._origin()

    def _on_process(self, args: tuple[Any, ...]) -> None:
        command = args[1] if len(args) > 1 else ""
        words = command if isinstance(command, (list, tuple)) else [command]
        self.processes.append((" ".join(map(str, words)), self._origin()))

    def _on_fork(self, args: tuple[Any, ...]) -> None:
        self.processes.append(("", self._origin()))

    def _on_environment(self, args: tuple[Any, ...]) -> None:
        self.environment[os.fsdecode(args[0])] = self._origin()

    def _on_directory(self, args: tuple[Any, ...]) -> None:
        self.directory = self._origin()


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


def record(mark: Callable[[], int], own: object) -> tuple[Recorder, Callable[[], None]]:
    """Begin to record; returns what is recorded, and the function that ends it."""
    global _hooked
    if not _hooked:
        _hooked = True
        sys.addaudithook(_hook)
    recorder = Recorder(mark, own)
    _recorders.append(recorder)
    undo = on_thread_start(recorder._on_thread)

    def end() -> None:
        undo()
        if recorder in _recorders:
            _recorders.remove(recorder)

    return recorder, end
