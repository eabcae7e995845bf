"""Several patches of one dictionary, taken away in any order.

The same pile as for attributes (see `_layers`), but a layer does not hide the
one below, it changes it: what the dictionary shows is the ground, changed by
the first layer, changed by the second... Each layer remembers the content it
was laid on. When one in the middle goes, the changes that the layers above
made are found by comparing, and made again on what is left.

A dictionary gets back its old order too. Mappings that are not dictionaries,
``os.environ`` above all, pay for each write (a call into the C library), so
only what differs is written, unless the order asks for more.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from ._layers import Layer

__all__ = ["ContentLayer"]


class ContentLayer(Layer):
    """A change of one mapping: perhaps emptied, some keys dropped, some set."""

    drops: Iterable[Any] = ()

    def __init__(self, mapping: Any, values: dict[Any, Any], clear: bool) -> None:
        self.key = id(mapping)
        self.given = mapping
        self.values = values
        self.clear = clear

    def cover(self) -> None:
        mapping = self.given
        if type(mapping) is dict:  # which nothing can go wrong with
            self.below = mapping.copy()
            if self.clear or self.drops:
                self._change(mapping)
            else:
                mapping.update(self.values)
            return
        self.below = _copy(mapping)
        try:
            self._change(mapping)
        except BaseException:
            self.uncover()
            raise

    def uncover(self) -> None:
        if type(self.given) is dict:
            self.given.clear()
            self.given.update(self.below)
        else:
            _become(self.given, self.below)

    def slip_under(self, layers: list[Any], index: int) -> None:
        self.below = layers[index].below
        self._rebase(layers[index:], _changed(self.below, self))

    def slip_out(self, layers: list[Any], index: int) -> None:
        self._rebase(layers[index + 1 :], self.below)

    def learn(self, layers: list[Any], index: int) -> None:
        self._compare(layers[index + 1].below if self.above else _copy(self.given))

    def _surface(self, layers: list[Any]) -> None:
        if self in layers:
            full = _copy(self.given)
            self._lift(layers)
            self.below = _copy(self.given)
            self._compare(full)
            self._lay(layers)

    def _rebase(self, moved: list[ContentLayer], base: Any) -> None:
        """Let other layers, up to the topmost, lie on ``base``."""
        for layer, above in pairwise(moved):
            layer._compare(above.below)
        moved[-1]._compare(_copy(self.given))
        for layer in moved:
            layer.below = base
            base = _changed(base, layer)
        _become(self.given, base)

    def _compare(self, after: Any) -> None:
        """Take for ours whatever differs between what is below and ``after``."""
        before = () if self.clear else self.below
        self.values = {
            key: after[key]
            for key in after
            if key not in before or not _same(after[key], before[key])
        }
        self.drops = [key for key in before if key not in after]

    def _change(self, mapping: Any) -> None:
        if self.clear:
            _clear(mapping)
        for key in self.drops:
            if key in mapping:
                del mapping[key]
        _update(mapping, self.values)


def _changed(base: Any, layer: ContentLayer) -> Any:
    changed = _copy(base)
    layer._change(changed)
    return changed


def _become(mapping: Any, content: Any) -> None:
    if isinstance(mapping, dict) or not _write_differences(mapping, content):
        _clear(mapping)
        _update(mapping, content)


def _write_differences(mapping: Any, content: Any) -> bool:
    """Do it with few writes; say whether that gives the right order."""
    now = _copy(mapping)
    if [key for key in now if key in content] != list(content):
        return False
    for key in now:
        if key not in content:
            del mapping[key]
        elif not _same(now[key], content[key]):
            mapping[key] = content[key]
    return True


def _same(one: Any, other: Any) -> bool:
    # Only strings are compared by value: os.environ makes new ones each time.
    # The equality of anything else is none of our business.
    return one is other or (type(one) is str and type(other) is str and one == other)


def _copy(mapping: Any) -> Any:
    try:
        copy = mapping.copy
    except AttributeError:
        return {key: mapping[key] for key in mapping}
    return copy()


def _clear(mapping: Any) -> None:
    try:
        clear = mapping.clear
    except AttributeError:
        for key in list(mapping):
            del mapping[key]
    else:
        clear()


def _update(mapping: Any, values: Any) -> None:
    try:
        update = mapping.update
    except AttributeError:
        for key in values:
            mapping[key] = values[key]
    else:
        update(values)
