"""Test asyncio code, with unittest's own words.

``import asynctest`` can stand in the place of ``import unittest``: every name
of unittest is here, and the test cases run coroutines.
"""

import unittest as _unittest
from typing import TYPE_CHECKING
from typing import Any as _Any
from unittest import IsolatedAsyncioTestCase as IsolatedAsyncioTestCase
from unittest import SkipTest as SkipTest
from unittest import TestLoader as TestLoader
from unittest import TestResult as TestResult
from unittest import TestSuite as TestSuite
from unittest import TextTestResult as TextTestResult
from unittest import TextTestRunner as TextTestRunner
from unittest import addModuleCleanup as addModuleCleanup
from unittest import defaultTestLoader as defaultTestLoader
from unittest import doModuleCleanups as doModuleCleanups
from unittest import enterModuleContext as enterModuleContext
from unittest import expectedFailure as expectedFailure
from unittest import installHandler as installHandler
from unittest import main as main
from unittest import registerResult as registerResult
from unittest import removeHandler as removeHandler
from unittest import removeResult as removeResult
from unittest import skip as skip
from unittest import skipIf as skipIf
from unittest import skipUnless as skipUnless

from . import _fail_on as _fail_on
from . import _later
from . import case as case
from . import checks as checks
from ._errors import AsynctestError as AsynctestError
from ._errors import AsynctestValueError as AsynctestValueError
from ._errors import AsynctestWarning as AsynctestWarning
from ._errors import CheckFailed as CheckFailed
from ._errors import LoopNotSupported as LoopNotSupported
from ._errors import MisuseError as MisuseError
from ._fail_on import DEFAULTS as DEFAULTS
from ._fail_on import fail_on as fail_on
from ._fail_on import lenient as lenient
from ._fail_on import strict as strict
from ._fail_on import warn_on as warn_on
from ._settings import configure as configure
from ._version import __version__ as __version__
from .case import ClockedTestCase as ClockedTestCase
from .case import FunctionTestCase as FunctionTestCase
from .case import TestCase as TestCase
from .case import ignore_loop as ignore_loop
from .checks._registry import warning_called as _warning_called

if TYPE_CHECKING:
    from . import clock as clock
    from . import helpers as helpers
    from . import mock as mock
    from . import proactor as proactor
    from . import selector as selector
    from ._allow import NoTestRunning as NoTestRunning
    from ._allow import allow as allow
    from ._closing import StubbornTasks as StubbornTasks
    from ._timeout import StuckTest as StuckTest
    from ._timeout import timeout as timeout
    from .clock import Clock as Clock
    from .clock import run as run
    from .clock import settle as settle
    from .helpers import exhaust_callbacks as exhaust_callbacks
    from .mock import ANY as ANY
    from .mock import DEFAULT as DEFAULT
    from .mock import GLOBAL as GLOBAL
    from .mock import LIMITED as LIMITED
    from .mock import AsyncMock as AsyncMock
    from .mock import CoroutineMock as CoroutineMock
    from .mock import MagicMock as MagicMock
    from .mock import Mock as Mock
    from .mock import NonCallableMagicMock as NonCallableMagicMock
    from .mock import NonCallableMock as NonCallableMock
    from .mock import PatchScope as PatchScope
    from .mock import PropertyMock as PropertyMock
    from .mock import call as call
    from .mock import create_autospec as create_autospec
    from .mock import mock_open as mock_open
    from .mock import patch as patch
    from .mock import return_once as return_once
    from .mock import sentinel as sentinel
    from .selector import FileDescriptor as FileDescriptor
    from .selector import FileMock as FileMock
    from .selector import SocketMock as SocketMock
    from .selector import SSLSocketMock as SSLSocketMock
    from .selector import TestSelector as TestSelector
    from .selector import fd as fd
    from .selector import get_registered_events as get_registered_events
    from .selector import isfilemock as isfilemock
    from .selector import set_read_ready as set_read_ready
    from .selector import set_write_ready as set_write_ready

    # One for each check; at run time each comes with its check.
    ActiveHandlesWarning: type[AsynctestWarning]
    ActiveSelectorCallbacksWarning: type[AsynctestWarning]
    AwaitedMockWarning: type[AsynctestWarning]
    BlockedLoopWarning: type[AsynctestWarning]
    CallbackExceptionsWarning: type[AsynctestWarning]
    ChangedGlobalsWarning: type[AsynctestWarning]
    CollectedTasksWarning: type[AsynctestWarning]
    FinaliserExceptionsWarning: type[AsynctestWarning]
    IdleLoopsWarning: type[AsynctestWarning]
    LeakedExecutorsWarning: type[AsynctestWarning]
    LeakedFilesWarning: type[AsynctestWarning]
    LeakedGeneratorsWarning: type[AsynctestWarning]
    LeakedLoopsWarning: type[AsynctestWarning]
    LeakedPatchesWarning: type[AsynctestWarning]
    LeakedProcessesWarning: type[AsynctestWarning]
    LeakedReadersWarning: type[AsynctestWarning]
    LeakedServersWarning: type[AsynctestWarning]
    LeakedSignalHandlersWarning: type[AsynctestWarning]
    LeakedSocketsWarning: type[AsynctestWarning]
    LeakedTasksWarning: type[AsynctestWarning]
    LeakedThreadsWarning: type[AsynctestWarning]
    LeakedTimersWarning: type[AsynctestWarning]
    LeakedTransportsWarning: type[AsynctestWarning]
    LostExceptionsWarning: type[AsynctestWarning]
    MadeUpAssertionWarning: type[AsynctestWarning]
    NestedRunWarning: type[AsynctestWarning]
    NeverAwaitedWarning: type[AsynctestWarning]
    SwallowedAssertionWarning: type[AsynctestWarning]
    SwallowedCancellationWarning: type[AsynctestWarning]
    TestNeverRanWarning: type[AsynctestWarning]
    ThreadExceptionsWarning: type[AsynctestWarning]
    TwoLoopsWarning: type[AsynctestWarning]
    UncalledAssertionWarning: type[AsynctestWarning]
    UnclosedResourcesWarning: type[AsynctestWarning]
    UnusedLoopWarning: type[AsynctestWarning]
    WrongThreadWarning: type[AsynctestWarning]

