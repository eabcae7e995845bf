"""What a patch puts in the place of the original.

A `Recipe` is what the user asked for. It is followed each time a patch is put
in force, in a decorator as in a ``with``:

1. ``new`` is taken as it is.
2. ``autospec`` calls `create_autospec`.
3. Otherwise there is a class and perhaps a model that it imitates (``spec``,
   ``spec_set``). The class is ``new_callable``; or else `CoroutineMock` for a
   coroutine function, `NonCallableMagicMock` for a model that cannot be
   called, `MagicMock` for anything else.

"A coroutine function" looks through other patches: what the tested code awaits
is still awaited when an outer patch has put a `MagicMock` there.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any
from unittest.mock import DEFAULT
from unittest.mock import NonCallableMock as AnyMock

from .._errors import AsynctestError, AsynctestValueError, MisuseError, published, say
from ._autospec import create_autospec
from ._family import CoroutineMock, MagicMock, NonCallableMagicMock
from ._layers import MISSING, ground_of, look, refuse_missing
from ._stdlib import InvalidSpecError

if sys.version_info >= (3, 14):
    from inspect import iscoroutinefunction
else:  # knows more: what create_autospec makes of a coroutine function
    from asyncio import iscoroutinefunction

__all__ = ["MisspelledArgument", "Recipe"]

_MISSPELLINGS = {"autospect": "autospec", "auto_spec": "autospec", "set_spec": "spec_set"}


@published("asynctest.mock")
class MisspelledArgument(AsynctestError, RuntimeError):
    """An argument looks like a misspelt one, and would silently do something else."""


class Recipe:
    """How to make the replacement for one attribute."""

    attribute: str
    new: Any
    spec: Any
    create: bool
    spec_set: Any
    autospec: Any
    new_callable: Callable[..., Any] | None
    kwargs: dict[str, Any]

    has_model: bool

    def settle(self, unsafe: bool) -> None:
        """Find out what can be known, and refused, before the target is looked at."""
        if self.new_callable is not None:
            _refuse_two_makers(self.new, self.autospec)
        if self.kwargs and not unsafe:
            _refuse_misspellings(self.kwargs)
        self.has_model = not self.spec is self.spec_set is self.autospec is None
        if self.has_model:
            self.spec = self._checked(self.spec, "spec")
            self.spec_set = self._checked(self.spec_set, "spec_set")
            if self.autospec is False:
                self.autospec = None
            self.has_model = not self.spec is self.spec_set is self.autospec is None

    def _checked(self, model: Any, argument: str) -> Any:
        if model is None or model is False:
            return None
        if _is_mock(model):
            fact = f"Cannot spec attr {self.attribute!r} as the {argument} is a mock: {model!r}"
            raise InvalidSpecError(say(fact, todo="Give the real object."))
        return model

    def make(self, target: Any) -> Any:
        """Make the replacement for what ``target`` holds now."""
        if self.new_callable is not None and not self.has_model:
            return self._mock(self.new_callable, {})
        original = look(target, self.attribute)[0]
        if original is MISSING and not self.create:
            refuse_missing(target, self.attribute)
        if self.has_model:
            self._refuse_two_models()
        if self.new is not DEFAULT:
            return self._given()
        if not self.has_model:
            return self._mock(self._plain_class(target, original), {})
        if self.autospec is not None:
            return self._in_depth(target, original)
        return self._imitation(original)

    def _given(self) -> Any:
        if self.autospec is not None:
            raise _misuse("can't specify autospec and new: both say what the replacement is")
        if self.kwargs:
            raise _misuse(
                f"can't pass kwargs to a mock that is given: {', '.join(self.kwargs)}",
                "Configure what you give as 'new' yourself.",
            )
        return self.new

    def _refuse_two_models(self) -> None:
        if self.spec is self.autospec is None:
            return
        if self.spec is not None and self.autospec is not None:
            raise _misuse("can't specify spec and autospec")
        if self.spec_set is not None and self.spec_set is not True:
            raise _misuse("can't provide an explicit spec_set and spec or autospec")

    def _nothing_to_imitate(self, argument: str) -> MisuseError:
        fact = f"can't use {argument!r} with create=True: there is no {self.attribute!r} to imitate"
        return _misuse(fact)

    def _in_depth(self, target: Any, original: Any) -> Any:
        if original is MISSING:
            raise self._nothing_to_imitate("autospec")
        model = original if self.autospec is True else self.autospec
        name = getattr(target, "__name__", target)
        for mocked, where in (
            (target, f"as the patch target is a mock: {target!r}"),
            (model, f"from target {name!r}: it is a mock: {model!r}"),
        ):
            if _is_mock(mocked):
                raise InvalidSpecError(
                    say(
                        f"Cannot autospec attr {self.attribute!r} {where}",
                        todo="Is it patched already? Give the real object as autospec.",
                    )
                )
        return create_autospec(
            model, spec_set=bool(self.spec_set), _name=self.attribute, **self.kwargs
        )

    def _plain_class(self, target: Any, original: Any) -> Callable[..., Any]:
        if _is_coroutine_function(original):
            return CoroutineMock
        under_all_patches = ground_of(target, self.attribute)
        return CoroutineMock if _is_coroutine_function(under_all_patches) else MagicMock

    def _imitation(self, original: Any) -> Any:
        keyword = "spec" if self.spec_set is None else "spec_set"
        model = self.spec_set if self.spec is None else self.spec
        if original is MISSING:
            raise self._nothing_to_imitate(keyword)
        if model is True:
            model = original
        maker = self.new_callable or _class_imitating(original, keyword, model)
        mock = self._mock(maker, {keyword: model})
        if isinstance(original, type) and _is_mock(mock):
            # What stands for a class is called for what stands for its instances.
            called = maker if _instances_callable(model) else NonCallableMagicMock
            arguments = {keyword: model, **self.kwargs}
            arguments.pop("name", None)
            mock.return_value = called(**arguments)
        return mock

    def _mock(self, maker: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        if isinstance(maker, type) and issubclass(maker, AnyMock) and self.attribute:
            arguments["name"] = self.attribute
        arguments.update(self.kwargs)
        return maker(**arguments)


def _class_imitating(original: Any, keyword: str, model: Any) -> type[Any]:
    imitated = (model, original) if keyword == "spec_set" else (model,)
    if any(map(_is_coroutine_function, imitated)):
        return CoroutineMock
    can_be_called = "__call__" in model if _is_names(model) else callable(model)
    return MagicMock if can_be_called else NonCallableMagicMock


def _instances_callable(model: Any) -> bool:
    if _is_names(model) or not isinstance(model, type):
        return _is_names(model) or callable(model)
    return any(base.__dict__.get("__call__") is not None for base in model.__mro__)


def _is_names(model: Any) -> bool:
    return type(model) in (list, tuple)


def _is_mock(value: Any) -> bool:
    return issubclass(type(value), AnyMock)


def _is_coroutine_function(value: Any) -> bool:
    # By its type: a mock may claim to be of any class.
    kind = type(value)
    if issubclass(kind, (staticmethod, classmethod, MethodType)):
        value = value.__func__
    elif issubclass(kind, functools.partialmethod):
        value = value.func
    return iscoroutinefunction(value) or (
        type(value) is FunctionType
        and bool(value.__code__.co_flags & inspect.CO_ITERABLE_COROUTINE)
    )


def _refuse_two_makers(new: Any, autospec: Any) -> None:
    for argument, given in (("new", new is not DEFAULT), ("autospec", autospec is not None)):
        if given:
            raise AsynctestValueError(
                say(
                    f"cannot use {argument!r} and 'new_callable' together",
                    todo="Keep the one that should make the replacement.",
                )
            )


def _refuse_misspellings(kwargs: dict[str, Any]) -> None:
    for wrong, right in _MISSPELLINGS.items():
        if wrong in kwargs:
            raise MisspelledArgument(
                say(
                    f"{wrong!r} might be a typo of {right!r}",
                    todo="Use unsafe=True if it is meant as an attribute of the mock.",
                )
            )


def _misuse(fact: str, todo: str = "Leave one of them out.") -> MisuseError:
    return MisuseError(say(fact, todo=todo))
