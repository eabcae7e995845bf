"""One run of a test on each loop model, told as tests of their own."""

from __future__ import annotations

import copy
import functools
import inspect
import types
import unittest
from typing import TYPE_CHECKING, Any, ClassVar, Self

from . import _backstage

__unittest = True  # unittest leaves our frames out of tracebacks

__all__ = ["ModelCopies", "run_each"]

LEANS_ON = ("unittest.case:TestCase()._cleanups",)


class ModelCopies(unittest.TestCase):
    """The part of a test case that concerns copies of it, one for each loop model."""

    loop_model: ClassVar[str]
    """``"selector"``, ``"proactor"`` (as on Windows), or ``"both"``: one run on each."""

    _loop_model = ""  # of a copy

    if not TYPE_CHECKING:  # has the signature of unittest's

        @functools.wraps(unittest.TestCase.__init__)
        def __init__(self, *args, **kwargs):
            # ``test_it[proactor]`` is the run of a method on that model.
            if args and isinstance(args[0], str) and not hasattr(self, args[0]):
                name, self._loop_model = _without_model(args[0])
                args = (name, *args[1:])
            super().__init__(*args, **kwargs)

    def copy_for_model(self, model: str) -> Self:
        """Return a copy of this test that runs on one loop model, and says so."""
        copied = copy.copy(self)
        copied._loop_model = model
        copied._cleanups = list(self._cleanups)  # type: ignore[attr-defined]
        for name, value in vars(self).items():
            if inspect.ismethod(value) and value.__self__ is self:  # pytest sets the test so
                setattr(copied, name, types.MethodType(value.__func__, copied))
        return copied

    def id(self) -> str:
        """Return the full name of the test, and the loop model if there is a choice."""
        return self._with_model(super().id())

    def __str__(self) -> str:
        return self._with_model(super().__str__())

    def _with_model(self, name: str) -> str:
        return f"{name} [{self._loop_model}]" if self._loop_model else name


def _without_model(name: str) -> tuple[str, str]:
    """Take the loop model off a name that ends with one."""
    for model in _backstage.MODELS:
        if name.endswith(f"[{model}]"):
            return name.removesuffix(f"[{model}]"), model
    return name, ""


class _Naming:
    """A result that has one name for all copies, as pytest's: failures say which it was."""

    def __init__(self, result: Any) -> None:
        self._result = result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._result, name)

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        err[1].add_note(f"in {test}")
        self._result.addError(test, err)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        err[1].add_note(f"in {test}")
        self._result.addFailure(test, err)


def run_each(
    copies: list[unittest.TestCase], result: unittest.TestResult, *, whole: bool
) -> unittest.TestResult:
    """Run the copies of a test; ``whole`` if nobody else begins and ends the run."""
    told: Any = result if isinstance(result, unittest.TestResult) else _Naming(result)
    if whole:
        result.startTestRun()
    try:
        for copied in copies:
            if not getattr(result, "shouldStop", False):
                copied.run(told)
    finally:
        if whole:
            result.stopTestRun()
    return result
