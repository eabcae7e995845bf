"""Mock: a mock that can be called."""

from __future__ import annotations

from typing import Any
from unittest import mock as stdlib
from unittest.mock import DEFAULT

from . import _asserts, _stdlib
from ._noncallable import NonCallableMock
from ._records import NO_KWARGS, Record

__all__ = ["Mock"]


class Mock(NonCallableMock, stdlib.Mock):
    """A mock that records how it is called and answers as told.

    >>> from asynctest.mock import Mock
    >>> parse = Mock(return_value={"a": 1})
    >>> parse("a=1", strict=True)
    {'a': 1}
    >>> parse.assert_called_once_with("a=1", strict=True)

    With a class or an object as ``spec``, its coroutine functions are
    CoroutineMocks. A method that is a plain function and returns an asynchronous
    context manager can be used in ``async with`` if the spec says so, by its
    return annotation or ``contextlib.asynccontextmanager``. If it does not, use
    a MagicMock with that spec, or set ``client.get.return_value = MagicMock()``.
    """

    _mock_return_value: Any = DEFAULT
    _mock_side_effect: Any = None
    _mock_is_callable = True
    _mock_result_class: Any = None

    def __init__(
        self,
        spec: Any = None,
        side_effect: Any = None,
        return_value: Any = DEFAULT,
        wraps: Any = None,
        name: Any = None,
        spec_set: Any = None,
        parent: Any = None,
        _spec_state: Any = None,
        _new_name: Any = "",
        _new_parent: Any = None,
        _spec_as_instance: Any = False,
        _eat_self: Any = None,
        unsafe: Any = False,  # Any: ``**{"method.return_value": 1}`` may hold anything
        **kwargs: Any,
    ) -> None:
        if parent is not None or name is not None or _new_parent is not None or _new_name != "":
            self._mock_place(parent, _new_parent, name, _new_name)
        if return_value is not DEFAULT:
            self.__dict__["_mock_return_value"] = return_value
        self._mock_outline(spec, spec_set, _spec_as_instance, _eat_self, parent)
        if wraps is not None or unsafe or kwargs:
            self._mock_set(wraps, unsafe, kwargs)
        if side_effect is not None:
            self.side_effect = side_effect

    def _mock_child_class(self, name: Any) -> Any:
        # The type's only base, or the last after what makes it a coroutine function.
        return self._mock_result_class or type(self).__bases__[-1]

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        record = (args, kwargs or NO_KWARGS)
        if self._mock_delegate is None and self._mock_new_parent is None:
            log = self._mock_record
            log.records.append(record)
            if log.live:
                log.publish()
        else:
            self._mock_tell(record)
        if self._mock_side_effect is None and self._mock_delegate is None:
            value = self._mock_return_value
            if value is not DEFAULT:
                return value
        return self._mock_decide(args, kwargs)

    def _mock_tell(self, record: Record) -> None:
        """Record a call where others keep a record of it as well."""
        if self._mock_delegate is not None:
            with self._lock:
                _stdlib.count_call(self, *record)
            return
        log = self._mock_record
        log.records.append(record)
        if log.live:
            log.publish()
        if self._mock_new_parent is not None:
            _tell_ancestors(self, record)

    def _mock_decide(self, args: Any, kwargs: Any) -> Any:
        """Find what the call gives, when it is not simply a return value."""
        if self._mock_delegate is self._mock_side_effect is self._mock_wraps is None:
            return self.return_value
        return _stdlib.decide(self, args, kwargs)

    def assert_called(self) -> None:
        """Assert that there was a call."""
        if not self._mock_record.count:
            super().assert_called()

    def assert_called_once(self) -> None:
        """Assert that there was exactly one call."""
        if self._mock_record.count != 1:
            super().assert_called_once()

    def assert_called_with(self, /, *args: Any, **kwargs: Any) -> None:
        """Assert that the last call had these arguments."""
        log = self._mock_plain_log("_mock_record")
        if log is None or (args, kwargs) != log.last_pair:
            super().assert_called_with(*args, **kwargs)

    def assert_any_call(self, /, *args: Any, **kwargs: Any) -> None:
        """Assert that some call had these arguments."""
        log = self._mock_plain_log("_mock_record")
        if log is None or not _asserts.contains(log, args, kwargs):
            super().assert_any_call(*args, **kwargs)

    def assert_has_calls(self, calls: Any, any_order: bool = False) -> None:
        """Assert that these calls are in ``mock_calls``, in a row or in any order."""
        calls = list(calls)
        log = self._mock_plain_log("_mock_record")
        if log is None or log.has_below or not _asserts.contains_calls(log, calls, any_order):
            super().assert_has_calls(calls, any_order)

    def _mock_plain_log(self, record: str) -> Any:
        if self._mock_delegate is not None or self._spec_signature is not None:
            return None
        return getattr(self, record)


def _tell_ancestors(mock: Any, record: Any) -> None:
    name = mock._mock_new_name
    method = mock._mock_name if mock._mock_parent is not None else None
    parent = mock._mock_new_parent
    while parent is not None:
        if issubclass(type(parent), NonCallableMock) and parent._mock_delegate is None:
            parent._mock_record.add_below(name, method, record)
        else:
            _tell_standard(parent, name, method, record)
        if method is not None:
            method = None if parent._mock_parent is None else f"{parent._mock_name}.{method}"
        above = parent._mock_new_name
        if above:
            name = f"{above}{name}" if name.startswith("()") else f"{above}.{name}"
        parent = parent._mock_new_parent


def _tell_standard(parent: Any, name: str, method: str | None, record: Any) -> None:
    args, kwargs = record
    if method is not None:
        parent.method_calls.append(_stdlib.Call((method, args, kwargs or {})))
    parent.mock_calls.append(_stdlib.Call((name, args, kwargs or {})))
