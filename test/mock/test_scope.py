"""Patches around calls of every kind of function."""

import asyncio
import functools
import gc
import inspect
import sys
import types
import unittest
import weakref
from unittest import mock as standard

from asynctest.mock import DEFAULT, GLOBAL, LIMITED, PatchScope, patch


class Target:
    value = "original"
    other = "original"


def patched(scope=GLOBAL, value="patched"):
    return patch.object(Target, "value", value, scope=scope)


def in_each_scope(test):
    """Run a test with both scopes; afterwards the original is back."""

    @functools.wraps(test)
    def wrapper(self):
        for scope in PatchScope:
            with self.subTest(scope=scope):
                test(self, scope)
                self.assertEqual(Target.value, "original")

    return wrapper


class Pause:
    """Awaitable that hands ``item`` to whoever drives the coroutine."""

    def __init__(self, item=None):
        self.item = item

    def __await__(self):
        return (yield self.item)


class Remarkable(Exception):
    """An exception that can be referred to weakly."""


class Kinds(unittest.TestCase):
    """One of each kind, and what the wrapper says of itself."""

    def test_every_kind_stays_what_it_is(self):
        def function(): ...

        def generator():
            yield

        async def coroutine(): ...

        async def async_generator():
            yield

        @types.coroutine
        def old_coroutine():
            yield

        tests = (
            inspect.iscoroutinefunction,
            inspect.isgeneratorfunction,
            inspect.isasyncgenfunction,
            lambda f: bool(f.__code__.co_flags & inspect.CO_ITERABLE_COROUTINE),
        )
        for func in (function, generator, coroutine, async_generator, old_coroutine):
            for scope in PatchScope:
                with self.subTest(func.__name__, scope=scope):
                    wrapper = patched(scope)(func)
                    for test in tests:
                        self.assertEqual(test(wrapper), test(func))
                    self.assertIs(type(wrapper), types.FunctionType)

    def test_metadata_is_kept(self):
        @patched()
        async def coroutine(one: int, *, two: str = "") -> None:
            """What it does."""

        self.assertEqual(coroutine.__name__, "coroutine")
        self.assertEqual(coroutine.__doc__, "What it does.")
        self.assertEqual(coroutine.__module__, __name__)
        self.assertEqual(list(inspect.signature(coroutine).parameters), ["one", "two"])
        self.assertTrue(coroutine.__qualname__.endswith("<locals>.coroutine"))

    def test_attributes_of_the_function_are_kept(self):
        def function(): ...

        function.mark = object()
        self.assertIs(patched()(function).mark, function.mark)

    def test_partial_of_a_coroutine_function(self):
        async def coroutine(one, two):
            return one, two, Target.value

        wrapper = patched()(functools.partial(coroutine, 1))
        self.assertTrue(inspect.iscoroutinefunction(wrapper))
        self.assertEqual(asyncio.run(wrapper(2)), (1, 2, "patched"))

    def test_scopes(self):
        self.assertEqual(list(PatchScope), [LIMITED, GLOBAL])
        self.assertIs(PatchScope.LIMITED, LIMITED)


class Functions(unittest.TestCase):
    def test_patched_while_it_runs_whatever_the_scope(self):
        for scope in PatchScope:
            with self.subTest(scope=scope):
                self.assertEqual(patched(scope)(lambda: Target.value)(), "patched")
                self.assertEqual(Target.value, "original")

    def test_undone_on_an_exception(self):
        @patched()
        def function():
            raise ValueError(Target.value)

        with self.assertRaisesRegex(ValueError, "patched"):
            function()
        self.assertEqual(Target.value, "original")

    def test_undone_if_the_arguments_do_not_fit(self):
        with self.assertRaises(TypeError):
            patched()(lambda: None)(1)
        self.assertEqual(Target.value, "original")

    def test_recursion(self):
        @patch.object(Target, "value")
        def function(depth, mock):
            self.assertIs(Target.value, mock)
            if depth:
                self.assertIsNot(function(depth - 1), mock)
            self.assertIs(Target.value, mock)
            return mock

        function(3)
        self.assertEqual(Target.value, "original")


