"""What lies on what: replacements of one attribute, taken away in any order.

Two tests that overlap in time may patch the same attribute, and end in any
order. If each kept "the value I found" and put it back, the one that ends last
would put back a mock of the other, for ever. So every place that is patched
has one pile, known to all: the ground is what was there at first, each patch
in force is a layer, and the place always shows the topmost one. Taking a layer
out of the middle changes nothing that can be seen; taking the last one gives
the ground back and forgets the pile.

A LIMITED patch leaves its pile at every pause and comes back afterwards: under
the layers that were laid on it while it was in force (they belong to its own
body), above those that others brought meanwhile.

Two things may interfere. Other threads wait for the lock. A finalizer can run
between any two lines, in the thread that holds the lock, and undo another
patch of the same place: it finds the pile busy and leaves word; what it wanted
is done as soon as the change under way is complete
(``test_finalizer_that_undoes_a_patch_in_the_middle_of_another_change``).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, Final

__all__ = ["MISSING", "AttributeLayer", "Layer", "Pile", "ground_of", "look"]


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()

_lock = threading.RLock()
_piles: dict[Hashable, Pile] = {}


class Layer:
    """One replacement in one place: laid, put to rest during pauses, lifted."""

    __slots__ = ("above", "key")

    key: Hashable
    above: list[Layer]

    def pile(self) -> Pile:
        """Make the pile this layer would be the first on."""
        raise NotImplementedError

    def lay(self) -> None:
        """Put the replacement in force."""
        with _lock:
            pile = _piles.get(self.key)
            if pile is None:
                pile = self.pile()
            pile.change(pile.put, self)

    def rest(self) -> None:
        """Take it away for now; what the body made of it comes back with `lay`."""
        with _lock:
            pile = _piles.get(self.key)
            if pile is not None:
                pile.change(pile.rest, self)

    def lift(self) -> None:
        """Take it away for good; harmless if it is not in force."""
        with _lock:
            pile = _piles.get(self.key)
            if pile is not None:
                pile.change(pile.take, self)

    def surface(self) -> None:
        """Come to lie on top, where what the body writes is taken for ours."""
        with _lock:
            pile = _piles.get(self.key)
            if pile is not None:
                pile.change(pile.surface, self)


class Pile:
    """The layers on one place, lowest first."""

    __slots__ = ("_busy", "_late", "key", "layers")

    def __init__(self, key: Hashable) -> None:
        self.key = key
        self.layers: list[Any] = []
        self._busy = False
        self._late: deque[tuple[Callable[[Any], None], Layer]] = deque()

    def change(self, act: Callable[[Any], None], layer: Layer) -> None:
        """Do one change, and then those that finalizers asked for meanwhile."""
        if self._busy:
            self._late.append((act, layer))
            return
        self._busy = True
        try:
            act(layer)
        finally:
            self._busy = False
            if self.layers:
                _piles[self.key] = self
            else:
                _piles.pop(self.key, None)
            if self._late:
                self.change(*self._late.popleft())

    def index_for(self, layer: Layer) -> int:
        """Say where a layer that was at rest belongs."""
        if layer.above:
            for index, other in enumerate(self.layers):
                if other in layer.above:
                    return index
        return len(self.layers)

    def put(self, layer: Any) -> None:
        raise NotImplementedError

    def take(self, layer: Any) -> None:
        raise NotImplementedError

    def rest(self, layer: Any) -> None:
        raise NotImplementedError

    def surface(self, layer: Any) -> None:
        raise NotImplementedError


class AttributeLayer(Layer):
    """A value for one attribute of one object."""

    __slots__ = ("local", "name", "target", "value")

    def __init__(self, target: Any, name: str, value: Any, local: bool = True) -> None:
        self.key = (id(target), name)
        self.above = []
        self.target = target
        self.name = name
        self.value = value
        self.local = local

    def pile(self) -> Pile:
        return AttributePile(self)


class AttributePile(Pile):
    """Everything that lies on one attribute."""

    __slots__ = ("ground", "name", "target")

    def __init__(self, first: AttributeLayer) -> None:
        super().__init__(first.key)
        self.target = first.target
        self.name = first.name
        self.ground = AttributeLayer(first.target, first.name, MISSING)

    def put(self, layer: AttributeLayer) -> None:
        index = self.index_for(layer)
        if index < len(self.layers):
            self.layers.insert(index, layer)
            return
        # The tested code may have assigned to the attribute: what we find
        # is what has to come back when we leave.
        below = self.layers[-1] if self.layers else self.ground
        below.value, below.local = found = look(self.target, self.name)
        self.layers.append(layer)
        try:
            self._show(layer)
        except BaseException:
            self.layers.pop()
            if look(self.target, self.name)[0] is not found[0]:
                self._show(below)
            raise

    def take(self, layer: AttributeLayer) -> None:
        if not self.layers or layer not in self.layers:
            return
        if self.layers[-1] is not layer:
            self.layers.remove(layer)
            return
        self.layers.pop()
        self._show(self.layers[-1] if self.layers else self.ground)

    def rest(self, layer: AttributeLayer) -> None:
        if layer not in self.layers:
            return
        layer.above = self.layers[self.layers.index(layer) + 1 :]
        if not layer.above:
            layer.value, layer.local = look(self.target, self.name)
        self.take(layer)

    def surface(self, layer: AttributeLayer) -> None:
        """Stay where it is: one value hides the other, nothing adds up."""

    def _show(self, layer: AttributeLayer) -> None:
        if layer.value is not MISSING and (layer.local or _is_slot(self.target, self.name)):
            setattr(self.target, self.name, layer.value)
        else:
            _uncover(self.target, self.name, layer.value)


def look(target: Any, name: str) -> tuple[Any, bool]:
    """Find an attribute as it is stored, and whether the target itself holds it."""
    try:
        return target.__dict__[name], True
    except (AttributeError, KeyError):
        return getattr(target, name, MISSING), False


def ground_of(target: Any, name: str) -> Any:
    """Give what lies under all patches of an attribute, `MISSING` if there are none."""
    pile = _piles.get((id(target), name))
    return pile.ground.value if isinstance(pile, AttributePile) else MISSING


def _uncover(target: Any, name: str, value: Any) -> None:
    # What was there is inherited, or computed, or nothing: deleting ours
    # uncovers it. Proxies hold it elsewhere and lose it by that, so it is set
    # again; what cannot be deleted is overwritten.
    try:
        delattr(target, name)
    except AttributeError:
        if look(target, name)[0] is value:
            return
        if value is MISSING:
            raise
        setattr(target, name, value)
    else:
        if value is not MISSING and not hasattr(target, name):
            setattr(target, name, value)


def _is_slot(target: Any, name: str) -> bool:
    # Slots, properties and the like (``function.__doc__``) keep the only copy:
    # deleting would uncover nothing, or a default.
    for owner in type(target).__mro__:
        if name in owner.__dict__:
            return hasattr(type(owner.__dict__[name]), "__set__")
    return False
