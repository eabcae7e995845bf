"""The completion model of I/O, the one asyncio uses on Windows, for everybody.

On a selector loop asyncio waits until a socket is ready and then reads from
it; on a completion loop it asks for data and is told when they have arrived.
Programs rarely notice, but some do: ``add_reader`` exists only on the one,
and reads that were asked for cannot be taken back on the other.

`ProactorEventLoop` is such a loop for Linux and macOS, and the standard one on
Windows. `TestProactor` lets any of them take `SocketMock` and its kin; test
cases do that by themselves.

The same test gives the same result on both models; ``loop_model = "both"`` on
a test case, or the option of that name, runs it on each. What remains to be
seen of the model:

* A stand-in whose ``recv`` raises something else than ``OSError`` closes the
  transport with that on a selector loop; on a completion loop with a
  ``ConnectionAbortedError`` caused by it. The loop's exception handler hears
  of the original on both.
* If ``accept`` of a stand-in raises, a server on a completion loop ends.
* Windows' own transports join what is written within one iteration, drop empty
  datagrams, and stop reading datagrams after an error.
"""

from typing import TYPE_CHECKING

from .. import _later
from ._attach import attach as attach
from ._attach import has_proactor as has_proactor
from ._attach import wrap_proactor as wrap_proactor

if TYPE_CHECKING:
    from ._loop import NotOnCompletionLoops as NotOnCompletionLoops
    from ._loop import ProactorEventLoop as ProactorEventLoop
    from ._polling import PollingProactor as PollingProactor
    from ._test_proactor import TestProactor as TestProactor

# Every test case imports this room; few of them run on the loop.
_ROOMS = {
    "._loop": ("NotOnCompletionLoops", "ProactorEventLoop"),
    "._polling": ("PollingProactor",),
    "._test_proactor": ("TestProactor",),
}
if not TYPE_CHECKING:
    __getattr__, __dir__ = _later.open_later(__name__, __name__, _ROOMS)

__all__ = [
    "NotOnCompletionLoops",
    "PollingProactor",
    "ProactorEventLoop",
    "TestProactor",
    "attach",
    "has_proactor",
    "wrap_proactor",
]
