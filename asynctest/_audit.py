"""What the interpreter announces while a test runs: sockets, files, threads, processes.

Python tells its audit hooks of such things before it makes them, in the very
call that makes them. That is how we know the line of the user's that a leaked
socket or thread goes back to, without debug mode and without tracemalloc. An
audit hook cannot be taken away again, so there is one for the process, which
does nothing but look at one name unless a test is being recorded.
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

from ._places import Place, is_ours
from ._sites import is_users

__all__ = ["Origin", "Recorder", "record", "user_line"]

_RUNNER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_calls.py")

_users: dict[str, bool] = {}


def user_line(frame: FrameType | None) -> tuple[CodeType, int] | None:
    """Return the innermost line of the user's below what runs the test, if there is one."""
    while frame is not None:
        code = frame.f_code
        name = code.co_filename
        known = _users.get(name)
        if known is None:
            known = _users[name] = is_users(name)
        if known:
            return code, frame.f_lineno
        if name == _RUNNER:
            return None  # what lies beyond is the program that runs tests
        frame = frame.f_back
    return None


@dataclass
class Origin:
    """Where and when something began; ``installed`` if library code began it."""

    line: tuple[CodeType, int] | None
    moment: int
    maker: str = ""
    """The module that made it: the nearest that is neither Python's nor ours."""

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
    sockets: list[tuple[weakref.ref[Any], Origin]] = field(default_factory=list)
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
        return None

    def _origin(self) -> Origin:
        frame = sys._getframe(3)
        return Origin(user_line(frame), self.mark(), _maker(frame))

    # -- one method for each event -------------------------------------------

    def _on_socket(self, args: tuple[Any, ...]) -> None:
        self.sockets.append((weakref.ref(args[0]), self._origin()))

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
    """Name the nearest module that is neither Python's own nor ours."""
    while frame is not None:
        code = frame.f_code
        if code.co_filename == _RUNNER:
            return ""
        if not is_ours(code) and not code.co_filename.startswith((_STDLIB, "<")):
            return str(frame.f_globals.get("__name__", ""))
        if "-packages" in code.co_filename:
            return str(frame.f_globals.get("__name__", ""))
        frame = frame.f_back
    return ""


_STDLIB = os.path.dirname(os.path.abspath(os.__file__)) + os.sep

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


def record(mark: Callable[[], int]) -> tuple[Recorder, Callable[[], None]]:
    """Begin to record; returns what is recorded, and the function that ends it."""
    global _hooked
    if not _hooked:
        _hooked = True
        sys.addaudithook(_hook)
    recorder = Recorder(mark)
    _recorders.append(recorder)

    def end() -> None:
        if recorder in _recorders:
            _recorders.remove(recorder)

    return recorder, end


