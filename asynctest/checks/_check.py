"""What a check is: a look at a finished test, with something to complain about."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from .._errors import AsynctestWarning, published
from .._levels import Level

if TYPE_CHECKING:
    from .._heap import Heap
    from .._overdue import LostTimeout
    from .._places import Place
    from .._settings import Settings
    from .._sites import Sites

__all__ = ["Check", "Finding", "Level", "Skipped", "StageView", "title_of"]


class StageView(Protocol):
    """What a check may see of the test it judges."""

    @property
    def name(self) -> str: ...
    @property
    def loop(self) -> AbstractEventLoop: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def context(self) -> contextvars.Context: ...
    @property
    def case(self) -> Any: ...
    @property
    def method(self) -> Callable[..., Any] | None:
        """The test function or method."""
        ...

    @property
    def codes(self) -> Sequence[CodeType]:
        """The code of the test, of its set-up and tear-down, and of functions in them."""
        ...

    @property
    def place(self) -> Place | None:
        """Where the test is defined."""
        ...

    @property
    def outcome(self) -> BaseException | None:
        """What the test raised, in set-up, body, tear-down or a clean-up."""
        ...

    @property
    def sites(self) -> Sites:
        """Knows where tasks and other things of this test began."""
        ...

    @property
    def heap(self) -> Heap:
        """Knows what this test has made and what is still alive."""
        ...

    @property
    def moment(self) -> int:
        """To be noted with what happens now, so that ``allow`` can tell when it was."""
        ...

    @property
    def over(self) -> bool:
        """Whether the checks have looked after the last clean-up; what comes now is the end."""
        ...

    @property
    def moments(self) -> Any:
        """What has the current ``moment``: for those who cannot keep a whole stage."""
        ...

    @property
    def memory(self) -> dict[Any, Any]:
        """What checks of this test share with each other."""
        ...

    @property
    def lent(self) -> bool:
        """Whether the loop was there before the test and will be there after it."""
        ...

    def defer(self, undo: Callable[[], None], /) -> None:
        """Have something undone after the loop is closed and all checks have looked."""
        ...


@dataclass(frozen=True)
class Finding:
    """One fault: the fact, and where in the user's code it began, if known.

    ``subject`` is the thing at fault or the exception: rules of ``ignore`` look at
    it. ``moment`` is the stage's when it happened, for things that happen
    rather than exist.
    """

    fact: str
    made_at: Place | None = None
    subject: Any = field(default=None, repr=False, compare=False)
    moment: int | None = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.fact}    {self.made_at}" if self.made_at else self.fact


@published("asynctest.checks")
class Skipped(Exception):
    """Raised by a check that this loop cannot answer; says why, once."""


def title_of(name: str) -> str:
    """Return what the class of a check is called: ``LeakedTasks`` for ``leaked_tasks``."""
    return name.title().replace("_", "")


_HOOKS = (
    *("before_test", "after_set_up", "after_test", "after_cleanup", "after_close"),
    *("on_loop_exception", "on_thread_exception", "on_unraisable", "on_unawaited", "on_cancelled"),
    *("on_shown_warning", "on_primitive", "on_pool_future", "on_timeout_lost"),
    *("on_raised", "on_reraised", "on_handled"),
)


class Check:
    """One check. Subclasses set ``name`` and override the hooks they need.

    A check is made anew for every test that has something to tell it, so it may
    keep what it likes on itself. A hook that raises :exc:`Skipped` takes its check out
    of this test.
    """

    name: ClassVar[str]
    default: ClassVar[Level] = Level.WARN
    fix: ClassVar[str] = ""
    headline: ClassVar[str] = ""
    """The fact above the list of findings; empty to let a finding stand alone."""

    prompt: ClassVar[bool] = False
    """Report between tear-down and clean-ups, as a failure of its own (as 0.13 did)."""

    needs: ClassVar[tuple[Callable[[StageView], Any], ...]] = ()
    """Called before the test, once even if several checks need the same."""

    signs: ClassVar[tuple[Callable[[StageView], bool], ...]] = ()
    """What to look at first after the test, once for all checks that share it: if none of
    these sees anything, ``after_test``, ``after_cleanup`` and ``after_close`` are not called."""

    warning: ClassVar[type[AsynctestWarning]] = AsynctestWarning
    hooks: ClassVar[frozenset[str]] = frozenset()
    """The hooks that a check overrides; the others are not called."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.hooks = frozenset(
            hook for hook in _HOOKS if getattr(cls, hook) is not getattr(Check, hook)
        )
        if "name" in vars(cls):
            title = f"{title_of(cls.name)}Warning"
            # Under asynctest's own name, so that -W and filterwarnings find it there.
            cls.warning = type(
                title, (AsynctestWarning,), {"__module__": "asynctest", "__doc__": cls.__doc__}
            )

    def before_test(self, stage: StageView) -> None:
        """Look at things before the user's set-up."""

    def after_set_up(self, stage: StageView) -> None:
        """Look at things between the user's set-up and the test."""

    def after_test(self, stage: StageView) -> Iterable[Finding]:
        """Find fault after the user's tear-down, before the clean-ups."""
        return ()

    def after_cleanup(self, stage: StageView) -> Iterable[Finding]:
        """Find fault after the last clean-up, before the loop is closed."""
        return ()

    def after_close(self, stage: StageView) -> Iterable[Finding]:
        """Find fault after the loop is closed and the test's garbage is collected."""
        return ()

    # What happens while the test runs; told until the loop is closed. These are
    # called in the middle of something else, perhaps in another thread.

    def on_loop_exception(
        self, stage: StageView, context: dict[str, Any]
    ) -> Iterable[Finding] | None:
        """Hear what reaches the loop's exception handler, if the test has set none."""

    def on_thread_exception(
        self, stage: StageView, args: threading.ExceptHookArgs
    ) -> Iterable[Finding] | None:
        """Hear of the exception that ends a thread which the test has started."""

    def on_unraisable(self, stage: StageView, args: Any) -> Iterable[Finding] | None:
        """Hear of an exception that the interpreter can raise nowhere."""

    def on_unawaited(self, stage: StageView, coro: Any) -> Iterable[Finding] | None:
        """Hear of a coroutine that dies without having been started; do not keep it."""

    def on_cancelled(
        self, stage: StageView, task: asyncio.Task[Any], place: Place | None
    ) -> Iterable[Finding] | None:
        """Hear of a task being cancelled, and where it stood or by whom."""

    def on_shown_warning(self, stage: StageView, message: Any) -> Iterable[Finding] | bool | None:
        """Hear of a warning that is about to be shown; a finding takes its place.

        Return True if what it is about has been reported, and need not be shown again.
        """

    def on_primitive(self, stage: StageView, thing: Any, loop: Any) -> Iterable[Finding] | None:
        """Hear of a lock, event or queue of asyncio being used on a running loop (3.12+)."""

    def on_pool_future(self, stage: StageView, future: Any, exc: BaseException | None) -> None:
        """Hear of a pool's future that fails, or, with None, of one that is asked (3.12+)."""

    def on_timeout_lost(
        self, stage: StageView, task: asyncio.Task[Any], lost: LostTimeout
    ) -> Iterable[Finding] | None:
        """Hear of a timeout that ran out and cancelled its task, to no effect (3.12+)."""

    # Exceptions of the ``kinds`` that a check names, where Python tells (3.12+): as often
    # as they are raised, so these must be quick.

    kinds: ClassVar[tuple[type[BaseException], ...]] = ()

    def on_raised(self, stage: StageView, code: CodeType, offset: int, exc: BaseException) -> None:
        """Hear of an exception being raised, or passing through another frame."""

    def on_reraised(
        self, stage: StageView, code: CodeType, offset: int, exc: BaseException
    ) -> None:
        """Hear of a handler passing an exception on."""

    def on_handled(self, stage: StageView, code: CodeType, offset: int, exc: BaseException) -> None:
        """Hear of an exception reaching a handler."""