class Stacking(unittest.TestCase):
    def test_list_of_patchings_grows(self):
        def function(): ...

        first, second = patched(), patched(LIMITED)
        once = first(function)
        twice = second(once)
        self.assertIs(once, twice)
        self.assertEqual(twice.patchings, [first, second])

    def test_mocks_are_appended_from_the_lowest_decorator_up(self):
        @patch.object(Target, "other", name="upper")
        @patch.object(Target, "value", name="lower")
        def function(*args, **kwargs):
            return [mock._extract_mock_name() for mock in args[1:]], kwargs

        self.assertEqual(function(0, key=1), (["lower", "upper"], {"key": 1}))

    def test_lower_decorator_is_in_force_first(self):
        @patched(value="upper")
        @patched(value="lower")
        def function():
            return Target.value

        self.assertEqual(function(), "upper")

    def test_dictionary_comes_before_what_may_be_looked_up_in_it(self):
        module = types.SimpleNamespace(thing=1)

        @patch.dict("sys.modules", asynctest_fake=module)
        @patch("asynctest_fake.thing", 2)
        def function():
            return module.thing

        self.assertEqual(function(), 2)

    def test_failure_of_one_undoes_those_before(self):
        @patch.object(Target, "nothing")
        @patched()
        def function(mock): ...

        with self.assertRaises(AttributeError):
            function()
        self.assertEqual(Target.value, "original")

    def test_failure_to_undo_one_does_not_keep_the_others(self):
        class Sticky:
            def __delattr__(self, name):
                raise AttributeError("sticky")

        @patch.object(Sticky(), "new", 1, create=True)
        @patched()
        def function():
            return Target.value

        with self.assertRaisesRegex(AttributeError, "sticky"):
            function()
        self.assertEqual(Target.value, "original")

    def test_decorator_in_between(self):
        def other(func):
            @functools.wraps(func)
            def wrapper(*args):
                return func("between", *args)

            return wrapper

        @patch.object(Target, "other")
        @other
        @patch.object(Target, "value")
        def function(*args):
            return args == ("between", Target.value, Target.other)

        self.assertTrue(function())
        self.assertEqual(len(function.patchings), 2)

    def test_what_is_set_on_the_wrapper_stays(self):
        @patched()
        def function(): ...

        function.mark = 1
        self.assertEqual(patched()(function).mark, 1)


class WithTheStandardPatch(unittest.TestCase):
    """Both on one function: still one list, and each does what it should."""

    def check(self, function):
        self.assertEqual(len(function.patchings), 2)
        self.assertTrue(asyncio.run(function()))
        self.assertEqual((Target.value, Target.other), ("original", "original"))

    def test_ours_on_top(self):
        @patch.object(Target, "other", scope=LIMITED)
        @standard.patch.object(Target, "value")
        async def function(lower, upper):
            await Pause()
            return (Target.value, Target.other) == (lower, upper)

        self.check(function)

    def test_ours_below(self):
        @standard.patch.object(Target, "other")
        @patch.object(Target, "value", scope=LIMITED)
        async def function(lower, upper):
            await Pause()
            return (Target.value, Target.other) == (lower, upper)

        self.check(function)

    def test_overlapping_calls(self):
        @standard.patch.object(Target, "other")
        @patched()
        async def function(other):
            await Pause()
            return other

        async def main():
            return await asyncio.gather(function(), function())

        one, two = asyncio.run(main())
        self.assertIsNot(one, two)
        self.assertEqual(Target.value, "original")

    def test_multiple_below_ours(self):
        @patched()
        @standard.patch.multiple(Target, other=DEFAULT)
        def function(other):
            return Target.other is other and Target.value == "patched"

        self.assertTrue(function())

    def test_multiple_above_ours(self):
        @standard.patch.multiple(Target, other=DEFAULT)
        @patched()
        def function(other):
            return Target.other is other and Target.value == "patched"

        self.assertTrue(function())

    def test_generator_function_that_the_standard_patch_would_lose(self):
        @patched()
        @standard.patch.object(Target, "other", 1)
        def function():
            yield Target.value, Target.other

        self.assertEqual(list(function()), [("patched", 1)])

    def test_standard_dict_in_between(self):
        values = {}

        @patched()
        @standard.patch.dict(values, a=1)
        @standard.patch.object(Target, "other", 1)
        def function():
            return Target.value, Target.other, dict(values)

        self.assertEqual(function(), ("patched", 1, {"a": 1}))
        self.assertEqual(values, {})


