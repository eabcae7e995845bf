"""Work that the loop itself gave away: executor jobs, child processes, shutdown.

The loop's own methods are wrapped on the instance, so nothing that is started
while the clock is installed goes uncounted, whoever starts it. DNS look-ups,
``to_thread`` and asyncio's fall-backs for files all go through the executor.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import signal
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import Any

from .._describe import describe_callback
from .._ports import _time_loop as ports
from ._wakers import Waker

__all__ = ["Jobs"]


class _Recorder:
    """Stands in for an executor for one call, and keeps the future it made."""

    def __init__(self, executor: concurrent.futures.Executor) -> None:
        self._executor = executor
        self.made: concurrent.futures.Future[Any] | None = None

    def submit(self, *args: Any, **kwargs: Any) -> concurrent.futures.Future[Any]:
        self.made = self._executor.submit(*args, **kwargs)
        return self.made


class _Job:
    __slots__ = ("future", "job", "text")

    def __init__(self, job: Any, future: asyncio.Future[Any], text: str) -> None:
        self.job = job
        self.future = future
        self.text = text

    def is_undelivered(self) -> bool:
        """The work is done, and the loop has not been told yet."""
        return self.job is not None and self.job.done() and not self.future.done()


class Jobs:
    """Counts what one loop has given away and not yet got back."""

    def __init__(self, loop: Any) -> None:
        self._loop = loop
        self._jobs: list[_Job] = []
        self._children: list[tuple[Any, str]] = []
        self._held: list[str] = []
        self._signals = ports.signal_handlers(loop)

    def wrappers(self, more: Iterable[str] = ()) -> dict[str, Callable[..., Any]]:
        """The loop's methods to replace, by name.

        ``more`` are coroutine functions that count as in flight while they run.
        """
        names = {
            "run_in_executor": self._run_in_executor,
            "subprocess_exec": self._subprocess,
            "subprocess_shell": self._subprocess,
            "shutdown_default_executor": self._holding,
            **dict.fromkeys(more, self._holding),
        }
        return {name: make(name, getattr(self._loop, name)) for name, make in names.items()}

    @contextmanager
    def hold(self, text: str) -> Iterator[None]:
        """Count something as in flight for as long as the block lasts."""
        self._held.append(text)
        try:
            yield
        finally:
            self._held.remove(text)

    def in_flight(self) -> list[Waker]:
        self._forget_finished()
        texts = [job.text for job in self._jobs] + [text for _, text in self._children]
        return [Waker(text, certain=True) for text in texts + self._held + self._alarm()]

    def has_undelivered(self) -> bool:
        return any(job.is_undelivered() for job in self._jobs)

    def child_pids(self) -> set[int]:
        return {transport.get_pid() for transport, _ in self._children}

    def child_pipes(self) -> set[int]:
        """The descriptors of pipes to the children: what comes through them is the children's."""
        pipes = [
            transport.get_pipe_transport(number)
            for transport, _ in self._children
            for number in (0, 1, 2)
        ]
        found = [pipe.get_extra_info("pipe") for pipe in pipes if pipe is not None]
        return {_descriptor(pipe) for pipe in found if pipe is not None}

    def everything(self) -> tuple[Sized, Sized, Sized, Sized]:
        """What is counted, for those who only ask whether there is any; never replaced."""
        return self._jobs, self._children, self._held, self._signals

    def _forget_finished(self) -> None:
        self._jobs[:] = [job for job in self._jobs if not job.future.done()]
        self._children[:] = [each for each in self._children if each[0].get_returncode() is None]

    def _alarm(self) -> list[str]:
        """An armed alarm clock of the system, if this loop listens for it."""
        alarm = getattr(signal, "SIGALRM", None)
        if alarm is None or alarm not in self._signals:
            return []
        return ["signal SIGALRM is due"] if signal.getitimer(signal.ITIMER_REAL)[0] else []

    def _run_in_executor(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        loop = self._loop

        def run_in_executor(executor: Any, func: Any, *args: Any) -> Any:
            if executor is None and not ports.refuses_executor_jobs(loop):
                executor = self._default_executor()
            recorder = None if executor is None else _Recorder(executor)
            future = original(recorder, func, *args)
            made = None if recorder is None else recorder.made
            text = f"executor job {describe_callback(func)}"
            self._jobs.append(_Job(made, future, text))
            return future

        return run_in_executor

    def _default_executor(self) -> Any:
        executor = ports.default_executor(self._loop)
        if executor is None:
            executor = concurrent.futures.ThreadPoolExecutor(thread_name_prefix="asyncio")
            self._loop.set_default_executor(executor)
        return executor

    def _subprocess(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        async def subprocess(protocol_factory: Any, *args: Any, **kwargs: Any) -> Any:
            command = " ".join(str(arg) for arg in args)
            with self.hold(f"starting {command!r}"):
                transport, protocol = await original(protocol_factory, *args, **kwargs)
            pid = transport.get_pid()
            self._children.append((transport, f"child process {pid} {command!r}"))
            return transport, protocol

        return subprocess

    def _holding(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        async def holding(*args: Any, **kwargs: Any) -> Any:
            with self.hold(f"{name}()"):
                return await original(*args, **kwargs)

        return holding


def _descriptor(pipe: Any) -> int:
    try:
        return int(pipe.fileno())
    except (ValueError, OSError):  # closed
        return -1
