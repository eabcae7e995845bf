"""Which kind of event loop a test runs on, if it says so: the setting ``loop_model``.

``"selector"`` and ``"proactor"`` name the two ways in which asyncio does I/O,
``"uvloop"`` a loop in C, if it is installed. ``"both"`` stands for one run on
each of the first two, which the doors arrange: a stage only ever sees one of
them, or a loop that the test brought along.
"""

from __future__ import annotations

import asyncio
import contextlib
import unittest
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator

from . import proactor, selector
from ._errors import LoopNotSupported, say

__unittest = True  # unittest leaves our frames out of tracebacks

__all__ = ["MODELS", "maker_for", "model_of", "unable_means_skipped"]

MODELS = ("selector", "proactor")


def model_of(loop: AbstractEventLoop) -> str:
    """Return the model of a loop; an empty string if it hides how it does I/O."""
    if proactor.has_proactor(loop):
        return "proactor"
    return "selector" if selector.has_selector(loop) else ""


def maker_for(
    model: str,
    own: Callable[[], AbstractEventLoop] | None,
    stock: Callable[[], AbstractEventLoop],
    *,
    lent: bool = False,
) -> Callable[[], AbstractEventLoop]:
    """Find what makes a loop of this model.

    ``stock`` makes the one for tests that say nothing. A loop that the test
    brings along (``own``) is taken as it is; if it is of another model than
    the one asked for, the test is skipped.
    """
    if model == "uvloop":
        return own or _make_uvloop
    if model not in MODELS:
        return own or stock
    if own is None:
        return proactor.ProactorEventLoop if model == "proactor" else asyncio.SelectorEventLoop
    return lambda: _insist(own(), model, lent)


def _make_uvloop() -> AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        raise unittest.SkipTest(
            "loop_model is 'uvloop', which is not installed. Install asynctest[uvloop]."
        ) from None
    loop: AbstractEventLoop = uvloop.new_event_loop()
    return loop


def _insist(loop: AbstractEventLoop, model: str, lent: bool) -> AbstractEventLoop:
    if model_of(loop) == model:
        return loop
    kind = type(loop)
    if not lent:
        loop.close()
    raise unittest.SkipTest(
        say(
            f"loop_model is {model!r}, but the test's own loop is a "
            f"{kind.__module__}.{kind.__qualname__}.",
            todo="Leave loop_factory and use_default_loop unset to run it on that model.",
        )
    )


@contextlib.contextmanager
def unable_means_skipped(model: str) -> Iterator[None]:
    """Skip a test that its loop cannot serve, if the loop was chosen from outside.

    Not so for what completion loops lack everywhere, such as ``add_reader``:
    that the tested code needs it is what running on that model is to show.
    """
    try:
        yield
    except LoopNotSupported as exc:
        if not model or isinstance(exc, NotImplementedError):
            raise
        raise unittest.SkipTest(str(exc)) from exc
