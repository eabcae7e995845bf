"""What `patch` and its variants return: a decorator and a context manager."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar, cast, overload
from unittest.mock import DEFAULT

from .._errors import AsynctestError, published, say
from .._places import Place, nearest_user_frame
from ._contents import ContentLayer
from ._layers import Active, AttributeLayer, undo_all
from ._replacement import Recipe
from ._resolve import resolve
from ._scope import Patching, PatchScope, decorate

__all__ = ["AlreadyStarted", "AttributePatcher", "DictPatcher", "Maker", "MockPatcher", "Patcher"]

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type[Any])
R = TypeVar("R")


@published("asynctest.mock")
class AlreadyStarted(AsynctestError, RuntimeError):
    """A patch that is in force was to be put in force once more."""


class Maker(Protocol):
    """What made a patcher: it knows the settings and the patches started."""

    started: list[Any]

    @property
    def TEST_PREFIX(self) -> str: ...


class Patcher(Patching, Generic[T]):
    """A patch: decorate with it, enter it, or `start` and `stop` it.

    Each call of a decorated function, and each ``with``, puts a patch in force
    that is independent of the others, with a new mock if there is one to make.
    """

    _maker: Maker
    _entered: Active | None = None
    started_at: Place | None = None
    _outer: list[Active] | None = None

    def __call__(self, func: F) -> F:
        """Decorate a function, or the test methods of a class."""
        decorated: Any = func
        if isinstance(func, type):
            self._decorate_class(func)
        else:
            decorated = decorate(func, self)
        return cast("F", decorated)

    def __enter__(self) -> T:
        if self._entered is not None:
            self._enter_again(self._entered)
        active = self._entered = self.begin()
        given: T = active.given
        return given

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        active = self._entered
        if active is not None:
            self._entered = self._outer.pop() if self._outer else None
            active.lift()

    async def __aenter__(self) -> T:
        return self.__enter__()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.__exit__(exc_type, exc, traceback)

    def start(self) -> T:
        """Put the patch in force until `stop` or ``patch.stopall()``."""
        given = self.__enter__()
        self._maker.started.append(self)
        frame = nearest_user_frame()
        if frame is not None:
            code = frame.f_code
            self.started_at = Place(code.co_filename, frame.f_lineno, code.co_qualname)
        return given

    def stop(self) -> None:
        """End what `start` began; nothing happens if it was not started."""
        if self in self._maker.started:
            self._maker.started.remove(self)
            self.__exit__()

    def _enter_again(self, outer: Active) -> None:
        raise NotImplementedError

    def _decorate_class(self, klass: type[Any]) -> None:
        prefix = self._maker.TEST_PREFIX
        for name in dir(klass):
            if name.startswith(prefix):
                method = getattr(klass, name)
                if isinstance(method, type):
                    self._decorate_class(method)
                elif callable(method):
                    setattr(klass, name, self._decorate_method(klass, name, method))

    def _decorate_method(self, klass: type[Any], name: str, method: Any) -> Any:
        owner = next((base for base in klass.__mro__ if name in base.__dict__), None)
        stored = owner.__dict__[name] if owner else method
        shared = owner is not klass
        if isinstance(stored, staticmethod | classmethod):
            return type(stored)(decorate(stored.__func__, self, shared=shared))
        return decorate(method, self, shared=shared)


class AttributePatcher(Recipe, Patcher[T]):
    """A patch of one attribute, or of several of one object."""

    #: With a name, the replacement is given by keyword, and other attributes may follow.
    attribute_name: str | None = None
    additional_patchers: Sequence[AttributePatcher[Any]] = ()

    def __init__(
        self,
        maker: Maker,
        scope: PatchScope,
        owner: Any,
        path: str | None,
        attribute: str,
        new: Any,
        spec: Any,
        create: bool,
        spec_set: Any,
        autospec: Any,
        new_callable: Callable[..., Any] | None,
        kwargs: dict[str, Any],
        unsafe: bool = False,
    ) -> None:
        self.scope = scope
        self._maker = maker
        self._owner = owner
        self._path = path
        self.attribute = attribute
        self.new = new
        self.spec = spec
        self.create = create
        self.spec_set = spec_set
        self.autospec = autospec
        self.new_callable = new_callable
        self.kwargs = kwargs
        self._as_it_is = (
            new is not DEFAULT
            and spec is spec_set is autospec is new_callable is None
            and not kwargs
        )
        if not self._as_it_is:
            self.settle(unsafe)

    @property
    def target(self) -> Any:
        """What has the attribute, or its dotted name."""
        return self._owner if self._path is None else self._path

    def _enter_again(self, outer: Active) -> None:
        raise AlreadyStarted(
            say(
                f"the patch of {self.attribute!r} is already started",
                todo="Stop it first, or call patch() for each use.",
            )
        )

    def begin(self) -> Active:
        return self._lay() if self.attribute_name is None else self._lay_all()

    def _lay(self) -> AttributeLayer:
        target = self._owner if self._path is None else resolve(self._path)
        value = self.new if self._as_it_is else self.make(target)
        layer = AttributeLayer(target, self.attribute, value, self.create)
        layer.lay()
        return layer

    def _lay_all(self) -> Active:
        several = Several()
        try:
            for patcher in (self, *self.additional_patchers):
                layer = patcher._lay()
                several.layers.append(layer)
                if patcher.new is DEFAULT:
                    several.given[patcher.attribute_name] = layer.given
        except BaseException:
            several.lift()
            raise
        return several


class Several:
    """Patches of several attributes in force, and the mocks they give, by name."""

    __slots__ = ("given", "layers")

    def __init__(self) -> None:
        self.layers: list[AttributeLayer] = []
        self.given: dict[str | None, Any] = {}

    def lay(self) -> None:
        for layer in self.layers:
            layer.lay()

    def rest(self) -> None:
        for layer in reversed(self.layers):
            layer.rest()

    def lift(self) -> None:
        undo_all(self.layers, AttributeLayer.lift)

    def surface(self) -> None:
        """Stay: attributes do not add up."""


class MockPatcher(AttributePatcher[T]):
    """A patch that makes mocks, and passes them to what it decorates."""

    @overload  # type: ignore[override]
    def __call__(self, func: C) -> C: ...

    @overload
    def __call__(self, func: Callable[..., R]) -> Callable[..., R]: ...

    def __call__(self, func: Any) -> Any:
        """Decorate a function, or the test methods of a class."""
        return super().__call__(func)


class DictPatcher(Patcher[T]):
    """A patch of the content of a dictionary."""

    def __init__(
        self, maker: Maker, scope: PatchScope, in_dict: Any, values: dict[Any, Any], clear: bool
    ) -> None:
        self.scope = scope
        self._maker = maker
        self.in_dict = in_dict
        self.values = values
        self.clear = clear

    def _enter_again(self, outer: Active) -> None:
        # unittest.mock allows it, so there may be set-ups that start one each time.
        if self._outer is None:
            self._outer = []
        self._outer.append(outer)

    def begin(self) -> Active:
        mapping = resolve(self.in_dict) if isinstance(self.in_dict, str) else self.in_dict
        layer = ContentLayer(mapping, self.values, self.clear)
        layer.lay()
        return layer

    def join(self, patchings: list[Any]) -> None:
        """Come before all others: they may depend on what is in the dictionary."""
        # @patch.dict("sys.modules", fake=...) above @patch("fake.thing")
        patchings.insert(0, self)
