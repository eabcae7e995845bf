"""What lies on what: replacements of one attribute, taken away in any order.

Two tests that overlap in time may patch the same attribute, and end in any
order. If each kept "the value I found" and put it back, the one that ends last
would put back a mock of the other, for ever. So every place that is patched
has one pile of layers, known to all. Each layer remembers what it was laid on.
The topmost one shows; when it is lifted, what it was laid on shows again. When
a layer goes from the middle nothing can be seen: the one above takes over its
memory. The place always shows the topmost layer, and the last one to go gives
back the original.

A LIMITED patch leaves its pile at every pause and comes back afterwards: under
the layers that were laid on it while it was in force (they belong to its own
body), above those that others brought meanwhile.

Two things may interfere. Other threads wait for the lock. A finalizer can run
between any two lines, in the thread that holds the lock, and lift another
layer of the same pile: it finds the pile busy and leaves word, and what it
wanted is done as soon as the change under way is complete (a lone layer needs
no such care, there is no other to lift;
``test_finalizer_that_undoes_a_patch_in_the_middle_of_another_change``).
"""

from __future__ import annotations

import builtins
import difflib
import threading
from collections.abc import Callable, Hashable, Sequence
from types import ModuleType
from typing import Any, Final, Protocol

from .._errors import AsynctestError, published, say

__all__ = [
    "MISSING",
    "Active",
    "AttributeLayer",
    "Layer",
    "MissingTarget",
    "ground_of",
    "look",
    "refuse_missing",
    "undo_all",
]


@published("asynctest.mock")
class MissingTarget(AsynctestError, AttributeError):
    """What should be patched does not exist."""


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()

_lock = threading.RLock()
_acquire, _release = _lock.acquire, _lock.release  # half the price of a with, used where it counts
_piles: dict[Hashable, list[Any]] = {}
_postponed: dict[Hashable, list[Callable[[], None]]] = {}  # has the keys of busy piles


class Active(Protocol):
    """A patch in force: what it gives to the test, and how to take it back."""

    @property
    def given(self) -> Any: ...

    def lay(self) -> None: ...
    def rest(self) -> None: ...
    def lift(self) -> None: ...
    def surface(self) -> None: ...


class Layer:
    """One replacement in one place: laid, put to rest during pauses, lifted."""

    key: Hashable
    given: Any
    below: Any
    above: Sequence[Layer] = ()

    def lay(self) -> None:
        """Put the replacement in force."""
        _acquire()
        try:
            if self.key in _piles:
                _change(self.lay, self._lay, self.key)
                return
            _piles[self.key] = [self]
            try:
                self.cover()
            except BaseException:
                del _piles[self.key]
                raise
        finally:
            _release()

    def rest(self) -> None:
        """Take it away for now; what the body made of it comes back with `lay`."""
        with _lock:
            if self.key in _piles:
                _change(self.rest, self._rest, self.key)

    def lift(self) -> None:
        """Take it away for good; harmless if it is not in force."""
        _acquire()
        try:
            layers = _piles.get(self.key)
            if layers == [self] and not _postponed:
                del _piles[self.key]
                self.uncover()
            elif layers is not None:
                _change(self.lift, self._lift, self.key)
        finally:
            _release()

    def surface(self) -> None:
        """Come to lie on top, where what the body writes is taken for ours."""
        with _lock:
            layers = _piles.get(self.key)
            if layers is not None and layers != [self]:
                _change(self.surface, self._surface, self.key)

    def _lay(self, layers: list[Any]) -> None:
        if self.above:
            for index, layer in enumerate(layers):
                if layer in self.above:
                    self.slip_under(layers, index)
                    layers.insert(index, self)
                    return
        layers.append(self)
        try:
            self.cover()
        except BaseException:
            layers.remove(self)
            raise

    def _rest(self, layers: list[Any]) -> None:
        if self in layers:
            index = layers.index(self)
            self.above = layers[index + 1 :]
            self.learn(layers, index)
            self._lift(layers)

    def _lift(self, layers: list[Any]) -> None:
        if layers and layers[-1] is self:
            layers.pop()
            self.uncover()
        elif self in layers:
            index = layers.index(self)
            self.slip_out(layers, index)
            del layers[index]

    def _surface(self, layers: list[Any]) -> None: ...

    def cover(self) -> None:
        """Remember what is there, and show this."""
        raise NotImplementedError

    def uncover(self) -> None:
        """Show again what this was laid on."""
        raise NotImplementedError

    def slip_under(self, layers: list[Any], index: int) -> None:
        """Come under the layer that has this index."""
        raise NotImplementedError

    def slip_out(self, layers: list[Any], index: int) -> None:
        """Go from under the next one; this has the index."""
        raise NotImplementedError

    def learn(self, layers: list[Any], index: int) -> None:
        """Remember what the body made of this; this has the index."""
        raise NotImplementedError


