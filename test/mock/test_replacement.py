"""What a patch puts in the place of the original."""

import functools
import types
import unittest
from unittest import mock as standard

from asynctest.mock import (
    DEFAULT,
    CoroutineMock,
    MagicMock,
    Mock,
    NonCallableMagicMock,
    create_autospec,
    patch,
)


class Callee:
    def __call__(self): ...


class Owner:
    value = 1
    instance = Callee()
    partial = functools.partial(Callee)

    class Inner:
        def method(self): ...

    class CallableInner:
        def __call__(self): ...

    def method(self, argument): ...

    async def coroutine(self, argument): ...

    @classmethod
    async def class_coroutine(cls): ...

    @staticmethod
    async def static_coroutine(): ...

    async def _with_argument(self, argument): ...

    partial_coroutine = functools.partialmethod(_with_argument, 1)

    @types.coroutine
    def old_coroutine(self):
        yield

    async def async_generator(self):
        yield

    @property
    async def async_property(self): ...


COROUTINES = (
    "coroutine",
    "class_coroutine",
    "static_coroutine",
    "partial_coroutine",
    "old_coroutine",
)
OTHERS = ("value", "method", "Inner", "instance", "async_generator", "async_property")


def made_by(decorate):
    """What a decorated function gets."""
    made = []
    decorate(made.append)()
    return made[0]


class DefaultClass(unittest.TestCase):
    def test_coroutine_function_is_replaced_by_a_coroutine_mock(self):
        for name in COROUTINES:
            with self.subTest(name), patch.object(Owner, name) as mock:
                self.assertIsInstance(mock, CoroutineMock)
                self.assertIs(getattr(Owner, name), mock)

    def test_anything_else_is_replaced_by_a_magic_mock(self):
        for name in OTHERS:
            with self.subTest(name), patch.object(Owner, name) as mock:
                self.assertIsInstance(mock, MagicMock)

    def test_bound_coroutine_function_of_an_instance(self):
        with patch.object(Owner(), "coroutine") as mock:
            self.assertIsInstance(mock, CoroutineMock)

    def test_mock_that_claims_to_be_something_else(self):
        for model in (Owner.method, staticmethod(Owner.method), functools.partialmethod(print)):
            holder = types.SimpleNamespace(name=Mock(spec=model))
            with patch.object(holder, "name") as mock:
                self.assertIsInstance(mock, MagicMock)

    def test_partial_of_a_coroutine_function(self):
        holder = types.SimpleNamespace(function=functools.partial(Owner.coroutine, 1))
        with patch.object(holder, "function") as mock:
            self.assertIsInstance(mock, CoroutineMock)

    def test_what_does_not_exist_is_a_magic_mock(self):
        with patch.object(Owner, "nothing", create=True) as mock:
            self.assertIsInstance(mock, MagicMock)
        self.assertFalse(hasattr(Owner, "nothing"))

    def test_mock_is_named_after_the_attribute(self):
        with patch.object(Owner, "method") as mock:
            self.assertIn("name='method'", repr(mock))

    def test_other_keywords_configure_the_mock(self):
        with patch.object(Owner, "method", return_value=3, **{"child.attribute": 4}) as mock:
            self.assertEqual(mock(), 3)
            self.assertEqual(mock.child.attribute, 4)

    def test_keyword_name_names_the_mock(self):
        with patch.object(Owner, "method", name="other") as mock:
            self.assertIn("name='other'", repr(mock))


class OverAnotherPatch(unittest.TestCase):
    """The same in a decorator as in a with."""

    def check(self, expected, attribute, replacement):
        with patch.object(Owner, attribute, replacement):
            with patch.object(Owner, attribute) as mock:
                self.assertIsInstance(mock, expected)
            self.assertIsInstance(made_by(patch.object(Owner, attribute)), expected)
        decorate = patch.object(Owner, attribute)
        with patch.object(Owner, attribute, replacement):
            self.assertIsInstance(made_by(decorate), expected)

    def test_coroutine_function_hidden_by_a_magic_mock(self):
        self.check(CoroutineMock, "coroutine", MagicMock())

    def test_coroutine_function_hidden_by_a_plain_function(self):
        self.check(CoroutineMock, "static_coroutine", lambda: None)

    def test_coroutine_mock_over_something_else(self):
        self.check(CoroutineMock, "value", CoroutineMock())

    def test_standard_async_mock_over_something_else(self):
        self.check(CoroutineMock, "value", standard.AsyncMock())

    def test_autospecced_coroutine_function_over_something_else(self):
        async def function(): ...

        self.check(CoroutineMock, "value", create_autospec(function))

    def test_plain_function_hidden_by_a_magic_mock(self):
        self.check(MagicMock, "method", MagicMock())


