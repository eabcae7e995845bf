import asyncio
import gc
import threading
import unittest
import warnings

from asynctest._errors import MisuseError
from asynctest.mock import CoroutineMock, HeldCall, MagicMock, Mock, call, create_autospec


async def turns(number=3):
    for _ in range(number):
        await asyncio.sleep(0)


class Holding(unittest.IsolatedAsyncioTestCase):
    async def start(self, made, *arguments):
        tasks = [asyncio.ensure_future(made(argument)) for argument in arguments]
        return tasks, await made.awaited.wait_in_flight(len(arguments))

    async def test_a_held_call_stays_open_and_is_not_counted(self):
        made = CoroutineMock()
        made.awaited.hold()
        (task,), _ = await self.start(made, 1)
        await turns()
        self.assertFalse(task.done())
        self.assertEqual((made.call_count, made.await_count), (1, 0))
        made.awaited.release_all()
        await task
        self.assertEqual(made.await_count, 1)

    async def test_calls_in_flight_are_in_the_order_of_their_awaits(self):
        made = CoroutineMock()
        with made.awaited.hold():
            _, held = await self.start(made, "a", "b")
            self.assertEqual([one.call for one in held], [call("a"), call("b")])
            self.assertEqual((held[0].args, held[0].kwargs), (("a",), {}))
            self.assertEqual(held, made.awaited.in_flight)

    async def test_releasing_one_leaves_the_others(self):
        made = CoroutineMock()
        with made.awaited.hold():
            (first, second), (_, held) = await self.start(made, 1, 2)
            held.release("second")
            self.assertEqual(await second, "second")
            self.assertFalse(first.done())
            self.assertEqual([one.call for one in made.awaited.in_flight], [call(1)])
        self.assertIsInstance(await first, MagicMock)
        self.assertEqual(made.await_args_list, [call(2), call(1)])

    async def test_without_a_value_the_outcome_is_the_mock_s(self):
        made = CoroutineMock(side_effect=["value", KeyError])
        with made.awaited.hold():
            (first, second), held = await self.start(made, 1, 2)
            for one in held:
                one.release()
            self.assertEqual(await first, "value")
            with self.assertRaises(KeyError):
                await second

    async def test_none_is_a_value(self):
        made = CoroutineMock(return_value=1)
        with made.awaited.hold():
            (task,), (held,) = await self.start(made, 1)
            held.release(None)
            self.assertIsNone(await task)

    async def test_a_value_replaces_an_exception(self):
        made = CoroutineMock(side_effect=KeyError)
        with made.awaited.hold():
            (task,), (held,) = await self.start(made, 1)
            held.release(2)
            self.assertEqual(await task, 2)

    async def test_a_call_can_fail_with_a_class_or_an_instance(self):
        for error in (OSError, OSError("gone")):
            made = CoroutineMock()
            with made.awaited.hold():
                (task,), (held,) = await self.start(made, 1)
                held.fail(error)
                with self.assertRaises(OSError):
                    await task
            self.assertEqual(made.await_count, 1)

    async def test_a_replaced_coroutine_does_not_warn(self):
        async def effect(argument): ...

        made = CoroutineMock(side_effect=effect)
        with made.awaited.hold(), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            (task,), (held,) = await self.start(made, 1)
            held.release(2)
            self.assertEqual(await task, 2)
            gc.collect()
        self.assertEqual(caught, [])

    async def test_a_call_ends_only_once(self):
        made = CoroutineMock()
        with made.awaited.hold():
            (task,), (held,) = await self.start(made, 1)
            held.release()
            for end in (held.release, lambda: held.fail(OSError)):
                with self.assertRaisesRegex(MisuseError, r"HeldCall call\(1\).*ended already"):
                    end()
            await task

    async def test_failing_with_a_value_is_refused(self):
        made = CoroutineMock()
        with made.awaited.hold():
            (task,), (held,) = await self.start(made, 1)
            with self.assertRaisesRegex(MisuseError, r"not 'text'.\nGive a value with release"):
                held.fail("text")
            held.release()
            await task

    async def test_an_awaitable_value_is_awaited(self):
        async def later():
            return "later"

        made = CoroutineMock()
        with made.awaited.hold():
            (task,), (held,) = await self.start(made, 1)
            held.release(later())
            self.assertEqual(await task, "later")

    async def test_a_cancelled_call_is_no_longer_in_flight(self):
        made = CoroutineMock()
        with made.awaited.hold():
            (task,), (held,) = await self.start(made, 1)
            task.cancel()
            await asyncio.wait([task])
            self.assertEqual(made.awaited.in_flight, ())
            self.assertRaises(MisuseError, held.release)
        self.assertEqual(made.await_count, 1)

    async def test_after_the_block_calls_are_not_held(self):
        made = CoroutineMock(return_value=1)
        with made.awaited.hold():
            pass
        self.assertEqual(await made(), 1)

    async def test_a_reset_neither_frees_nor_forgets_held_calls(self):
        made = CoroutineMock(return_value=1)
        made.awaited.hold()
        (task,), _ = await self.start(made, 1)
        made.reset_mock()
        await turns()
        self.assertFalse(task.done())
        (held,) = made.awaited.in_flight
        held.release()
        self.assertEqual(await task, 1)

    async def test_a_call_is_released_from_another_thread(self):
        made = CoroutineMock()
        with made.awaited.hold():
            (task,), (held,) = await self.start(made, 1)
            thread = threading.Thread(target=held.release, args=("from afar",))
            thread.start()
            self.assertEqual(await task, "from afar")
            thread.join()

    async def test_a_call_ends_only_once_from_another_thread(self):
        made, refused = CoroutineMock(), []

        def work():
            held.release(1)
            try:
                held.release(2)
            except MisuseError:
                refused.append(True)

        with made.awaited.hold():
            (task,), (held,) = await self.start(made, 1)
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
            self.assertEqual(await task, 1)
        self.assertEqual(refused, [True])

    async def test_children_of_a_spec_can_be_held(self):
        class Client:
            async def fetch(self, url): ...

        for client in (Mock(Client), create_autospec(Client, instance=True)):
            with client.fetch.awaited.hold():
                (task,), (held,) = await self.start(client.fetch, "/")
                self.assertIsInstance(held, HeldCall)
                held.release("page")
                self.assertEqual(await task, "page")

    async def test_an_autospecced_function_can_be_held(self):
        async def fetch(url): ...

        made = create_autospec(fetch)
        with made.awaited.hold():
            (task,), (held,) = await self.start(made, "/")
            held.release("page")
            self.assertEqual(await task, "page")
        made.assert_awaited_once_with("/")


