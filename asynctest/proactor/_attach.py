"""Putting a `TestProactor` on a loop, and taking it off again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .. import _later, selector
from .._errors import LoopNotSupported, say
from .._ports import _proactor_device as ports

__all__ = ["attach", "has_proactor", "wrap_proactor"]


def attach(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """Let a loop of any kind take stand-ins, or refuse them by name.

    Calling the result undoes it.
    """
    return wrap_proactor(loop) if has_proactor(loop) else selector.attach(loop)


def has_proactor(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether a loop is on the completion model."""
    return ports.proactor_of(loop) is not None


def wrap_proactor(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """Let a completion loop take stand-ins; calling the result ends that.

    What is pending on real sockets is not disturbed. Nothing is done to a
    loop that takes stand-ins already.

        >>> import asyncio
        >>> from asynctest import SocketMock, set_read_ready
        >>> from asynctest.proactor import ProactorEventLoop, wrap_proactor
        >>> async def test(loop, sock):
        ...     sock.recv.side_effect = [BlockingIOError, b"data"]
        ...     reading = asyncio.ensure_future(loop.sock_recv(sock, 10))
        ...     await asyncio.sleep(0)
        ...     set_read_ready(sock, loop)
        ...     return await reading
        >>> loop = ProactorEventLoop()
        >>> unwrap = wrap_proactor(loop)
        >>> loop.run_until_complete(test(loop, SocketMock()))
        b'data'
        >>> unwrap(), loop.close()
        (None, None)

    Raises `LoopNotSupported` if the loop has no proactor, see `has_proactor`.
    """
    original = ports.proactor_of(loop)
    if original is None:
        kind = type(loop)
        raise LoopNotSupported(
            say(
                f"{kind.__module__}.{kind.__qualname__} has no proactor to wrap.",
                todo="Use asynctest.proactor.ProactorEventLoop, or attach(), which takes any loop.",
            )
        )
    # A room that only tests on completion loops pay the import of.
    room = _later.fetch(__package__, ".", "_test_proactor")
    if isinstance(original, room.TestProactor):
        return _nothing
    wrapper = room.TestProactor(original)
    wrapper.set_loop(loop)
    ports.put_proactor(loop, wrapper)

    def unwrap() -> None:
        if ports.proactor_of(loop) is wrapper:  # else closed, or taken over by somebody else
            ports.put_proactor(loop, original)

    return unwrap


def _nothing() -> None:
    pass
