"""The completion model of I/O, the one asyncio uses on Windows, for everybody."""

from ._loop import ProactorEventLoop
from ._polling import PollingProactor

__all__ = ["PollingProactor", "ProactorEventLoop"]
