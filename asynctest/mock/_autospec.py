"""create_autospec: mocks that follow a spec all the way down, made lazily.

A mock of a class with two hundred methods is asked for three of them. So
nothing is made in advance: the mock keeps a ``Plan``, and the plan makes a
child, or the instance a class gives when called, at the moment it is asked for.
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
from typing import Any

from . import _specs, _stdlib
from ._asyncmock import name_after_caller
from ._coroutine import CoroutineMock
from ._family import MagicMock, NonCallableMagicMock
from ._functions import function_for
from ._seal import seal_planned

__all__ = ["create_autospec"]

_GIVEN_AT_ONCE = frozenset({"return_value", "side_effect", "wraps"})


def create_autospec(
    spec: Any,
    spec_set: bool = False,
    instance: bool = False,
    _parent: Any = None,
    _name: Any = None,
    *,
    unsafe: bool = False,
    **kwargs: Any,
) -> Any:
    """Make a mock of an object, its attributes, their attributes and so on.

    Calls are checked against the signature of the original: wrong arguments are
    a TypeError at the call, for coroutine functions too. Attributes the
    original lacks are an AttributeError; with ``spec_set`` they cannot be set
    either. A class gives a mock of the class, which gives a mock of an instance
    when called, or at once with ``instance=True``. A function gives a function.

    Coroutine functions are CoroutineMocks, or a coroutine function with the
    methods and attributes of one.

    >>> import asyncio
    >>> class Client:
    ...     async def fetch(self, url, retries=1): ...
    >>> client = create_autospec(Client, instance=True)
    >>> client.fetch.return_value = "page"
    >>> asyncio.run(client.fetch("/index"))
    'page'
    >>> client.fetch()
    Traceback (most recent call last):
    ...
    TypeError: missing a required argument: 'url'

    Attributes of the original are read when they are first used here. Other
    keyword arguments configure the mock, as for MagicMock. Raises
    ``InvalidSpecError`` if ``spec`` is a mock, RuntimeError for misspelt
    arguments (allow them with ``unsafe=True``) and for a coroutine function
    together with ``instance=True``.
    """
    if type(spec) in (list, tuple):
        spec = type(spec)  # a list given to a mock would mean a list of names
    if _stdlib.is_mock(spec):
        raise _stdlib.InvalidSpecError(f"Cannot autospec a Mock object. [object={spec!r}]")
    if not unsafe:
        _stdlib.check_spec_arg_typos(kwargs)
    name = kwargs.pop("name", _name)
    plan = Plan(spec, spec_set, instance, kwargs.get("wraps"))
    given = {key: kwargs.pop(key) for key in _GIVEN_AT_ONCE & kwargs.keys()}
    mock = plan.kind()(
        parent=_parent,
        _new_parent=_parent,
        _new_name="" if _parent is None else name,
        name=name,
        **plan.spec_arguments(),
        **given,
    )
    made = plan.set_up(mock)
    if _parent is not None and not instance:
        _parent._mock_children[_name] = made
    if plan.gives_instances and "wraps" in given and "return_value" not in given:
        made.return_value = plan.instance(made)
    if kwargs:
        mock.configure_mock(**kwargs)
    return made


class Plan:
    """Knows what to make of one object, and makes its children."""

    __slots__ = ("instance_wanted", "is_async", "is_type", "spec", "spec_set", "wraps")

    def __init__(self, spec: Any, spec_set: bool, instance: bool, wraps: Any) -> None:
        self.spec = spec
        self.spec_set = spec_set
        self.instance_wanted = instance
        self.wraps = wraps
        self.is_type = isinstance(spec, type)
        self.is_async = _is_async_function(spec)

    @property
    def gives_instances(self) -> bool:
        """Whether this is a mock of a class, which makes instances when called."""
        return self.is_type and not self.instance_wanted

    def kind(self) -> Any:
        """Choose the class of the mock."""
        if inspect.isdatadescriptor(self.spec):
            return MagicMock
        if self.is_async:
            if self.instance_wanted:
                raise RuntimeError(
                    "Instance can not be True when create_autospec is mocking an async function"
                )
            return CoroutineMock
        kind_of_instance = self.is_type and self.instance_wanted
        if not _is_callable(self.spec) or (kind_of_instance and not _makes_callables(self.spec)):
            return NonCallableMagicMock
        return MagicMock

    def spec_arguments(self) -> dict[str, Any]:
        """Tell the mock its spec; a descriptor's says nothing about its value."""
        if self.spec is None or inspect.isdatadescriptor(self.spec):
            return {}
        arguments: dict[str, Any] = {"spec_set" if self.spec_set else "spec": self.spec}
        if self.instance_wanted:
            arguments["_spec_as_instance"] = True
        return arguments

    def set_up(self, mock: Any) -> Any:
        """Give the mock its plan and have its calls checked."""
        mock.__dict__["_mock_plan"] = self
        if self.gives_fields:
            fields = [field.name for field in dataclasses.fields(self.spec)]
            mock.__dict__["_mock_methods"] = [*mock._mock_methods, *fields]
        if isinstance(self.spec, _stdlib.FunctionTypes):
            return function_for(mock, self.spec, self.is_async)
        _check_calls(mock, self.spec, self.is_type, self.instance_wanted)
        return mock

    @property
    def gives_fields(self) -> bool:
        """Whether the fields of a dataclass are attributes: only its instances have all."""
        return self.is_type and self.instance_wanted and dataclasses.is_dataclass(self.spec)

    def instance(self, mock: Any) -> Any:
        """Make what a mock of a class gives when it is called."""
        return create_autospec(
            self.spec, self.spec_set, True, _name="()", _parent=mock, wraps=self.wraps
        )

    def child(self, mock: Any, name: str) -> Any:
        """Make the mock of an attribute; None if this is not for us to do."""
        made = self._child(mock, name)
        if made is not None and mock._mock_sealed:
            seal_planned(made)
        return made

    def _child(self, mock: Any, name: str) -> Any:
        if name == "()":
            return self.instance(mock) if self.gives_instances else None
        if name.startswith("__") and name.endswith("__"):
            return None
        try:
            original = self._original(name)
        except AttributeError:
            return None
        if isinstance(original, _stdlib.FunctionTypes):
            return self._method(mock, name, original)
        try:
            return create_autospec(original, self.spec_set, False, mock, name)
        except _stdlib.InvalidSpecError:
            target = mock._mock_name or mock
            raise _stdlib.InvalidSpecError(
                f"Cannot autospec attr {name!r} from target {target!r} as it has already been"
                f" mocked out. [target={mock!r}, attr={original!r}]"
            ) from None

    def _original(self, name: str) -> Any:
        if self.gives_fields and not hasattr(self.spec, name):
            types = {field.name: field.type for field in dataclasses.fields(self.spec)}
            if name in types:
                return types[name]
        return getattr(self.spec, name)

    def _method(self, mock: Any, name: str, original: Any) -> Any:
        skip = _stdlib.must_skip_first(self.spec, name, self.is_type)
        arguments = {"spec_set" if self.spec_set else "spec": original}
        if self.wraps and hasattr(self.wraps, name):
            arguments["wraps"] = getattr(self.wraps, name)
        kind = CoroutineMock if _specs.is_coroutine_function(original) else MagicMock
        child = kind(
            parent=mock, name=name, _new_name=name, _new_parent=mock, _eat_self=skip, **arguments
        )
        _check_calls(child, original, skip, False)
        return child


