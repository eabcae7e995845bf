"""Selectors that keep keys themselves, because nobody else would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from selectors import EVENT_READ, EVENT_WRITE, BaseSelector, SelectorKey
from typing import Any

from .._errors import AsynctestValueError, say
from ..mock._files import fd

__all__ = ["AnsweringSelector", "Shelf"]


class _Keys(Mapping[Any, SelectorKey]):
    """Keys by descriptor, found by the descriptor or by the file."""

    def __init__(self, by_number: Mapping[int, SelectorKey] | None = None) -> None:
        self.by_number = dict(by_number or {})

    def number_of(self, fileobj: Any) -> int:
        try:
            return _number(fileobj)
        except ValueError:
            # A file closed meanwhile has lost its number.
            for number, key in self.by_number.items():
                if key.fileobj is fileobj:
                    return number
            raise

    def __getitem__(self, fileobj: Any) -> SelectorKey:
        try:
            return self.by_number[self.number_of(fileobj)]
        except KeyError:
            raise KeyError(f"{fileobj!r} is not registered") from None

    def __iter__(self) -> Iterator[int]:
        return iter(self.by_number)

    def __len__(self) -> int:
        return len(self.by_number)


class Shelf(BaseSelector):
    """Keeps files that never become ready."""

    def __init__(self) -> None:
        self._keys = _Keys()

    def register(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        number = _number(fileobj)
        _check(events)
        if number in self._keys.by_number:
            raise KeyError(f"{fileobj!r} is already registered")
        key = self._keys.by_number[number] = SelectorKey(fileobj, number, events, data)
        return key

    def unregister(self, fileobj: Any) -> SelectorKey:
        return self._keys.by_number.pop(self._keys[fileobj].fd)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        key = self._keys[fileobj]
        _check(events)
        key = self._keys.by_number[key.fd] = key._replace(events=events, data=data)
        return key

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        return []

    def close(self) -> None:
        self._keys.by_number.clear()

    def get_map(self) -> Mapping[Any, SelectorKey]:
        return self._keys


class AnsweringSelector(BaseSelector):
    """A mocked selector, and the keys it gave: a mock keeps none itself."""

    def __init__(self, mock: Any) -> None:
        self._mock = mock
        self._keys = _Keys()

    def register(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        key: SelectorKey = self._mock.register(fileobj, events, data)
        self._keys.by_number[_number(fileobj)] = key
        return key

    def unregister(self, fileobj: Any) -> SelectorKey:
        key: SelectorKey = self._mock.unregister(fileobj)
        self._forget(fileobj)
        return key

    def modify(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        try:
            key: SelectorKey = self._mock.modify(fileobj, events, data)
        except BaseException:
            self._forget(fileobj)  # as real selectors do
            raise
        self._keys.by_number[_number(fileobj)] = key
        return key

    def _forget(self, fileobj: Any) -> None:
        self._keys.by_number.pop(self._keys.number_of(fileobj), None)

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        events: list[tuple[SelectorKey, int]] = self._mock.select(timeout)
        return events

    def close(self) -> None:
        self._mock.close()

    def get_map(self) -> Mapping[Any, SelectorKey]:
        told = self._mock.get_map()
        return _Keys({**told, **self._keys}) if isinstance(told, Mapping) else self._keys


def _number(fileobj: Any) -> int:
    if isinstance(fileobj, int):
        return fileobj
    number: int = fd(fileobj)
    return number


def _check(events: int) -> None:
    if not events or events & ~(EVENT_READ | EVENT_WRITE):
        raise AsynctestValueError(
            say(
                f"{events!r} is no set of events to wait for",
                todo="Use selectors.EVENT_READ, EVENT_WRITE, or both.",
            )
        )
