"""Assertions of mocks that are named and not called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from types import CodeType

from .._bytecode import asserted_attributes, dropped_attributes
from .._places import Place
from ._check import Check, Finding, Level, StageView
from ._codes import uses_names


class UncalledAssertion(Check):
    """``mock.assert_called_once`` without parentheses, which asserts nothing.

    Looked for in the code of the test and of its set-up and tear-down: a statement that
    takes an attribute whose name begins with ``assert``, and leaves it at that, or
    an ``assertTrue`` of such an attribute, which is always true.
    """

    name = "uncalled_assertion"
    default = Level.WARN
    fix = "Add the parentheses"

    signs = (uses_names,)

    def after_test(self, stage: StageView) -> Iterable[Finding]:
        suspects = [code for code in stage.codes if "assert" in "".join(code.co_names)]
        return [finding for code in suspects for finding in _uncalled(code)]


_NAME = re.compile("assert(_|[A-Z])")


def _uncalled(code: CodeType) -> Iterator[Finding]:
    found = [*dropped_attributes(code)]
    if any(name.startswith("assert_") for name in code.co_names):  # else spare us the reading
        found += asserted_attributes(code)
    for name, line in found:
        if _NAME.match(name):
            place = Place(code.co_filename, line, code.co_qualname)
            yield Finding(f"{name} is named and not called: nothing is asserted", place, code)
