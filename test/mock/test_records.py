import asyncio
import sys
import threading
import unittest

from asynctest.mock import CoroutineMock, MagicMock, Mock, call, create_autospec
from asynctest.mock._records import NO_KWARGS, Calls, Log


def in_threads(work, number=4):
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work) for _ in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)


class Bare(unittest.TestCase):
    def test_a_call_leaves_one_tuple(self):
        made = Mock()
        made(1, a=2)
        self.assertEqual(made._mock_record.records, [((1,), {"a": 2})])
        self.assertIsNone(made._mock_record.everything)

    def test_calls_without_keywords_share_a_dictionary_nobody_gets(self):
        made = Mock()
        made(1)
        self.assertIs(made._mock_record.records[0][1], NO_KWARGS)
        made.call_args.kwargs["leaked"] = 1
        made.mock_calls[0].kwargs["leaked"] = 1
        made(2)
        self.assertEqual(NO_KWARGS, {})
        self.assertEqual(made.call_args, call(2))

    def test_an_empty_log_has_no_last_call(self):
        self.assertIsNone(Log().last)
        self.assertIsNone(Log().last_pair)


class PublicLists(unittest.TestCase):
    def test_a_list_that_is_held_grows_with_later_calls(self):
        made = Mock()
        made(0)
        lists = made.call_args_list, made.mock_calls, made.method_calls
        made(1)
        made.child(2)
        self.assertEqual(lists[0], [call(0), call(1)])
        self.assertEqual(lists[1], [call(0), call(1), call.child(2)])
        self.assertEqual(lists[2], [call.child(2)])
        self.assertIs(made.call_args_list, lists[0])

    def test_own_calls_and_those_of_children_are_in_order(self):
        made = Mock()
        made.a(1)
        made(2)
        made.b.c(3)
        made.a()(4)
        made(5)
        expected = [call.a(1), call(2), call.b.c(3), call.a(), call.a()(4), call(5)]
        self.assertEqual(made.mock_calls, expected)
        self.assertEqual(made.method_calls, [call.a(1), call.b.c(3), call.a()])

    def test_call_args_is_the_last_of_the_list(self):
        made = Mock()
        made(1)
        made(2)
        self.assertIs(made.call_args, made.call_args)
        self.assertIs(made.call_args, made.call_args_list[-1])

    def test_assertions_follow_changes_made_by_hand(self):
        made = Mock()
        made(1)
        made.call_args_list.clear()
        with self.assertRaises(AssertionError):
            made.assert_any_call(1)
        made.mock_calls.clear()
        with self.assertRaises(AssertionError):
            made.assert_has_calls([call(1)])

    # A list of one was set as well; from 3.14 on, the length of the list counts.
    count_after_setting_5 = 2 if sys.version_info >= (3, 14) else 6

    def test_attributes_can_be_set(self):
        made = Mock()
        made(1)
        made.called = False
        made.call_count = 5
        made.call_args = call("set")
        made.call_args_list = [call("listed")]
        made.mock_calls = [call("all")]
        made.method_calls = [call.method()]
        self.assertEqual((made.called, made.call_count), (False, 5))
        self.assertEqual(made.call_args, call("set"))
        made(2)
        self.assertEqual((made.called, made.call_count), (True, self.count_after_setting_5))
        self.assertEqual(made.call_args, call(2))
        self.assertEqual(made.call_args_list, [call("listed"), call(2)])
        self.assertEqual(made.mock_calls, [call("all"), call(2)])
        self.assertEqual(made.method_calls, [call.method()])

    def test_called_can_be_set_to_true(self):
        made = Mock()
        made.called = True
        self.assertTrue(made.called)
        self.assertEqual(made.call_count, 0)

    def test_a_list_from_before_a_reset_keeps_its_calls(self):
        made = Mock()
        made(1)
        held = made.mock_calls
        made.reset_mock()
        made(2)
        self.assertEqual(held, [call(1)])
        self.assertEqual(made.mock_calls, [call(2)])

    def test_attaching_and_detaching_moves_records(self):
        manager, made = Mock(), Mock()
        manager.attach_mock(made, "first")
        made(1)
        manager.attach_mock(made, "second")
        made(2)
        self.assertEqual(manager.mock_calls, [call.first(1), call.second(2)])


class Watchers(unittest.TestCase):
    def test_they_are_called_after_each_call(self):
        log, seen = Calls(), []
        log.watch(lambda: seen.append(log.count))
        for _ in range(2):
            log.records.append(((), NO_KWARGS))
            if log.live:
                log.publish()
        self.assertEqual(seen, [1, 2])


class Threads(unittest.TestCase):
    CALLS = 300

    def test_calls_lose_no_record(self):
        made = Mock(return_value=1)
        in_threads(lambda: [made(number) for number in range(self.CALLS)])
        self.assertEqual(made.call_count, 4 * self.CALLS)
        self.assertEqual(len(made.call_args_list), 4 * self.CALLS)
        self.assertEqual(len(made.mock_calls), 4 * self.CALLS)

    def test_calls_lose_no_record_while_the_lists_are_read(self):
        made = MagicMock()
        made.child.return_value = 1

        def work():
            for number in range(self.CALLS):
                made(number)
                made.child(number)
                made.mock_calls, made.call_args_list, made.call_count

        in_threads(work)
        self.assertEqual(made.call_count, 4 * self.CALLS)
        self.assertEqual(len(made.call_args_list), 4 * self.CALLS)
        self.assertEqual(made.child.call_count, 4 * self.CALLS)
        self.assertEqual(len(made.method_calls), 4 * self.CALLS)
        self.assertEqual(len(made.mock_calls), 8 * self.CALLS)

    def test_each_thread_sees_its_own_calls_in_order(self):
        made = Mock(return_value=None)

        def work():
            name = object()
            for number in range(self.CALLS):
                made(name, number)

        in_threads(work)
        per_thread = {}
        for (name, number), _ in made.call_args_list:
            per_thread.setdefault(name, []).append(number)
        for numbers in per_thread.values():
            self.assertEqual(numbers, sorted(numbers))

    def test_autospecced_functions_lose_no_record(self):
        made = create_autospec(lambda number: None)
        in_threads(lambda: [made(number) for number in range(self.CALLS)])
        self.assertEqual(made.call_count, 4 * self.CALLS)
        self.assertEqual(len(made.call_args_list), 4 * self.CALLS)

    def test_awaits_in_several_loops_lose_no_record(self):
        made = CoroutineMock()

        async def use():
            for number in range(self.CALLS):
                await made(number)

        in_threads(lambda: asyncio.run(use()))
        self.assertEqual(made.await_count, 4 * self.CALLS)
        self.assertEqual(len(made.await_args_list), 4 * self.CALLS)

    def test_a_child_asked_for_by_many_is_one(self):
        for _ in range(20):
            made, seen, gate = MagicMock(), [], threading.Barrier(4)

            def work(made=made, seen=seen, gate=gate):
                gate.wait()
                seen.extend([made.__len__, made.child])

            in_threads(work)
            self.assertEqual(len(set(map(id, seen))), 2)


class Reentrancy(unittest.TestCase):
    def test_a_side_effect_may_call_the_mock(self):
        made = Mock(side_effect=lambda depth: depth and made(depth - 1))
        made(3)
        self.assertEqual(made.call_args_list, [call(3), call(2), call(1), call(0)])

    def test_a_side_effect_may_read_and_reset_the_records(self):
        def effect():
            count = made.call_count
            made.reset_mock()
            return count

        made = Mock(side_effect=effect)
        self.assertEqual(made(), 1)
        self.assertEqual(made.mock_calls, [])
