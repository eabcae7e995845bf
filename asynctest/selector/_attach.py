"""Putting a `TestSelector` on a loop, and taking it off again."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from selectors import BaseSelector
from typing import Any

from .._errors import LoopNotSupported, say
from .._ports import _selectors as ports
from .._ports import is_complete
from ..mock._files import isfilemock
from ._test_selector import TestSelector

__all__ = ["attach", "has_selector", "refuse_mocks", "unsupported", "wrap_selector"]


def attach(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """Let a loop take stand-ins, or refuse them by name; calling the result undoes it.

    See `wrap_selector` and `refuse_mocks`. A loop that waits on something else
    than a selector, but shows it, is left as it is, and so is the mock of a loop.
    """
    original = ports.selector_of(loop)
    if original is not None:
        return _wrap(loop, original)
    if ports.shows_device(loop) or not is_complete(loop):
        return _nothing
    return refuse_mocks(loop)


def has_selector(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether a loop waits on a selector we can see and replace."""
    return ports.selector_of(loop) is not None


def wrap_selector(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """Let a loop wait on a `TestSelector`; calling the result takes it off again.

    The original stays reachable and keeps what is registered for real files.
    Stand-ins still registered when it is taken off are forgotten. Nothing is
    done to a loop that waits on a `TestSelector` already.

    Raises `LoopNotSupported` if the loop has no selector, see `has_selector`.
    """
    original = ports.selector_of(loop)
    if original is None:
        raise unsupported(loop)
    return _wrap(loop, original)


def _wrap(loop: asyncio.AbstractEventLoop, original: BaseSelector) -> Callable[[], None]:
    if isinstance(original, TestSelector):
        return _nothing
    wrapper = TestSelector(original)
    ports.put_selector(loop, wrapper)

    def unwrap() -> None:
        if ports.device_of(loop) is wrapper:  # else closed, or taken over by somebody else
            ports.put_selector(loop, original)

    return unwrap


def _nothing() -> None:
    pass


# Where a method takes its file, if not by name. Other arguments are not looked
# at: asking a callback for its fileno() would leave a mark on one that is a mock.
_FIRST, _SECOND, _BY_NAME = slice(0, 1), slice(1, 2), slice(0)
_FILES_OF = {
    "add_reader": _FIRST,
    "add_writer": _FIRST,
    "sock_recv": _FIRST,
    "sock_recv_into": _FIRST,
    "sock_recvfrom": _FIRST,
    "sock_recvfrom_into": _FIRST,
    "sock_sendall": _FIRST,
    "sock_sendto": _FIRST,
    "sock_sendfile": _FIRST,
    "sock_connect": _FIRST,
    "sock_accept": _FIRST,
    "connect_accepted_socket": _SECOND,
    "connect_read_pipe": _SECOND,
    "connect_write_pipe": _SECOND,
    "create_connection": _BY_NAME,
    "create_server": _BY_NAME,
    "create_unix_connection": _BY_NAME,
    "create_unix_server": _BY_NAME,
    "create_datagram_endpoint": _BY_NAME,
}


def refuse_mocks(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """Let a loop without selector refuse stand-ins; calling the result ends that.

    Such a loop takes a stand-in's number for that of an open file, and waits
    for whatever file has it. The refusal is a `LoopNotSupported` that names
    the loop and what to do.
    """
    own = vars(loop)
    for name, files in _FILES_OF.items():
        if method := getattr(loop, name, None):
            own[name] = functools.partial(_call_without_mocks, loop, method, files)

    def accept() -> None:
        for name in _FILES_OF:
            own.pop(name, None)

    return accept


def _call_without_mocks(
    loop: asyncio.AbstractEventLoop,
    method: Callable[..., Any],
    files: slice,
    /,
    *args: Any,
    **kwargs: Any,
) -> Any:
    if any(map(isfilemock, (*args[files], kwargs.get("sock"), kwargs.get("pipe")))):
        raise unsupported(loop)
    return method(*args, **kwargs)


def unsupported(loop: asyncio.AbstractEventLoop) -> LoopNotSupported:
    """Say that this loop cannot wait for stand-ins."""
    kind = type(loop)
    return LoopNotSupported(
        say(
            "stand-ins for files and sockets need a loop with a selector or a proactor;"
            f" this is a {kind.__module__}.{kind.__qualname__}.",
            todo="Leave loop_factory unset for this test, or use a real socket pair.",
        )
    )
