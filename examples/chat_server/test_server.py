"""Real clients on real sockets; every line that is waited for arrives or the test fails."""

import asyncio

import asynctest

from .server import ChatServer


class Client:
    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer

    @classmethod
    async def join(cls, server, name):
        client = cls(*await asyncio.open_connection("127.0.0.1", server.port))
        client.say(name)
        await client.hear(f"* {name} is here")
        return client

    def say(self, line):
        self._writer.write(f"{line}\n".encode())

    async def hear(self, expected=None):
        line = (await self._reader.readline()).decode().strip()
        assert expected in (None, line), f"heard {line!r} instead of {expected!r}"
        return line

    async def leave(self):
        self._writer.close()
        await self._writer.wait_closed()


class Chat(asynctest.TestCase):
    async def setUp(self):
        self.server = await self.enterAsyncContext(ChatServer())
        self.ann = await Client.join(self.server, "ann")
        self.addCleanup(self.ann.leave)

    async def join_bob(self):
        bob = await Client.join(self.server, "bob")
        self.addCleanup(bob.leave)
        await self.ann.hear("* bob is here")
        return bob

    async def test_everybody_hears_what_anybody_says(self):
        bob = await self.join_bob()
        bob.say("hello")
        await self.ann.hear("bob: hello")
        await bob.hear("bob: hello")

    async def test_who_lists_the_members(self):
        await self.join_bob()
        self.ann.say("/who")
        await self.ann.hear("* ann, bob")

    async def test_others_are_told_when_somebody_leaves(self):
        bob = await self.join_bob()
        await bob.leave()
        await self.ann.hear("* bob has left")

    async def test_a_lone_slash_is_not_passed_on(self):
        bob = await self.join_bob()
        bob.say("/")
        line = await bob.hear()
        self.assertNotIn("bob: ", line)

    async def test_commands_act(self):
        self.ann.say("/me waves")
        await self.ann.hear("* ann waves")
