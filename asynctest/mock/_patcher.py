"""What `patch` and its variants return: a decorator and a context manager."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar, cast, overload
from unittest.mock import DEFAULT

from ._contents import ContentLayer
from ._layers import AttributeLayer, Layer
from ._replacement import Recipe
from ._resolve import resolve
from ._scope import Active, Patching, PatchScope, decorate, undo_all

__all__ = ["DictPatcher", "Maker", "MockPatcher", "MultiplePatcher", "Patcher"]

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type[Any])
R = TypeVar("R")


class Maker(Protocol):
    """What made a patcher: it knows the settings and the patches started."""

    TEST_PREFIX: str
    started: list[Any]


class Patcher(Patching, Generic[T]):
    """A patch: decorate with it, enter it, or `start` and `stop` it.

    Each call of a decorated function, and each ``with``, puts a patch in force
    that is independent of the others, with a new mock if there is one to make.
    """

    def __init__(self, maker: Maker, scope: PatchScope) -> None:
        self.scope = scope
        self._maker = maker
        self._entered: list[Active] = []

    def __call__(self, func: F) -> F:
        """Decorate a function, or the test methods of a class."""
        decorated: Any = func
        if isinstance(func, type):
            self._decorate_class(func)
        else:
            decorated = decorate(func, self)
        return cast("F", decorated)

    def __enter__(self) -> T:
        active = self.begin()
        self._entered.append(active)
        given: T = active.given
        return given

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        if self._entered:
            self._entered.pop().end()

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
        return given

    def stop(self) -> None:
        """End what `start` began; nothing happens if it was not started."""
        if self in self._maker.started:
            self._maker.started.remove(self)
            self.__exit__()

    def _decorate_class(self, klass: type[Any]) -> None:
        for name in dir(klass):
            if not name.startswith(self._maker.TEST_PREFIX):
                continue
            method = getattr(klass, name)
            if isinstance(method, type):
                self._decorate_class(method)
            elif callable(method):
                self._decorate_method(klass, name)

    def _decorate_method(self, klass: type[Any], name: str) -> None:
        shared = name not in vars(klass)
        stored = inspect.getattr_static(klass, name)
        if isinstance(stored, staticmethod | classmethod):
            inner = decorate(stored.__func__, self, shared=shared)
            setattr(klass, name, type(stored)(inner))
        else:
            setattr(klass, name, decorate(getattr(klass, name), self, shared=shared))


class AttributePatcher(Patcher[T]):
    """A patch of one attribute."""

    def __init__(
        self, maker: Maker, scope: PatchScope, getter: Callable[[], Any], recipe: Recipe
    ) -> None:
        super().__init__(maker, scope)
        self.getter = getter
        self.new = recipe.new
        self.recipe = recipe

    def begin(self) -> Active:
        target = self.getter()
        value = self.recipe.make(target)
        layer = AttributeLayer(target, self.recipe.name, value)
        layer.lay()
        return Active(value, [layer])


class MockPatcher(AttributePatcher[T]):
    """A patch that makes a mock, and passes it to what it decorates."""

    @overload  # type: ignore[override]
    def __call__(self, func: C) -> C: ...

    @overload
    def __call__(self, func: Callable[..., R]) -> Callable[..., R]: ...

    def __call__(self, func: Any) -> Any:
        """Decorate a function, or the test methods of a class."""
        return super().__call__(func)


class MultiplePatcher(Patcher[dict[str, Any]]):
    """Patches of several attributes of one object."""

    def __init__(
        self, maker: Maker, scope: PatchScope, getter: Callable[[], Any], recipes: list[Recipe]
    ) -> None:
        super().__init__(maker, scope)
        self.getter = getter
        self.recipes = recipes
        self.attribute_name = recipes[0].name
        self.new = recipes[0].new

    def begin(self) -> Active:
        target = self.getter()
        layers: list[Layer] = []
        given: dict[str, Any] = {}
        try:
            for recipe in self.recipes:
                value = recipe.make(target)
                layer = AttributeLayer(target, recipe.name, value)
                layer.lay()
                layers.append(layer)
                if recipe.new is DEFAULT:
                    given[recipe.name] = value
        except BaseException:
            undo_all(layers, Layer.lift)
            raise
        return Active(given, layers)

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
        super().__init__(maker, scope)
        self.in_dict = in_dict
        self.values = values
        self.clear = clear

    def begin(self) -> Active:
        mapping = resolve(self.in_dict) if isinstance(self.in_dict, str) else self.in_dict
        layer = ContentLayer(mapping, self.values, self.clear)
        layer.lay()
        return Active(mapping, [layer])

    def join(self, patchings: list[Any]) -> None:
        """Come before all others: they may depend on what is in the dictionary."""
        # @patch.dict("sys.modules", fake=...) above @patch("fake.thing")
        patchings.insert(0, self)