class Given(unittest.TestCase):
    def test_new_is_used_as_it_is(self):
        new = object()
        with patch.object(Owner, "method", new) as given:
            self.assertIs(given, new)
            self.assertIs(Owner.method, new)

    def test_new_may_be_none_or_false(self):
        for new in (None, False, 0):
            with patch.object(Owner, "value", new) as given:
                self.assertIs(given, new)

    def test_new_callable_makes_a_new_one_each_time(self):
        patcher = patch.object(Owner, "value", new_callable=list)
        with patcher as first:
            pass
        with patcher as second:
            pass
        self.assertEqual((first, second), ([], []))
        self.assertIsNot(first, second)

    def test_new_callable_gets_the_keywords(self):
        with patch.object(Owner, "value", new_callable=dict, a=1) as given:
            self.assertEqual(given, {"a": 1})

    def test_new_callable_that_is_a_mock_class_gets_the_name(self):
        with patch.object(Owner, "coroutine", new_callable=Mock) as mock:
            self.assertIs(type(mock).__name__, "Mock")
            self.assertIn("name='coroutine'", repr(mock))

    def test_failing_new_callable_leaves_the_original(self):
        def fail():
            raise ValueError("fail")

        with (
            self.assertRaisesRegex(ValueError, "fail"),
            patch.object(Owner, "value", new_callable=fail),
        ):
            self.fail("entered")
        self.assertEqual(Owner.value, 1)


class Models(unittest.TestCase):
    def test_true_imitates_the_original(self):
        for argument in ("spec", "spec_set"):
            with self.subTest(argument), patch.object(Owner, "Inner", **{argument: True}) as mock:
                self.assertTrue(hasattr(mock, "method"))
                self.assertFalse(hasattr(mock, "other"))

    def test_spec_set_refuses_new_attributes(self):
        for arguments in ({"spec_set": True}, {"spec": True, "spec_set": True}):
            with self.subTest(arguments), patch.object(Owner, "Inner", **arguments) as mock:
                with self.assertRaises(AttributeError):
                    mock.other = 1

    def test_false_is_as_if_it_was_not_given(self):
        arguments = {"spec": False, "spec_set": False, "autospec": False}
        with patch.object(Owner, "method", **arguments) as mock:
            mock.anything  # noqa: B018

    def test_explicit_model(self):
        with patch.object(Owner, "value", spec=Callee) as mock:
            self.assertIsInstance(mock, Callee)

    def test_names_as_a_model(self):
        with patch.object(Owner, "value", spec=["one"]) as mock:
            self.assertIsInstance(mock, NonCallableMagicMock)
            self.assertNotIsInstance(mock, MagicMock)
            self.assertTrue(hasattr(mock, "one"))
            self.assertFalse(hasattr(mock, "two"))
        with patch.object(Owner, "value", spec=["__call__"]) as mock:
            self.assertIsInstance(mock, MagicMock)

    def test_model_that_cannot_be_called(self):
        with patch.object(Owner, "value", spec=True) as mock:
            self.assertFalse(callable(mock))

    def test_coroutine_function_as_a_model(self):
        with patch.object(Owner, "coroutine", spec=True) as mock:
            self.assertIsInstance(mock, CoroutineMock)

    def test_coroutine_function_with_another_model(self):
        with patch.object(Owner, "coroutine", spec_set=Callee) as mock:
            self.assertIsInstance(mock, CoroutineMock)

    def test_class_is_called_for_what_stands_for_an_instance(self):
        inner = Owner.Inner
        with patch.object(Owner, "Inner", spec=True) as mock:
            instance = mock()
            self.assertIsInstance(instance, inner)
            self.assertIs(type(instance).__mro__[1], NonCallableMagicMock)
            self.assertTrue(hasattr(instance, "method"))
            self.assertFalse(callable(instance))
            self.assertEqual(mock.mock_calls, [standard.call()])
            instance.method(1)
            self.assertEqual(mock.mock_calls, [standard.call(), standard.call().method(1)])
        with patch.object(Owner, "CallableInner", spec=True) as mock:
            self.assertTrue(callable(mock()))

    def test_named_class_still_knows_its_instances(self):
        with patch.object(Owner, "Inner", spec=True, name="other") as mock:
            mock().method()
            self.assertEqual(mock.mock_calls, [standard.call(), standard.call().method()])

    def test_autospec_checks_arguments(self):
        for name in ("method", "coroutine"):
            with self.subTest(name), patch.object(Owner, name, autospec=True) as mock:
                with self.assertRaises(TypeError):
                    mock()

    def test_autospec_uses_our_classes(self):
        with patch.object(Owner, "Inner", autospec=True) as mock:
            self.assertIsInstance(mock, MagicMock)
        with patch.multiple(Owner, Inner=DEFAULT, autospec=True) as mocks:
            self.assertIsInstance(mocks["Inner"], MagicMock)

    def test_autospec_by_another_object(self):
        with patch.object(Owner, "value", autospec=Callee) as mock:
            self.assertIsInstance(mock(), Callee)


