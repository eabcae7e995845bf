"""A chat room: everybody hears what anybody says, one line at a time.

The first line that a client sends is its name. ``/me waves`` and ``/who`` are
commands; all other lines are passed on.
"""

import asyncio
import os

BUG = "CHAT_SERVER_BUG" in os.environ  # a lone slash ends the handler with an IndexError

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


class ChatServer:
    """Serves one room on a port of its own; an async context manager."""

    def __init__(self) -> None:
        self.port = 0
        self._members: dict[Writer, str] = {}
        self._handlers: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "ChatServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._server.close()
        for writer in list(self._members):
            writer.close()
        await asyncio.gather(*self._handlers, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        try:
            await self._talk(reader, writer)
        finally:
            self._handlers.discard(task)
            writer.close()

    async def _talk(self, reader: Reader, writer: Writer) -> None:
        name = await self._read(reader)
        if not name:
            return
        self._members[writer] = name
        self._say(f"* {name} is here")
        try:
            while line := await self._read(reader):
                self._answer(writer, line)
        finally:
            del self._members[writer]
            self._say(f"* {name} has left")

    async def _read(self, reader: Reader) -> str:
        """Read a line; empty at the end of the connection."""
        try:
            return (await reader.readline()).decode().strip()
        except ConnectionError:
            return ""

    def _answer(self, writer: Writer, line: str) -> None:
        name = self._members[writer]
        if not line.startswith("/"):
            self._say(f"{name}: {line}")
            return
        words = line[1:].split()
        command = words[0] if words or BUG else ""
        if command == "me":
            self._say(f"* {name} {' '.join(words[1:])}")
        elif command == "who":
            writer.write(f"* {', '.join(sorted(self._members.values()))}\n".encode())
        else:
            writer.write(f"* unknown command: /{command}\n".encode())

    def _say(self, text: str) -> None:
        for writer in self._members:
            writer.write(f"{text}\n".encode())
