import asyncio
import contextlib
import gc
import io
import os
import socket
import tempfile
import unittest
import warnings

import asynctest
from test.tools import one


async def serve(reader, writer):
    writer.close()


async def listen():
    return await asyncio.start_server(serve, "127.0.0.1", 0)


async def hear():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0))


class WhatIsReportedIsNotShownAgain(unittest.TestCase):
    def shown(self, leak, **levels):
        """Return the names of the warnings about a test, with all ResourceWarnings shown."""

        @asynctest.fail_on(**levels)
        class Case(asynctest.TestCase):
            async def test(self):
                await leak()

        gc.collect()
        with (
            warnings.catch_warnings(record=True) as caught,
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("always")
            ran = one(Case)
            gc.collect()
        self.assertEqual(ran.text, "")
        said = [*ran.warnings, *caught]
        return [each.category.__name__ for each in said]

    def test_a_server(self):
        self.assertEqual(self.shown(listen), ["LeakedServersWarning"])

    def test_a_datagram_transport(self):
        self.assertEqual(self.shown(hear), ["LeakedTransportsWarning"])

    def test_a_socket_and_a_file_of_a_task_that_is_left(self):
        async def work(path):
            kept = socket.socket(), open(path, "wb")  # noqa: ASYNC230, SIM115
            await asyncio.sleep(10)
            del kept

        async def leave():
            begun.append(asyncio.create_task(work(os.path.join(folder, "file"))))
            await asyncio.sleep(0)

        begun: list = []
        with tempfile.TemporaryDirectory() as folder:
            said = self.shown(leave, leaked_tasks=False)
        self.assertEqual(said, ["LeakedSocketsWarning", "LeakedFilesWarning"])

    def test_what_no_check_reports_is_shown(self):
        self.assertEqual(self.shown(listen, leaked_servers=False), ["ResourceWarning"])
        self.assertEqual(self.shown(hear, leaked_transports=False), ["ResourceWarning"])
