"""Files and sockets that are ready when the test says so.

Hand a `FileMock` or a `SocketMock` to a loop in place of the real thing; a
test's loop waits on a `TestSelector`, which keeps stand-ins away from the
operating system. `set_read_ready` and `set_write_ready` make one ready, once.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from selectors import EVENT_READ, EVENT_WRITE, BaseSelector, SelectorKey
from typing import Any

from ._errors import AsynctestValueError, LoopNotSupported, say
from ._ports import _selectors as ports
from .mock import _files
from .mock._files import FileDescriptor, FileMock, SocketMock, fd, isfilemock

__all__ = [
    "FileDescriptor",
    "FileMock",
    "SocketMock",
    "TestSelector",
    "fd",
    "get_registered_events",
    "has_selector",
    "isfilemock",
    "refuse_mocks",
    "set_read_ready",
    "set_write_ready",
    "wrap_selector",
]
if hasattr(_files, "SSLSocketMock"):  # Python may be built without OpenSSL
    from .mock._files import SSLSocketMock as SSLSocketMock

    __all__ += ["SSLSocketMock"]

_Map = Mapping[Any, SelectorKey]


class TestSelector(BaseSelector):
    """A selector that keeps stand-ins to itself and passes real files on.

    Stand-ins are never ready by themselves: `select` returns what the wrapped
    selector returns. Without a wrapped selector everything is kept here.

    >>> selector, file = TestSelector(), FileMock()
    >>> selector.register(file, EVENT_READ, "data").data
    'data'
    >>> file in selector.get_map(), selector.select()
    (True, [])
    """

    __test__ = False  # pytest would take it for a test case

    def __init__(self, selector: BaseSelector | None = None) -> None:
        self._selector = selector
        self._shelf = _Shelf()
        self._map: _BothLevels | None = _BothLevels(self._level_of, self._shelf, selector)

    def _level_of(self, fileobj: Any) -> BaseSelector:
        # Loops ask for plain numbers, and often: their type alone tells that
        # they are real. bench/selector shows what this line is worth.
        if type(fileobj) is int and self._selector is not None:
            return self._selector
        return self._shelf if self._selector is None or isfilemock(fileobj) else self._selector

    def register(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        """Watch a file.

        Raises KeyError if it is watched already, ValueError for no events.
        """
        return self._level_of(fileobj).register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> SelectorKey:
        """Stop watching a file. Raises KeyError if it is not watched."""
        return self._level_of(fileobj).unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        """Change the events and the data of a watched file; give its new key.

        Raises KeyError if a stand-in is not watched; for a real file, what the
        wrapped selector raises.
        """
        return self._level_of(fileobj).modify(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        """Wait for real files; without a wrapped selector return at once."""
        return [] if self._selector is None else self._selector.select(timeout)

    def close(self) -> None:
        """Close the wrapped selector and forget the stand-ins."""
        if self._map is not None:
            self._map = None
            self._shelf.close()
            if self._selector is not None:
                self._selector.close()

    def get_map(self) -> Mapping[Any, SelectorKey]:
        """All that is watched, real files and stand-ins, live; None once closed."""
        return self._map  # type: ignore[return-value]


class _Shelf(BaseSelector):
    """Keeps files that never become ready."""

    def __init__(self) -> None:
        self._keys: dict[int, SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        number = fileobj if isinstance(fileobj, int) else fd(fileobj)
        _check(events)
        if number in self._keys:
            raise KeyError(f"{fileobj!r} is already registered")
        key = self._keys[number] = SelectorKey(fileobj, number, events, data)
        return key

    def unregister(self, fileobj: Any) -> SelectorKey:
        return self._keys.pop(self._find(fileobj))

    def modify(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        number = self._find(fileobj)
        _check(events)
        key = self._keys[number] = self._keys[number]._replace(events=events, data=data)
        return key

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        return []

    def close(self) -> None:
        self._keys.clear()

    def get_map(self) -> Mapping[Any, SelectorKey]:
        return self._keys

    def _find(self, fileobj: Any) -> int:
        number = _number(fileobj)
        if number in self._keys:
            return number
        # A file closed meanwhile has lost its number.
        for number, key in self._keys.items():
            if key.fileobj is fileobj:
                return number
        raise KeyError(f"{fileobj!r} is not registered")


class _BothLevels(Mapping[Any, SelectorKey]):
    """The keys of stand-ins and of real files, as they are at every look."""

    def __init__(
        self,
        level_of: Callable[[Any], BaseSelector],
        shelf: BaseSelector,
        selector: BaseSelector | None,
    ) -> None:
        self._level_of = level_of
        self._levels = (shelf,) if selector is None else (shelf, selector)

    def __len__(self) -> int:
        return sum(len(_map_of(level)) for level in self._levels)

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(map(_map_of, self._levels))

    def __getitem__(self, fileobj: Any) -> SelectorKey:
        return _map_of(self._level_of(fileobj))[_number(fileobj)]

    def get(self, fileobj: Any, default: Any = None) -> Any:
        # The mapping's own get asks with "in" and a caught error; this one is
        # on the path of every add_reader.
        return _map_of(self._level_of(fileobj)).get(_number(fileobj), default)


def _map_of(selector: BaseSelector) -> Mapping[Any, SelectorKey]:
    keys = selector.get_map()
    return {} if keys is None else keys


def _number(fileobj: Any) -> Any:
    """The descriptor if there is one; else the object, which may be known by itself."""
    if isinstance(fileobj, int):
        return fileobj
    try:
        return fd(fileobj)
    except ValueError:
        return fileobj


def _check(events: int) -> None:
    if not events or events & ~(EVENT_READ | EVENT_WRITE):
        raise AsynctestValueError(
            say(
                f"{events!r} is no set of events to wait for",
                todo="Use selectors.EVENT_READ, EVENT_WRITE, or both.",
            )
        )


def get_registered_events(selector: BaseSelector) -> set[SelectorKey]:
    """The keys of all files a selector watches, stand-ins included.

    >>> selector = TestSelector()
    >>> selector.register(FileMock(), EVENT_WRITE) in get_registered_events(selector)
    True
    """
    return set(_map_of(selector).values())


def set_read_ready(fileobj: Any, loop: asyncio.AbstractEventLoop) -> None:
    """Let a file be ready for reading, once.

    The callback given to ``loop.add_reader`` is looked up in the loop's next
    iteration and called in the one after. If there is none by then, nothing
    happens. May be called from any thread.

    >>> async def test():
    ...     loop, file = asyncio.get_running_loop(), FileMock()
    ...     wrap_selector(loop)
    ...     loop.add_reader(file, print, "readable")
    ...     set_read_ready(file, loop)
    ...     await asyncio.sleep(0.001)
    >>> asyncio.run(test())
    readable

    Raises `LoopNotSupported` on a loop that does not show what it waits on,
    RuntimeError on a closed one.
    """
    _announce(fileobj, loop, EVENT_READ)


def set_write_ready(fileobj: Any, loop: asyncio.AbstractEventLoop) -> None:
    """Let a file be ready for writing, once; otherwise like `set_read_ready`."""
    _announce(fileobj, loop, EVENT_WRITE)


def _announce(fileobj: Any, loop: asyncio.AbstractEventLoop, event: int) -> None:
    if not ports.shows_device(loop):
        raise _unsupported(loop)
    loop.call_soon_threadsafe(_deliver, fileobj, loop, event)


def _deliver(fileobj: Any, loop: asyncio.AbstractEventLoop, event: int) -> None:
    device = ports.device_of(loop)
    if hasattr(device, "mock_ready"):  # a proactor that knows stand-ins
        device.mock_ready(fileobj, event)
        return
    try:
        key = device.get_key(fileobj)
    except (KeyError, ValueError):  # removed meanwhile, or never there
        return
    if key.events & event:
        ports.process_events(loop, [(key, event)])


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
        raise _unsupported(loop)
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


_TAKES_FILES = [
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
]


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
            raise _unsupported(loop)
        return method(*args, **kwargs)

    return checked


def _unsupported(loop: asyncio.AbstractEventLoop) -> LoopNotSupported:
    kind = type(loop)
    return LoopNotSupported(
        say(
            "stand-ins for files and sockets need a loop with a selector or a proactor;"
            f" this is a {kind.__module__}.{kind.__qualname__}.",
            todo="Leave loop_factory unset for this test, or use a real socket pair.",
        )
    )
