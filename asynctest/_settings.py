"""What a test asked for, apart from the checks: declared, merged, read.

A new setting is one field of ``Settings`` and one line in ``_PARSERS``. Values
are merged for every run from the outside in: defaults, ``[tool.asynctest]`` of
the project, command line, class and bases, method. The nearest word wins.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ._errors import AsynctestValueError, MisuseError
from ._levels import closest, unknown_name

__all__ = [
    "Settings",
    "configure",
    "declared_on",
    "merge",
    "outer_layers",
    "read_project",
    "use_command_line",
]

_T = TypeVar("_T", bound=Callable[..., Any])

_ATTRIBUTE = "_asynctest_settings"


@dataclasses.dataclass(frozen=True)
class Settings:
    """The settings of one test; immutable."""

    debug: bool = False
    """asyncio's debug mode; False leaves it to ``PYTHONASYNCIODEBUG``."""

    cancel_timeout: float = 5.0
    """Real seconds that tasks left at the end get to obey their cancellation."""

    timeout: float | None = None
    """Real seconds that set-up, test, tear-down and each clean-up may take; None for ever."""

    blocking_threshold: float = 0.1
    """Real seconds that a callback may block the loop before ``blocked_loop`` speaks."""


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("True or False")


def _seconds(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    raise ValueError("a number of seconds above 0")


def _seconds_or_none(value: object) -> float | None:
    return None if value is None else _seconds(value)


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "debug": _flag,
    "cancel_timeout": _seconds,
    "timeout": _seconds_or_none,
    "blocking_threshold": _seconds,
}


def parse(name: str, value: object) -> Any:
    """Check one value; say what is accepted if it is not right."""
    try:
        return _PARSERS[name](value)
    except ValueError as exc:
        raise AsynctestValueError(f"{name} = {value!r} cannot be used. Give {exc}.") from None


def configure(**settings: Any) -> Callable[[_T], _T]:
    """Declare settings on a test method, a test case or a pytest function.

        >>> import asynctest
        >>> class Upload(asynctest.TestCase):
        ...     @asynctest.configure(debug=True)
        ...     async def test_in_debug_mode(self):
        ...         self.assertTrue(self.loop.get_debug())

    Raises TypeError for a setting that does not exist and ValueError for a
    value that cannot be used, both at once.
    """
    for name in settings:
        if name not in _PARSERS:
            raise unknown_name("configure", name, _PARSERS)
    parsed = {name: parse(name, value) for name, value in settings.items()}

    def decorate(target: _T) -> _T:
        setattr(target, _ATTRIBUTE, {**vars(target).get(_ATTRIBUTE, {}), **parsed})
        return target

    return decorate


def declared_on(cls: type | None, method: object = None) -> dict[str, Any]:
    """Collect what a class, its bases and a method declare, the nearest last."""
    found: dict[str, Any] = {}
    for klass in reversed(cls.__mro__ if cls is not None else ()):
        words = vars(klass)
        for name in _PARSERS:
            if name in words and _is_value(words[name]):
                found[name] = words[name]
        found.update(words.get(_ATTRIBUTE, ()))
    found.update(getattr(method, _ATTRIBUTE, ()))
    return found


def _is_value(attribute: object) -> bool:
    """Tell a setting from a method or property that happens to have its name."""
    return not callable(attribute) and not hasattr(type(attribute), "__get__")


def merge(*layers: Mapping[str, Any]) -> Settings:
    """Merge layers, the outermost first, over the project's and the command line's."""
    values: dict[str, Any] = {}
    for layer in (*outer_layers(), *layers):
        values.update(layer)
    return Settings(**{name: parse(name, values[name]) for name in values.keys() & _PARSERS.keys()})


# The two outer layers belong to the process, as sys.argv does: they are set by
# whoever starts the run and read by all of its tests.
_command_line: dict[str, Any] = {}
_project: dict[str, Any] | None = None


def use_command_line(settings: Mapping[str, Any]) -> None:
    """Set what the command line of this process said."""
    _command_line.clear()
    _command_line.update(settings)


def outer_layers() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the project around the working directory and the command line say."""
    global _project
    if _project is None:
        _project = read_project(pathlib.Path.cwd())
    return _project, _command_line


def read_project(start: pathlib.Path) -> dict[str, Any]:
    """Read ``[tool.asynctest]`` from the nearest ``pyproject.toml`` at or above a folder.

    Raises TypeError, with the file's path, for a name that does not exist.
    """
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if path.is_file():
            return _read(path)
    return {}


def _read(path: pathlib.Path) -> dict[str, Any]:
    if "tool.asynctest" not in path.read_text(encoding="utf-8"):
        return {}  # most projects: spare them the import of a parser
    import tomllib

    table = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("asynctest", {})
    for name in table:
        if name not in _PARSERS and name not in ("checks", "strict", "lenient"):
            known = [*_PARSERS, "checks", "strict", "lenient"]
            raise MisuseError(f"[tool.asynctest] {name} in {path}: {closest(name, known)}")
    return dict(table)
