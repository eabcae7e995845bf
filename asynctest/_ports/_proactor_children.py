"""Child processes on a completion loop: started by asyncio, awaited by us."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import threading
from asyncio import base_subprocess
from typing import Any

from ._proactor_transports import untyped

__all__ = ["start_child"]

LEANS_ON = (
    "asyncio.base_subprocess:BaseSubprocessTransport._process_exited",
    "asyncio.base_subprocess:BaseSubprocessTransport._start",
    "asyncio.base_subprocess:BaseSubprocessTransport._wait",
)

_STATUS_WAS_TAKEN = 255  # what asyncio reports when somebody else waited for the child

Transport = untyped(base_subprocess.BaseSubprocessTransport)


class ChildTransport(Transport):  # type: ignore[misc,valid-type]
    """A running child process."""

    def _start(
        self, args: Any, shell: bool, stdin: Any, stdout: Any, stderr: Any, bufsize: int, **kw: Any
    ) -> None:
        self._proc = subprocess.Popen(
            args, shell=shell, stdin=stdin, stdout=stdout, stderr=stderr, bufsize=bufsize, **kw
        )

    def watch(self) -> None:
        """Learn about the end of the process from the kernel, or else from a thread."""
        pid = self.get_pid()
        try:
            pidfd = os.pidfd_open(pid)
        except (AttributeError, OSError):
            threading.Thread(
                target=self._wait_in_thread, args=(pid,), name=f"wait-for-{pid}", daemon=True
            ).start()
            return
        ended = self._loop._proactor.wait_for_handle(pidfd)
        ended.add_done_callback(lambda fut: self._reap(pid, pidfd, fut.cancelled()))

    def _reap(self, pid: int, pidfd: int, cancelled: bool) -> None:
        os.close(pidfd)
        if not cancelled:
            self._process_exited(_exit_code(pid))

    def _wait_in_thread(self, pid: int) -> None:
        _wait_without_reaping(pid)
        try:
            self._loop.call_soon_threadsafe(self._reap_in_loop, pid)
        except RuntimeError:  # the loop was closed first
            _exit_code(pid)

    def _reap_in_loop(self, pid: int) -> None:
        self._process_exited(_exit_code(pid))


async def start_child(loop: Any, protocol: Any, *args: Any, **kwargs: Any) -> Any:
    """Start a process and return its transport when its pipes are connected."""
    waiter = loop.create_future()
    transport = ChildTransport(loop, protocol, *args, waiter=waiter, **kwargs)
    transport.watch()
    try:
        await waiter
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException:
        transport.close()
        await asyncio.shield(transport._wait())
        raise
    return transport


def _wait_without_reaping(pid: int) -> None:
    # The exit status is collected in the loop's thread, together with telling
    # the transport, so that nobody sends a signal to a recycled pid.
    with contextlib.suppress(ChildProcessError):
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def _exit_code(pid: int) -> int:
    try:
        _, status = os.waitpid(pid, 0)
    except ChildProcessError:
        return _STATUS_WAS_TAKEN
    return os.waitstatus_to_exitcode(status)
