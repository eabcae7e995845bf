"""What was meant to run and did not."""

import asyncio
import contextlib
import functools
from unittest import mock

from . import Entry


async def fetch(value=1):
    await asyncio.sleep(0)
    return value


class Client:
    async def send(self, data):
        await asyncio.sleep(0)
        return len(data)

    async def close(self):
        pass


class CallWithoutAwait(Entry):
    check = "never_awaited"

    async def mistake(self):
        fetch()  # <- here

    async def clean_awaited(self):
        await fetch()

    async def clean_closed(self):
        fetch().close()

    async def clean_awaited_later(self):
        coro = fetch()
        await asyncio.sleep(0)
        await coro

    async def clean_in_a_task(self):
        await asyncio.create_task(fetch())


class MethodWithoutAwait(Entry):
    check = "never_awaited"

    async def mistake(self):
        client = Client()
        client.send(b"x")  # <- here

    async def clean(self):
        assert await Client().send(b"x") == 1


class AssertionAboutACoroutine(Entry):
    check = "never_awaited"

    async def mistake(self):
        self.assertTrue(fetch(0))  # <- here

    async def clean(self):
        self.assertFalse(await fetch(0))


class AssertAStatement(Entry):
    check = "never_awaited"

    async def mistake(self):
        assert fetch(0)  # <- here

    async def clean(self):
        assert not await fetch(0)


class ConditionOnACoroutine(Entry):
    check = "never_awaited"

    async def mistake(self):
        seen = []
        if fetch(False):  # <- here
            seen.append(1)

    async def clean(self):
        if await fetch(False):
            raise AssertionError("not reached")


class SleepWithoutAwait(Entry):
    check = "never_awaited"

    async def mistake(self):
        asyncio.sleep(0.001)  # <- here

    async def clean(self):
        await asyncio.sleep(0.001)


class QueuePutWithoutAwait(Entry):
    check = "never_awaited"

    async def mistake(self):
        queue = asyncio.Queue()
        queue.put(1)  # <- here
        assert queue.qsize() in (0, 1)

    async def clean(self):
        queue = asyncio.Queue()
        await queue.put(1)
        assert queue.qsize() == 1


class EventWaitWithoutAwait(Entry):
    check = "never_awaited"

    async def mistake(self):
        event = asyncio.Event()
        event.set()
        event.wait()  # <- here

    async def clean(self):
        event = asyncio.Event()
        event.set()
        await event.wait()


class StoredCoroutine(Entry):
    check = "never_awaited"

    async def mistake(self):
        self.kept = [fetch()]  # <- here

    async def clean(self):
        self.kept = [fetch()]
        await self.kept[0]


class CoroutineInACycle(Entry):
    check = "never_awaited"

    async def mistake(self):
        cycle = [fetch()]  # <- here
        cycle.append(cycle)

    async def clean(self):
        cycle = [fetch()]
        cycle.append(cycle)
        await cycle[0]


class CoroutineFunctionAsListener(Entry):
    check = "never_awaited"

    async def mistake(self):
        async def listener(event):
            await asyncio.sleep(0)

        for listen in [listener]:
            listen("started")  # <- here

    async def clean(self):
        async def listener(event):
            await asyncio.sleep(0)

        for listen in [listener]:
            await listen("started")


class LambdaThatDropsItsCoroutine(Entry):
    check = "never_awaited"

    async def mistake(self):
        client = Client()
        for close in [lambda: (client.close(), None)[1]]:  # <- here
            close()

    async def clean(self):
        client = Client()
        for close in [lambda: client.close()]:
            await close()


class RaisesWithoutAwait(Entry):
    check = "never_awaited"

    async def mistake(self):
        def refuse():
            fetch()  # <- here
            raise ValueError

        with self.assertRaises(ValueError):
            refuse()

    async def clean(self):
        async def refuse():
            raise ValueError

        with self.assertRaises(ValueError):
            await refuse()


class SyncTestThatCallsACoroutine(Entry):
    check = "never_awaited"

    def mistake(self):
        Client().send(b"x")  # <- here

    def clean(self):
        loop = asyncio.new_event_loop()
        assert loop.run_until_complete(Client().send(b"x")) == 1
        loop.close()