def drive_generator(scope):
    """Step a generator, and note what is seen inside and outside."""
    seen = []

    @patched(scope)
    def function():
        for _ in range(2):
            seen.append(("inside", Target.value))
            yield

    for _ in function():
        seen.append(("outside", Target.value))
    return seen


class Generators(unittest.TestCase):
    def test_global_is_in_force_at_pauses(self):
        self.assertEqual(
            drive_generator(GLOBAL), [("inside", "patched"), ("outside", "patched")] * 2
        )

    def test_limited_is_not(self):
        self.assertEqual(
            drive_generator(LIMITED), [("inside", "patched"), ("outside", "original")] * 2
        )

    @in_each_scope
    def test_call_patches_nothing(self, scope):
        @patched(scope)
        def function():
            yield

        generator = function()
        self.assertEqual(Target.value, "original")
        generator.close()

    @in_each_scope
    def test_values_go_in_and_out(self, scope):
        @patched(scope)
        def function():
            received = yield 1
            self.assertEqual(Target.value, "patched")
            received += yield 2
            return received

        generator = function()
        self.assertEqual((next(generator), generator.send(10)), (1, 2))
        with self.assertRaises(StopIteration) as stop:
            generator.send(20)
        self.assertEqual(stop.exception.value, 30)

    @in_each_scope
    def test_exception_thrown_in(self, scope):
        @patched(scope)
        def function():
            try:
                yield 1
            except ValueError:
                yield Target.value
            yield

        generator = function()
        next(generator)
        self.assertEqual(generator.throw(ValueError()), "patched")
        with self.assertRaises(KeyError):
            generator.throw(KeyError())

    @in_each_scope
    def test_close_runs_the_handlers_under_the_patch(self, scope):
        seen = []

        @patched(scope)
        def function():
            try:
                yield
            finally:
                seen.append(Target.value)

        generator = function()
        next(generator)
        generator.close()
        self.assertEqual(seen, ["patched"])

    @in_each_scope
    def test_body_that_ignores_close(self, scope):
        @patched(scope)
        def function():
            try:
                yield
            except GeneratorExit:
                yield

        generator = function()
        next(generator)
        with self.assertRaisesRegex(RuntimeError, "ignored GeneratorExit"):
            generator.close()
        del generator

    @in_each_scope
    def test_undone_when_collected(self, scope):
        seen = []

        @patched(scope)
        def function():
            try:
                yield
            finally:
                seen.append(Target.value)

        generator = function()
        next(generator)
        del generator
        gc.collect()
        self.assertEqual(seen, ["patched"])

    @in_each_scope
    def test_undone_when_collected_with_a_cycle(self, scope):
        seen = []

        @patched(scope)
        def function():
            try:
                cycle = []
                cycle.append((yield))
                yield cycle
            finally:
                seen.append(Target.value)

        generator = function()
        next(generator)
        generator.send(generator)
        self.assertEqual(seen, [])
        del generator
        gc.collect()
        self.assertEqual(seen, ["patched"])

    @in_each_scope
    def test_same_mock_at_each_step(self, scope):
        @patch.object(Target, "value", scope=scope)
        def function(mock):
            for _ in range(3):
                self.assertIs(Target.value, mock)
                yield mock

        self.assertEqual(len({id(mock) for mock in function()}), 1)

    @in_each_scope
    def test_arguments_that_do_not_fit(self, scope):
        @patched(scope)
        def function(one):
            yield

        with self.assertRaises(TypeError):
            next(function())

    @in_each_scope
    def test_exception_is_not_kept_alive(self, scope):
        @patched(scope)
        def function():
            while True:
                try:
                    yield
                except Remarkable:
                    pass

        generator = function()
        next(generator)
        error = Remarkable()
        alive = weakref.ref(error)
        generator.throw(error)
        error.__traceback__ = None
        del error
        self.assertIsNone(alive())
        generator.close()