# Rooms are opened when somebody asks for them: defining tests takes few of them.
_ROOMS: dict[str, tuple[str, ...]] = {
    ".": ("clock", "helpers", "mock", "proactor", "selector"),
    "._allow": ("NoTestRunning", "allow"),
    "._closing": ("StubbornTasks",),
    "._timeout": ("StuckTest", "timeout"),
    ".clock": ("Clock", "run", "settle"),
    ".helpers": ("exhaust_callbacks",),
    ".mock": (
        *("ANY", "DEFAULT", "GLOBAL", "LIMITED", "AsyncMock", "CoroutineMock", "MagicMock", "Mock"),
        *("NonCallableMagicMock", "NonCallableMock", "PatchScope", "PropertyMock", "call"),
        *("create_autospec", "mock_open", "patch", "return_once", "sentinel"),
    ),
    ".selector": (
        *("FileDescriptor", "FileMock", "SSLSocketMock", "SocketMock", "TestSelector", "fd"),
        *("get_registered_events", "isfilemock", "set_read_ready", "set_write_ready"),
    ),
}
if not TYPE_CHECKING:
    _from_rooms, _dir = _later.open_later(__name__, __name__, _ROOMS)

    def __getattr__(name: str) -> _Any:
        if name.endswith("Warning") and (warning := _warning_called(name)) is not None:
            return warning
        if name in _unittest.__all__:  # those that only some Pythons have
            return getattr(_unittest, name)
        return _from_rooms(name)

    def __dir__() -> list[str]:
        return sorted({*_dir(), *_unittest.__all__})


__all__ = [  # what a star import takes: unittest's names, some of them ours
    "FunctionTestCase",
    "IsolatedAsyncioTestCase",
    "SkipTest",
    "TestCase",
    "TestLoader",
    "TestResult",
    "TestSuite",
    "TextTestResult",
    "TextTestRunner",
    "addModuleCleanup",
    "defaultTestLoader",
    "doModuleCleanups",
    "enterModuleContext",
    "expectedFailure",
    "installHandler",
    "main",
    "registerResult",
    "removeHandler",
    "removeResult",
    "skip",
    "skipIf",
    "skipUnless",
]
if not TYPE_CHECKING:
    __all__ += [name for name in _unittest.__all__ if name not in __all__]
