"""Findings on their way to the reader: the failure's section and the report.

A clean run pays nothing for it: the hook that touches reports is only there
from the first finding on.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from .._errors import AsynctestWarning, CheckFailed

__all__ = ["Reported"]

_REPORTED = pytest.StashKey[list[Any]]()


class Reported(list[Any]):
    """Takes what the checks find in one item."""

    def __init__(self, item: pytest.Item) -> None:
        self._item = item

    def append(self, entry: Any) -> None:
        """Take a finding, and see to it that it is told."""
        super().append(entry)
        self._item.stash[_REPORTED] = self
        manager = self._item.config.pluginmanager
        if not manager.has_plugin(_Reporter.name):
            manager.register(_Reporter(), _Reporter.name)


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
        return report


def _plain(entry: Any) -> list[Any]:
    first = entry.findings[0]
    place = str(first.made_at) if first.made_at else ""
    return [entry.check.name, entry.level.value, len(entry.findings), place, str(first.fact)]
