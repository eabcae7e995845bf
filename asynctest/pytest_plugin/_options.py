"""What the ini file and pytest's command line say, as a layer of settings."""

from __future__ import annotations

from typing import Any

import pytest

from .._errors import AsynctestError
from .._levels import closest, parse_level
from .._settings import OPTIONS, outer_layers, parse_word, use_command_line
from ._words import read_list

__all__ = ["Options"]

_SWITCH = {"true": True, "yes": True, "on": True, "1": True, "": False}
_SWITCH.update({"false": False, "no": False, "off": False, "0": False})


class Options:
    """The options of one session, in force while it lasts."""

    def __init__(self, config: pytest.Config, said: dict[str, Any]) -> None:
        self._before: dict[str, Any] | None = None
        self._layer: dict[str, Any] = {}
        for name, word in said.items():
            try:
                self._read(name, word)
            except AsynctestError as exc:
                where = config.inipath or "the command line"
                raise pytest.UsageError(f"asynctest_{name} = {word}: {exc} (in {where})") from None

    def _read(self, name: str, word: Any) -> None:
        if name in ("fail_on", "warn_on"):
            default = name.removesuffix("_on")
            checks = self._layer.setdefault("checks", {})
            for check, level in read_list(name, word).items():
                level = default if level is True else level
                parse_level(level)
                checks[check] = level
        elif name in ("strict", "lenient"):
            if word.lower() not in _SWITCH:
                raise AsynctestError("give true or false.")
            self._layer[name] = _SWITCH[word.lower()]
        elif name in OPTIONS:
            self._layer[name] = parse_word(name, word)
        else:
            raise AsynctestError(f"there is no such setting. {closest(name, OPTIONS)}")

    def use(self) -> None:
        """Put the layer in force."""
        if self._layer:
            self._before = dict(outer_layers()[1])
            use_command_line(self._layer)

    def forget(self) -> None:
        """Put back what was in force before."""
        if self._before is not None:
            use_command_line(self._before)
            self._before = None
