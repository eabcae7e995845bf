"""Exceptions that the interpreter could raise nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._sites import raised_at
from ._check import Check, Finding, Level, StageView
from ._exceptions import summary


class FinaliserExceptions(Check):
    """Exceptions in ``__del__``, in callbacks of weak references and the like.

    The interpreter prints them as ignored and the test passes. Garbage of the
    test is collected at its end, so that it is this test which hears of them.
    A test that sets ``sys.unraisablehook`` is left alone.
    """

    name = "finaliser_exceptions"
    default = Level.WARN
    fix = "Do not let exceptions leave a finaliser; release resources with a context manager"

    def on_unraisable(self, stage: StageView, args: Any) -> Iterable[Finding]:
        exc = args.exc_value
        if exc is not None:
            place = raised_at(exc)
            what = (place and place.function) or _name(args.object)
            fact = f"{what} raised {summary(exc)} where nobody can see it"
            yield Finding(fact, place or stage.place, exc)


def _name(thing: object) -> str:
    return getattr(thing, "__qualname__", None) or f"something of type {type(thing).__qualname__}"
