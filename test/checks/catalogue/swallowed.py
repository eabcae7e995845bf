"""Assertions and cancellations that something swallowed."""

import asyncio
import contextlib

from . import Entry


class AssertionInABroadExcept(Entry):
    check = "swallowed_assertion"
    since = (3, 12)

    async def mistake(self):
        try:
            assert 1 == 2  # <- here
        except Exception:
            pass

    async def clean_named(self):
        try:
            assert 1 == 2
        except AssertionError:
            pass

    async def clean_expected(self):
        with self.assertRaises(AssertionError):
            assert 1 == 2

    async def clean_raised_again(self):
        def logged():
            try:
                assert 1 == 2
            except Exception:
                raise

        with self.assertRaises(AssertionError):
            logged()

    async def clean_suppressed_by_name(self):
        with contextlib.suppress(AssertionError):
            assert 1 == 2

    async def clean_tries_until_it_works(self):
        async def eventually(check):
            for _ in range(10):
                try:
                    return check()
                except Exception as exc:
                    last = exc
                    await asyncio.sleep(0)
            raise last

        seen = []
        asyncio.get_running_loop().call_later(0, seen.append, 1)
        await eventually(lambda: self.assertEqual(seen, [1]))

    async def clean_other_exception(self):
        try:
            raise ValueError
        except Exception:
            pass


class AssertionMethodInABroadExcept(Entry):
    check = "swallowed_assertion"
    since = (3, 12)

    async def mistake(self):
        async def handler(value):
            self.assertEqual(value, 2)  # <- here

        try:
            await handler(1)
        except Exception as exc:
            str(exc)

    async def clean(self):
        for attempt in range(3):
            try:
                self.assertEqual(attempt, 2)
            except self.failureException:
                continue


class AssertionSuppressed(Entry):
    check = "swallowed_assertion"
    since = (3, 12)

    async def mistake(self):
        with contextlib.suppress(Exception):
            assert 1 == 2  # <- here

    async def clean_named(self):
        with contextlib.suppress(AssertionError, ValueError):
            assert 1 == 2

    async def clean_other_exception(self):
        with contextlib.suppress(Exception):
            raise ValueError


