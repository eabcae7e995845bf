"""One thread that watches all tests: blocked loops, and steps that take too long.

It starts with the first test that wants to be watched. Such a test costs next
to nothing: it enters itself in a list and leaves it. The thread looks at a
test only if it is still there after a few dozen milliseconds.
"""

from ._blocked import Blocked
from ._debuggers import is_debugged
from ._limit import Interrupted, Limit
from ._thread import Watch, watch

__all__ = ["Blocked", "Interrupted", "Limit", "Watch", "is_debugged", "watch"]
