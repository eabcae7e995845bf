"""What users of asynctest 0.13 rely on when they patch, and what they expected."""

import asyncio
import gc
import inspect
import types
import unittest

from asynctest import mock
from asynctest.mock import GLOBAL, LIMITED, patch


class Client:
    limit = 1

    def parse(self): ...

    async def fetch(self): ...

    @classmethod
    async def connect(cls): ...

    @staticmethod
    async def close(): ...


settings = {"debug": False}


@types.coroutine
def pause():
    return (yield)


def step(coroutine, value=None):
    """Run a coroutine to its next pause, or to its end."""
    try:
        coroutine.send(value)
    except StopIteration as stop:
        return stop.value
    return None


class Contract(unittest.TestCase):
    def tearDown(self):
        self.assertEqual((Client.limit, settings), (1, {"debug": False}))


class Replacements(Contract):
    def test_coroutine_functions_are_replaced_by_coroutine_mocks(self):
        for name in ("fetch", "connect", "close"):
            with patch(f"{__name__}.Client.{name}") as replacement:
                self.assertIsInstance(replacement, mock.CoroutineMock)
            with patch.multiple(Client, **{name: mock.DEFAULT}) as replacements:
                self.assertIsInstance(replacements[name], mock.CoroutineMock)

    def test_other_things_are_replaced_by_magic_mocks(self):
        for name in ("limit", "parse"):
            with patch.object(Client, name) as replacement:
                self.assertIsInstance(replacement, mock.MagicMock)

    def test_replacement_over_another_patch_is_chosen_alike_in_both_forms(self):
        chosen = []

        @patch.object(Client, "fetch")
        def decorated(replacement):
            chosen.append(type(replacement).__name__)

        with patch.object(Client, "fetch", new_callable=mock.MagicMock):
            decorated()
            with patch.object(Client, "fetch") as replacement:
                chosen.append(type(replacement).__name__)
        self.assertEqual(chosen, ["CoroutineMock", "CoroutineMock"])

    def test_autospec_makes_our_mocks_also_in_multiple(self):
        with patch(f"{__name__}.Client", autospec=True) as client:
            self.assertIsInstance(client, mock.MagicMock)
        with patch.multiple(Client, fetch=mock.DEFAULT, autospec=True) as replacements:
            self.assertTrue(inspect.isfunction(replacements["fetch"]))


class WhenItIsInForce(Contract):
    def test_call_of_a_coroutine_function_patches_nothing_yet(self):
        @patch.object(Client, "limit", 2)
        async def test():
            return Client.limit

        coroutine = test()
        self.assertEqual(Client.limit, 1)
        self.assertEqual(step(coroutine), 2)

    def test_global_is_the_default_and_lasts_until_the_end(self):
        @patch.object(Client, "limit", 2)
        async def test():
            await pause()
            return Client.limit

        coroutine = test()
        step(coroutine)
        self.assertEqual(Client.limit, 2)
        self.assertEqual(step(coroutine), 2)

    def test_limited_is_in_force_only_while_the_coroutine_executes(self):
        @patch.object(Client, "limit", 2, scope=LIMITED)
        async def test():
            before = Client.limit
            await pause()
            return before, Client.limit

        coroutine = test()
        step(coroutine)
        self.assertEqual(Client.limit, 1)
        self.assertEqual(step(coroutine), (2, 2))

    def test_both_are_in_force_while_a_generator_is_closed(self):
        seen = []

        @patch.object(Client, "limit", 2, scope=LIMITED)
        @patch.dict(settings, debug=True, scope=GLOBAL)
        def test():
            try:
                yield
            except GeneratorExit:
                seen.append((Client.limit, settings["debug"]))
                raise

        generator = test()
        next(generator)
        generator.close()
        self.assertEqual(seen, [(2, True)])

    def test_async_generator_function_is_patched_while_it_is_iterated(self):
        for scope, outside in ((GLOBAL, 2), (LIMITED, 1)):

            @patch.object(Client, "limit", 2, scope=scope)
            async def test():
                yield Client.limit
                yield Client.limit

            async def main():
                async for inside in test():
                    self.assertEqual((inside, Client.limit), (2, outside))

            asyncio.run(main())

    def test_plain_generator_function_that_delegates_to_a_coroutine_style_body(self):
        def body():
            yield Client.limit
            return "done"

        @patch.object(Client, "limit", 2, scope=LIMITED)
        def test():
            return (yield from body())

        generator = test()
        self.assertEqual(next(generator), 2)
        with self.assertRaises(StopIteration) as stop:
            next(generator)
        self.assertEqual(stop.exception.value, "done")


