"""Where a suspended task stands, and what it waits for.

``cr_await`` and its siblings are public; which future a task waits for is not.
Checked on 3.11 to 3.15.
"""

from __future__ import annotations

from typing import Any

LEANS_ON = (
    "asyncio:Task._fut_waiter",
    "asyncio.tasks:_GatheringFuture()._children",
)


def awaited_by(task: Any) -> Any:
    """The future this task is suspended on, or None while it runs or is ready."""
    return getattr(task, "_fut_waiter", None)


def gathered(future: Any) -> list[Any]:
    """The futures a ``gather()`` collects; empty for any other future."""
    return list(getattr(future, "_children", None) or ())
