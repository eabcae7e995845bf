"""The fence around asyncio's private attributes: nothing else touches them.

One file per subject. Each keeps a tuple ``LEANS_ON`` of what it relies on, as
``"module:Class.attribute"`` or, for an attribute of instances,
``"module:Class()._attribute"``; ``test/house/test_fences.py`` fails in plain
words on a Python where one of them is gone.
"""

from ._circles import cancel
from ._current import CurrentLoop, borrow_default_loop, forbid_get_event_loop, running_loop
from ._frames import (
    OUR_THREADS,
    frame_of,
    frames,
    has_other_threads,
    is_waiting,
    loops_below,
    running_handle,
    runs_handle,
    shows_handles,
)
from ._gathered import WAKES_PARENT, gathered_in, has_woken_parent
from ._light import LightLoop, NotedTimer, has_timers, new_event_loop, plain_event_loop
from ._loops import (
    abandon,
    callback_of,
    coroutine_of,
    default_executor,
    hide_task,
    is_complete,
    may_have_asyncgens,
    pending_timers,
    show_task,
    watched,
)
from ._overhear import (
    ResourceFilter,
    Standin,
    WarningsState,
    for_shown_warnings,
    for_unawaited,
    has_failed,
    has_unseen_exception,
    is_being_asserted,
    is_closing_of,
    shadow,
)
from ._stopping import forget_stop, run_past_stops
from ._waiting import (
    called_by,
    gathered,
    is_multiprocessings,
    is_self_pipe,
    name_of,
    waits_for,
    woken_by,
)

__all__ = [
    "OUR_THREADS",
    "WAKES_PARENT",
    "CurrentLoop",
    "LightLoop",
    "NotedTimer",
    "ResourceFilter",
    "Standin",
    "WarningsState",
    "abandon",
    "borrow_default_loop",
    "callback_of",
    "called_by",
    "cancel",
    "coroutine_of",
    "default_executor",
    "for_shown_warnings",
    "for_unawaited",
    "forbid_get_event_loop",
    "forget_stop",
    "frame_of",
    "frames",
    "gathered",
    "gathered_in",
    "has_failed",
    "has_other_threads",
    "has_timers",
    "has_unseen_exception",
    "has_woken_parent",
    "hide_task",
    "is_being_asserted",
    "is_closing_of",
    "is_complete",
    "is_multiprocessings",
    "is_self_pipe",
    "is_waiting",
    "loops_below",
    "may_have_asyncgens",
    "name_of",
    "new_event_loop",
    "pending_timers",
    "plain_event_loop",
    "run_past_stops",
    "running_handle",
    "running_loop",
    "runs_handle",
    "shadow",
    "show_task",
    "shows_handles",
    "waits_for",
    "watched",
    "woken_by",
]