class Turns(unittest.IsolatedAsyncioTestCase):
    async def test_an_await_takes_so_many_turns(self):
        for number in range(3):
            made, seen = CoroutineMock(), []
            made.awaited.turns = number
            task = asyncio.ensure_future(made())
            task.add_done_callback(lambda task, seen=seen: seen.append("done"))
            for turn in range(5):
                await asyncio.sleep(0)
                seen.append(turn)
            self.assertEqual(seen.index("done") - 1, number)

    async def test_turns_come_before_a_hold(self):
        made = CoroutineMock()
        made.awaited.turns = 2
        with made.awaited.hold():
            task = asyncio.ensure_future(made())
            await asyncio.sleep(0)
            self.assertEqual(made.awaited.in_flight, ())
            await made.awaited.wait_in_flight()
        await task

    async def test_negative_turns_are_refused(self):
        with self.assertRaisesRegex(ValueError, "not -1"):
            CoroutineMock().awaited.turns = -1


class Waiting(unittest.IsolatedAsyncioTestCase):
    async def test_waiting_for_a_call_ends_before_the_await(self):
        made = CoroutineMock()
        waiting = asyncio.ensure_future(made.awaited.wait_called())
        await asyncio.sleep(0)
        coroutine = made()
        await waiting
        self.assertEqual(made.await_count, 0)
        await coroutine

    async def test_waiting_for_a_call_skips(self):
        made = CoroutineMock(return_value=None)
        await made()
        waiting = asyncio.ensure_future(made.awaited.wait_called(skip=1))
        await turns()
        self.assertFalse(waiting.done())
        await made()
        await waiting

    async def test_waiting_for_a_call_of_a_child_or_an_autospec(self):
        class Client:
            async def fetch(self): ...

        for made in (MagicMock(Client).fetch, create_autospec(Client).fetch):
            waiting = asyncio.ensure_future(made.awaited.wait_called())
            await asyncio.sleep(0)
            await made()
            await waiting

    async def test_waiting_for_a_call_of_an_autospecced_function(self):
        async def fetch(): ...

        made = create_autospec(fetch)
        waiting = asyncio.ensure_future(made.awaited.wait_called())
        await asyncio.sleep(0)
        await made()
        await waiting

    async def test_a_predicate_is_judged_at_the_moment_of_the_await(self):
        made = CoroutineMock()
        waiting = asyncio.ensure_future(made.awaited.wait_for(lambda m: m.await_count == 1))
        await asyncio.sleep(0)
        await made()
        await made()
        self.assertTrue(await waiting)

    async def test_what_a_predicate_raises_is_raised_by_the_wait_only(self):
        def predicate(mock):
            if mock.await_count:
                raise KeyError

        made = CoroutineMock()
        waiting = asyncio.ensure_future(made.awaited.wait_for(predicate))
        await asyncio.sleep(0)
        await made()
        with self.assertRaises(KeyError):
            await waiting

    async def test_a_cancelled_wait_leaves_nothing_behind(self):
        made = CoroutineMock()
        waiting = asyncio.ensure_future(made.awaited.wait())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        self.assertEqual(made._mock_gate._waiting, [])
        await made()

    async def test_an_await_in_another_thread_wakes_the_wait(self):
        made = CoroutineMock()
        thread = threading.Thread(target=lambda: asyncio.run(made("from afar")))
        waiting = asyncio.ensure_future(made.awaited.wait())
        await asyncio.sleep(0)
        thread.start()
        await waiting
        thread.join()
        made.assert_awaited_once_with("from afar")

    async def test_every_waiter_is_woken(self):
        made = CoroutineMock()
        waiting = [asyncio.ensure_future(made.awaited.wait()) for _ in range(3)]
        await asyncio.sleep(0)
        await made()
        await asyncio.gather(*waiting)

    async def test_a_failed_await_wakes_too(self):
        made = CoroutineMock(side_effect=OSError)
        waiting = asyncio.ensure_future(made.awaited.wait())
        await asyncio.sleep(0)
        with self.assertRaises(OSError):
            await made()
        await waiting

    async def test_counting_goes_on_across_a_reset(self):
        made = CoroutineMock()
        made.awaited
        made.reset_mock()
        waiting = asyncio.ensure_future(made.awaited.wait_next(skip=1))
        await asyncio.sleep(0)
        await made()
        await turns()
        self.assertFalse(waiting.done())
        await made()
        await waiting


class Words(unittest.TestCase):
    def test_awaited_says_how_often(self):
        made = CoroutineMock(name="fetch")
        self.assertEqual(repr(made.awaited), "<Awaited 'fetch' await_count=0>")

    def test_it_stays_the_same_until_a_reset(self):
        made = CoroutineMock()
        awaited = made.awaited
        self.assertIs(made.awaited, awaited)
        made.reset_mock()
        self.assertIsNot(made.awaited, awaited)
