"""Hypothesis: each example of an async test on a fresh loop, with a fresh clock."""

from __future__ import annotations

import functools
from typing import Any

from .._steps import Steps
from ._driver import Driver

__all__ = ["run_examples"]

__tracebackhide__ = True


def run_examples(driver: Driver, arguments: dict[str, Any]) -> Any:
    """Call the test as Hypothesis wrapped it, with each example played on a stage."""
    function = driver.item.obj
    handle = function.hypothesis
    original = handle.inner_test

    @functools.wraps(original)
    def example(*args: Any, **kwargs: Any) -> None:
        if driver.checked:  # async fixtures of function scope live on the one loop of the test
            driver.test_on(driver.open(), original, *args, **kwargs)
            return
        ground, steps = driver.make_ground(), Steps()
        if steps.take(ground.stage.set_up):
            steps.take(driver.test_on, ground, original, *args, **kwargs)
        driver.end_ground(ground, steps)
        steps.raise_first()

    handle.inner_test = example
    try:
        return function(**arguments)
    finally:
        handle.inner_test = original
