"""Findings on their way to the reader: the failure's section and the report."""

from __future__ import annotations

from typing import Any

import pytest

from .._errors import AsynctestWarning, CheckFailed

__all__ = ["REPORTED", "put_findings"]

REPORTED = pytest.StashKey[list[Any]]()
"""Where an item keeps what the checks have found."""


def put_findings(item: pytest.Item, call: pytest.CallInfo[None], report: Any) -> None:
    """Attach findings to a report; they travel with it, also from another process."""
    found = item.stash.get(REPORTED, None)
    if found:
        report.asynctest_findings = [_plain(entry) for entry in found]
        found.clear()
    error = call.excinfo.value if call.excinfo is not None else None
    if isinstance(error, CheckFailed | AsynctestWarning):
        report.longrepr = "\n".join([str(error), *getattr(error, "__notes__", ())])


def _plain(entry: Any) -> list[Any]:
    first = entry.findings[0]
    place = str(first.made_at) if first.made_at else ""
    return [entry.check.name, entry.level.value, len(entry.findings), place, str(first.fact)]