class Coroutines(unittest.TestCase):
    def seen(self, scope):
        seen = []

        @patched(scope)
        async def coroutine():
            for _ in range(2):
                seen.append(("inside", Target.value))
                await Pause()

        running = coroutine()
        try:
            while True:
                running.send(None)
                seen.append(("outside", Target.value))
        except StopIteration:
            return seen

    def test_global_is_in_force_at_pauses(self):
        self.assertEqual(self.seen(GLOBAL), [("inside", "patched"), ("outside", "patched")] * 2)

    def test_limited_is_not(self):
        self.assertEqual(self.seen(LIMITED), [("inside", "patched"), ("outside", "original")] * 2)

    @in_each_scope
    def test_call_patches_nothing(self, scope):
        @patched(scope)
        async def coroutine(): ...

        running = coroutine()
        self.assertEqual(Target.value, "original")
        running.close()

    @in_each_scope
    def test_undone_when_cancelled(self, scope):
        seen = []

        @patched(scope)
        async def coroutine():
            try:
                await asyncio.Event().wait()
            finally:
                seen.append(Target.value)

        async def main():
            task = asyncio.create_task(coroutine())
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            self.assertTrue(task.cancelled())
            self.assertEqual(Target.value, "original")

        asyncio.run(main())
        self.assertEqual(seen, ["patched"])

    @in_each_scope
    def test_cancellation_that_the_body_survives(self, scope):
        @patched(scope)
        async def coroutine():
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await asyncio.sleep(0)
                return Target.value

        async def main():
            task = asyncio.create_task(coroutine())
            await asyncio.sleep(0)
            task.cancel()
            return await task

        self.assertEqual(asyncio.run(main()), "patched")

    @in_each_scope
    def test_undone_when_closed_or_collected(self, scope):
        for close in (True, False):
            seen = []

            @patched(scope)
            async def coroutine():
                try:
                    await Pause()
                finally:
                    seen.append(Target.value)

            running = coroutine()
            running.send(None)
            if close:
                running.close()
            del running
            gc.collect()
            self.assertEqual(seen, ["patched"])
            self.assertEqual(Target.value, "original")

    @in_each_scope
    def test_calls_that_overlap_and_end_in_any_order(self, scope):
        for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2)):

            @patch.object(Target, "value", scope=scope)
            async def coroutine(gate, mock):
                await gate.wait()
                return mock

            async def main():
                gates = [asyncio.Event() for _ in order]
                tasks = [asyncio.create_task(coroutine(gate)) for gate in gates]
                await asyncio.sleep(0)
                for index in order:
                    gates[index].set()
                    await tasks[index]
                return {id(task.result()) for task in tasks}

            self.assertEqual(len(asyncio.run(main())), 3)
            self.assertEqual(Target.value, "original")

    def test_limited_patch_is_not_seen_by_a_task_it_starts(self):
        @patched(LIMITED)
        async def coroutine():
            async def other():
                return Target.value

            return await asyncio.create_task(other()), Target.value

        self.assertEqual(asyncio.run(coroutine()), ("original", "patched"))

    def test_global_patch_is(self):
        @patched(GLOBAL)
        async def coroutine():
            async def other():
                return Target.value

            return await asyncio.create_task(other())

        self.assertEqual(asyncio.run(coroutine()), "patched")

    @in_each_scope
    def test_recursion(self, scope):
        @patch.object(Target, "value", scope=scope)
        async def coroutine(depth, mock):
            self.assertIs(Target.value, mock)
            await asyncio.sleep(0)
            if depth:
                self.assertIsNot(await coroutine(depth - 1), mock)
            self.assertIs(Target.value, mock)
            await asyncio.sleep(0)
            return mock

        asyncio.run(coroutine(3))

    @in_each_scope
    def test_function_marked_as_a_coroutine_function(self, scope):
        if not hasattr(inspect, "markcoroutinefunction"):
            self.skipTest("3.12 brought markcoroutinefunction")

        @patched(scope)
        @inspect.markcoroutinefunction
        def function():
            return awaitable()

        class awaitable:
            def __await__(self):
                yield from Pause().__await__()
                return Target.value

        self.assertTrue(inspect.iscoroutinefunction(function))

        async def main():
            return await function()

        self.assertEqual(asyncio.run(main()), "patched")

    @in_each_scope
    def test_old_coroutine_function(self, scope):
        seen = []

        @patched(scope)
        @types.coroutine
        def function():
            seen.append(Target.value)
            yield from asyncio.sleep(0).__await__()
            return Target.value

        async def main():
            running = function()
            self.assertEqual(Target.value, "original")
            return await running

        self.assertEqual(asyncio.run(main()), "patched")
        self.assertEqual(seen, ["patched"])


