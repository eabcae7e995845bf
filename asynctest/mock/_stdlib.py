"""The fence around unittest.mock's private names: nothing else touches them."""

from __future__ import annotations

from typing import Any
from unittest.mock import DEFAULT, NonCallableMock

__all__ = ["LEANS_ON", "knows_its_answer"]

LEANS_ON: tuple[str, ...] = ("unittest.mock:NonCallableMock._mock_return_value",)


def knows_its_answer(method: Any) -> bool:
    """Tell whether somebody said what this method answers.

    Looking at ``return_value`` would make one, hence the private name; a mock
    in its place is what an unasked method answers by itself.
    """
    if not isinstance(method, NonCallableMock):
        return True
    if method.side_effect is not None or method._mock_wraps is not None:
        return True
    answer = method._mock_return_value
    return answer is not DEFAULT and not isinstance(answer, NonCallableMock)
