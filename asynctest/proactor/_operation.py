"""One piece of I/O that was asked for and has not happened yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

__all__ = ["Operation"]


class Keeper(Protocol):
    """Whoever keeps pending operations and must hear when one is withdrawn."""

    def withdraw(self, operation: Operation) -> None: ...


class Operation(asyncio.Future[Any]):
    """The future of an I/O call: ``attempt`` is made until it no longer blocks.

    A cancelled operation leaves its descriptor at once rather than through a
    callback: whoever cancels is often about to close the descriptor, and the
    kernel must have been told before.
    """

    def __init__(
        self,
        what: str,
        attempt: Callable[[], Any],
        keeper: Keeper,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(loop=loop)
        self.what = what
        self.attempt: Callable[[], Any] | None = attempt
        self.place: Any = None
        self._keeper = keeper

    def cancel(self, msg: Any | None = None) -> bool:
        """Withdraw the request; what has already happened stays happened."""
        if not self.done():
            self._keeper.withdraw(self)
            self.attempt = None
        return super().cancel(msg)

    def perform(self) -> bool:
        """Make one attempt; say whether the operation is over."""
        if self.done() or self.attempt is None:
            return True
        try:
            result = self.attempt()
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as exc:
            # The way here is of no interest, and would keep alive the frames it
            # leads through, which hold this future, which holds the exception.
            self.fail(exc.with_traceback(None))
        except Exception as exc:  # noqa: BLE001 - delivered to whoever awaits
            self.fail(exc)
        else:
            self.attempt = None
            self.set_result(result)
        return True

    def fail(self, exc: Exception) -> None:
        """End with an error."""
        self.attempt = None
        if not self.done():
            self.set_exception(exc)
