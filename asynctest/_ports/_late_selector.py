"""The system's selector, made when something is to be waited for.

A test that only awaits what is ready never needs one: until something is registered,
or the loop is about to block, looking what is ready costs no call of the system.
With other threads there it is made at once: the call of the system is where a loop
that turns lets them run.
"""

from __future__ import annotations

import functools
import selectors
import threading
import types
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from ._frames import has_other_threads

__all__ = ["LateSelector", "is_open"]

if TYPE_CHECKING:
    _StockSelector = selectors.SelectSelector
else:
    _StockSelector = selectors.DefaultSelector

_making = threading.RLock()
_NOTHING: Mapping[Any, selectors.SelectorKey] = types.MappingProxyType({})
_Events = list[tuple[selectors.SelectorKey, int]]


class _Loop(Protocol):
    def make_self_pipe(self) -> bool: ...


class _Selector(_StockSelector):
    """Has its loop make the self-pipe before the first wait; then it is a stock selector."""

    loop: weakref.ref[_Loop]

    def select(self, timeout: float | None = None) -> _Events:
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        loop = self.loop()
        self.__class__ = _StockSelector  # type: ignore[assignment]
        if loop is not None and loop.make_self_pipe():
            timeout = 0
        return self.select(timeout)


class LateSelector(_Selector):
    """A selector without descriptor, and without any attribute of a stock one.

    Whoever asks for one of those, as all methods but those below do, has them made.
    """

    def __init__(self, loop: _Loop) -> None:
        self.loop = weakref.ref(loop)

    def __getattr__(self, name: str) -> Any:
        self._make()
        return getattr(self, name)

    def _make(self) -> None:
        with _making:  # other threads use loops by mistake, and are to be told of that alone
            if type(self) is LateSelector:
                _StockSelector.__init__(self)
                self.__class__ = _Selector  # type: ignore[assignment]

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return _NOTHING  # other threads ask, too, for reports: they are to change nothing

    def select(self, timeout: float | None = None) -> _Events:
        if timeout is not None and timeout <= 0 and not has_other_threads():
            return []
        self._make()
        return self.select(timeout)

    def close(self) -> None:
        self.__class__ = _StockSelector  # type: ignore[assignment]
        vars(self).update(_closed())


def is_open(selector: selectors.BaseSelector) -> bool:
    """Say whether a selector has a descriptor."""
    return type(selector) is not LateSelector and selector.get_map() is not None


@functools.cache
def _closed() -> dict[str, Any]:
    """Return the attributes of a stock selector that was closed."""
    selector = _StockSelector()
    selector.close()
    return vars(selector)
