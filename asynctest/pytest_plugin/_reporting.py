"""Findings on their way to the reader: the failure's section and the report.

A clean run pays nothing for it: the hook that touches reports is only there
from the first finding on.
"""

from __future__ import annotations

import traceback
from collections.abc import Generator
from types import FrameType
from typing import Any

import pytest

from .._errors import AsynctestWarning, CheckFailed
from .._tracebacks import is_of_users

__all__ = ["Reported", "is_placeless", "watch_reports"]

_REPORTED = pytest.StashKey[list[Any]]()


class Reported(list[Any]):
    """Takes what the checks find in one item."""

    def __init__(self, item: pytest.Item) -> None:
        self._item = item

    def append(self, entry: Any) -> None:
        """Take a finding, and see to it that it is told."""
        super().append(entry)
        self._item.stash[_REPORTED] = self
        watch_reports(self._item.config)


def watch_reports(config: pytest.Config) -> None:
    """See to it that reports say no more and no less than a reader needs."""
    manager = config.pluginmanager
    if not manager.has_plugin(_Reporter.name):
        manager.register(_Reporter(), _Reporter.name)


def is_placeless(error: BaseException) -> bool:
    """Say whether an error has nothing to show of a user's code."""
    trace = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if is_of_users(frame) and not _is_of_runners(frame):
            return False
        trace = trace.tb_next
    return True


def _is_of_runners(frame: FrameType) -> bool:
    name = frame.f_globals.get("__name__", "")
    return "__unittest" in frame.f_globals or name.startswith(("_pytest.", "pluggy."))


class _Reporter:
    name = "asynctest-reporter"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Any, Any]:
        """Attach findings to a report; they travel with it, also from another process."""
        report = yield
        found = item.stash.get(_REPORTED, None)
        if found:
            report.asynctest_findings = [_plain(entry) for entry in found]
            found.clear()
        error = call.excinfo.value if call.excinfo is not None else None
        if isinstance(error, CheckFailed | AsynctestWarning):
            report.longrepr = "\n".join([str(error), *getattr(error, "__notes__", ())])
        elif (
            error is not None
            and report.outcome == "failed"
            and is_placeless(error)
            and not item.config.getoption("fulltrace")
        ):
            # pytest would say that all is hidden, or show the inside of a runner.
            report.longrepr = "".join(traceback.format_exception_only(error)).rstrip()
        return report


def _plain(entry: Any) -> list[Any]:
    first = entry.findings[0]
    place = str(first.made_at) if first.made_at else ""
    return [entry.check.name, entry.level.value, len(entry.findings), place, str(first.fact)]