class AsyncGenerators(unittest.TestCase):
    def seen(self, scope):
        seen = []

        @patched(scope)
        async def generate():
            for _ in range(2):
                seen.append(("inside", Target.value))
                await asyncio.sleep(0)
                yield Target.value

        async def beside():
            seen.append(("beside", Target.value))

        async def main():
            generator = generate()
            seen.append(("before", Target.value))
            async for item in generator:
                seen.append(("outside", Target.value, item))
                await asyncio.create_task(beside())

        asyncio.run(main())
        return seen

    def test_global_is_in_force_at_pauses(self):
        step = [("inside", "patched"), ("outside", "patched", "patched"), ("beside", "patched")]
        self.assertEqual(self.seen(GLOBAL), [("before", "original"), *step, *step])

    def test_limited_is_not(self):
        step = [("inside", "patched"), ("outside", "original", "patched"), ("beside", "original")]
        self.assertEqual(self.seen(LIMITED), [("before", "original"), *step, *step])

    def test_limited_is_lifted_while_the_generator_awaits(self):
        @patched(LIMITED)
        async def generate():
            async def other():
                return Target.value

            yield await asyncio.create_task(other()), Target.value

        async def main():
            return [item async for item in generate()]

        self.assertEqual(asyncio.run(main()), [("original", "patched")])

    @in_each_scope
    def test_values_and_exceptions_go_in(self, scope):
        @patched(scope)
        async def generate():
            received = yield 1
            try:
                yield received
            except ValueError:
                yield Target.value

        async def main():
            generator = generate()
            self.assertEqual(await generator.asend(None), 1)
            self.assertEqual(await generator.asend(2), 2)
            self.assertEqual(await generator.athrow(ValueError()), "patched")
            with self.assertRaises(StopAsyncIteration):
                await generator.asend(None)

        asyncio.run(main())

    @in_each_scope
    def test_closing_awaits_the_clean_up_under_the_patch(self, scope):
        seen = []

        @patched(scope)
        async def generate():
            try:
                yield
            finally:
                await asyncio.sleep(0)
                seen.append(Target.value)

        async def main():
            generator = generate()
            await generator.asend(None)
            await generator.aclose()
            self.assertEqual(Target.value, "original")

        asyncio.run(main())
        self.assertEqual(seen, ["patched"])

    @in_each_scope
    def test_body_that_ignores_closing(self, scope):
        @patched(scope)
        async def generate():
            try:
                yield
            except GeneratorExit:
                yield

        async def main():
            generator = generate()
            await generator.asend(None)
            with self.assertRaisesRegex(RuntimeError, "ignored GeneratorExit"):
                await generator.aclose()

        asyncio.run(main())
        gc.collect()

    def abandoned(self, scope, leave):
        seen, problems = [], []

        @patched(scope)
        async def generate():
            try:
                yield
            finally:
                await asyncio.sleep(0)
                seen.append(Target.value)

        async def main():
            asyncio.get_running_loop().set_exception_handler(
                lambda _, context: problems.append(context)
            )
            held = [generate()]
            await held[0].asend(None)
            leave(held)
            for _ in range(5):
                await asyncio.sleep(0)
            return held

        asyncio.run(main())
        self.assertEqual(problems, [])
        self.assertEqual(seen, ["patched"])

    @in_each_scope
    def test_loop_that_shuts_down_closes_it_once_and_under_the_patch(self, scope):
        self.abandoned(scope, lambda held: None)

    @in_each_scope
    def test_loop_closes_it_when_it_is_collected(self, scope):
        def drop(held):
            held.clear()
            gc.collect()

        self.abandoned(scope, drop)

    @in_each_scope
    def test_loop_closes_it_when_it_is_collected_with_a_cycle(self, scope):
        def drop(held):
            cycle = [held.pop()]
            cycle.append(cycle)
            del cycle
            gc.collect()

        self.abandoned(scope, drop)

    @in_each_scope
    def test_undone_when_collected_without_a_loop(self, scope):
        @patched(scope)
        async def generate():
            yield Target.value

        generator = generate()
        with self.assertRaises(StopIteration) as stop:
            generator.asend(None).send(None)
        self.assertEqual(stop.exception.value, "patched")
        del generator, stop
        gc.collect()

    def test_hooks_of_the_loop_are_left_as_they_were(self):
        @patched()
        async def generate():
            yield

        async def main():
            before = sys.get_asyncgen_hooks()
            async for _ in generate():
                self.assertEqual(sys.get_asyncgen_hooks(), before)

        asyncio.run(main())

    @in_each_scope
    def test_arguments_that_do_not_fit(self, scope):
        @patched(scope)
        async def generate(one):
            yield

        async def main():
            with self.assertRaises(TypeError):
                await generate().asend(None)

        asyncio.run(main())


