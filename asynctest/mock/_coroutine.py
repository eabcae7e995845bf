"""CoroutineMock: the outcome is decided at the call and delivered at the await."""

from __future__ import annotations

import inspect
from collections.abc import Coroutine
from sys import _getframe
from types import GeneratorType
from typing import TYPE_CHECKING, Any, overload
from unittest.mock import DEFAULT

from . import _asserts, _stdlib
from ._asyncmock import AsyncMock, pass_for_coroutine_function
from ._awaited import Awaited, Gate
from ._records import NO_KWARGS, Record
from ._state import LazyLog, recorded_await

__all__ = ["CoroutineMock"]


async def _deliver(mock: Any, record: Record, outcome: Any, error: Any) -> Any:
    try:
        if mock._mock_gate is not None:
            outcome, error = await mock._mock_gate.enter(record, outcome, error)
        if error is not None:
            raise error
        if hasattr(type(outcome), "__await__") or type(outcome) is GeneratorType:
            outcome = await _follow(mock, outcome)
        return outcome
    finally:
        error = None  # its traceback refers to this frame
        log = mock._mock_awaits
        log.records.append(record)
        if log.live:
            log.publish()


async def _follow(mock: Any, outcome: Any) -> Any:
    """Await an outcome that is awaitable itself; DEFAULT asks for return_value."""
    if not inspect.isawaitable(outcome):
        return outcome
    result = await outcome
    if result is DEFAULT and mock.return_value is not outcome:
        result = mock.return_value
        return await result if inspect.isawaitable(result) else result
    return result


class LazyAwaited:
    """Makes ``mock.awaited`` when it is first asked for."""

    @overload
    def __get__(self, mock: None, owner: type | None = None) -> LazyAwaited: ...
    @overload
    def __get__(self, mock: object, owner: type | None = None) -> Awaited: ...
    def __get__(self, mock: Any, owner: type | None = None) -> Any:
        if mock is None:
            return self
        state = mock.__dict__
        new = Gate()
        gate = state.setdefault("_mock_gate", new)
        if gate is new:
            mock._mock_watch(gate)
        return state.setdefault("awaited", Awaited(mock, gate))


