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
    judge           after_cleanup of each check; what was found is reported
    close           leftovers are stopped, the loop is closed, what was current
                    before is current again
"""

from __future__ import annotations

import asyncio
import contextvars
import warnings
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from . import _ports as ports
from . import selector
from ._calls import Caller
from ._closing import close_loop
from ._errors import AsynctestWarning, CheckFailed, say
from ._levels import Level
from ._places import Place
from ._settings import Settings
from .checks import Check, Finding, Skipped

__unittest = True  # unittest leaves our frames out of tracebacks
__tracebackhide__ = True  # and so does pytest

__all__ = ["Report", "Stage"]

_Found = tuple[Check, Level, Finding]


class Report(NamedTuple):
    """What one check has found in one test."""

    check: Check
    level: Level
    findings: tuple[Finding, ...]


class Stage:
    """Where one test runs. Open it, play the steps, close it."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        checks: Iterable[tuple[Check, Level]] = (),
        *,
        make_loop: Callable[[], AbstractEventLoop] | None = None,
        lent: bool = False,
        forbid: str = "",
        case: Any = None,
        place: Place | None = None,
        make_caller: Callable[[AbstractEventLoop, contextvars.Context], Caller] = Caller,
    ) -> None:
        self.name = name
        self.settings = settings
        self.case = case
        self.place = place
        self.outcome: BaseException | None = None
        self.context = contextvars.copy_context()
        self.closed = False
        self.reported: list[Report] = []
        self._checks = list(checks)
        # Looked up now: tests replace asyncio.new_event_loop.
        self._make_loop = make_loop or asyncio.new_event_loop
        self._make_caller = make_caller
        self._lent = lent
        self._forbid = forbid
        self._found: list[_Found] = []
        self._undo: list[Callable[[], None]] = []

    # -- the steps ---------------------------------------------------------

    def open(self) -> None:
        """Make the loop, or borrow it, and make it the current one."""
        # A loop that is lent is the current one, and stays it afterwards.
        before = None if self._lent else ports.CurrentLoop()
        self.loop = self._make_loop()
        before = before or ports.CurrentLoop()
        self._undo.append(lambda: before.put_back(self.loop))
        try:
            self._equip()
            self._each("before_test")
        except BaseException:
            self.close()
            raise

    def _equip(self) -> None:
        if not self._lent:
            asyncio.set_event_loop(self.loop)
        if self._forbid:
            self._undo.append(ports.forbid_get_event_loop(self._forbid))
        if self.settings.debug:
            before = self.loop.get_debug()
            self.loop.set_debug(True)
            self._undo.append(lambda: self.loop.set_debug(before))
        self._undo.append(selector.attach(self.loop))
        self.caller = self._make_caller(self.loop, self.context)

    def prepare(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run one piece of set-up, for doors where it comes in pieces; then call ``set_up``."""
        return self.caller.call(function, *args, **kwargs)

    def set_up(self, *functions: Callable[[], Any]) -> None:
        """Run the user's set-up."""
        for function in functions:
            self.caller.call(function)
        self._each("after_set_up")

    def test(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run the user's test."""
        try:
            return self.caller.call(function, *args, **kwargs)
        except BaseException as exc:
            self.outcome = exc
            raise

    def tear_down(self, *functions: Callable[[], Any]) -> None:
        """Run the user's tear-down, then let the checks look."""
        for function in functions:
            self.caller.call(function)
        self._collect("after_test")
        self._report([found for found in self._found if found[0].prompt])

    def clean_up(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run one clean-up."""
        return self.caller.call(function, *args, **kwargs)

    def judge(self) -> None:
        """Let the checks look once more and report what was found."""
        self._collect("after_cleanup")
        self._report([found for found in self._found if not found[0].prompt])

    def at_close(self, undo: Callable[[], None]) -> None:
        """Call something at the very end, when all is put back."""
        self._undo.insert(0, undo)

    def close(self) -> None:
        """Stop what is left, close the loop, put everything back."""
        if self.closed:
            return
        self.closed = True
        try:
            if not self._lent:
                close_loop(self.loop, self.settings.cancel_timeout)
        finally:
            while self._undo:
                self._undo.pop()()

    # -- the checks ----------------------------------------------------------

    def _each(self, hook: str) -> list[tuple[Check, Level, Iterable[Finding]]]:
        """Call one hook of each check; drop a check that cannot answer here."""
        answers: list[tuple[Check, Level, Iterable[Finding]]] = []
        for check, level in list(self._checks):
            try:
                found = list(getattr(check, hook)(self) or ())
                answers.append((check, level, found))
            except Skipped as exc:
                self._checks.remove((check, level))
                _say_skipped(check, str(exc), self.loop)
        return answers

    def _collect(self, hook: str) -> None:
        for check, level, findings in self._each(hook):
            self._found.extend((check, level, finding) for finding in findings)

    def _report(self, found: list[_Found]) -> None:
        self._found = [entry for entry in self._found if entry not in found]
        groups: dict[Check, tuple[Level, list[Finding]]] = {}
        for check, level, finding in found:
            groups.setdefault(check, (level, []))[1].append(finding)
        failures = []
        for check, (level, findings) in groups.items():
            self.reported.append(Report(check, level, tuple(findings)))
            message = _word(check, findings)
            if level is Level.FAIL:
                failures.append(message)
            else:
                self._warn(check, message, findings[0].made_at or self.place)
        if failures:
            raise CheckFailed("\n\n".join(failures))

    def _warn(self, check: Check, message: str, place: Place | None) -> None:
        text = f"{message}\n(in {self.name})"
        if place is None:
            warnings.warn(text, check.warning, stacklevel=2)
        else:
            warnings.warn_explicit(text, check.warning, place.filename, place.lineno)


def _word(check: Check, findings: list[Finding]) -> str:
    todo = f"{check.fix}; or allow it with @fail_on({check.name}=False)." if check.fix else ""
    if check.headline:
        return say(check.headline, map(str, findings), todo)
    return say(str(findings[0]), map(str, findings[1:]), todo)


_skipped: set[tuple[str, str]] = set()


def _say_skipped(check: Check, why: str, loop: AbstractEventLoop) -> None:
    """Say once for each check and kind of loop that it cannot be answered."""
    kind = f"{type(loop).__module__}.{type(loop).__qualname__}"
    if (check.name, kind) not in _skipped:
        _skipped.add((check.name, kind))
        warnings.warn(
            f"{check.name} is not checked on {kind}: {why}. "
            "Use a stock event loop for tests that rely on it.",
            AsynctestWarning,
            stacklevel=2,
        )
