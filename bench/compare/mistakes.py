"""What a test with a mistake in it does: under the standard library, plugins of pytest, and ours.

    python bench/compare/mistakes.py            print the table
    python bench/compare/mistakes.py --write    put it into docs/design/comparison.md

Each cell is a run of one small test in a process of its own: it *passes* without a word,
passes with *warns*, *fails*, or *hangs* (is not over after ``PATIENCE`` seconds). A framework
that is not installed is left out. Needs nothing else.
"""

from __future__ import annotations

import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "design" / "comparison.md"
PATIENCE = 15

HELPERS = """
import faulthandler
faulthandler.dump_traceback_later({patience}, exit=True, file=open("hung", "w"))

async def fails():
    raise ValueError("nobody sees this")

async def waits():
    await asyncio.sleep(60)
""".replace("{patience}", str(PATIENCE))

# The body of one test each.
MISTAKES = {
    "a coroutine is never awaited": "waits()",
    "an exception in a task nobody awaits": "asyncio.create_task(fails())\nawait asyncio.sleep(0)",
    "the same, while somebody holds the task": """
        HELD.append(asyncio.create_task(fails()))
        await asyncio.sleep(0)""",
    "an exception in a callback": """
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)
        await asyncio.sleep(0)""",
    "an exception in a thread": """
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()""",
    "a failed assertion that `gather` drops": """
        async def check():
            assert 1 == 2
        await asyncio.gather(check(), return_exceptions=True)""",
    "a task is still running": "asyncio.create_task(waits())\nawait asyncio.sleep(0)",
    "a timer is still waiting": "asyncio.get_running_loop().call_later(60, print)",
    "a server is still open": 'HELD.append(await asyncio.start_server(print, "127.0.0.1", 0))',
    "a reader is still registered": """
        HELD.extend(socket.socketpair())
        asyncio.get_running_loop().add_reader(HELD[0], print)""",
    "a thread is still running": """
        threading.Thread(target=time.sleep, args=(1,), daemon=True).start()""",
    "`time.sleep` blocks the loop": "time.sleep(0.3)",
    "a task swallows its cancellation": """
        async def stubborn():
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                pass
        task = asyncio.create_task(stubborn())
        await asyncio.sleep(0)
        task.cancel()
        await task""",
    "the test waits for ever": "await asyncio.Event().wait()",
    "a task refuses to end after the test": """
        async def refuses():
            while True:
                try:
                    await asyncio.sleep(60)
                except asyncio.CancelledError:
                    pass
        HELD.append(asyncio.create_task(refuses()))
        await asyncio.sleep(0)""",
    "the test is an asynchronous generator": "yield\nassert False",
    "`async def setUp` (a class)": "SETUP",
    "`async def setUpClass` (a class)": "SETUPCLASS",
}

UNITTEST = """
import asyncio, socket, threading, time, unittest
import {module}
HELD = []
{helpers}
class Test({module}.{base}):
    {settings}
    {method}
"""
PYTEST = """
import asyncio, socket, threading, time
import pytest
HELD = []
{helpers}
{fixture}
{mark}
async def test():
{body}
"""
IN_CLASS = {
    "SETUP": "async def setUp(self):\n        raise ValueError\n    async def test(self):\n"
    "        pass",
    "SETUPCLASS": "@classmethod\n    async def setUpClass(cls):\n        raise ValueError\n"
    "    async def test(self):\n        pass",
}