class CoroutineMock(AsyncMock):
    """A mock of a coroutine function.

    Calling it decides the outcome, as a Mock does: the call is recorded, a side
    effect runs, an iterator gives its next item. Awaiting delivers it: that is
    when exceptions are raised, when an outcome that is awaitable itself is
    awaited, and when the await is counted, as soon as it has ended.

    >>> import asyncio
    >>> from asynctest.mock import call
    >>> async def test():
    ...     fetch = CoroutineMock(side_effect=["page", OSError("no route")])
    ...     first, second = fetch("/a"), fetch("/b")
    ...     assert fetch.call_count == 2 and fetch.await_count == 0
    ...     print(await first)
    ...     try:
    ...         await second
    ...     except OSError as error:
    ...         print(error)
    ...     fetch.assert_has_awaits([call("/a"), call("/b")])
    >>> asyncio.run(test())
    page
    no route

    An iterator as side effect that has come to its end raises StopIteration
    from the call. A call that is never awaited is warned about, with the line
    of the call. Attributes and the default result are MagicMocks. ``awaited``
    lets a test wait for awaits and decide when they end, see ``Awaited``.

    A coroutine cannot be used in ``async with``. If the method you replace is a
    plain function that returns an asynchronous context manager (as aiohttp's
    ``session.get`` does), replace it by a MagicMock: give the mock of the
    session a spec, or set ``session.get = MagicMock()``.
    """

    __name__ = "CoroutineMock"
    _mock_gate: Any = None
    _mock_front: Any = None
    _mock_has_magic = False
    _mock_awaits = LazyLog()

    awaited = LazyAwaited()
    if not TYPE_CHECKING:
        await_count = recorded_await("count")
        await_args = recorded_await("last")
        await_args_list = recorded_await("public")

    def __call__(self, /, *args: Any, **kwargs: Any) -> Coroutine[Any, Any, Any]:
        record = (args, kwargs or NO_KWARGS)
        if self._mock_delegate is None and self._mock_new_parent is None:
            log = self._mock_record
            log.records.append(record)
            if log.live:
                log.publish()
        else:
            self._mock_tell(record)
        outcome, error = self._mock_return_value, None
        if outcome is DEFAULT or self._mock_side_effect is not None:
            outcome, error = self._mock_try(args, kwargs)
        coroutine: Any = _deliver(self, record, outcome, error)
        # Python's warning shows this name if the coroutine is never awaited.
        # Asking Python to note where coroutines are made would take longer than
        # all the rest of the call.
        caller = _getframe(1)
        coroutine.__qualname__ = (
            f"{self._mock_name or 'CoroutineMock'}"
            f" (called at {caller.f_code.co_filename}:{caller.f_lineno})"
        )
        return coroutine  # type: ignore[no-any-return]

    def _mock_try(self, args: Any, kwargs: Any) -> tuple[Any, BaseException | None]:
        """Decide what the await will give or raise."""
        try:
            return self._mock_decide(args, kwargs), None
        except StopIteration as error:
            if self._mock_is_exhausted():
                raise
            return None, error
        except BaseException as error:  # noqa: BLE001 - it is raised by the await
            return None, error

    def _mock_is_exhausted(self) -> bool:
        """Tell whether the side effect is an iterator (that has just ended)."""
        effect = self.side_effect
        return not callable(effect) and not _stdlib.is_exception(effect)

    def _mock_watch(self, gate: Gate) -> None:
        """Have the gate look at each call and each await that ends."""
        self._mock_record.watch(gate.look)
        self._mock_awaits.watch(gate.complete)

    def _mock_tell(self, record: Record) -> None:
        super()._mock_tell(record)
        if self._mock_gate is not None and self._mock_delegate is not None:
            self._mock_gate.look()

    def _mock_child_class(self, name: Any) -> Any:
        return self._mock_result_class

    def _mock_forget(self) -> None:
        super()._mock_forget()
        self.__dict__.pop("_mock_awaits", None)
        self.__dict__.pop("awaited", None)
        if self._mock_gate is not None:
            self._mock_watch(self._mock_gate)
        if self._mock_front is not None:
            self._mock_refresh()

    def _mock_refresh(self) -> None:
        """Copy what is known of awaits to the function in front of this mock."""
        front = self._mock_front
        front.awaited = self.awaited
        front.await_args_list = self.await_args_list
        self._mock_awaits.watch(self._mock_copy_awaits)
        self._mock_copy_awaits()

    def _mock_copy_awaits(self) -> None:
        front = self._mock_front
        front.await_count = self.await_count
        front.await_args = self.await_args

    def assert_awaited(self) -> None:
        """Assert that the mock was awaited."""
        if not self._mock_awaits.count:
            super().assert_awaited()

    def assert_not_awaited(self) -> None:
        """Assert that the mock was not awaited."""
        if self._mock_awaits.count:
            super().assert_not_awaited()

    def assert_awaited_once(self, /, *args: Any, **kwargs: Any) -> None:
        """Assert that the mock was awaited once; arguments are ignored."""
        if self._mock_awaits.count != 1:
            super().assert_awaited_once()

    def assert_awaited_with(self, /, *args: Any, **kwargs: Any) -> None:
        """Assert that the last await had these arguments."""
        log = self._mock_plain_log("_mock_awaits")
        if log is None or (args, kwargs) != log.last_pair:
            super().assert_awaited_with(*args, **kwargs)

    def assert_any_await(self, /, *args: Any, **kwargs: Any) -> None:
        """Assert that some await had these arguments."""
        log = self._mock_plain_log("_mock_awaits")
        if log is None or not _asserts.contains(log, args, kwargs):
            super().assert_any_await(*args, **kwargs)

    def assert_has_awaits(self, calls: Any, any_order: bool = False) -> None:
        """Assert that these awaits happened, in a row or in any order."""
        calls = list(calls)
        log = self._mock_plain_log("_mock_awaits")
        if log is None or not _asserts.contains_calls(log, calls, any_order):
            super().assert_has_awaits(calls, any_order)


pass_for_coroutine_function(CoroutineMock)
