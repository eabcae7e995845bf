"""Context variables carried between pytest's own context and a test's.

Plain fixtures run in the context of pytest's main thread, async fixtures and
the test in one of their own, which lasts from set-up to tear-down. Before
something runs in there it sees what plain code has set, and afterwards plain
code sees what it has set; when the test is over, all of that is undone.
"""

from __future__ import annotations

import contextvars
from contextvars import Context, ContextVar, Token
from typing import Any

__all__ = ["Mirror", "show"]

_MISSING: Any = object()
_Tokens = dict[ContextVar[Any], tuple[Token[Any], Any]]


class Mirror:
    """Keeps two contexts alike: the one it was made in, and a test's."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._brought: _Tokens = {}
        self._taken: _Tokens = {}

    def bring(self) -> None:
        """Show the test what plain code has set or reset."""
        outside = contextvars.copy_context()
        self._context.run(_copy, outside, self._brought)

    def take(self) -> None:
        """Show plain code what the test has set or reset."""
        _copy(self._context, self._taken)

    def undo(self) -> None:
        """Forget outside what the test has set, unless somebody else set it since."""
        for var, (token, ours) in reversed(self._taken.items()):
            if var.get(_MISSING) is ours:
                var.reset(token)
        self._taken.clear()


def show(context: Context) -> None:
    """Set in the current context, for good, what differs in another one."""
    _copy(context, {})


def _copy(source: Context, tokens: _Tokens) -> None:
    """Set in the current context what differs in another one.

    A variable that was set from there, and is no longer set there, is reset.
    """
    for var, value in source.items():
        if var.get(_MISSING) is not value:
            first = tokens[var][0] if var in tokens else None
            token = var.set(value)
            tokens[var] = (first or token, value)
    for var, (token, ours) in list(tokens.items()):
        if var not in source:
            del tokens[var]
            if var.get(_MISSING) is ours:
                var.reset(token)
