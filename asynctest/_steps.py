"""Small parts for running steps of which each must happen."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

__unittest = True  # unittest leaves our frames out of tracebacks
__tracebackhide__ = True  # and so does pytest

__all__ = ["Answer", "Steps"]


class Steps:
    """Takes steps, keeps their errors, and raises the first one at the end."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []

    def take(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> bool:
        """Take one step; say whether it succeeded."""
        try:
            function(*args, **kwargs)
        except BaseException as exc:  # noqa: BLE001 - kept, and raised later
            self.errors.append(exc)
            return False
        return True

    def raise_first(self) -> None:
        """Raise the first error; the others are notes on it."""
        if not self.errors:
            return
        first, *others = self.errors
        for other in others:
            first.add_note(f"and afterwards: {other!r}")
        try:
            raise first
        finally:
            self.errors.clear()
            del first, others  # the traceback holds this frame: no cycle


class Answer(int):
    """A truth value that can also be awaited."""

    def __await__(self) -> Generator[Any, None, bool]:
        return bool(self)
        yield  # makes this a generator function

    def __repr__(self) -> str:
        return repr(bool(self))