class MockedCoroutineWithoutAwait(Entry):
    check = "never_awaited"

    async def mistake(self):
        client = mock.AsyncMock(name="client")
        client.send(b"x")  # <- here
        client.send.assert_called_once_with(b"x")

    async def clean(self):
        client = mock.AsyncMock(name="client")
        await client.send(b"x")
        client.send.assert_awaited_once_with(b"x")

    async def clean_warning_is_expected(self):
        with self.assertWarns(RuntimeWarning):
            fetch()


class DecoratorThatDropsTheTest(Entry):
    check = "test_never_ran"

    def forgetful(function):
        @functools.wraps(function)
        def wrapper(self):
            function(self)

        return wrapper

    def careful(function):
        @functools.wraps(function)
        async def wrapper(self):
            return await function(self)

        return wrapper

    @forgetful  # <- here
    async def mistake(self):  # <- here
        raise AssertionError("never reached")

    @careful
    async def clean(self):
        await fetch()


class AssertionTakenForTrue(Entry):
    check = "uncalled_assertion"

    async def mistake(self):
        send = mock.AsyncMock()
        self.assertTrue(send.assert_awaited_once)  # <- here

    async def clean(self):
        send = mock.AsyncMock()
        await send("x")
        self.addCleanup(send.assert_awaited_once)
        self.assertTrue(send.called)
        self.assertTrue(callable(send.assert_called))
        self.assertTrue(not send.assert_called_once())
        self.assertTrue(send.await_args.args, send.assert_called)


class AssertionNotCalled(Entry):
    check = "uncalled_assertion"

    async def mistake(self):
        send = mock.AsyncMock()
        await send()
        await send()
        send.assert_awaited_once  # <- here

    async def clean(self):
        send = mock.AsyncMock()
        await send()
        send.assert_awaited_once()

    async def clean_handed_on(self):
        send = mock.Mock()
        send()
        check = send.assert_called_once
        check()

    async def clean_attribute(self):
        send = mock.Mock()
        send.called
        send.asserted_by_nobody = self.assertTrue


class AssertionNotCalledInAFunction(Entry):
    check = "uncalled_assertion"

    async def mistake(self):
        def verify(send):
            send.assert_called_once_with  # <- here

        verify(mock.Mock())

    async def clean(self):
        def verify(send):
            send.assert_not_called()

        verify(mock.Mock())


class AssertionThatDoesNotExist(Entry):
    check = "made_up_assertion"

    async def mistake(self):
        send = mock.Mock()
        send(1)
        send.was_called_with(2)  # <- here

    async def clean(self):
        send = mock.Mock()
        send(1)
        send.assert_called_with(1)

    async def clean_real_method(self):
        class Recorder:
            def was_called_with(self, value):
                return value == 1

        assert Recorder().was_called_with(1)

    async def clean_specified(self):
        class Recorder:
            def was_called_with(self, value):
                return value == 1

        recorder = mock.create_autospec(Recorder, instance=True)
        recorder.was_called_with(1)


class MockAwaited(Entry):
    check = "awaited_mock"
    since = (3, 12)

    async def mistake(self):
        client = mock.Mock()
        try:
            await client.send(b"x")
        except Exception:  # <- here
            pass

    async def clean(self):
        client = mock.AsyncMock()
        await client.send(b"x")

    async def clean_expected(self):
        with self.assertRaises(TypeError):
            await mock.Mock().send(b"x")

    async def clean_other_type_error(self):
        try:
            len(1)
        except Exception:
            pass


class StepOfAGeneratorNotAwaited(Entry):
    check = "never_awaited"
    since = (3, 13)

    async def mistake(self):
        async def numbers():
            yield 1

        generator = numbers()
        await anext(generator)
        generator.aclose()  # <- here
        await generator.aclose()

    async def clean(self):
        async def numbers():
            yield 1
            yield 2

        async with contextlib.aclosing(numbers()) as generator:
            assert await anext(generator) == 1
            assert await generator.asend(None) == 2
