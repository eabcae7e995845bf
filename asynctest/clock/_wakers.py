"""What a loop can be woken by, from the outside: the words for it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Waker"]


@dataclass(frozen=True, slots=True)
class Waker:
    """Something real in flight that may wake the loop.

    ``certain`` ones end by themselves and are told to the loop: a job in an
    executor, a child process. The others are suspicions: a thread that runs, a
    connection that leads out of this loop.
    """

    text: str
    certain: bool
    thread: int | None = None
    child: bool = False

    def __str__(self) -> str:
        return self.text
