"""What test cases need to run, brought in together when the first of them is made.

unittest makes its test cases before the first set-up, also that of modules and
classes, and pytest while it collects. That is the moment: nobody has patched
``open`` or frozen the time yet, and no test is charged with files we read or with
the time it takes. While a test runs, nothing of ours is imported but what
its own words ask for, such as a clock. ``test/house/test_opening.py`` keeps it so.
"""

from typing import TYPE_CHECKING

from . import _later
from . import checks as _checks

if TYPE_CHECKING:
    from . import helpers as helpers
    from . import mock as mock
    from . import selector as selector
    from ._calls import is_loop_running as is_loop_running
    from ._calls import warn_about_result as warn_about_result
    from ._chosen import chosen_checks as chosen_checks
    from ._loop_models import MODELS as MODELS
    from ._own_code import is_written as is_written
    from ._places import place_of as place_of
    from ._ports import borrow_default_loop as borrow_default_loop
    from ._stage import Stage as Stage
    from ._steps import Answer as Answer
    from ._steps import Steps as Steps
    from ._verdict import Report as Report
    from ._written import amend_last as amend_last

_ROOMS = {
    ".": ("helpers", "mock", "selector"),
    "._calls": ("is_loop_running", "warn_about_result"),
    "._chosen": ("chosen_checks",),
    "._loop_models": ("MODELS",),
    "._own_code": ("is_written",),
    "._places": ("place_of",),
    "._ports": ("borrow_default_loop",),
    "._stage": ("Stage",),
    "._steps": ("Answer", "Steps"),
    "._verdict": ("Report",),
    "._written": ("amend_last",),
}
if not TYPE_CHECKING:
    __getattr__, __dir__ = _later.open_later(__name__, __package__, _ROOMS)

_entered = False


def enter() -> None:
    """Bring all of it in, and every check; costs nothing from the second time on."""
    global _entered
    if not _entered:
        for room, names in _ROOMS.items():
            for name in names:
                _later.fetch(__package__, room, name)
        _checks.known()
        _entered = True
