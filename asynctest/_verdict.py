"""What is said about one test: everything that was found, in one message.

What fails a test comes before what is only suspicious. A test that has failed
already is not failed again: the findings become a note on its failure.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterable
from typing import NamedTuple
from unittest import SkipTest

from ._errors import AsynctestWarning, CheckFailed, count, say
from ._levels import Level
from ._places import Place
from .checks import Check, Finding

__unittest = True  # unittest leaves our frames out of tracebacks
__tracebackhide__ = True  # and so does pytest

__all__ = ["Amend", "Report", "Verdict"]

Amend = Callable[[BaseException | None, str], bool]
"""Makes sure that a note on what a test raised is read; says whether it will be."""


class Report(NamedTuple):
    """What one check has found in one test, for doors that sum up."""

    check: Check
    level: Level
    findings: tuple[Finding, ...]


_Group = tuple[Check, Level, list[Finding]]


def _notes_suffice(outcome: BaseException | None, text: str) -> bool:
    return outcome is not None


class Verdict:
    """Collects the findings of one test and reports them."""

    def __init__(
        self,
        name: str,
        place: Callable[[], Place | None],
        amend: Amend | None = None,
        later: list[Callable[[], None]] | None = None,
        reported: list[Report] | None = None,
    ) -> None:
        self._name = name
        self._place = place
        self._amend = amend or _notes_suffice
        self._later = later
        self._reported = reported if reported is not None else []
        self._found: dict[Check, tuple[Level, list[Finding]]] = {}

    def add(self, check: Check, level: Level, findings: Iterable[Finding]) -> None:
        """Take findings of one check, to be reported together."""
        for finding in findings:
            self._found.setdefault(check, (level, []))[1].append(finding)

    def give_prompt(self) -> None:
        """Report the checks that speak at once, whatever else has happened."""
        if self._found:
            self._give(self._take(lambda check: check.prompt))

    def give(self, outcome: BaseException | None, *, raising: bool = False) -> None:
        """Report all the rest; ``outcome`` is what the test has raised so far, if anything.

        ``raising`` says that it is still on its way to whoever writes it down.
        """
        if not self._found:
            return
        found = self._take(lambda check: True)
        text = "\n\n".join(_word(check, findings) for check, _, findings in found)
        if outcome is None or isinstance(outcome, SkipTest):
            # A failed subtest leaves no exception, only a failure to be amended.
            if not self._amend(None, text):
                self._give(found)
            return
        outcome.add_note(text)
        if not raising and not self._amend(outcome, text):
            self._give([(check, Level.WARN, findings) for check, _, findings in found])

    def _take(self, wanted: Callable[[Check], bool]) -> list[_Group]:
        """Take out what is to be reported now, the worst first."""
        taken = [(check, *found) for check, found in self._found.items() if wanted(check)]
        for check, level, findings in taken:
            del self._found[check]
            self._reported.append(Report(check, level, tuple(findings)))
        return sorted(taken, key=lambda group: group[1] is not Level.FAIL)

    def _give(self, found: list[_Group]) -> None:
        """Raise what fails the test, warn of the rest."""
        failures = [_word(check, findings) for check, level, findings in found if _fails(level)]
        suspicions = [(check, findings) for check, level, findings in found if not _fails(level)]
        if not failures and self._later is None:
            return self._raise_first(self._warn(suspicions))
        # The user's filters decide which suspicions are worth a word, now or later.
        with warnings.catch_warnings(record=True) as shown:
            raised = self._warn(suspicions)
        if failures:
            others = [str(warning) for warning in (*raised, *(entry.message for entry in shown))]
            raise CheckFailed("\n\n".join([*failures, *others]))
        assert self._later is not None
        self._later.extend(functools.partial(_show, entry) for entry in shown)
        self._raise_first(raised)

    def _warn(self, suspicions: list[tuple[Check, list[Finding]]]) -> list[AsynctestWarning]:
        """Warn, each check with its own category; return what the filters make an error."""
        raised = []
        for check, findings in suspicions:
            text = f"{_word(check, findings)}\n(in {self._name})"
            place = next((found.made_at for found in findings if found.made_at), None)
            place = place or self._place()
            try:
                if place is None:
                    warnings.warn(text, check.warning, stacklevel=2)
                else:
                    warnings.warn_explicit(
                        text, check.warning, place.filename, place.lineno, place.module
                    )
            except AsynctestWarning as warning:
                raised.append(warning)
        return raised

    @staticmethod
    def _raise_first(raised: list[AsynctestWarning]) -> None:
        """Raise one warning for all that the filters made errors."""
        if raised:
            raise type(raised[0])("\n\n".join(map(str, raised))) from None


def _show(warning: warnings.WarningMessage) -> None:
    warnings.showwarning(
        warning.message, warning.category, warning.filename, warning.lineno, warning.file
    )


def _fails(level: Level) -> bool:
    return level is Level.FAIL


def _word(check: Check, findings: list[Finding]) -> str:
    """Word the findings of one check: the fact, the places, the remedy and the way out."""
    todo = f"{check.fix}; or allow it with @fail_on({check.name}=False)." if check.fix else ""
    if check.headline:
        return say(check.headline, map(str, findings), todo)
    if len(findings) > 1:
        return say(f"{check.name}: {count(len(findings), 'finding')}:", map(str, findings), todo)
    (finding,) = findings
    return say(finding.fact, [f"at {finding.made_at}"] if finding.made_at else [], todo)
