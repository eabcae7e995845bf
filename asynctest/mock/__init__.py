"""Stand-ins for what the tested code calls.

Every public name of ``unittest.mock`` is here and behaves as it does there, so
``from asynctest import mock`` can replace ``from unittest import mock``. What
differs does so on purpose:

* Attributes that are coroutine functions by the spec, and ``__aenter__``,
  ``__aexit__`` and ``__anext__``, are CoroutineMocks. So is the default
  replacement ``patch`` makes for a coroutine function, and what stands for one
  in ``create_autospec``. A CoroutineMock is an AsyncMock, but

  - its outcome is decided when it is called, and delivered when it is awaited,
  - an outcome that is awaitable is awaited,
  - an await is counted when it ends, with the arguments of its own call,
  - its attributes and default result are MagicMocks,
  - it has no magic methods,
  - an exhausted iterator as side effect raises StopIteration from the call,
  - ``awaited`` waits for awaits and controls them.

* Wrong arguments for an autospecced coroutine function are a TypeError at the
  call on every Python.
* ``create_autospec`` reads an attribute of the original when the mock's is
  first used.
* NonCallableMock and NonCallableMagicMock take ``is_coroutine``.
* Mocks with a function as spec are no coroutine functions to ``inspect``,
  unless the function is one.
* ``__aiter__.return_value`` may be an asynchronous iterable.
* Magic methods keep their preset result in ``reset_mock(return_value=True)``
  (the standard library does so from Python 3.13 on).
* ThreadingMock is there before Python 3.13, too.
* ``mock_open`` also serves ``async with``, ``async for`` and ``await``.
* A mock called from several threads loses no record.
* ``patch`` and its variants take a ``scope``, decorate generator functions and
  asynchronous generator functions too, work in ``async with``, and are undone in
  any order and whatever ends the test. ``patch.stopall`` stops those of
  ``unittest.mock`` as well; a patch that is in force cannot be started again on
  any Python.
* The coroutine of a call is named after the mock and the line that called it,
  which Python's warning shows if it is never awaited.
"""

from unittest.mock import ANY as ANY
from unittest.mock import DEFAULT as DEFAULT
from unittest.mock import call as call
from unittest.mock import sentinel as sentinel

from ._autospec import create_autospec as create_autospec
from ._awaited import Awaited as Awaited
from ._awaited import HeldCall as HeldCall
from ._family import AsyncMock as AsyncMock
from ._family import CoroutineMock as CoroutineMock
from ._family import MagicMock as MagicMock
from ._family import Mock as Mock
from ._family import NonCallableMagicMock as NonCallableMagicMock
from ._family import NonCallableMock as NonCallableMock
from ._family import PropertyMock as PropertyMock
from ._layers import MissingTarget as MissingTarget
from ._once import return_once as return_once
from ._open import mock_open as mock_open
from ._patch import patch as patch
from ._patcher import AlreadyStarted as AlreadyStarted
from ._replacement import MisspelledArgument as MisspelledArgument
from ._scope import GLOBAL as GLOBAL
from ._scope import LIMITED as LIMITED
from ._scope import PatchScope as PatchScope
from ._seal import seal as seal
from ._threading import ThreadingMock as ThreadingMock

__all__ = [
    "ANY",
    "DEFAULT",
    "FILTER_DIR",
    "GLOBAL",
    "LIMITED",
    "AlreadyStarted",
    "AsyncMock",
    "Awaited",
    "CoroutineMock",
    "HeldCall",
    "MagicMock",
    "MissingTarget",
    "MisspelledArgument",
    "Mock",
    "NonCallableMagicMock",
    "NonCallableMock",
    "PatchScope",
    "PropertyMock",
    "ThreadingMock",
    "call",
    "create_autospec",
    "mock_open",
    "patch",
    "return_once",
    "seal",
    "sentinel",
]

FILTER_DIR = True
"""Whether ``dir()`` of a mock shows only what is useful; set it here to change it."""