class Misuse(unittest.TestCase):
    def refuses(self, error, words, target=Owner, name="method", **arguments):
        with self.assertRaisesRegex(error, words), patch.object(target, name, **arguments):
            self.fail("entered")

    def test_new_together_with_new_callable(self):
        self.refuses(ValueError, "'new' and 'new_callable'", new=1, new_callable=list)

    def test_autospec_together_with_new_callable(self):
        self.refuses(ValueError, "'autospec' and 'new_callable'", autospec=True, new_callable=list)

    def test_spec_together_with_autospec(self):
        self.refuses(TypeError, "can't specify spec and autospec", spec=True, autospec=True)

    def test_explicit_spec_set_together_with_another_model(self):
        for argument in ("spec", "autospec"):
            self.refuses(TypeError, "explicit spec_set", spec_set=Owner, **{argument: True})

    def test_new_together_with_autospec(self):
        self.refuses(TypeError, "autospec and new", new=1, autospec=True)

    def test_new_together_with_other_keywords(self):
        self.refuses(TypeError, "can't pass kwargs .*: return_value", new=1, return_value=2)

    def test_model_of_what_does_not_exist(self):
        for argument in ("spec", "spec_set", "autospec"):
            with self.subTest(argument):
                arguments = {argument: True, "create": True}
                self.refuses(TypeError, f"'{argument}' with create=True", Owner, "no", **arguments)

    def test_mock_as_a_model(self):
        for argument in ("spec", "spec_set", "autospec"):
            with self.subTest(argument):
                error = standard.InvalidSpecError
                self.refuses(error, "is a mock", **{argument: Mock()})

    def test_autospec_of_what_is_patched_already(self):
        with patch.object(Owner, "method"):
            self.refuses(standard.InvalidSpecError, "patched already", autospec=True)
        self.refuses(standard.InvalidSpecError, "mock", Mock(), autospec=Owner)

    def test_missing_attribute(self):
        words = r"does not have the attribute 'metod'\n.*'method'\?\n.*create=True"
        self.refuses(AttributeError, words, name="metod")

    def test_likely_misspellings(self):
        for wrong in ("autospect", "auto_spec", "set_spec"):
            with self.subTest(wrong):
                self.refuses(RuntimeError, f"'{wrong}' might be a typo", **{wrong: True})
                with patch.object(Owner, "method", unsafe=True, **{wrong: 5}) as mock:
                    self.assertEqual(getattr(mock, wrong), 5)

    def test_builtin_in_a_module_need_not_be_created(self):
        module = types.ModuleType("module")
        with patch.object(module, "open") as mock:
            self.assertIs(module.open, mock)
        self.assertFalse(hasattr(module, "open"))
        self.refuses(AttributeError, "does not have", types.SimpleNamespace(), "open")


if __name__ == "__main__":
    unittest.main()
