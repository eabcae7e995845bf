import asyncio
import contextlib
import functools
import types
import unittest

from asynctest.mock import CoroutineMock, Mock, NonCallableMock
from asynctest.mock._specs import async_names, is_async_spec, is_coroutine_function


async def coroutine_function(): ...


def function(): ...


async def generator_function():
    yield


class IsCoroutineFunction(unittest.TestCase):
    def test_these_are(self):
        class Holder:
            async def method(self): ...

        for value in (
            coroutine_function,
            functools.partial(coroutine_function),
            functools.partialmethod(coroutine_function),
            classmethod(coroutine_function),
            staticmethod(coroutine_function),
            Holder().method,
            functools.wraps(coroutine_function)(lambda: None),
            CoroutineMock(),
        ):
            with self.subTest(value=value):
                self.assertTrue(is_coroutine_function(value))

    def test_these_are_not(self):
        for value in (
            function,
            generator_function,
            contextlib.asynccontextmanager(generator_function),
            property(coroutine_function),
            Mock(),
            Mock(function),
            None,
            "text",
        ):
            with self.subTest(value=value):
                self.assertFalse(is_coroutine_function(value))

    def test_asyncio_s_own_mark_counts(self):
        @types.coroutine
        def legacy():
            yield

        self.assertFalse(is_coroutine_function(legacy))
        marked = NonCallableMock(is_coroutine=True)
        self.assertTrue(is_coroutine_function(marked))


class AsyncNames(unittest.TestCase):
    def test_the_attribute_that_hides_others_decides(self):
        class Base:
            async def a(self): ...

            def b(self): ...

        class Derived(Base):
            def a(self): ...

            async def b(self): ...

        self.assertEqual(async_names(Derived), {"b"})
        self.assertEqual(async_names(Base), {"a"})

    def test_an_object_s_own_attributes_count(self):
        class Device: ...

        device = Device()
        device.read = coroutine_function
        self.assertEqual(async_names(device), {"read"})
        self.assertEqual(async_names(Device), frozenset())

    def test_objects_without_a_dictionary_are_fine(self):
        self.assertEqual(async_names(3), frozenset())

    def test_a_module_is_a_spec(self):
        self.assertIn("sleep", async_names(asyncio))
        self.assertNotIn("Event", async_names(asyncio))

    def test_a_patched_class_is_seen_as_it_is_now(self):
        class Client:
            def fetch(self): ...

        self.assertEqual(async_names(Client), frozenset())
        Client.fetch = coroutine_function
        self.assertEqual(async_names(Client), {"fetch"})


class IsAsyncSpec(unittest.TestCase):
    def test_coroutine_functions_and_awaitables_are(self):
        coroutine = coroutine_function()
        self.addCleanup(coroutine.close)
        self.assertTrue(is_async_spec(coroutine_function))
        self.assertTrue(is_async_spec(coroutine))

    def test_classes_and_lists_are_not(self):
        for spec in (asyncio.Future, ["name"], "text", function, 3):
            self.assertFalse(is_async_spec(spec))