class MixedScopes(unittest.TestCase):
    def test_global_and_limited_on_different_attributes(self):
        for scopes in ((GLOBAL, LIMITED), (LIMITED, GLOBAL)):
            with self.subTest(scopes=scopes):

                @patch.object(Target, "value", "patched", scope=scopes[0])
                @patch.object(Target, "other", "patched", scope=scopes[1])
                def function():
                    for _ in range(2):
                        yield Target.value, Target.other

                for inside in function():
                    self.assertEqual(inside, ("patched", "patched"))
                    outside = dict(zip(scopes, (Target.value, Target.other)))
                    self.assertEqual(outside, {GLOBAL: "patched", LIMITED: "original"})

    def test_global_and_limited_on_one_attribute(self):
        for scopes in ((GLOBAL, LIMITED), (LIMITED, GLOBAL)):
            with self.subTest(scopes=scopes):
                outer = "limited" if scopes[0] is LIMITED else "global"

                @patch.object(Target, "value", outer, scope=scopes[0])
                @patch.object(
                    Target, "value", "global" if outer == "limited" else "limited", scope=scopes[1]
                )
                def function():
                    for _ in range(2):
                        yield Target.value

                for inside in function():
                    self.assertEqual(inside, outer)
                    self.assertEqual(Target.value, "global")
                self.assertEqual(Target.value, "original")

    def test_with_inside_a_limited_body_stays_on_top(self):
        @patched(LIMITED)
        async def coroutine():
            async with patched(value="inner"):
                await Pause()
                self.assertEqual(Target.value, "inner")
            self.assertEqual(Target.value, "patched")

        running = coroutine()
        running.send(None)
        self.assertEqual(Target.value, "inner")
        with self.assertRaises(StopIteration):
            running.send(None)
        self.assertEqual(Target.value, "original")

    def test_dictionary_with_both_scopes(self):
        for scopes in ((GLOBAL, LIMITED), (LIMITED, GLOBAL)):
            with self.subTest(scopes=scopes):
                values = {"kept": 0}

                @patch.dict(values, {scopes[0].name: 1}, scope=scopes[0])
                @patch.dict(values, {scopes[1].name: 1}, scope=scopes[1])
                def function():
                    values["own"] = 1
                    for _ in range(2):
                        yield dict(values)

                for inside in function():
                    self.assertEqual(inside, {"kept": 0, "GLOBAL": 1, "LIMITED": 1, "own": 1})
                    self.assertEqual(values, {"kept": 0, "GLOBAL": 1})
                self.assertEqual(values, {"kept": 0})

    def test_dictionary_key_set_by_both_scopes(self):
        for scopes in ((GLOBAL, LIMITED), (LIMITED, GLOBAL)):
            with self.subTest(scopes=scopes):
                values = {}

                @patch.dict(values, {"key": scopes[0]}, scope=scopes[0])
                @patch.dict(values, {"key": scopes[1]}, scope=scopes[1])
                def function():
                    inner = values["key"]
                    yield inner
                    self.assertEqual(values["key"], inner)
                    values["key"] = "own"
                    yield inner
                    self.assertEqual(values["key"], "own")

                for inside in function():
                    self.assertEqual(inside, scopes[1])
                    self.assertEqual(values, {"key": GLOBAL})
                self.assertEqual(values, {})


if __name__ == "__main__":
    unittest.main()
