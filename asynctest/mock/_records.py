"""What a mock remembers of its calls.

A call appends one bare tuple, ``(args, kwargs)``, to ``records``, and that is
all: appending is a single step for the interpreter, so calls from several threads
lose nothing. The ``call`` objects and the lists that unittest.mock shows are
made when somebody first reads them. From then on the log is ``live``: each call
also extends these lists (``publish``), because a test may hold on to one and look at it later.

Calls of children are told to their ancestors as tuples too, with the number of
own calls before them, so that ``mock_calls`` can be put in order afterwards.

Who changes these lists by hand is on the slow path but not wrong: once made,
the public list is the truth.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, TypeAlias

from ._stdlib import Call, CallList

__all__ = ["NO_KWARGS", "Calls", "Log", "Record"]

Record: TypeAlias = "tuple[tuple[Any, ...], dict[str, Any]]"

NO_KWARGS: dict[str, Any] = {}
"""Stands for the keywords of all calls without; nobody outside gets to see it."""

_making = threading.RLock()

# From 3.14 on, a call sets call_count to the length of call_args_list.
_COUNT_IS_LENGTH = sys.version_info >= (3, 14)


class Log:
    """The arguments of some calls, oldest first."""

    __slots__ = ("_public", "_shown", "ahead", "latest", "live", "records", "told", "watchers")

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.live = False  # somebody has to be told of each call
        self.watchers: tuple[Callable[[], None], ...] = ()
        self._public: list[Any] | None = None
        self._shown = 0  # records that are in the public list
        self.ahead = 0  # what the user added to the count by setting it
        self.told: tuple[int, Any] | None = None  # last arguments set by the user
        self.latest: tuple[Any, Any] = (None, None)  # a record and its ``call`` object

    @property
    def count(self) -> int:
        """How many calls there were."""
        return self.ahead + len(self.records)

    @count.setter
    def count(self, value: int) -> None:
        if _COUNT_IS_LENGTH:
            self._make_public()
        self.ahead = value - len(self.records)

    @property
    def last(self) -> Any:
        """The arguments of the latest call, None if there is none."""
        count = len(self.records)
        if self.told is not None and self.told[0] == count:
            return self.told[1]
        return self._call(self.records[-1]) if count else None

    @last.setter
    def last(self, value: Any) -> None:
        self.told = (len(self.records), value)

    @property
    def public(self) -> list[Any]:
        """The list of ``call`` objects; it grows with further calls."""
        return self._make_public() if self._public is None else self._public

    @public.setter
    def public(self, value: list[Any]) -> None:
        with _making:
            self._shown = len(self.records)
            self._public = value
            self.live = True

    def _make_public(self) -> list[Any]:
        with _making:
            if self._public is None:
                self._public = CallList()
                self.live = True
            self._publish()
            return self._public

    @property
    def last_pair(self) -> Any:
        """The arguments of the latest call, to be compared; None if there is none."""
        records = self.records
        if self.told is not None and self.told[0] == len(records):
            return self.told[1]
        return records[-1] if records else None

    @property
    def pairs(self) -> list[Any]:
        """The arguments of all calls, to be compared."""
        return self.records if self._public is None else self.public

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call ``watcher`` after each call from now on, after those before."""
        self.watchers = (*self.watchers, watcher)
        self.live = True

    def publish(self) -> None:
        """Bring the public list up to date and call the watchers."""
        self._publish()
        for watcher in self.watchers:
            watcher()

    def _publish(self) -> None:
        with _making:
            public, records = self._public, self.records
            while public is not None and self._shown < len(records):
                public.append(self._call(records[self._shown]))
                self._shown += 1
                if _COUNT_IS_LENGTH:
                    self.ahead = len(public) - len(records)

    def _call(self, record: Record) -> Any:
        known, call = self.latest
        if known is not record:
            call = Call((record[0], record[1] or {}), two=True)
            if record is self.records[-1]:
                self.latest = (record, call)
        return call


class Calls(Log):
    """A mock's own calls, and those of its children, their results and so on."""

    __slots__ = ("_all_shown", "_below", "_below_shown", "_methods", "called_from", "everything")

    def __init__(self) -> None:
        super().__init__()
        self._below: list[tuple[int, str, str | None, tuple[Any, ...], dict[str, Any]]] = []
        self.everything: list[Any] | None = None
        self._methods: list[Any] | None = None
        self._all_shown = 0
        self._below_shown = 0
        self.called_from = 0

    def publish(self) -> None:
        """Bring the public lists up to date and call the watchers."""
        self._publish_all()
        super().publish()

    def add_below(self, name: str, method: str | None, record: Record) -> None:
        """Remember a call further down; ``method`` is None outside method_calls."""
        self._below.append((len(self.records), name, method, *record))
        if self.everything is not None:
            self._publish_all()

    @property
    def called(self) -> bool:
        """Whether there was any call since it was last set to False."""
        return len(self.records) > self.called_from

    @called.setter
    def called(self, value: bool) -> None:
        self.called_from = -1 if value else len(self.records)

    @property
    def has_below(self) -> bool:
        """Whether mock_calls holds more than this mock's own calls, or was read."""
        return bool(self._below) or self.everything is not None

    @property
    def all_calls(self) -> list[Any]:
        """The list behind ``mock_calls``."""
        return self._make_lists()[0] if self.everything is None else self.everything

    @all_calls.setter
    def all_calls(self, value: list[Any]) -> None:
        with _making:
            self._make_lists()
            self.everything = value

    @property
    def method_calls(self) -> list[Any]:
        """The list behind ``method_calls``."""
        return self._make_lists()[1] if self._methods is None else self._methods

    @method_calls.setter
    def method_calls(self, value: list[Any]) -> None:
        with _making:
            self._make_lists()
            self._methods = value

    def _make_lists(self) -> tuple[list[Any], list[Any]]:
        with _making:
            if self.everything is None or self._methods is None:
                self.everything, self._methods = CallList(), CallList()
                self.live = True
            self._publish_all()
            return self.everything, self._methods

    def _publish_all(self) -> None:
        with _making:
            everything, methods = self.everything, self._methods
            if everything is None or methods is None:
                return
            for before, name, method, args, kwargs in self._below[self._below_shown :]:
                self._publish_own(everything, before)
                everything.append(Call((name, args, kwargs or {})))
                if method is not None:
                    methods.append(Call((method, args, kwargs or {})))
                self._below_shown += 1
            self._publish_own(everything, len(self.records))

    def _publish_own(self, everything: list[Any], until: int) -> None:
        for args, kwargs in self.records[self._all_shown : until]:
            everything.append(Call(("", args, kwargs or {})))
        self._all_shown = max(self._all_shown, until)
