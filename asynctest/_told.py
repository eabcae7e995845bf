"""What a door that knows more than the test case itself can tell it, and learn from it."""

from __future__ import annotations

import unittest
from collections.abc import Sequence
from typing import Any

from . import _backstage
from ._settings import Settings, declared_by, merge

__unittest = True  # unittest leaves our frames out of tracebacks

__all__ = ["Told"]


class Told(unittest.TestCase):
    """The part of a test case that concerns who declares what about it."""

    # Long names: a user's attributes must not meet them.
    _asynctest_carriers: Sequence[Any] = ()
    _asynctest_reported: list[_backstage.Report] | None = None

    def tell_asynctest(self, carriers: Sequence[Any], reported: list[_backstage.Report]) -> None:
        """Say what declares settings and checks, the farthest first, and who takes findings."""
        self._asynctest_carriers = carriers
        self._asynctest_reported = reported

    def _carriers(self) -> Sequence[Any]:
        """Return what declares settings and checks: by default the class and the method."""
        return self._asynctest_carriers or (type(self), getattr(self, self._testMethodName))

    def _settings(self) -> Settings:
        return merge(*map(declared_by, self._carriers()), self._model_asked())

    def _model_asked(self) -> dict[str, str]:
        """Return the setting that a copy of a test adds."""
        return {}

    _testMethodName: str