class AssertionInATaskGroup(Entry):
    check = "swallowed_assertion"
    since = (3, 12)

    async def mistake(self):
        async def verify():
            assert 1 == 2

        try:
            async with asyncio.TaskGroup() as group:  # <- here
                group.create_task(verify())
        except Exception:  # <- here
            pass

    async def clean_named(self):
        async def verify():
            assert 1 == 2

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(verify())
        except* AssertionError:
            pass

    async def clean_expected(self):
        async def verify():
            assert 1 == 2

        with self.assertRaises(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(verify())

    async def clean_group_named(self):
        async def verify():
            assert 1 == 2

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(verify())
        except ExceptionGroup as found:
            assert len(found.exceptions) == 1


class AssertionInAnExceptStar(Entry):
    check = "swallowed_assertion"
    since = (3, 12)

    async def mistake(self):
        async def verify():
            assert 1 == 2  # <- here

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(verify())
        except* Exception:
            pass

    async def clean_the_rest_goes_on(self):
        async def verify():
            assert 1 == 2

        async def fail():
            raise ValueError

        with self.assertRaises(ExceptionGroup):
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(verify())
                    group.create_task(fail())
            except* ValueError:
                pass

    async def clean_named_before(self):
        async def verify():
            assert 1 == 2

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(verify())
        except* AssertionError:
            pass
        except* Exception:
            raise


class AssertionInABareExcept(Entry):
    check = "swallowed_assertion"
    since = (3, 12)

    async def mistake(self):
        try:
            assert not "reached"  # <- here
        except:  # noqa: E722
            pass

    async def clean(self):
        try:
            assert "reached"
        except:  # noqa: E722
            raise


class AssertionDroppedByGather(Entry):
    check = "swallowed_assertion"
    since = (3, 12)

    async def mistake(self):
        async def verify():
            await asyncio.sleep(0)
            assert 1 == 2  # <- here

        await asyncio.gather(verify(), asyncio.sleep(0), return_exceptions=True)  # <- here

    async def clean_raises(self):
        async def verify():
            assert 1 == 2

        with self.assertRaises(AssertionError):
            await asyncio.gather(verify())

    async def clean_looked_at(self):
        async def verify():
            assert 1 == 2

        (outcome,) = await asyncio.gather(verify(), return_exceptions=True)
        self.assertIsInstance(outcome, AssertionError)

    async def clean_other_exceptions(self):
        async def refuse():
            raise ValueError

        await asyncio.gather(refuse(), return_exceptions=True)


class AssertionGatheredAndForgotten(Entry):
    check = "swallowed_assertion"
    since = (3, 12)

    async def mistake(self):
        async def verify():
            assert 1 == 2  # <- here

        outcomes = await asyncio.gather(verify(), return_exceptions=True)  # noqa: F841  # <- here

    async def clean(self):
        async def verify():
            assert 1 == 2

        outcomes = await asyncio.gather(verify(), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [AssertionError]


class CancellationSwallowed(Entry):
    check = "swallowed_cancellation"

    async def mistake(self):
        async def work():
            try:
                await asyncio.sleep(10)  # <- here
            except asyncio.CancelledError:
                pass

        task = asyncio.create_task(work())  # <- here
        await asyncio.sleep(0)
        task.cancel()
        await task

    async def clean_raised_again(self):
        async def work():
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                await asyncio.sleep(0)
                raise

        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def clean_taken_back(self):
        async def work():
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                asyncio.current_task().uncancel()

        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        await task

    async def clean_asserted(self):
        async def work():
            with self.assertRaises(asyncio.CancelledError):
                await asyncio.sleep(10)

        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        await task

    async def clean_timeout(self):
        async def work():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.001):
                    await asyncio.sleep(10)

        await asyncio.create_task(work())

    async def clean_parent_of_a_cancelled_task(self):
        async def parent():
            child = asyncio.create_task(asyncio.sleep(10))
            await asyncio.sleep(0)
            child.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await child

        await asyncio.create_task(parent())

    async def clean_done_before(self):
        task = asyncio.create_task(asyncio.sleep(0))
        await task
        task.cancel()

    async def clean_group(self):
        async def member():
            await asyncio.sleep(10)

        async def boom():
            raise ValueError

        with self.assertRaises(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(member())
                group.create_task(boom())

    async def clean_group_in_a_task(self):
        async def member():
            await asyncio.sleep(10)

        async def boom():
            raise ValueError

        async def work():
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(member())
                    group.create_task(boom())
            except* ValueError:
                pass

        await asyncio.create_task(work())


class CancellationOfAGroupSwallowed(Entry):
    check = "swallowed_cancellation"

    async def mistake(self):
        async def work():
            try:
                async with asyncio.TaskGroup() as group:  # <- here
                    group.create_task(asyncio.sleep(10))
            except asyncio.CancelledError:
                pass

        task = asyncio.create_task(work())  # <- here
        await asyncio.sleep(0.001)
        task.cancel()
        await task


class MemberOfAGroupSwallows(Entry):
    check = "swallowed_cancellation"

    async def mistake(self):
        async def member():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(10)  # <- here

        async def boom():
            raise ValueError

        with self.assertRaises(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(member())  # <- here
                group.create_task(boom())


class CancellationSwallowedByABareExcept(Entry):
    check = "swallowed_cancellation"

    async def mistake(self):
        async def poll():
            while True:
                try:
                    await asyncio.sleep(10)  # <- here
                except:  # noqa: E722
                    return

        task = asyncio.create_task(poll())  # <- here
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    async def clean(self):
        async def poll():
            while True:
                await asyncio.sleep(0)

        task = asyncio.create_task(poll())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])


class TimeoutSwallowed(Entry):
    check = "swallowed_cancellation"
    since = (3, 12)

    async def mistake(self):
        async with asyncio.timeout(0.001):
            try:
                await asyncio.sleep(10)  # <- here
            except asyncio.CancelledError:
                pass

    async def clean_raised_again(self):
        with self.assertRaises(TimeoutError):
            async with asyncio.timeout(0.001):
                try:
                    await asyncio.sleep(10)
                except asyncio.CancelledError:
                    await asyncio.sleep(0)
                    raise

    async def clean_expired(self):
        async with asyncio.timeout(0.001) as limit:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(10)
        self.assertTrue(limit.expired())

    async def clean_taken_back(self):
        async with asyncio.timeout(0.001):
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                asyncio.current_task().uncancel()

    async def clean_asserted(self):
        async with asyncio.timeout(0.001):
            with self.assertRaises(asyncio.CancelledError):
                await asyncio.sleep(10)

    async def clean_in_time(self):
        async with asyncio.timeout(10):
            child = asyncio.create_task(asyncio.sleep(10))
            await asyncio.sleep(0)
            child.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await child

    async def clean_another_exception(self):
        with self.assertRaises(ConnectionError):
            async with asyncio.timeout(0.001):
                try:
                    await asyncio.sleep(10)
                except asyncio.CancelledError:
                    raise ConnectionError from None

    async def clean_inside_of_another(self):
        async with asyncio.timeout(10):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.001):
                    await asyncio.sleep(10)

    async def clean_both_at_once(self):
        now = asyncio.get_running_loop().time()
        with self.assertRaises(TimeoutError):
            async with asyncio.timeout_at(now + 0.001):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(now + 0.001):
                        await asyncio.sleep(10)

    async def clean_ends_without_waiting(self):
        async with asyncio.timeout(0):
            pass

    async def clean_cleans_up(self):
        async def work():
            child = asyncio.create_task(asyncio.sleep(10))
            try:
                await asyncio.sleep(10)
            finally:
                child.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await child

        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(work(), 0.001)


