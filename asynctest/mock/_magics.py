"""Magic methods that become mocks when they are first used.

A MagicMock offers some eighty magic methods and a test uses one or two. The
type of each mock therefore holds one shared descriptor per magic method; the
descriptor makes the child on first use and keeps it with the mock's other
children.

A spec decides which magic methods exist: ``hasattr``, ``len`` and friends must
behave as on the real object, so the others are left out of the type.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import _stdlib, _types

__all__ = ["ALL", "namespace", "offer"]


class LazyMagic:
    """A magic method of many mocks, each of which gets a child of its own."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, mock: Any, owner: type | None = None) -> Any:
        if mock is None:
            # type(m).__str__: every mock has a type of its own, so we know m.
            mock = None if owner is None else _types.mock_of(owner)
            if mock is None:
                raise AttributeError(self.name)
        child = mock._mock_children.get(self.name)
        return child if _stdlib.is_mock(child) else _make(mock, self.name)


def _make(mock: Any, name: str) -> Any:
    with mock._lock:
        children = mock._mock_children
        child = children.get(name)
        if not _stdlib.is_mock(child):
            child = mock._get_child_mock(name=name, _new_name=name, _new_parent=mock)
            children[name] = child
            if name == "__aiter__":
                child.side_effect = _AsyncIter(mock)
            else:
                _stdlib.preset_magic(mock, child, name)
        return child


class _AsyncIter:
    """What ``__aiter__`` does: go through its return value, of either kind."""

    def __init__(self, mock: Any) -> None:
        self.mock = mock

    def __call__(self) -> Any:
        items = self.mock.__aiter__._mock_return_value
        if items is _stdlib.DEFAULT:
            return _AsyncItems(())
        return items.__aiter__() if hasattr(type(items), "__aiter__") else _AsyncItems(items)


class _AsyncItems:
    """Gives the items of a plain iterable asynchronously, as often as asked."""

    def __init__(self, items: Iterable[Any]) -> None:
        self._items = iter(items)

    def __aiter__(self) -> _AsyncItems:
        return self

    async def __anext__(self) -> Any:
        for item in self._items:
            return item
        raise StopAsyncIteration


ALL: dict[str, Any] = {name: LazyMagic(name) for name in sorted(_stdlib.DEFAULT_MAGICS)}


def namespace(names: Iterable[str]) -> dict[str, Any]:
    """Choose the magic methods that a spec with these names allows."""
    return {name: ALL[name] for name in ALL.keys() & set(names)}


def offer(mock: Any, names: Iterable[str] | None) -> None:
    """Make a mock have the magic methods in ``names`` (None: all) and no other.

    Those that were set by hand stay as they are if the spec allows them.
    """
    own_type = type(mock)
    wanted = ALL if names is None else namespace(names)
    present = ALL.keys() & vars(own_type).keys()
    for name in present - wanted.keys():
        delattr(mock, name)
    for name in wanted.keys() - present:
        setattr(own_type, name, ALL[name])
