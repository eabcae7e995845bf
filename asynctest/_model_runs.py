"""One run on each loop model: a test that asks for both is copied, and each copy reported.

Part of the fence around unittest's own hooks, see ``case``.
"""

from __future__ import annotations

import copy
import inspect
import types
import unittest
from typing import Any, ClassVar, TypeVar

from ._class_level import ClassLevel, loop_maker
from ._loop_models import MODELS
from ._settings import Settings, declared_on, merge

__unittest = True  # unittest leaves our frames out of tracebacks

__all__ = ["ModelRuns"]

LEANS_ON = ("unittest.case:TestCase()._cleanups", "unittest.case:TestCase()._testMethodName")

_T = TypeVar("_T", bound="ModelRuns")


class ModelRuns(ClassLevel):
    """A test case that can run on both loop models."""

    loop_model: ClassVar[str]
    """``"selector"``, ``"proactor"`` (as on Windows), or ``"both"``: one run on each."""

    _copy_of_model: str = ""
    _asked: Settings | None = None  # what this run asked for, until its stage is open

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Run the test, on each loop model it asks for."""
        if copies := self._copies():
            return _run_each(copies, result or self.defaultTestResult(), whole=result is None)
        return super().run(result)

    def id(self) -> str:
        """Return the full name of the test, and the loop model if there is a choice."""
        return super().id() + self._label

    def __str__(self) -> str:
        return super().__str__() + self._label

    @property
    def _label(self) -> str:
        return f" [{self._copy_of_model}]" if self._copy_of_model else ""

    def _copies(self: _T) -> list[_T]:
        """Make a copy for each loop model; none if one run will do."""
        self._asked = asked = self._settings()
        if asked.loop_model != "both" or self._brings_loop:
            return []
        return [self._copy_for(model) for model in MODELS]

    @property
    def _brings_loop(self) -> bool:
        return getattr(self, "use_default_loop", False) or loop_maker(self) is not None

    def _copy_for(self: _T, model: str) -> _T:
        copied = copy.copy(self)
        copied._copy_of_model = model
        copied._cleanups = list(self._cleanups)
        copied._asked = None
        for name, value in vars(self).items():
            if inspect.ismethod(value) and value.__self__ is self:  # pytest sets the test so
                setattr(copied, name, types.MethodType(value.__func__, copied))
        return copied

    def _settings(self) -> Settings:
        model = {"loop_model": self._copy_of_model} if self._copy_of_model else {}
        return merge(declared_on(type(self), getattr(self, self._testMethodName)), model)

    # unittest's own; declared for type checkers
    _cleanups: list[Any]
    _testMethodName: str


def _run_each(copies: list[_T], result: unittest.TestResult, *, whole: bool) -> unittest.TestResult:
    """Run the copies of a test; ``whole`` if nobody else begins and ends the run."""
    if whole:
        result.startTestRun()
    try:
        for copied in copies:
            if not result.shouldStop:
                copied.run(result)
    finally:
        if whole:
            result.stopTestRun()
    return result
