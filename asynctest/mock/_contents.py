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

from ._layers import Layer, Pile

__all__ = ["ContentLayer"]


class ContentLayer(Layer):
    """A change of one mapping: perhaps emptied, some keys dropped, some set."""

    __slots__ = ("beneath", "clear", "drops", "mapping", "values")

    def __init__(self, mapping: Any, values: dict[Any, Any], clear: bool) -> None:
        self.key = id(mapping)
        self.above = []
        self.mapping = mapping
        self.values = values
        self.clear = clear
        self.drops: Iterable[Any] = ()
        self.beneath: Any = None

    def pile(self) -> Pile:
        return ContentPile(self)

    def learn(self, after: Any) -> None:
        """Take for ours whatever differs between what is beneath and ``after``."""
        before = () if self.clear else self.beneath
        self.values = {
            key: after[key]
            for key in after
            if key not in before or not _same(after[key], before[key])
        }
        self.drops = [key for key in before if key not in after]

    def change(self, mapping: Any) -> None:
        if self.clear:
            _clear(mapping)
        for key in self.drops:
            if key in mapping:
                del mapping[key]
        _update(mapping, self.values)


class ContentPile(Pile):
    """Everything that lies on one mapping."""

    __slots__ = ("mapping",)

    def __init__(self, first: ContentLayer) -> None:
        super().__init__(first.key)
        self.mapping = first.mapping

    def put(self, layer: ContentLayer) -> None:
        index = self.index_for(layer)
        if index < len(self.layers):
            layer.beneath = base = self._beneath(index)
            self.layers.insert(index, layer)
            self._rebase(index + 1, _changed(base, layer))
            return
        layer.beneath = _copy(self.mapping)
        self.layers.append(layer)
        try:
            layer.change(self.mapping)
        except BaseException:
            self.take(layer)
            raise

    def take(self, layer: ContentLayer) -> None:
        if layer in self.layers:
            index = self.layers.index(layer)
            del self.layers[index]
            self._rebase(index, layer.beneath)

    def rest(self, layer: ContentLayer) -> None:
        if layer in self.layers:
            index = self.layers.index(layer) + 1
            layer.above = self.layers[index:]
            layer.learn(self._beneath(index))
            self.take(layer)

    def surface(self, layer: ContentLayer) -> None:
        if layer in self.layers and self.layers[-1] is not layer:
            full = _copy(self.mapping)
            self.take(layer)
            layer.beneath = _copy(self.mapping)
            layer.learn(full)
            self.put(layer)

    def _beneath(self, index: int) -> Any:
        """Give the content under one layer, or on top of all."""
        return self.layers[index].beneath if index < len(self.layers) else _copy(self.mapping)

    def _rebase(self, index: int, base: Any) -> None:
        """Let the layers from ``index`` on lie on ``base``."""
        moved: list[ContentLayer] = self.layers[index:]
        if moved:
            for layer, above in pairwise(moved):
                layer.learn(above.beneath)
            moved[-1].learn(_copy(self.mapping))
        for layer in moved:
            layer.beneath = base
            base = _changed(base, layer)
        _become(self.mapping, base)


def _changed(base: Any, layer: ContentLayer) -> Any:
    changed = _copy(base)
    layer.change(changed)
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
