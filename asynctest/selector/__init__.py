"""Files and sockets that are ready when the test says so.

Hand a `FileMock` or a `SocketMock` to a loop in place of the real thing; a
test's loop waits on a `TestSelector`, which keeps stand-ins away from the
operating system. `set_read_ready` and `set_write_ready` make one ready, once.
"""

from ..mock import _files
from ..mock._files import FileDescriptor as FileDescriptor
from ..mock._files import FileMock as FileMock
from ..mock._files import SocketMock as SocketMock
from ..mock._files import fd as fd
from ..mock._files import isfilemock as isfilemock
from ._attach import attach as attach
from ._attach import has_selector as has_selector
from ._attach import refuse_mocks as refuse_mocks
from ._attach import wrap_selector as wrap_selector
from ._signals import set_read_ready as set_read_ready
from ._signals import set_write_ready as set_write_ready
from ._test_selector import TestSelector as TestSelector
from ._test_selector import get_registered_events as get_registered_events

__all__ = [
    "FileDescriptor",
    "FileMock",
    "SocketMock",
    "TestSelector",
    "attach",
    "fd",
    "get_registered_events",
    "has_selector",
    "isfilemock",
    "refuse_mocks",
    "set_read_ready",
    "set_write_ready",
    "wrap_selector",
]
if hasattr(_files, "SSLSocketMock"):  # Python may be built without OpenSSL
    from ..mock._files import SSLSocketMock as SSLSocketMock

    __all__ += ["SSLSocketMock"]
