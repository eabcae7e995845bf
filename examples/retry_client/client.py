"""A client that asks a line-based server and tries again when that fails."""

import asyncio
import os
from collections.abc import Awaitable, Callable

BUG = "RETRY_CLIENT_BUG" in os.environ  # the pause is not awaited, as happens so easily

Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class GaveUp(Exception):
    """No attempt succeeded; ``__cause__`` is the last error."""


class Client:
    """Sends one request line per connection and returns the answer line."""

    def __init__(self, connect: Connect, *, attempts: int = 3, pause: float = 1.0) -> None:
        self._connect = connect
        self._attempts = attempts
        self._pause = pause

    async def ask(self, question: str) -> str:
        """Return the answer; each failed attempt doubles the pause before the next."""
        last: Exception | None = None
        for attempt in range(self._attempts):
            if attempt:
                await self._rest(self._pause * 2 ** (attempt - 1))
            try:
                return await self._ask_once(question)
            except (OSError, EOFError) as exc:
                last = exc
        raise GaveUp(f"no answer to {question!r} in {self._attempts} attempts") from last

    async def _rest(self, seconds: float) -> None:
        if BUG:
            asyncio.sleep(seconds)
        else:
            await asyncio.sleep(seconds)

    async def _ask_once(self, question: str) -> str:
        reader, writer = await self._connect()
        try:
            writer.write(question.encode() + b"\n")
            await writer.drain()
            line = await reader.readline()
            if not line.endswith(b"\n"):
                raise EOFError("the server closed the connection")
            return line.decode().rstrip("\n")
        finally:
            writer.close()
            await writer.wait_closed()
