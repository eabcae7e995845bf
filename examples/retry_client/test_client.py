"""How users write tests: plain and coroutine methods, a real server, no waiting."""

import asyncio

import asynctest

from .client import Client, GaveUp


class AgainstARealServer(asynctest.TestCase):
    async def setUp(self):
        self.answers = ["pong"]
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.addCleanup(server.wait_closed)
        self.addCleanup(server.close)
        host, port = server.sockets[0].getsockname()
        self.client = Client(lambda: asyncio.open_connection(host, port), pause=0)

    async def serve(self, reader, writer):
        await reader.readline()
        answer = self.answers.pop(0)
        if answer is not None:
            writer.write(answer.encode() + b"\n")
        writer.close()
        await writer.wait_closed()

    async def test_returns_the_answer_line(self):
        self.assertEqual(await self.client.ask("ping"), "pong")

    async def test_tries_again_when_the_server_hangs_up(self):
        self.answers = [None, None, "pong"]
        self.assertEqual(await self.client.ask("ping"), "pong")

    async def test_gives_up_after_three_attempts(self):
        self.answers = [None, None, None]
        await self.assertAsyncRaisesRegex(GaveUp, "3 attempts", self.client.ask("ping"))


@asynctest.strict
class WhenNobodyAnswers(asynctest.TestCase):
    async def refuse(self):
        self.attempts += 1
        raise ConnectionRefusedError("nobody is there")

    def setUp(self):
        self.attempts = 0
        self.client = Client(self.refuse, attempts=2, pause=0)

    async def test_the_last_error_is_the_cause(self):
        with self.assertRaises(GaveUp) as caught:
            await self.client.ask("ping")
        self.assertIsInstance(caught.exception.__cause__, ConnectionRefusedError)
        self.assertEqual(self.attempts, 2)
