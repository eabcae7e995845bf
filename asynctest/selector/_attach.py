"""Putting a `TestSelector` on a loop, and taking it off again."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from itertools import chain
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
    if has_selector(loop):
        return wrap_selector(loop)
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
    if isinstance(original, TestSelector):
        return _nothing
    wrapper = TestSelector(original)
    ports.put_selector(loop, wrapper)

    def unwrap() -> None:
        if ports.selector_of(loop) is wrapper:  # else closed, or taken over by somebody else
            ports.put_selector(loop, original)

    return unwrap


def _nothing() -> None:
    pass


_TAKES_FILES = (
    "add_reader",
    "add_writer",
    "sock_recv",
    "sock_recv_into",
    "sock_recvfrom",
    "sock_recvfrom_into",
    "sock_sendall",
    "sock_sendto",
    "sock_sendfile",
    "sock_connect",
    "sock_accept",
    "create_connection",
    "create_server",
    "create_unix_connection",
    "create_unix_server",
    "create_datagram_endpoint",
    "connect_accepted_socket",
    "connect_read_pipe",
    "connect_write_pipe",
)


def refuse_mocks(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """Let a loop without selector refuse stand-ins; calling the result ends that.

    Such a loop takes a stand-in's number for that of an open file, and waits
    for whatever file has it. The refusal is a `LoopNotSupported` that names
    the loop and what to do.
    """
    for name in _TAKES_FILES:
        if hasattr(loop, name):
            setattr(loop, name, _without_mocks(loop, getattr(loop, name)))

    def accept() -> None:
        for name in _TAKES_FILES:
            vars(loop).pop(name, None)

    return accept


def _without_mocks(
    loop: asyncio.AbstractEventLoop, method: Callable[..., Any]
) -> Callable[..., Any]:
    @functools.wraps(method)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if any(map(isfilemock, chain(args[:2], kwargs.values()))):
            raise unsupported(loop)
        return method(*args, **kwargs)

    return checked


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