class AlwaysUndone(Contract):
    def patched(self, scope, body):
        return patch.object(Client, "limit", 2, scope=scope)(body)

    def test_by_cancelling_the_task_at_once(self):
        async def main():
            for scope in (GLOBAL, LIMITED):
                task = asyncio.create_task(self.patched(scope, asyncio.Event().wait)())
                await asyncio.sleep(0)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                self.assertEqual(Client.limit, 1)

        gc.disable()
        self.addCleanup(gc.enable)
        asyncio.run(main())

    def test_by_an_exception_thrown_into_a_generator(self):
        def body():
            yield

        for scope in (GLOBAL, LIMITED):
            generator = self.patched(scope, body)()
            next(generator)
            with self.assertRaises(KeyError):
                generator.throw(KeyError())
            self.assertEqual(Client.limit, 1)

    def test_by_garbage_collection(self):
        async def body():
            await pause()

        for scope in (GLOBAL, LIMITED):
            coroutine = self.patched(scope, body)()
            step(coroutine)
            del coroutine
            gc.collect()
            self.assertEqual(Client.limit, 1)

    def test_by_the_last_of_two_calls_that_end_in_start_order(self):
        async def body():
            await pause()

        for scope in (GLOBAL, LIMITED):
            test = self.patched(scope, body)
            first, second = test(), test()
            step(first)
            step(second)
            step(first)
            step(second)
            self.assertEqual(Client.limit, 1)

    def test_if_the_arguments_do_not_fit(self):
        async def body(argument): ...

        for scope in (GLOBAL, LIMITED):
            with self.assertRaises(TypeError):
                step(self.patched(scope, body)())
            self.assertEqual(Client.limit, 1)

    def test_if_a_later_attribute_of_multiple_is_missing(self):
        with self.assertRaises(AttributeError):
            patch.multiple(Client, limit=2, nothing=2).start()

    def test_by_stopall_a_dictionary_too(self):
        patch.dict(settings, debug=True).start()
        patch.stopall()


class EachCall(Contract):
    def test_has_a_mock_of_its_own_and_the_same_at_each_step(self):
        for scope in (GLOBAL, LIMITED):

            @patch.object(Client, "limit", scope=scope)
            async def test(limit):
                self.assertIs(Client.limit, limit)
                await pause()
                self.assertIs(Client.limit, limit)
                return limit

            coroutines = [test(), test()]
            for coroutine in coroutines:
                step(coroutine)
            mocks = [step(coroutine) for coroutine in reversed(coroutines)]
            self.assertIsNot(*mocks)

    def test_inner_call_that_ends_leaves_the_outer_patched(self):
        @patch.object(Client, "limit", 2)
        async def test(depth):
            if depth:
                await test(depth - 1)
            return Client.limit

        self.assertEqual(step(test(2)), 2)


class Decorating(Contract):
    def test_kind_and_list_of_patchings(self):
        @patch.object(Client, "limit", 2)
        @patch.dict(settings, debug=True)
        @patch.object(Client, "parse")
        async def test(parse): ...

        self.assertTrue(inspect.iscoroutinefunction(test))
        self.assertEqual(test.__name__, "test")
        self.assertEqual(len(test.patchings), 3)

    def test_class_keeps_the_scope_of_a_dictionary(self):
        @patch.dict(settings, debug=True, scope=LIMITED)
        class Case:
            async def test(self):
                inside = settings["debug"]
                await pause()
                return inside, settings["debug"]

        coroutine = Case().test()
        step(coroutine)
        self.assertEqual(settings, {"debug": False})
        self.assertEqual(step(coroutine), (True, True))

    def test_prefix_is_the_one_of_unittest(self):
        self.assertEqual(patch.TEST_PREFIX, "test")


class Dictionaries(Contract):
    def test_own_writes_survive_the_pauses_of_a_limited_body_and_are_not_seen_outside(self):
        @patch.dict(settings, debug=True, scope=LIMITED)
        async def test():
            settings["own"] = 1
            await pause()
            return dict(settings)

        coroutine = test()
        step(coroutine)
        self.assertEqual(settings, {"debug": False})
        self.assertEqual(step(coroutine), {"debug": True, "own": 1})

    def test_global_values_survive_the_pauses_of_a_limited_patch_of_the_same_dictionary(self):
        for first, second in ((GLOBAL, LIMITED), (LIMITED, GLOBAL)):

            @patch.dict(settings, {first.name: 1}, scope=first)
            @patch.dict(settings, {second.name: 1}, scope=second)
            async def test():
                await pause()
                return dict(settings)

            coroutine = test()
            step(coroutine)
            self.assertEqual(settings, {"debug": False, "GLOBAL": 1})
            self.assertEqual(step(coroutine), {"debug": False, "GLOBAL": 1, "LIMITED": 1})
            self.assertEqual(settings, {"debug": False})

    def test_additions_of_a_global_body_are_dropped_at_the_end(self):
        @patch.dict(settings)
        async def test():
            settings["own"] = 1

        step(test())

    def test_import_string(self):
        with patch.dict(f"{__name__}.settings", debug=True):
            self.assertEqual(settings, {"debug": True})

    def test_mixing_with_other_patches_works_in_any_order(self):
        of_the_dictionary = patch.dict(settings, debug=True, scope=LIMITED)
        of_the_attribute = patch.object(Client, "limit", 2)

        async def test():
            await pause()
            return Client.limit, settings["debug"]

        for first, second in (
            (of_the_dictionary, of_the_attribute),
            (of_the_attribute, of_the_dictionary),
        ):
            coroutine = first(second(test))()
            step(coroutine)
            self.assertEqual((Client.limit, settings["debug"]), (2, False))
            self.assertEqual(step(coroutine), (2, True))


if __name__ == "__main__":
    unittest.main()
