"""Calls jobs at regular times, never twice at once, and stops in an orderly way."""

import asyncio
import os
from collections.abc import Awaitable, Callable

BUG = "SCHEDULER_BUG" in os.environ  # a job that takes too long leaves its lock taken

Job = Callable[[], Awaitable[object]]

HOUR = 3600.0
DAY = 24 * HOUR


class Scheduler:
    """Runs each job ``every`` so many seconds from now on, for at most ``limit`` seconds.

    A job that is late skips the times it has missed. An async context manager;
    leaving it lets running jobs end and starts no more.
    """

    def __init__(self) -> None:
        self.missed = 0
        self.timed_out = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._lock = asyncio.Lock()

    def add(self, job: Job, *, every: float, limit: float) -> None:
        """Run a job from now on, the first time after ``every`` seconds."""
        name = f"every {every:g} s"
        self._tasks.append(asyncio.create_task(self._repeat(job, every, limit), name=name))

    async def __aenter__(self) -> "Scheduler":
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        async with self._lock:
            for task in self._tasks:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _repeat(self, job: Job, every: float, limit: float) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + every
        while True:
            await asyncio.sleep(due - loop.time())
            await self._run(job, limit)
            due += every
            while due <= loop.time():
                due += every
                self.missed += 1

    async def _run(self, job: Job, limit: float) -> None:
        await self._lock.acquire()
        try:
            async with asyncio.timeout(limit):
                await job()
        except TimeoutError:
            self.timed_out += 1
            if BUG:
                return
        self._lock.release()