def _change(wish: Callable[[], None], act: Callable[[list[Any]], None], key: Hashable) -> None:
    """Do one change, and then those that finalizers wished for meanwhile."""
    if key in _postponed:
        _postponed[key].append(wish)
        return
    wishes: list[Callable[[], None]] = []
    _postponed[key] = wishes
    # Only now does the pile hold still: the last of its layers may just have gone.
    layers = _piles.setdefault(key, [])
    try:
        act(layers)
    finally:
        if not layers:
            del _piles[key]
        del _postponed[key]
        if wishes:
            undo_all(wishes[::-1], lambda wish: wish())


def undo_all(pending: list[Any], undo: Callable[[Any], object]) -> None:
    """Undo the last, then the ones before it, also if one of them fails."""
    try:
        while pending:
            undo(pending.pop())
    finally:
        if pending:
            undo_all(pending, undo)


class AttributeLayer(Layer):
    """A value for one attribute of one object."""

    below: tuple[Any, bool]
    local = True

    def __init__(self, target: Any, name: str, value: Any, create: bool = False) -> None:
        self.key = (id(target), name)
        self.target = target
        self.name = name
        self.given = value
        self.create = create

    def cover(self) -> None:
        # The tested code may have assigned to the attribute, over another layer:
        # what is found is what comes back.
        self.below = below = look(self.target, self.name)
        if below[0] is MISSING and not self.create:
            refuse_missing(self.target, self.name)
        try:
            if self.local:
                setattr(self.target, self.name, self.given)
            else:
                _show(self.target, self.name, self.given)
        except BaseException:
            if look(self.target, self.name)[0] is not below[0]:
                self.uncover()
            raise

    def uncover(self) -> None:
        value, local = self.below
        if local:
            setattr(self.target, self.name, value)
        else:
            _show(self.target, self.name, value)

    def slip_under(self, layers: list[Any], index: int) -> None:
        over = layers[index]
        self.below, over.below = over.below, (self.given, self.local)

    def slip_out(self, layers: list[Any], index: int) -> None:
        layers[index + 1].below = self.below

    def learn(self, layers: list[Any], index: int) -> None:
        if self.above:
            self.given, self.local = layers[index + 1].below
        else:
            self.given, self.local = look(self.target, self.name)
        self.create = True

    def surface(self) -> None:
        """Stay where it is: one value hides another, they do not add up."""


def look(target: Any, name: str) -> tuple[Any, bool]:
    """Find an attribute as it is stored, and whether the target itself holds it."""
    try:
        return target.__dict__[name], True
    except (AttributeError, KeyError):
        return getattr(target, name, MISSING), False


def ground_of(target: Any, name: str) -> Any:
    """Give what lies under all patches of an attribute, `MISSING` if there are none."""
    with _lock:
        layers = _piles.get((id(target), name))
        return layers[0].below[0] if layers else MISSING


def refuse_missing(target: Any, name: str) -> None:
    """Raise the error about an attribute that is not there, unless it hides a builtin."""
    if isinstance(target, ModuleType) and hasattr(builtins, name):
        return
    public = [other for other in dir(target) if other[:2] != "__" or name[:2] == "__"]
    near = difflib.get_close_matches(name, public, 1)
    raise MissingTarget(
        say(
            f"{target!r} does not have the attribute {name!r}",
            [f"Did you mean {near[0]!r}?"] if near else (),
            todo="Correct the name, or pass create=True to add it for the time of the patch.",
        )
    )


def _show(target: Any, name: str, value: Any) -> None:
    # The value is not in the target's own namespace: it is inherited, or
    # computed, or there is none. Deleting ours uncovers it. But slots,
    # properties and the like keep the only copy, proxies hold it elsewhere and
    # lose it by that, and what cannot be deleted has to be overwritten.
    if value is not MISSING and _is_slot(target, name):
        setattr(target, name, value)
        return
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
    for owner in type(target).__mro__:
        if name in owner.__dict__:
            return hasattr(type(owner.__dict__[name]), "__set__")
    return False
