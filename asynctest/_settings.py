"""What a test asked for, apart from the checks: declared, merged, read.

A new setting is one field of ``Settings``. Values are merged for every run from
the outside in: defaults, ``[tool.asynctest]`` of the project, command line,
class and bases, method. The nearest word wins.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from . import _later
from ._errors import AsynctestValueError, MisuseError, say
from ._levels import closest, unknown_name

__all__ = [
    "OPTIONS",
    "Settings",
    "configure",
    "declared_by",
    "declared_on",
    "merge",
    "outer_layers",
    "parse_word",
    "read_project",
    "use_command_line",
]

_T = TypeVar("_T", bound=Callable[..., Any])

_ATTRIBUTE = "_asynctest_settings"


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


def _may_be_seconds(attribute: object) -> bool:
    """Many a test case has a ``timeout`` of its own that is no number."""
    return attribute is None or isinstance(attribute, (int, float))


def _loop_model(value: object) -> str:
    if value in ("selector", "proactor", "both", "uvloop"):
        return str(value)
    if value in (None, ""):
        return ""
    raise ValueError('"selector", "proactor", "both" or "uvloop"')


def _clock(value: object) -> object:
    if value is None or value is False:
        return None
    if value in ("auto", "manual") or hasattr(value, "install"):
        return value
    raise ValueError("'auto', 'manual', a Clock, or None")


def _may_be_clock(attribute: object) -> bool:
    """Many a test case has a ``clock`` of its own, which is none of ours."""
    return attribute is None or isinstance(attribute, str) or hasattr(attribute, "install")


def _option(
    default: Any,
    accept: Callable[[Any], Any],
    says: str,
    is_meant: Callable[[object], bool] = lambda attribute: True,
) -> Any:
    """Declare a setting: its default, what turns a user's value into ours, its help.

    ``is_meant`` tells a class attribute that sets it from one that happens to
    have the name.
    """
    metadata = {"accept": accept, "help": says, "is_meant": is_meant}
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass(frozen=True)
class Settings:
    """The settings of one test; immutable.

    A field is all that a new setting needs: class attributes, decorators,
    pyproject.toml, the command line and pytest's marks know it then.
    """

    debug: bool = _option(
        False, _flag, "asyncio's debug mode; false leaves it to PYTHONASYNCIODEBUG"
    )
    cancel_timeout: float = _option(
        5.0, _seconds, "real seconds that tasks left at the end get to obey their cancellation"
    )
    timeout: float | None = _option(
        None,
        _seconds_or_none,
        "real seconds that each step of a test may take; unset: for ever",
        _may_be_seconds,
    )
    blocking_threshold: float = _option(
        0.1, _seconds, "real seconds a callback may block the loop before blocked_loop speaks"
    )
    clock: Any = _option(  # noqa: RUF009
        None, _clock, "virtual time: 'auto' (it jumps when idle) or 'manual'", _may_be_clock
    )
    loop_model: str = _option(
        "",
        _loop_model,
        "how the loop does I/O: selector, proactor (as on Windows), both, or uvloop",
    )


OPTIONS = {field.name: field for field in dataclasses.fields(Settings)}
"""Every setting by its name, with its default and, in its metadata, its help."""


_DEFAULTS = Settings()
_LOOKED_UP = (*OPTIONS, _ATTRIBUTE)


def parse(name: str, value: object) -> Any:
    """Check one value; say what is accepted if it is not right."""
    try:
        return OPTIONS[name].metadata["accept"](value)
    except ValueError as exc:
        raise AsynctestValueError(f"{name} = {value!r} cannot be used. Give {exc}.") from None


def parse_word(name: str, word: str) -> Any:
    """Read a value from a command line or an ini file, where all values are text."""
    plain: dict[str, object] = {"true": True, "false": False, "none": None}
    value: object = plain.get(word.lower(), word)
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = float(value)
    return parse(name, value)


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
        if name not in OPTIONS:
            raise unknown_name("configure", name, OPTIONS)
    parsed = {name: parse(name, value) for name, value in settings.items()}

    def decorate(target: _T) -> _T:
        setattr(target, _ATTRIBUTE, {**vars(target).get(_ATTRIBUTE, {}), **parsed})
        return target

    return decorate


def declared_on(cls: type | None, method: object = None) -> dict[str, Any]:
    """Collect what a class, its bases and a method declare, the nearest last."""
    found: dict[str, Any] = {}
    if cls is not None and _says_anything(cls):
        for klass in reversed(cls.__mro__):
            words = vars(klass)
            found.update(
                (name, _Attribute(klass, name)) for name in OPTIONS if _is_meant(name, words)
            )
            found.update(words.get(_ATTRIBUTE, ()))
    if method is not None:
        # Asked of the function itself: a method takes long to say that it has no such attribute.
        found.update(getattr(getattr(method, "__func__", method), _ATTRIBUTE, ()))
    # What a nearer word hides is not looked at.
    for name, value in found.items():
        if isinstance(value, _Attribute):
            found[name] = value.parse()
    return found


class _Attribute(NamedTuple):
    """A setting that is an attribute of a class."""

    owner: type
    name: str

    def parse(self) -> Any:
        """Check the value; the error says where it stands."""
        value = vars(self.owner)[self.name]
        try:
            return OPTIONS[self.name].metadata["accept"](value)
        except ValueError as exc:
            fact = f"{self.owner.__qualname__}.{self.name} = {value!r} cannot be used."
            place_of = _later.fetch(__package__, "._places", "place_of_attribute")
            place = place_of(self.owner, self.name)
            raise AsynctestValueError(
                say(fact, [f"at {place}"] if place else [], f"Give {exc}.")
            ) from None


def _says_anything(cls: type) -> bool:
    """Look quickly: most classes declare nothing."""
    for name in _LOOKED_UP:
        attribute = getattr(cls, name, len)
        if attribute is not len and _is_value(attribute):
            return True
    return False


def declared_by(thing: object) -> dict[str, Any]:
    """Collect what a class (with its bases), a function or another carrier declares."""
    return declared_on(thing) if isinstance(thing, type) else declared_on(None, thing)


def _is_meant(name: str, words: Mapping[str, Any]) -> bool:
    """Say whether an attribute of a class is meant as the setting of its name."""
    if name not in words or not _is_value(words[name]):
        return False
    is_meant: Callable[[object], bool] = OPTIONS[name].metadata["is_meant"]
    return is_meant(words[name])


def _is_value(attribute: object) -> bool:
    """Tell a setting from a method or property that happens to have its name."""
    return not callable(attribute) and not hasattr(type(attribute), "__get__")


def merge(*layers: Mapping[str, Any]) -> Settings:
    """Merge layers, the outermost first, over the project's and the command line's."""
    values: dict[str, Any] = {}
    for layer in (*outer_layers(), *layers):
        if layer:
            values.update(layer)
    if not values:
        return _DEFAULTS
    return Settings(**{name: parse(name, values[name]) for name in values.keys() & OPTIONS.keys()})


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
        _project = read_project(os.getcwd())
    return _project, _command_line


def read_project(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """Read ``[tool.asynctest]`` from the nearest ``pyproject.toml`` at or above a folder.

    Raises TypeError, with the file's path, for a name that does not exist.
    """
    here, above = os.path.abspath(folder), ""
    while here != above:
        path = os.path.join(here, "pyproject.toml")
        if os.path.isfile(path):
            return _read(path)
        here, above = os.path.dirname(here), here
    return {}


def _read(path: str) -> dict[str, Any]:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if "tool.asynctest" not in text:
        return {}  # most projects: spare them the import of a parser
    import tomllib

    table = tomllib.loads(text).get("tool", {}).get("asynctest", {})
    known = [*OPTIONS, "checks", "strict", "lenient"]
    for name in table:
        if name not in known:
            raise MisuseError(f"[tool.asynctest] {name} in {path}: {closest(name, known)}")
    return dict(table)