class Framework:
    """One column: how a test is written for it and run."""

    def __init__(self, label: str, needs: str, *command: str, **words: str) -> None:
        self.label, self.needs, self.command, self.words = label, needs, command, words

    def write(self, body: str) -> str | None:
        """Write the test; None if there is no such thing here."""
        if "base" in self.words:
            inside = textwrap.indent(textwrap.dedent(body).strip(), " " * 8)
            method = IN_CLASS.get(body, f"async def test(self):\n{inside}")
            return UNITTEST.format(helpers=HELPERS, method=method, **self.words)
        if body in IN_CLASS:
            return None
        inside = textwrap.indent(textwrap.dedent(body).strip(), " " * 4)
        return PYTEST.format(helpers=HELPERS, body=inside, **self.words)

    def play(self, body: str) -> str:
        """Run one mistake and say what became of it."""
        text = self.write(body)
        if text is None:
            return ""
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "test_it.py").write_text(text, encoding="utf-8")
            environment = {**os.environ, "PYTHONPATH": folder}
            if self.needs == "asynctest":
                environment["PYTHONPATH"] += os.pathsep + str(ROOT)
            ran = subprocess.run(
                [sys.executable, "-P", *self.command],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                check=False,
            )
            if pathlib.Path(folder, "hung").stat().st_size:
                return "hangs"
        if ran.returncode:
            return "fails"
        return "warns" if re.search(r"Warning: |\d warnings? in", ran.stdout) else "passes"


PYTEST_COMMAND = (
    "-m",
    "pytest",
    "-q",
    "-p",
    "no:randomly",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:faulthandler",
)
PYTEST_COMMAND += ("test_it.py",)
OURS = {"module": "asynctest", "base": "TestCase", "settings": "timeout = 1; cancel_timeout = 0.5"}
FRAMEWORKS = [
    Framework(
        "IsolatedAsyncioTestCase",
        "unittest",
        *("-m", "unittest", "test_it"),
        module="unittest",
        base="IsolatedAsyncioTestCase",
        settings="pass",
    ),
    Framework(
        "pytest-asyncio",
        "pytest_asyncio",
        *PYTEST_COMMAND,
        *("-p", "no:anyio", "-o", "asyncio_default_fixture_loop_scope=function"),
        fixture="",
        mark="@pytest.mark.asyncio",
    ),
    Framework(
        "anyio",
        "anyio",
        *PYTEST_COMMAND,
        *("-p", "no:asyncio"),
        fixture='@pytest.fixture\ndef anyio_backend():\n    return "asyncio"',
        mark="@pytest.mark.anyio",
    ),
    Framework("asynctest", "asynctest", *("-m", "asynctest", "test_it"), **OURS),
    Framework(
        "asynctest, strict", "asynctest", *("-m", "asynctest", "--strict", "test_it"), **OURS
    ),
]


def there() -> list[Framework]:
    """Return the frameworks that are installed."""
    sys.path.insert(0, str(ROOT))
    return [one for one in FRAMEWORKS if importlib.util.find_spec(one.needs)]


def rows(frameworks: list[Framework]) -> dict[str, list[str]]:
    """Run everything; the cells of each mistake."""
    with ThreadPoolExecutor(2) as pool:
        cells = {
            mistake: [pool.submit(one.play, body) for one in frameworks]
            for mistake, body in MISTAKES.items()
        }
        return {mistake: [cell.result() for cell in row] for mistake, row in cells.items()}


def table(frameworks: list[Framework]) -> str:
    """Write the table."""
    labels = ["the mistake", *(one.label for one in frameworks)]
    lines = [f"| {' | '.join(labels)} |", f"|{' --- |' * len(labels)}"]
    for mistake, cells in rows(frameworks).items():
        shown = [cell if cell in ("passes", "") else f"**{cell}**" for cell in cells]
        lines.append(f"| {' | '.join([mistake, *shown])} |")
    return "\n".join(lines)


def write_into(page: str, name: str, text: str) -> str:
    """Put a text between the two marks of that name."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, after = page.split(begin)[0], page.split(end)[1]
    return f"{before}{begin}\n{text}\n{end}{after}"


def main() -> None:
    text = table(there())
    print(text)
    if "--write" in sys.argv:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(write_into(page, "mistakes", text), encoding="utf-8")


if __name__ == "__main__":
    main()
