"""The setting ``timeout``: no step of a test may take longer, in real seconds."""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

from . import _ports as ports
from ._calls import Caller
from ._closing import stop_task
from ._errors import AsynctestError, published
from ._settings import Settings, configure
from ._sites import Sites
from ._stuck import describe
from ._tracebacks import cut_to_users
from ._watchdog import Limit, watch

__unittest = True  # unittest leaves our frames out of tracebacks
__tracebackhide__ = True  # and so does pytest

__all__ = ["StuckTest", "call_in_time", "timeout"]

_T = TypeVar("_T", bound=Callable[..., Any])


@published()
class StuckTest(AsynctestError, AssertionError):
    """A step of a test did not end in time; says what it was waiting for."""


def timeout(seconds: float) -> Callable[[_T], _T]:
    """Give each step of a test so many real seconds: short for ``configure(timeout=...)``.

    Set-up, the test, tear-down and each clean-up have this time each, whatever
    a virtual clock says; it stands still while a debugger holds the test. A
    step that needs longer fails with a report of what every task, timer and
    thread waits for. Works on methods, test cases and pytest functions.

        >>> import asynctest
        >>> class Download(asynctest.TestCase):
        ...     @asynctest.timeout(5)
        ...     async def test_ends(self):
        ...         pass

    Raises ValueError if ``seconds`` is not a number above 0.
    """
    return configure(timeout=seconds)


def call_in_time(
    name: str,
    settings: Settings,
    sites: Sites,
    caller: Caller,
    function: Callable[..., Any],
    /,
    *args: Any,
    **kwargs: Any,
) -> Any:
    """Call one step of a test and wait for it, but no longer than ``settings.timeout``.

    Raises StuckTest if that was not enough.
    """
    seconds = settings.timeout
    assert seconds is not None, "without a limit there is no need for this"
    loop = caller.loop

    def report(frame: FrameType | None) -> str:
        return describe(loop, entry.thread, frame, sites, last=entry.last_seen, idle=entry.idle)

    limit = Limit(
        loop, seconds, cancel=caller.cancel, describe=report, grace=settings.cancel_timeout
    )
    entry = watch(loop, limit=limit)
    trace = result = None
    try:
        with limit:
            result = caller.call(function, *args, **kwargs)
    except BaseException as exc:
        if not limit.fired:
            raise
        trace = cut_to_users(exc.__traceback__, inside=True)
    finally:
        entry.end()
    if not limit.fired:
        return result
    left = stop_task(loop, caller.task, settings.cancel_timeout)
    step = getattr(function, "__qualname__", None) or ports.name_of(function)
    more = f"\n{left} went on although it was cancelled" if left else ""
    todo = "Await less, find what should have woken it above, or allow more time with timeout."
    text = f"{step} did not end within {seconds:g} s ({name}).\n{limit.report}{more}\n{todo}"
    raise StuckTest(text).with_traceback(trace)
