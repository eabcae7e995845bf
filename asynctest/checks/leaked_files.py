"""Files and other descriptors left open."""

from __future__ import annotations

import io
import os
import socket
import stat
from collections.abc import Iterable
from typing import Any

from .. import _ports as ports
from ._check import Check, Finding, Level, StageView
from ._descriptors import target
from ._inventory import anything_left, inventory, is_tools

_SYSTEMS = ("/proc/", "/dev/", "/sys/", "/run/", "/var/run/", "/var/lib/")


class LeakedFiles(Check):
    """Files, pipes and bare descriptors that were opened and not closed.

    Only what is new compared with before the test, and no longer needed by a
    socket, a transport or a loop, which have checks of their own.
    """

    name = "leaked_files"
    default = Level.WARN
    headline = "files or descriptors were still open at the end:"
    fix = "Close them: with open(...), or addCleanup(os.close, fd)"

    needs = (inventory,)
    signs = (anything_left,)

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        left = inventory(stage).take()
        for file in left.files:
            name = getattr(file, "name", "")
            yield from self._about(
                stage, file.fileno(), name if isinstance(name, str) else "", file
            )
        for number in left.numbers:
            if _is_users(stage, number):
                yield from self._about(stage, number, target(number), None)

    def _about(self, stage: StageView, number: int, name: str, file: Any) -> Iterable[Finding]:
        if name.startswith(_SYSTEMS) or name.endswith((".py", ".pyc", ".so")):
            return
        origin = inventory(stage).made.files.get(os.path.abspath(name)) if name else None
        if is_tools(origin):
            return
        what = name or (type(file).__name__ if file is not None else "unknown")
        place = (origin.place if origin else None) or stage.place
        moment = origin.moment if origin else None
        kind = "file" if isinstance(file, io.FileIO) else "descriptor"
        inventory(stage).tell(file)
        yield Finding(f"{kind} {number}: {what}", place, file, moment)


def _is_users(stage: StageView, number: int) -> bool:
    """Say whether a bare descriptor can only come from the test or the code under test.

    Libraries of the system keep sockets to its services; compiled loops keep
    pipes; multiprocessing keeps one for its helper.
    """
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        return False
    if stat.S_ISSOCK(mode):
        return not _leads_to_service(number)
    if stat.S_ISFIFO(mode):
        return ports.shows_handles(stage.loop) and not ports.is_multiprocessings(number)
    return stat.S_ISREG(mode)


def _leads_to_service(number: int) -> bool:
    sock = socket.socket(fileno=os.dup(number))
    with sock:
        if sock.family != getattr(socket, "AF_UNIX", None):
            return sock.family not in (socket.AF_INET, socket.AF_INET6)
        try:
            return bool(sock.getpeername())
        except OSError:
            return False