def _is_async_function(spec: Any) -> bool:
    return bool(getattr(spec, "__code__", None)) and _specs.is_coroutine_function(spec)


def _is_callable(spec: Any) -> bool:
    while isinstance(spec, classmethod | staticmethod):
        spec = spec.__func__
    return callable(spec)


def _makes_callables(spec: type) -> bool:
    return any("__call__" in vars(base) for base in spec.__mro__)


class _CheckedSignature:
    """The signature calls have to fit, worked out by the first of them."""

    __slots__ = ("source",)

    def __init__(self, *source: Any) -> None:
        self.source = source

    def __get__(self, mock: Any, owner: type | None = None) -> Any:
        found = _stdlib.signature_of(*self.source)
        if found is None:
            raise AttributeError("__signature__")
        if mock is not None:
            mock.__dict__["__signature__"] = found[1]
        return found[1]


def _check_calls(mock: Any, original: Any, skip_first: bool, as_instance: bool) -> None:
    """Check the arguments of all calls; done on the mock's own type."""
    own_type = type(mock)
    if not callable(mock):
        return
    own_type.__signature__ = _CheckedSignature(original, as_instance, skip_first)
    own_type.__call__ = _checked_await if issubclass(own_type, CoroutineMock) else _checked_call


def _checked_call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
    _check(self, args, kwargs)
    return _called_unchecked(self, args, kwargs)


def _checked_await(self: Any, /, *args: Any, **kwargs: Any) -> Any:
    _check(self, args, kwargs)
    coroutine = _called_unchecked(self, args, kwargs)
    return name_after_caller(coroutine, self, sys._getframe(1))


def _called_unchecked(mock: Any, args: Any, kwargs: Any) -> Any:
    above: Any = super(type(mock), mock)
    return above.__call__(*args, **kwargs)


def _check(mock: Any, args: Any, kwargs: Any) -> None:
    signature = getattr(mock, "__signature__", None)
    if signature is not None:
        signature.bind(*args, **kwargs)
