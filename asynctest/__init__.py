"""Test asyncio code, with unittest's own words."""

import unittest as _unittest
from unittest import *  # noqa: F403

from . import _fail_on as _fail_on
from . import case as case
from . import checks as checks
from ._allow import allow as allow
from ._errors import AsynctestWarning as AsynctestWarning
from ._fail_on import DEFAULTS as DEFAULTS
from ._fail_on import fail_on as fail_on
from ._fail_on import lenient as lenient
from ._fail_on import strict as strict
from ._fail_on import warn_on as warn_on
from ._settings import configure as configure
from ._timeout import timeout as timeout
from ._version import __version__ as __version__
from .case import FunctionTestCase as FunctionTestCase
from .case import TestCase as TestCase
from .case import ignore_loop as ignore_loop

__all__ = list(_unittest.__all__)  # noqa: PLE0605


def __getattr__(name: str) -> type[AsynctestWarning]:
    """Return the warning of a check: ``asynctest.NeverAwaitedWarning`` of ``never_awaited``."""
    for check in checks.known().values():
        if check.warning.__name__ == name:
            return check.warning
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