class WaitForSwallowed(Entry):
    check = "swallowed_cancellation"
    since = (3, 12)

    async def mistake(self):
        async def collect():
            found = []
            try:
                while True:
                    await asyncio.sleep(0.001)  # <- here
                    found.append(1)
            except asyncio.CancelledError:
                return found

        await asyncio.wait_for(collect(), 0.01)

    async def clean(self):
        async def collect():
            while True:
                await asyncio.sleep(0.001)

        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(collect(), 0.01)

    async def clean_in_time(self):
        async def collect():
            try:
                return [1]
            except asyncio.CancelledError:
                return []

        await asyncio.wait_for(collect(), 0.01)

    async def clean_shielded(self):
        work = asyncio.create_task(asyncio.sleep(0.005, "done"))
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(work), 0.001)
        await work

    async def clean_queue(self):
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(asyncio.Queue().get(), 0.001)

    async def clean_gathered(self):
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(
                asyncio.gather(asyncio.sleep(10), asyncio.sleep(10), return_exceptions=True),
                0.001,
            )


class TimeoutAroundAGroupSwallowed(Entry):
    check = "swallowed_cancellation"
    since = (3, 12)

    async def mistake(self):
        async with asyncio.timeout(0.001):
            with contextlib.suppress(asyncio.CancelledError):
                async with asyncio.TaskGroup() as group:  # <- here
                    group.create_task(asyncio.sleep(10))

    async def clean(self):
        with self.assertRaises(TimeoutError):
            async with asyncio.timeout(0.001), asyncio.TaskGroup() as group:
                group.create_task(asyncio.sleep(10))

    async def clean_member_fails(self):
        async def boom():
            raise ValueError

        with self.assertRaises(ExceptionGroup):
            async with asyncio.timeout(10), asyncio.TaskGroup() as group:
                group.create_task(boom())
                await asyncio.sleep(10)

    async def clean_member_fails_when_cancelled(self):
        async def member():
            try:
                await asyncio.sleep(10)
            finally:
                raise ValueError

        with self.assertRaises(ExceptionGroup):
            async with asyncio.timeout(0.001), asyncio.TaskGroup() as group:
                group.create_task(member())
