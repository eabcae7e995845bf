"""Tests on both loop models: two tests, told apart by a parameter."""

from __future__ import annotations

from typing import Any

import pytest

from .._loop_models import MODELS
from .._settings import declared_by, outer_layers
from ._fence import parameters_of
from ._words import words_around

__all__ = ["chosen_model", "parametrize"]

_FIXTURE = "asynctest_loop_model"


def parametrize(metafunc: pytest.Metafunc) -> bool:
    """Make two tests of one that asks for both loop models; say whether it does."""
    model = ""
    for layer in outer_layers():
        model = layer.get("loop_model", model)
    for carrier in words_around(metafunc.definition):
        model = declared_by(carrier).get("loop_model", model)
    if model == "both":
        metafunc.fixturenames.insert(0, _FIXTURE)
        # By module, so that wide fixtures change their loop once and not for each test.
        metafunc.parametrize(_FIXTURE, MODELS, indirect=True, scope="module")
    return model == "both"


def chosen_model(item: Any) -> dict[str, str]:
    """Return the setting that the parameter of a test stands for."""
    model = parameters_of(item).get(_FIXTURE)
    return {"loop_model": model} if model else {}
