"""One time for all clocks: ``time`` and ``datetime`` move with the loop.

Where time-machine is installed, it carries the wall clock, since it also
reaches ``from time import time`` copies. Where freezegun has frozen time, its
frozen time is moved on, and nothing else is touched. Otherwise the functions
are replaced in their modules, until the clock is taken off. (When freezegun
ends inside of the test it puts the real functions back; ours return with the
next move of time.)
"""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ._line import Line

__all__ = ["Wall", "copies_of"]

_RealDate = datetime.date
_RealDatetime = datetime.datetime
_NS = 1_000_000_000
_STEADY = ("monotonic", "perf_counter")


class Wall:
    """Makes the clocks of this process follow one line of time."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._before = line.ns
        self._ours: dict[tuple[Any, str], Any] = {}
        self._theirs: dict[tuple[Any, str], Any] = {}
        self._journey: Any = None

    def put_on(self) -> None:
        if not _frozen():
            self._journey = _start_journey()
            self._prepare()
            self._apply()
        self._line.watchers.append(self._moved)

    def unreached(self) -> list[str]:
        """Name the copies of what was replaced: they go on telling real time."""
        return copies_of(self._theirs.values())

    def take_off(self) -> None:
        self._line.watchers.remove(self._moved)
        for (module, name), ours in self._ours.items():
            if getattr(module, name) is ours:
                setattr(module, name, self._theirs[module, name])
        if self._journey is not None:
            self._journey.stop()

    def _prepare(self) -> None:
        steady = {name: getattr(time, f"{name}_ns") for name in _STEADY}
        for name, original in steady.items():
            self._add(time, name, self._follow(original()))
        if self._journey is None:
            now = self._follow(time.time_ns())
            self._add(time, "time", now)
            for module, name, ours in _calendar(self._ours[time, "time"]):
                self._ours[module, name] = ours
        self._theirs = {(module, name): getattr(module, name) for module, name in self._ours}

    def _follow(self, base: int) -> Callable[[], int]:
        line, start = self._line, self._line.ns
        return lambda: base + line.ns - start

    def _add(self, module: Any, name: str, now: Callable[[], int]) -> None:
        self._ours[module, name] = lambda: now() / _NS
        self._ours[module, f"{name}_ns"] = now

    def _apply(self) -> None:
        """Put ours in place; freezegun, when it ends, puts back what it knew before us."""
        for (module, name), ours in self._ours.items():
            setattr(module, name, ours)

    def _moved(self, now: float) -> None:
        seconds = (self._line.ns - self._before) / _NS
        self._before = self._line.ns
        for traveller in _travellers():
            traveller.shift(seconds)
        if _frozen():
            _frozen()[-1].tick(datetime.timedelta(seconds=seconds))
        else:
            self._apply()


def _frozen() -> list[Any]:
    """The times that freezegun shows, if it is active."""
    return getattr(sys.modules.get("freezegun.api"), "freeze_factories", [])


def _travellers() -> list[Any]:
    return getattr(sys.modules.get("time_machine"), "traveller_stack", [])


def _start_journey() -> Any:
    """Let time-machine hold the wall clock, at the present time; None if it is not there."""
    try:
        import time_machine  # type: ignore[import-not-found,unused-ignore]  # an optional extra
    except ImportError:
        return None
    if not hasattr(time_machine, "traveller_stack"):
        return None
    journey = time_machine.travel(_RealDatetime.now(datetime.UTC), tick=False)
    journey.start()
    return journey


def _calendar(now: Callable[[], float]) -> Iterator[tuple[Any, str, Any]]:
    """Stand-ins for what turns the present moment into a date."""
    real_localtime, real_gmtime = time.localtime, time.gmtime
    yield time, "localtime", lambda secs=None: real_localtime(now() if secs is None else secs)
    yield time, "gmtime", lambda secs=None: real_gmtime(now() if secs is None else secs)
    date, moment = _make_calendar(now)
    yield datetime, "date", date
    yield datetime, "datetime", moment


def _make_calendar(now: Callable[[], float]) -> tuple[type, type]:
    class Date(_RealDate, metaclass=_Stands):
        @classmethod
        def today(cls) -> Any:
            return _RealDate.fromtimestamp(now())

    class Datetime(_RealDatetime, metaclass=_Stands):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return _RealDatetime.fromtimestamp(now(), tz)

        @classmethod
        def today(cls) -> Any:
            return _RealDatetime.fromtimestamp(now())

        @classmethod
        def utcnow(cls) -> Any:
            return _RealDatetime.fromtimestamp(now(), datetime.UTC).replace(tzinfo=None)

    for ours, real in ((Date, _RealDate), (Datetime, _RealDatetime)):
        ours.__name__, ours.__qualname__, ours.__module__ = real.__name__, real.__name__, "datetime"
    return Date, Datetime


class _Stands(type):
    """Stands in for its base class: makes, and recognises, the real thing."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls.__mro__[1](*args, **kwargs)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.__mro__[1])

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.__mro__[1])


def copies_of(functions: Iterable[object]) -> list[str]:
    """Names, outside of the standard library, that are bound to one of these objects."""
    wanted = {id(each) for each in functions}
    found = []
    for module_name, module in list(sys.modules.items()):
        root = module_name.partition(".")[0]
        if root in sys.stdlib_module_names or root == __name__.partition(".")[0]:
            continue
        names = list(getattr(module, "__dict__", {}).items())
        found += [f"{module_name}.{name}" for name, value in names if id(value) in wanted]
    return sorted(found)
