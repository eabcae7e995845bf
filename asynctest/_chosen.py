"""From words to checks: what decorators, the project and the command line add up to."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

from . import _fail_on
from ._fail_on import AttributeCheck, outer_words, overlay
from ._levels import Level, parse_level
from ._plan import Chosen, Plan
from ._settings import outer_layers
from .checks import _registry

__all__ = ["chosen_checks"]


def chosen_checks(*carriers: object) -> Plan:
    """Return the checks that are on for one test.

    ``carriers`` are what decorators may stand on, the farthest first: usually
    the class and the method.
    """
    said = [
        *[outer_words(layer) for layer in outer_layers() if layer],
        *map(_words_on, carriers),
    ]
    layers = [words for words in said if words is not None]
    defaults = _fail_on.DEFAULTS
    key = (
        _registry.version(),
        *defaults,
        *map(id, defaults.values()),
        *[layer.key() for layer in layers],
    )
    known = _plans.get(key)
    if known is None:
        if len(_plans) > _MANY_PLANS:
            _plans.clear()
        layers.insert(0, _fail_on._fail_on(defaults))
        words = overlay(dict(_registry.defaults()), *layers)
        known = _plans[key] = Plan(_chosen(words)), [each.copy() for each in layers]
    return known[0]


def _words_on(carrier: Any) -> Any:
    """Return what decorators have said on a class or function."""
    # A method takes long to say that it has no such attribute, its function does not.
    return getattr(getattr(carrier, "__func__", carrier), _fail_on._FAIL_ON_ATTR, None)


_MANY_PLANS = 1000
_plans: dict[tuple[Any, ...], tuple[Plan, list[_fail_on._fail_on]]] = {}
# By the identity of words, which is quick; kept with the plan, so that no others take their place.


def _chosen(words: Mapping[str, Any]) -> Iterable[Chosen]:
    for name, word in words.items():
        level = parse_level(word)
        if level is not Level.OFF:
            kind = _registry.find(name)
            make = kind or functools.partial(AttributeCheck, name)
            yield Chosen(kind or AttributeCheck, make, level)
