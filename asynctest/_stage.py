"""One test from set-up to tear-down: its loop, its context, its checks.

Every door (test cases, pytest, the command line) drives a :class:`Stage`
through the same steps; their order is decided here and nowhere else::

    open            the loop is made and becomes the current one
                    before_test of each check
    prepare         a piece of set-up, where it comes in pieces
    set_up          the user's set-up; then after_set_up of each check
    test            the user's test
    tear_down       the user's tear-down; then after_test of each check
    clean_up        one clean-up, as often as there are any
    judge           after_cleanup of each check; then close; then all that was
                    found is reported
    close           leftovers are stopped, the loop is closed, garbage collected;
                    after_close of each check; what was current before is so again
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import importlib
from asyncio import AbstractEventLoop
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any
from unittest import SkipTest

from . import _ports as ports
from . import proactor
from ._allow import Allowances, current
from ._calls import Caller, awaitable_generators
from ._closing import close_loop
from ._heap import Heap
from ._jury import Jury
from ._loop_models import maker_for, unable_means_skipped
from ._own_code import codes_of
from ._places import Place, place_of
from ._plan import NOTHING, Plan
from ._settings import Settings
from ._sites import Sites, track
from ._timeout import call_in_time
from ._verdict import Amend, Report, Verdict

__unittest = True  # unittest leaves our frames out of tracebacks
__tracebackhide__ = True  # and so does pytest

__all__ = ["Stage"]


class Stage:
    """Where one test runs. Open it, play the steps, close it."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        checks: Plan = NOTHING,
        *,
        make_loop: Callable[[], AbstractEventLoop] | None = None,
        lent: bool = False,
        forbid: str = "",
        case: Any = None,
        method: Callable[..., Any] | None = None,
        amend: Amend | None = None,
        later: list[Callable[[], None]] | None = None,
        make_caller: Callable[[AbstractEventLoop, contextvars.Context], Caller] = Caller,
        reported: list[Report] | None = None,
    ) -> None:
        self.name = name
        self.lent = lent
        self.settings = settings
        self.case = case
        self.method = method
        self.outcome: BaseException | None = None
        self.clock: Any = None
        self.context = contextvars.copy_context()
        self.closed = self.over = False
        # A light loop has no pipe before it waits; a clock waits to see it written to.
        stock = ports.new_event_loop if settings.clock is None else ports.plain_event_loop
        self._make_loop = maker_for(settings.loop_model, make_loop, stock, lent=lent)
        self._make_caller = make_caller
        self._forbid = forbid
        self.sites = Sites()
        self.memory: dict[Any, Any] = {}
        self.heap = Heap()
        self._verdict = Verdict(
            name, functools.partial(_defined_at, method), amend, later, reported
        )
        self._jury = Jury(checks, self._verdict)
        self._codes: Sequence[CodeType] | None = None
        self._ready = False
        self._undo: list[Callable[[], None]] = []
        self.defer = self._undo.append  # what checks call, before every test and often

    @property
    def place(self) -> Place | None:
        """Say where the test is defined."""
        return _defined_at(self.method)

    @property
    def codes(self) -> Sequence[CodeType]:
        """Return the code of the test, as written."""
        if self._codes is None:
            self._codes = codes_of(self.method, self.case)
        return self._codes

    # -- the steps ---------------------------------------------------------

    def open(self) -> None:
        """Make the loop, or borrow it, and make it the current one."""
        if not self._jury.all_prompt:
            self.heap.freeze()
            self._undo.append(self.heap.thaw)
            self._undo.append(track())
        try:
            # A loop that is lent is the current one, and stays it afterwards.
            before = None if self.lent else ports.CurrentLoop()
            self.loop = self._start_clock(self._make_loop())
            before = before or ports.CurrentLoop()
            self._undo.append(lambda: before.put_back(self.loop))
            self._equip()
            self._jury.listen(self, self.allowances)
            self._jury.ask("before_test", self)
            if type(self.loop) is ports.LightLoop:  # no code of the user's has run so far
                self.heap.leave_out()
            self._ready = True
        except BaseException:
            self.close()
            raise

    def _start_clock(self, loop: AbstractEventLoop) -> AbstractEventLoop:
        """Put the clock on that was asked for; a compiled loop is replaced by a clocked one."""
        wanted = self.settings.clock
        if wanted is None:
            return loop
        # A room that only tests who ask for it pay the import of.
        room = importlib.import_module(f"{__package__}.clock")
        self.clock = room.Clock(wanted) if isinstance(wanted, str) else wanted.fresh()
        try:
            clocked: AbstractEventLoop = self.clock.install(loop, replace=not self.lent)
        except BaseException:
            if not self.lent:
                loop.close()
            raise
        self._undo.append(self.clock.uninstall)
        return clocked

    def _equip(self) -> None:
        if not self.lent:
            asyncio.set_event_loop(self.loop)
        if self._forbid:
            self._undo.append(ports.forbid_get_event_loop(self._forbid))
        if self.settings.debug:
            before = self.loop.get_debug()
            self.loop.set_debug(True)
            self._undo.append(lambda: self.loop.set_debug(before))
        self._undo.append(proactor.attach(self.loop))
        self.caller = self._make_caller(self.loop, self.context)
        self.moments = self.allowances = Allowances(self.loop)
        self.context.run(current.set, self.allowances)

    def prepare(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run one piece of set-up, for doors where it comes in pieces; then call ``set_up``."""
        return self._play(function, *args, **kwargs)

    def set_up(self, *functions: Callable[[], Any]) -> None:
        """Run the user's set-up."""
        for function in functions:
            self._play(function)
        self._jury.ask("after_set_up", self)

    def test(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run the user's test."""
        return self._play(awaitable_generators(function), *args, **kwargs)

    def tear_down(self, *functions: Callable[[], Any]) -> None:
        """Run the user's tear-down, then let the checks look."""
        for function in functions:
            self._play(function)
        self._jury.ask("after_test", self)
        self._noting(self._verdict.give_prompt)

    def speak_up(self) -> None:
        """Report what fails the test already, for doors that tell failures before tear-down."""
        self._noting(self._verdict.give_failing)

    def clean_up(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run one clean-up."""
        return self._play(function, *args, **kwargs)

    def judge(self) -> None:
        """Let the checks look once more, close, and report all that was found."""
        before = self.outcome
        try:
            self._noting(self._jury.ask, "after_cleanup", self)
        finally:
            self.over = True
            try:
                self._noting(self.close)
            finally:
                # What is being raised here has not been written down by anybody yet.
                self._verdict.give(self.outcome, raising=self.outcome is not before)

    def close(self) -> None:
        """Stop what is left, close the loop, put everything back."""
        if self.closed:
            return
        self.closed = True
        try:
            try:
                if not self.lent and hasattr(self, "loop"):
                    if self.clock is not None:
                        self.clock.wind_down(is_bounded=True)
                    close_loop(self.loop, self.settings.cancel_timeout)
            finally:
                self._look_late()
        finally:
            while self._undo:
                self._undo.pop()()
            self._jury.dismiss()
            self.memory.clear()  # it holds the stage: nothing of ours may wait for the collector

    def _look_late(self) -> None:
        """Let what died late be charged to this test."""
        if self._ready and not self._jury.all_prompt:
            self.heap.collect()
            self._jury.ask("after_close", self)
            self._jury.speak_up()

    def _play(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if self.settings.timeout is None:
            return self._noting(self.caller.call, function, *args, **kwargs)
        return self._noting(
            call_in_time,
            self.name,
            self.settings,
            self.sites,
            self.caller,
            function,
            *args,
            **kwargs,
        )

    def _noting(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call, and remember the first thing that fails this test."""
        try:
            if not self.settings.loop_model:
                return function(*args, **kwargs)
            with unable_means_skipped(self.settings.loop_model):
                return function(*args, **kwargs)
        except BaseException as exc:
            if self.outcome is None or isinstance(self.outcome, SkipTest):
                self.outcome = exc
            raise

    @property
    def moment(self) -> int:
        """Counts what ``allow`` begins and ends, for checks."""
        return self.allowances.moment


def _defined_at(method: Callable[..., Any] | None) -> Place | None:
    return place_of(method) if method is not None else None
