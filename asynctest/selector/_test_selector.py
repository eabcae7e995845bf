"""The selector a test's loop waits on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from selectors import BaseSelector, SelectorKey
from typing import Any
from unittest.mock import NonCallableMock

from ..mock._files import isfilemock
from ._shelf import AnsweringSelector, Shelf

__all__ = ["TestSelector", "get_registered_events"]


class TestSelector(BaseSelector):
    """A selector that keeps stand-ins to itself and passes real files on.

    Stand-ins are never ready by themselves: `select` returns what the wrapped
    selector returns. Without a wrapped selector everything is kept here.

    >>> import selectors
    >>> from asynctest import FileMock
    >>> selector, file = TestSelector(), FileMock()
    >>> selector.register(file, selectors.EVENT_READ, "data").data
    'data'
    >>> file in selector.get_map(), selector.select()
    (True, [])
    """

    __test__ = False  # pytest would take it for a test case

    def __init__(self, selector: BaseSelector | None = None) -> None:
        self._selector = selector
        self._shelf = Shelf()
        self._real = (
            AnsweringSelector(selector) if isinstance(selector, NonCallableMock) else selector
        )
        self._map: _BothLevels | None = _BothLevels(self._level_of, self._shelf, self._real)

    def _level_of(self, fileobj: Any) -> BaseSelector:
        # Loops ask for plain numbers, and often: their type alone tells that
        # they are real. bench/selector shows what this line is worth.
        real = self._real
        if real is None or (type(fileobj) is not int and isfilemock(fileobj)):
            return self._shelf
        return real

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

    def get_key(self, fileobj: Any) -> SelectorKey:
        """Give the key of a watched file. Raises KeyError if it is not watched."""
        if self._map is None:
            return super().get_key(fileobj)  # which knows what to raise
        return self._level_of(fileobj).get_key(fileobj)

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
        return sum(len(map_of(level)) for level in self._levels)

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(map(map_of, self._levels))

    def __getitem__(self, fileobj: Any) -> SelectorKey:
        return map_of(self._level_of(fileobj))[fileobj]

    def get(self, fileobj: Any, default: Any = None) -> Any:
        # The mapping's own get asks with "in" and a caught error; this one is
        # on the path of every add_reader.
        return map_of(self._level_of(fileobj)).get(fileobj, default)


def map_of(selector: BaseSelector) -> Mapping[Any, SelectorKey]:
    """What a selector watches: nothing, once it is closed."""
    keys = selector.get_map()
    return {} if keys is None else keys


def get_registered_events(selector: BaseSelector) -> set[SelectorKey]:
    """The keys of all files a selector watches, stand-ins included.

    >>> import selectors
    >>> from asynctest import FileMock
    >>> selector = TestSelector()
    >>> key = selector.register(FileMock(), selectors.EVENT_WRITE)
    >>> get_registered_events(selector) == {key}
    True
    """
    return set(map_of(selector).values())
