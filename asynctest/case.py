"""Test cases: unittest's, whose methods may be coroutines.

This file and ``_class_level`` are the fence around unittest's own hooks:
nothing else overrides or reads its private names.
"""

from __future__ import annotations

import functools
import inspect
import unittest
import unittest.util
from asyncio import AbstractEventLoop
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from . import _backstage
from ._assertions import AsyncAssertions
from ._class_level import ClassLevel, enter_async, loop_maker
from ._each_model import ModelCopies, run_each
from ._errors import AsynctestError
from ._fail_on import ignore_loop
from ._settings import Settings, configure
from ._told import Told

__unittest = True  # unittest leaves our frames out of tracebacks
__tracebackhide__ = True  # and so does pytest

__all__ = ["ClockedTestCase", "FunctionTestCase", "TestCase", "ignore_loop"]

LEANS_ON = (
    "unittest.case:TestCase._callSetUp",
    "unittest.case:TestCase._callTestMethod",
    "unittest.case:TestCase._callTearDown",
    "unittest.case:TestCase._callCleanup",
    "unittest.case:_Outcome.testPartExecutor",
    "unittest.case:TestCase()._outcome",
    "unittest.case:TestCase()._cleanups",
    "unittest.case:TestCase()._testMethodName",
    "unittest.case:FunctionTestCase()._testFunc",
    "unittest.case:FunctionTestCase()._setUpFunc",
    "unittest.case:FunctionTestCase()._tearDownFunc",
)

_T = TypeVar("_T")

_FORBIDDEN = (
    "asyncio.get_event_loop() was called, and TestCase.forbid_get_event_loop is set. "
    "Pass the loop explicitly, or call it from a coroutine."
)


