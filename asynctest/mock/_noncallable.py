"""NonCallableMock, the root of the family.

It subclasses unittest.mock's class of that name. What differs is how a mock is
made (cheaply, see ``_types.py`` and ``_state.py``), how calls are remembered
(``_records.py``) and which class a child has (``_family.py``).
"""

from __future__ import annotations

import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any, Self
from unittest import mock as stdlib

from .._ports.coroutine_mark import coroutine_marks
from . import _magics, _specs, _stdlib, _types
from ._state import (
    LazyCalls,
    LazyChildren,
    LazySignature,
    call_args_of,
    call_count_of,
    called_of,
    mock_calls_of,
    recorded,
)

__all__ = ["NonCallableMock"]

_RECORDED = frozenset(
    {
        "call_args",
        "call_args_list",
        "call_count",
        "called",
        "method_calls",
        "mock_calls",
        "await_args",
        "await_args_list",
        "await_count",
        "awaited",
        "return_value",
        "side_effect",
        "_spec_class",
    }
)


class NonCallableMock(stdlib.NonCallableMock):
    """A mock that cannot be called."""

    _mock_parent: Any = None
    _mock_new_parent: Any = None
    _mock_name: Any = None
    _mock_new_name: Any = ""
    _mock_sealed = False
    _mock_unsafe = False
    _mock_wraps: Any = None
    _mock_delegate: Any = None
    _mock_plan: Any = None  # how to make the children, see _autospec.py
    _mock_methods: Any = None
    _spec_class: Any = None
    _spec_set: Any = None
    _spec_asyncs: Any = frozenset()
    _spec_signature = LazySignature()
    _mock_children = LazyChildren()
    _mock_record = LazyCalls()

    if not TYPE_CHECKING:  # typeshed knows the types
        called = recorded("called", "called", called_of)
        call_count = recorded("call_count", "count", call_count_of)
        call_args = recorded("call_args", "last", call_args_of)
        call_args_list = recorded("call_args_list", "public")
        mock_calls = recorded("mock_calls", "all_calls", mock_calls_of)
        method_calls = recorded("method_calls", "method_calls")

    def __new__(cls, /, *args: Any, **kwargs: Any) -> Self:
        made: Self
        spec = kwargs.get("spec_set")
        if spec is None:
            spec = kwargs.get("spec")
        if spec is None and args:
            spec = args[0]
        if spec is not None and cls._mock_async_class is not None and _specs.is_async_spec(spec):
            made = _types.make(cls, (cls._mock_async_class, cls), cls._mock_namespace(spec))
        elif (spec is None or not cls._mock_has_magic) and _types.has_pool(cls):
            made = _types.make_pooled(cls)
        else:
            made = _types.make(cls, (cls,), cls._mock_namespace(spec))
        return made

    _mock_async_class: Any = None
    """What is put in front of a callable mock whose spec is a coroutine function."""

    @classmethod
    def _mock_namespace(cls, spec: Any) -> dict[str, Any]:
        """Fill the type of a new mock."""
        common = {"__doc__": cls.__doc__, "__module__": cls.__module__}
        if not cls._mock_has_magic:
            return common
        if spec is None:
            return _magics.ALL | common
        names = spec if type(spec) in (list, tuple) else dir(spec)
        return _magics.namespace(names) | common | {"_mock_made_for_spec": True}

    def __init__(
        self,
        spec: Any = None,
        wraps: Any = None,
        name: Any = None,
        spec_set: Any = None,
        is_coroutine: bool | None = None,
        parent: Any = None,
        _spec_state: Any = None,
        _new_name: Any = "",
        _new_parent: Any = None,
        _spec_as_instance: Any = False,
        _eat_self: Any = None,
        unsafe: Any = False,  # Any: ``**{"method.return_value": 1}`` may hold anything
        **kwargs: Any,
    ) -> None:
        self.__dict__["is_coroutine"] = False
        if is_coroutine:
            self.is_coroutine = True
        self._mock_place(parent, _new_parent, name, _new_name)
        self._mock_outline(spec, spec_set, _spec_as_instance, _eat_self, parent)
        self._mock_set(wraps, unsafe, kwargs)

    def _mock_place(self, parent: Any, new_parent: Any, name: Any, new_name: Any) -> None:
        state = self.__dict__
        if parent is not None:
            state["_mock_parent"] = parent
        if new_parent is not None or parent is not None:
            state["_mock_new_parent"] = parent if new_parent is None else new_parent
        if name is not None:
            state["_mock_name"] = name
        if new_name != "":
            state["_mock_new_name"] = new_name

    def _mock_outline(
        self, spec: Any, spec_set: Any, as_instance: bool, eat_self: bool | None, parent: Any
    ) -> None:
        if spec_set is not None:
            spec = spec_set
        if spec is not None:
            if eat_self is None:
                eat_self = parent is not None
            self._mock_add_spec(spec, spec_set is not None or None, as_instance, eat_self)
        if spec is not None or "_mock_made_for_spec" in vars(type(self)):
            self._mock_set_magics()

    def _mock_set(self, wraps: Any, unsafe: bool, kwargs: dict[str, Any]) -> None:
        if wraps is not None:
            self.__dict__["_mock_wraps"] = wraps
        if unsafe:
            self.__dict__["_mock_unsafe"] = unsafe
        if kwargs:
            self.configure_mock(**kwargs)

    def _mock_add_spec(
        self, spec: Any, spec_set: Any, _spec_as_instance: bool = False, _eat_self: Any = False
    ) -> None:
        if _stdlib.is_mock(spec):
            raise _stdlib.InvalidSpecError(f"Cannot spec a Mock object. [object={spec!r}]")
        state = self.__dict__
        state.pop("_spec_signature", None)
        state["_spec_set"] = spec_set
        if spec is None or type(spec) in (list, tuple):
            state.update(_spec_class=None, _spec_callable=None, _spec_asyncs=frozenset())
            state["_mock_methods"] = spec
            return
        state["_spec_class"] = spec if isinstance(spec, type) else type(spec)
        state["_spec_asyncs"] = _specs.async_names(spec)
        state["_spec_callable"] = (spec, _spec_as_instance, _eat_self) if callable(spec) else None
        state["_mock_methods"] = dir(spec)

    def mock_add_spec(self, spec: Any, spec_set: bool = False) -> None:
        """Give the mock another spec: a list of names, a class or an object.

        Attributes and magic methods the new spec lacks are gone from now on,
        those it has are there. With ``spec_set``, attributes it lacks cannot be
        set either.

        >>> from asynctest.mock import MagicMock
        >>> m = MagicMock()
        >>> m.mock_add_spec(["run"])
        >>> hasattr(m, "run"), hasattr(m, "stop"), hasattr(m, "__len__")
        (True, False, False)
        """
        self._mock_add_spec(spec, spec_set)
        self._mock_set_magics()

    def _mock_set_magics(self) -> None:
        if self._mock_has_magic:
            _magics.offer(self, self._mock_methods)

    def _get_child_mock(self, /, **kw: Any) -> Any:
        if self._mock_plan is not None:
            planned = self._mock_plan.child(self, kw.get("name", kw.get("_new_name")))
            if planned is not None:
                return planned
        if self._mock_sealed:
            attribute = f".{kw['name']}" if "name" in kw else "()"
            raise AttributeError(_stdlib.full_name(self) + attribute)
        name = kw.get("_new_name")
        if name in self._spec_asyncs or (
            name in _stdlib.ASYNC_METHOD_MAGICS and self._mock_has_magic
        ):
            return self._mock_coroutine_class(**kw)
        child = self._mock_child_class(name)(**kw)
        if name == "__code__":
            # inspect takes a mock of a function for one and looks at its flags,
            # of which a mock would have them all.
            child.co_flags = 0
        elif not self._mock_has_magic and self._mock_gives_async_context(name):
            child.__dict__["_mock_result_class"] = self._mock_context_class
        return child

    def _mock_child_class(self, name: Any) -> Any:
        return self._mock_result_class

    def _mock_gives_async_context(self, name: Any) -> bool:
        spec = self._spec_class
        return spec is not None and _specs.gives_async_context(spec, str(name))

    _mock_is_callable = False
    _mock_has_magic = False
    _mock_coroutine_class: Any = None  # these two are set in _family.py
    _mock_result_class: Any = None
    _mock_context_class: Any = None

    def __getattr__(self, name: str) -> Any:
        children = self.__dict__.get("_mock_children")
        if children is not None and name in children:
            child = children[name]
            if self._mock_may_give(name, child):
                return child
        return super().__getattr__(name)

    def _mock_may_give(self, name: str, child: Any) -> bool:
        methods = self._mock_methods
        return _stdlib.is_mock(child) and (methods is None or name in methods)

    def _get_call_signature_from_name(self, name: str) -> Any:
        """Find by what signature calls of a child are compared, None if by none."""
        if not name:
            return self._spec_signature
        node: Any = self
        signature = None
        for part in name.replace("()", "").split("."):
            child: Any = node._mock_children.get(part)
            if child is None and node._mock_plan is not None:
                child = getattr(node, part, None)
            if type(child) is FunctionType:
                child = _stdlib.extract_mock(child)
            if child is None or not _stdlib.is_mock(child):
                break
            node, signature = child, child._spec_signature
        return signature

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_mock_") or name in _RECORDED:
            object.__setattr__(self, name, value)
        elif name == "is_coroutine" and not self._mock_is_callable:
            self._mock_set_is_coroutine(value)
        else:
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        if name in _magics.ALL and _stdlib.is_mock(self._mock_children.get(name)):
            self._mock_children[name] = _stdlib.DELETED

    def _mock_set_is_coroutine(self, value: Any) -> None:
        state = self.__dict__
        state["is_coroutine"] = bool(value)
        for mark, sign in _MARKS.items():
            if value:
                state[mark] = sign
            else:
                state.pop(mark, None)

    def __dir__(self) -> list[str]:
        if not _package.FILTER_DIR:
            return list(object.__dir__(self))
        names = list(super().__dir__())
        if self._mock_sealed and self._mock_plan is not None:
            # Who seals looks at all that is here. What is not made yet does not
            # end: numbers have attributes that are numbers.
            unmade = set(self._mock_methods or ()) - {*self._mock_children, *self.__dict__}
            names = [name for name in names if name not in unmade]
        return names

    def reset_mock(
        self, visited: Any = None, *, return_value: bool = False, side_effect: bool = False
    ) -> None:
        """Forget all calls of the mock and of its children.

        Return values and side effects stay, unless ``return_value=True`` or
        ``side_effect=True`` asks for their removal.
        """
        visited = [] if visited is None else visited
        if id(self) in visited:
            return
        visited.append(id(self))
        self._mock_forget()
        state = self.__dict__
        if return_value and not self._mock_is_magic():
            state.pop("_mock_return_value", None)
        if side_effect:
            state.pop("_mock_side_effect", None)
        for child in tuple(state.get("_mock_children", {}).values()):
            if _stdlib.is_mock(child):
                child.reset_mock(visited, return_value=return_value, side_effect=side_effect)
        result: Any = state.get("_mock_return_value")
        if _stdlib.is_mock(result) and result is not self:
            result.reset_mock(visited)

    def _mock_forget(self) -> None:
        self.__dict__.pop("_mock_record", None)
        if self._mock_delegate is not None:
            self.called = False
            self.call_count = 0
            self.call_args = None
            for name in ("call_args_list", "mock_calls", "method_calls"):
                setattr(self, name, _stdlib.CallList())

    def _mock_is_magic(self) -> bool:
        name = self._mock_name
        return bool(name) and name.startswith("__") and name.endswith("__")


_MARKS = coroutine_marks()
_package: Any = sys.modules[__name__.rpartition(".")[0]]  # where FILTER_DIR is set
