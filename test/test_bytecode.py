import contextlib
import dis
import unittest

from asynctest._bytecode import (
    caught_names,
    dropped_attributes,
    drops_what_it_awaits,
    has_to_clean_up,
)


def handler_of(function, number=0):
    found = [one.offset for one in dis.get_instructions(function) if one.opname == "PUSH_EXC_INFO"]
    return found[number]


class CaughtNames(unittest.TestCase):
    def test_one_name(self):
        def f():
            try:
                g()
            except ValueError:
                pass

        self.assertEqual(caught_names(f.__code__, handler_of(f)), {"ValueError"})

    def test_several_clauses_and_tuples(self):
        def f(mine):
            try:
                g()
            except (ValueError, mine.Error) as exc:
                print(exc)
            except Exception:
                return 1

        names = caught_names(f.__code__, handler_of(f))
        self.assertLessEqual({"ValueError", "Error", "Exception"}, names)

    def test_a_bare_except_has_no_names(self):
        def f():
            try:
                g()
            except:  # noqa: E722
                pass

        self.assertEqual(caught_names(f.__code__, handler_of(f)), set())

    def test_with_is_no_except(self):
        def f(manager):
            with manager:
                g()

        self.assertIsNone(caught_names(f.__code__, handler_of(f)))

    def test_suppress_is_an_except(self):
        def f(contextlib):
            with contextlib.suppress(Exception):
                g()

        self.assertIn("Exception", caught_names(f.__code__, handler_of(f)))

    def test_a_star_counts_if_it_takes_everything(self):
        def all_of_it():
            try:
                g()
            except* (KeyError, Exception):
                pass

        def some_of_it():
            try:
                g()
            except* ValueError:
                pass

        found = caught_names(all_of_it.__code__, handler_of(all_of_it))
        self.assertEqual(found, {"KeyError", "Exception"})
        self.assertIsNone(caught_names(some_of_it.__code__, handler_of(some_of_it)))

    def test_finally_is_no_except(self):
        def f():
            try:
                g()
            finally:
                print("done")

        self.assertFalse(caught_names(f.__code__, handler_of(f)))


def g():
    pass


class DropsWhatItAwaits(unittest.TestCase):
    def drops(self, function):
        offset = next(o.offset for o in dis.get_instructions(function) if o.opname == "SEND")
        return drops_what_it_awaits(function.__code__, offset)

    def test_a_statement_drops(self):
        async def f(x):
            await x

        self.assertTrue(self.drops(f))

    def test_a_name_that_is_never_read_drops(self):
        async def f(x):
            y = await x  # noqa: F841

        self.assertTrue(self.drops(f))

    def test_a_name_that_is_read_does_not(self):
        async def f(x):
            y = await x
            return [y]

        self.assertFalse(self.drops(f))

    def test_a_returned_result_is_not_dropped(self):
        async def f(x):
            return await x

        self.assertFalse(self.drops(f))

    def test_an_unpacked_result_is_not_dropped(self):
        async def f(x):
            (y,) = await x
            return y

        self.assertFalse(self.drops(f))


class DroppedAttributes(unittest.TestCase):
    def test_a_statement_is_seen_with_its_line(self):
        def f(mock):
            mock.called
            mock.assert_called  # noqa: B018

        first = f.__code__.co_firstlineno
        self.assertEqual(
            list(dropped_attributes(f.__code__)),
            [("called", first + 1), ("assert_called", first + 2)],
        )

    def test_calls_and_values_are_not(self):
        def f(mock):
            mock.assert_called()
            check = mock.assert_called
            return check, mock.called

        self.assertEqual(list(dropped_attributes(f.__code__)), [])


class CleaningUp(unittest.TestCase):
    def stand(self, function):
        """Begin a generator, and ask about the place where it stands."""
        generator = function()
        with self.assertRaises(StopIteration):
            generator.__anext__().send(None)
        self.addCleanup(lambda: list(generator.aclose().__await__()))
        return has_to_clean_up(generator.ag_code, generator.ag_frame.f_lasti)

    def test_inside_of_a_try_it_has_to(self):
        async def final():
            try:
                yield 1
            finally:
                pass

        async def opened():
            with contextlib.nullcontext():
                yield 1

        async def careful():
            try:
                yield 1
            except GeneratorExit:
                pass

        self.assertTrue(all(map(self.stand, (final, opened, careful))))

    def test_outside_of_all_of_them_it_has_not(self):
        async def plain():
            yield 1

        async def before():
            yield 1
            with contextlib.nullcontext():
                yield 2

        async def after():
            try:
                pass
            finally:
                pass
            for number in range(2):
                yield number

        async def outer():
            async for number in plain():
                yield number

        self.assertFalse(any(map(self.stand, (plain, before, after, outer))))

    def test_one_that_was_not_begun_has_not(self):
        async def final():
            try:
                yield 1
            finally:
                pass

        generator = final()
        self.assertFalse(has_to_clean_up(generator.ag_code, generator.ag_frame.f_lasti))