class TestCase(AsyncAssertions, ModelCopies, Told, ClassLevel):
    """A test case with an event loop of its own for each test.

    Set-up, tests, tear-down and clean-ups may be plain or coroutine functions,
    in any mixture; all run on the same loop and see each other's context
    variables. They run in this order: ``setUp``, ``asyncSetUp``, the test,
    ``asyncTearDown``, ``tearDown``, the checks chosen with ``fail_on``, the
    clean-ups (last added first). Then what is left on the loop is cancelled
    and the loop is closed.

        >>> import asyncio, asynctest
        >>> class Echo(asynctest.TestCase):
        ...     async def setUp(self):
        ...         self.queue = asyncio.Queue()
        ...     async def test_what_goes_in_comes_out(self):
        ...         await self.queue.put(1)
        ...         self.assertEqual(await self.queue.get(), 1)
    """

    use_default_loop: ClassVar[bool] = False
    """Run on the current loop of the thread, which is not closed afterwards."""

    forbid_get_event_loop: ClassVar[bool] = False
    """Make ``asyncio.get_event_loop()`` fail outside of coroutines and callbacks."""

    loop: AbstractEventLoop = None  # type: ignore[assignment]
    """The event loop of the running test; None while no test runs."""

    clock: Any
    """The clock of the running test, if one is set; on the class, which one to set."""

    _stage: _backstage.Stage | None = None
    _asked: Settings | None = None  # what this run asked for, until its stage is open
    _ended = True  # the last tear-down is over: what remains are clean-ups
    _later: list[Callable[[], None]] | None = None  # warnings held back while output is captured

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # ``debug = True`` is a setting, ``debug()`` is unittest's method.
        if isinstance(vars(cls).get("debug"), bool):
            configure(debug=vars(cls)["debug"])(cls)
            delattr(cls, "debug")

    async def asyncSetUp(self) -> None:
        """Set the test up; runs after ``setUp``."""

    async def asyncTearDown(self) -> None:
        """Tear the test down; runs before ``tearDown``."""

    # -- one run ------------------------------------------------------------

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Run the test, on each loop model it asks for.

        No loop is left behind even if it is interrupted.
        """
        if copies := self._copies():
            return run_each(copies, result or self.defaultTestResult(), whole=result is None)
        self._later = [] if getattr(result, "buffer", False) else None
        try:
            result = super().run(result)
        except BaseException as exc:
            steps = _backstage.Steps()
            self._clean_up(steps)
            for error in steps.errors:
                exc.add_note(f"while cleaning up {self.id()}: {error!r}")
            raise
        for warn in self._later or ():
            warn()
        return result

    def debug(self) -> None:
        """Run the test and let its exceptions through.

        Tear-down and clean-ups run whatever happens, the loop is closed, and
        the first exception is raised: also AssertionError from a check, and
        SkipTest for a skipped test.
        """
        if copies := self._copies():
            for copied in copies:
                copied.debug()
            return
        method = getattr(self, self._testMethodName)
        for skipped in (type(self), method):
            if getattr(skipped, "__unittest_skip__", False):
                raise unittest.SkipTest(getattr(skipped, "__unittest_skip_why__", ""))
        steps = _backstage.Steps()
        if steps.take(self._callSetUp):
            steps.take(self._callTestMethod, method)
            steps.take(self._callTearDown)
        self._clean_up(steps)
        steps.raise_first()

    def _callSetUp(self) -> None:
        stage = self._open()
        try:
            stage.set_up(*self._written("setUp"), *self._written("asyncSetUp"))
        except BaseException:
            self._ended = True
            raise

    def _callTestMethod(self, method: Callable[[], Any]) -> None:
        result = self._playing.test(method)
        if result is not None:
            _backstage.warn_about_result(method, result)

    def _callTearDown(self) -> None:
        try:
            self._playing.tear_down(*self._written("asyncTearDown"), *self._written("tearDown"))
        finally:
            self._ended = True

    def _callCleanup(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> None:
        if self._stage is None:
            function(*args, **kwargs)
        else:
            self._stage.clean_up(function, *args, **kwargs)

    def _written(self, name: str) -> tuple[Callable[[], Any], ...]:
        """Return a hook if somebody wrote it: playing an empty one only takes time."""
        method = getattr(self, name)
        return (method,) if _backstage.is_written(method) else ()

    @property
    def _playing(self) -> _backstage.Stage:
        assert self._stage is not None, "no test is running"
        return self._stage

    def _copies(self) -> list[unittest.TestCase]:
        """Make a copy for each loop model; none if one run will do."""
        try:
            self._asked = asked = self._settings()
        except AsynctestError:
            return []  # the run itself meets it again, and tells it as an error of this test
        return [self.copy_for_model(model) for model in self.models_for_asynctest(asked)]

    def models_for_asynctest(self, asked: Settings) -> Sequence[str]:
        """Return the loop models if there is to be a run on each; none if one run will do."""
        if asked.loop_model != "both" or self.use_default_loop or loop_maker(self) is not None:
            return ()
        return _backstage.MODELS

    def _model_asked(self) -> dict[str, str]:
        return {"loop_model": self._loop_model} if self._loop_model else {}

    def _open(self) -> _backstage.Stage:
        method = getattr(self, self._testMethodName)
        stage = _backstage.Stage(
            self.id(),
            self._asked or self._settings(),
            _backstage.chosen_checks(*self._carriers()),
            make_loop=_backstage.borrow_default_loop if self.use_default_loop else loop_maker(self),
            lent=self.use_default_loop,
            forbid=_FORBIDDEN if self.forbid_get_event_loop else "",
            case=self,
            method=method,
            amend=self._amend,
            later=self._later,
            reported=self._asynctest_reported,
        )
        stage.open()
        self._stage, self._ended, self._asked = stage, False, None
        self.loop = stage.loop
        if stage.clock is not None:
            self.clock = stage.clock
        return stage

    def _judge(self) -> None:
        if self._stage is not None:
            try:
                self._stage.judge()
            finally:
                self._close()

    def _close(self) -> None:
        if self._stage is not None:
            stage, self._stage = self._stage, None
            self._ended = True
            try:
                stage.close()
            finally:
                self.loop = None  # type: ignore[assignment]
                if stage.clock is not None:
                    vars(self).pop("clock", None)

    def _amend(self, outcome: BaseException | None, text: str) -> bool:
        """Add a note to a failure that the result has written down already."""
        result = getattr(self._outcome, "result", None)
        written = [getattr(result, name, None) for name in ("failures", "errors")]
        for entries in written:
            if isinstance(entries, list) and _backstage.amend_last(entries, self, text):
                return True
        if outcome is None:
            return False
        # Without such a list, as under pytest, the exception is written down
        # later, with its notes; so it is if an expected failure is.
        listed = any(isinstance(entries, list) for entries in written)
        return not listed or getattr(self._outcome, "expectedFailure", None) is not None

    # -- clean-ups ------------------------------------------------------------

    def addCleanup(self, function: Any, /, *args: Any, **kwargs: Any) -> None:
        """Add a function, which may be a coroutine function, to run after tear-down."""
        super().addCleanup(function, *args, **kwargs)

    def addAsyncCleanup(self, function: Any, /, *args: Any, **kwargs: Any) -> None:
        """Add a coroutine function to run after tear-down."""
        self.addCleanup(function, *args, **kwargs)

    async def enterAsyncContext(self, cm: AbstractAsyncContextManager[_T]) -> _T:
        """Enter an async context manager that is left after tear-down.

        Raises TypeError if it is not one.
        """
        return await enter_async(cm, self.addAsyncCleanup)

    def doCleanups(self) -> Any:
        """Run the clean-ups; they also run by themselves after the test.

        In a coroutine write ``await self.doCleanups()``. Returns True if none
        of them failed.
        """
        if _backstage.is_loop_running():
            return self._clean_up_while_running()
        succeeded = bool(super().doCleanups())
        if self._ended and self._stage is not None:
            succeeded = self._finish()
        return _backstage.Answer(succeeded)

    def _finish(self) -> bool:
        """Judge and close as a part of the test, so that unittest reports what that raises."""
        outcome = self._outcome
        if outcome is None:  # debug(), which lets exceptions through
            self._judge()
            return True
        with outcome.testPartExecutor(self):
            self._judge()
        return bool(outcome.success)

    async def _clean_up_while_running(self) -> bool:
        steps, outcome = _backstage.Steps(), self._outcome
        while self._cleanups:
            function, args, kwargs = self._cleanups.pop()
            try:
                result = function(*args, **kwargs)
                if inspect.isawaitable(result):
                    await result
            except Exception as exc:
                steps.errors.append(exc)
                if outcome is not None:
                    with outcome.testPartExecutor(self):
                        raise
        succeeded = not steps.errors
        if outcome is None:  # nobody else would hear of them
            steps.raise_first()
        return succeeded

    def _clean_up(self, steps: _backstage.Steps) -> None:
        """Run clean-ups, judge and close where unittest does not do it."""
        while self._cleanups:
            function, args, kwargs = self._cleanups.pop()
            steps.take(self._callCleanup, function, *args, **kwargs)
        steps.take(self._judge)
        steps.take(self._close)

    # unittest's own; declared for type checkers
    _outcome: Any
    _cleanups: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]]
    _testMethodName: str


class ClockedTestCase(TestCase):
    """A test case in which time stands still until the test moves it.

    ``self.loop.time()`` starts at 0 and moves only by `advance`. A loop that
    waits for a timer while nobody advances is reported as stuck at once, with
    what waits and where.

        >>> import asyncio, asynctest
        >>> class Reminder(asynctest.ClockedTestCase):
        ...     async def test_it_rings_after_an_hour(self):
        ...         rang = asyncio.Event()
        ...         self.loop.call_later(3600, rang.set)
        ...         await self.advance(3599)
        ...         self.assertFalse(rang.is_set())
        ...         await self.advance(1)
        ...         self.assertTrue(rang.is_set())
        >>> Reminder("test_it_rings_after_an_hour").debug()

    ``self.clock`` is the clock itself, an `asynctest.Clock`. To let time jump
    by itself instead, set ``clock = "auto"`` on any test case.
    """

    clock: Any = "manual"

    async def advance(self, seconds: float) -> None:
        """Move time forward and run everything that falls due, each timer at its own moment.

        On return, time stands exactly ``seconds`` later. From plain code:
        ``self.loop.run_until_complete(self.advance(1))``.

        Raises ValueError if ``seconds`` is negative: time only moves forward.
        """
        await self.clock.advance(seconds)


class FunctionTestCase(TestCase, unittest.FunctionTestCase):
    """A test case around functions, any of which may be a coroutine function.

    >>> import asynctest
    >>> async def check(): assert 1 + 1 == 2
    >>> asynctest.FunctionTestCase(check).debug()
    """

    _testFunc: Callable[[], Any]
    _setUpFunc: Callable[[], Any] | None
    _tearDownFunc: Callable[[], Any] | None

    if not TYPE_CHECKING:  # has the signature of unittest's

        @functools.wraps(unittest.FunctionTestCase.__init__)
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)

    def id(self) -> str:
        """Name the function; a partial or an object has no name but its repr."""
        return getattr(self._testFunc, "__name__", None) or repr(self._testFunc)

    def __str__(self) -> str:
        return f"{unittest.util.strclass(type(self))} ({self.id()})"

    def setUp(self) -> Any:
        """Call the function given as set-up."""
        return self._setUpFunc() if self._setUpFunc is not None else None

    def tearDown(self) -> Any:
        """Call the function given as tear-down."""
        return self._tearDownFunc() if self._tearDownFunc is not None else None

    def runTest(self) -> Any:
        """Call the function given as test."""
        return self._testFunc()
