"""Our exceptions and warnings, and the one function that words a message.

Every message has three parts, in this order: the fact with the actual
values, the place in the user's code where it began, and what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

__all__ = [
    "AsynctestError",
    "AsynctestValueError",
    "AsynctestWarning",
    "CheckFailed",
    "LoopNotSupported",
    "MisuseError",
    "count",
    "published",
    "say",
]

_LONGEST_LIST = 20

_E = TypeVar("_E", bound=type[BaseException])


def published(room: str = "asynctest") -> Callable[[_E], _E]:
    """Let an exception say where users import it from, not in which file it is written.

    Tracebacks and reports show that name, and ``-W`` and ``raises`` are given it.
    """

    def publish(error: _E) -> _E:
        error.__module__ = room
        return error

    return publish


@published()
class AsynctestError(Exception):
    """Anything this library raises about how it is used."""


@published()
class MisuseError(AsynctestError, TypeError):
    """Something was used in a way that can never work."""


@published()
class AsynctestValueError(AsynctestError, ValueError):
    """A value is outside of what is accepted."""


@published()
class CheckFailed(AssertionError):
    """What checks at level "fail" have found, worded."""


@published()
class LoopNotSupported(AsynctestError, RuntimeError):
    """The event loop in use lacks what was asked for."""


@published()
class AsynctestWarning(UserWarning):
    """A suspicion about a test; each check warns with a subclass of its own."""


def count(number: int, noun: str) -> str:
    """Write a number and its noun, in the plural where needed.

    >>> count(1, "task"), count(2, "task")
    ('1 task', '2 tasks')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def say(fact: str, items: Iterable[str] = (), todo: str = "") -> str:
    """Word a message: the fact, then one line per item, then what to do.

    >>> print(say("2 tasks were left:", ["poll", "writer"], "Cancel them."))
    2 tasks were left:
      poll
      writer
    Cancel them.
    """
    lines = list(items)
    hidden = len(lines) - _LONGEST_LIST
    if hidden > 0:
        lines[_LONGEST_LIST:] = [f"... and {hidden} more"]
    return "\n".join([fact, *(f"  {line}" for line in lines), *([todo] if todo else [])])
