"""A few workers that take jobs from a queue until they are told to stop."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

BUG = "WORKER_POOL_BUG" in os.environ  # a cancelled worker ends as if all was well

Job = Callable[[], Awaitable[Any]]


class Cancelled(Exception):
    """The pool was closed before the job was done."""


class WorkerPool:
    """Runs jobs, at most ``size`` of them at a time; an async context manager.

    Leaving the block waits for all jobs; an exception in the block, or
    `cancel`, ends them where they are.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._jobs: asyncio.Queue[tuple[Job, asyncio.Future[Any]]] = asyncio.Queue()
        self._workers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "WorkerPool":
        self._workers = [
            asyncio.create_task(self._work(), name=f"worker {number}")
            for number in range(self._size)
        ]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            await self._jobs.join()
        await self.cancel()

    def submit(self, job: Job) -> "asyncio.Future[Any]":
        """Queue a job and return the future of its result."""
        result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._jobs.put_nowait((job, result))
        return result

    async def cancel(self) -> None:
        """Cancel what runs and what waits, and wait until all workers have ended."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        while not self._jobs.empty():
            self._drop(self._jobs.get_nowait()[1])
            self._jobs.task_done()

    async def _work(self) -> None:
        while True:
            job, result = await self._jobs.get()
            try:
                value = await job()
            except asyncio.CancelledError:
                self._drop(result)
                if BUG:
                    return
                raise
            except Exception as exc:  # noqa: BLE001 - the job's error belongs to who waits for it
                if not result.cancelled():
                    result.set_exception(exc)
            else:
                if not result.cancelled():
                    result.set_result(value)
            finally:
                self._jobs.task_done()

    @staticmethod
    def _drop(result: "asyncio.Future[Any]") -> None:
        if not result.done():
            result.set_exception(Cancelled("the pool was closed"))
