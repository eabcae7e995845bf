"""A type for each mock; types whose mock is gone are used again.

Every mock has a type of its own: ``type(m).name = PropertyMock()`` is the
documented way to give a mock a property, and may not reach other mocks. Making
that type is most of the price of a mock, since Python then looks up some ninety
special methods along all base classes.

So when a mock is gone its type is kept for the next mock of the same class,
unless anybody could tell: something else refers to the type, weakly or not, or
an attribute was set on it. Two mocks that live at the same time never share a type
(``test_types.py`` holds the cases). Only our own classes do this: a list of
spare types must not keep a user's class alive.

The register knows which mock a type belongs to. The weak reference in it tells
when the mock is gone, and lets ``type(m).__str__`` find ``m``.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Mapping
from operator import is_
from typing import Any

__all__ = ["has_pool", "make", "make_pooled", "mock_of", "pool"]

# Without a GIL, reference counts do not tell who refers to a type.
_MOST_SPARES = 0 if "free-threading" in sys.version else 256

_register: dict[type, _Owner] = {}
_pools: dict[type, _Pool] = {}


class _Owner(weakref.ref[Any]):
    """The mock a type was made for, and where the type goes afterwards."""

    __slots__ = ("own_type", "pool")
    own_type: type
    pool: _Pool | None


class _Pool:
    """The spare types of one class, and what an untouched one looks like."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.namespace = dict(namespace)
        self.spares: list[type] = []
        self.untouched: tuple[Any, ...] = ()
        # How many references, strong and weak, an untouched type has when its
        # mock goes. It differs between Pythons: a first mock nobody saw tells.
        self.references = (0, 0, 0)


def pool(kind: type, namespace: Mapping[str, Any]) -> None:
    """Keep the types of this class's mocks for reuse from now on."""
    _pools[kind] = _Pool(namespace)
    probe = make_pooled(kind)
    del probe


def make(kind: type, bases: tuple[type, ...], namespace: Mapping[str, Any]) -> Any:
    """Make a bare mock with a type of its own."""
    return _instantiate(type(kind.__name__, bases, dict(namespace)), None)


def has_pool(kind: type) -> bool:
    """Tell whether the types of this class's mocks are kept for reuse."""
    return kind in _pools


def make_pooled(kind: type) -> Any:
    """Make a bare mock of a class that has a pool."""
    pool = _pools[kind]
    try:
        own_type = pool.spares.pop()
    except IndexError:
        own_type = type(kind.__name__, (kind,), pool.namespace)
    return _instantiate(own_type, pool)


def mock_of(own_type: type) -> Any:
    """Find the mock this type belongs to; None if it is gone."""
    owner = _register.get(own_type)
    return None if owner is None else owner()


def _instantiate(own_type: type, pool: _Pool | None) -> Any:
    instance: Any = object.__new__(own_type)
    owner = _Owner(instance, _retire)
    owner.own_type = own_type
    owner.pool = pool
    _register[own_type] = owner
    return instance


def _retire(owner: _Owner) -> None:
    own_type, pool = owner.own_type, owner.pool
    del _register[own_type], owner.own_type
    if pool is None:
        return
    references = (
        sys.getrefcount(own_type),
        weakref.getweakrefcount(own_type),
        sys.getrefcount(weakref.ref(own_type)),  # the one that all without callback share
    )
    content = tuple(vars(own_type).values())
    if not pool.untouched:
        pool.references, pool.untouched = references, content
    if (
        references == pool.references
        and len(content) == len(pool.untouched)
        and all(map(is_, content, pool.untouched))
        and len(pool.spares) < _MOST_SPARES
    ):
        pool.spares.append(own_type)
