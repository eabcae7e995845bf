import asyncio
import selectors
import socket
import unittest
import unittest.mock
from selectors import EVENT_READ, EVENT_WRITE, SelectorKey

from asynctest.selector import FileDescriptor, FileMock, TestSelector, get_registered_events

BOTH = EVENT_READ | EVENT_WRITE


class OverARealOne(unittest.TestCase):
    def setUp(self):
        self.real = selectors.DefaultSelector()
        self.selector = TestSelector(self.real)
        self.addCleanup(self.selector.close)
        self.left, self.right = socket.socketpair()
        self.addCleanup(self.left.close)
        self.addCleanup(self.right.close)
        self.file = FileMock()


class Registering(OverARealOne):
    def test_a_stand_in_is_kept_from_the_wrapped_selector(self):
        key = self.selector.register(self.file, EVENT_READ, "data")
        self.assertEqual(key, SelectorKey(self.file, self.file.fileno(), EVENT_READ, "data"))
        self.assertEqual(len(self.real.get_map()), 0)

    def test_a_descriptor_is_kept_from_it_too(self):
        self.selector.register(self.file.fileno(), EVENT_READ)
        self.assertEqual(len(self.real.get_map()), 0)
        self.assertEqual(self.selector.unregister(self.file).fileobj, self.file.fileno())

    def test_real_files_and_numbers_go_to_the_wrapped_selector(self):
        key = self.selector.register(self.left, EVENT_READ, "left")
        self.selector.register(self.right.fileno(), EVENT_WRITE, "right")
        self.assertEqual(self.real.get_key(self.left), key)
        self.assertEqual(self.real.get_key(self.right).data, "right")

    def test_twice_is_a_key_error(self):
        for file in (self.file, self.left):
            self.selector.register(file, EVENT_READ)
            self.assertRaises(KeyError, self.selector.register, file, EVENT_READ)

    def test_no_or_unknown_events_are_a_value_error_and_register_nothing(self):
        for events in (0, 8, EVENT_READ | 8):
            for file in (self.file, self.left):
                self.assertRaises(ValueError, self.selector.register, file, events)
        self.assertEqual(len(self.selector.get_map()), 0)
        with self.assertRaisesRegex(
            ValueError, "8 is no set of events.*\nUse selectors.EVENT_READ"
        ):
            self.selector.register(self.file, 8)

    def test_what_is_no_file_is_a_value_error(self):
        self.assertRaises(ValueError, self.selector.register, "name", EVENT_READ)


class Unregistering(OverARealOne):
    def test_the_key_is_given_back_and_gone(self):
        for file in (self.file, self.left):
            key = self.selector.register(file, EVENT_READ)
            self.assertEqual(self.selector.unregister(file), key)
            self.assertNotIn(file, self.selector.get_map())

    def test_what_is_unknown_is_a_key_error(self):
        for file in (self.file, self.left, 999):
            self.assertRaises(KeyError, self.selector.unregister, file)
            self.assertRaises(KeyError, self.selector.get_key, file)
        with self.assertRaisesRegex(KeyError, "FileMock.* is not registered"):
            self.selector.get_key(self.file)

    def test_a_real_file_closed_meanwhile_is_found_by_itself(self):
        self.selector.register(self.left, EVENT_READ)
        self.left.close()
        self.assertIs(self.selector.unregister(self.left).fileobj, self.left)


class Modifying(OverARealOne):
    def test_a_changed_key_takes_the_place_of_the_old_one(self):
        for file in (self.file, self.left):
            before = self.selector.register(file, EVENT_READ, "old")
            after = self.selector.modify(file, BOTH, "new")
            self.assertNotEqual(after, before)
            self.assertEqual((after.events, after.data), (BOTH, "new"))
            self.assertEqual(self.selector.get_key(file), after)

    def test_a_refused_change_leaves_the_stand_in_as_it_was(self):
        key = self.selector.register(self.file, EVENT_READ)
        self.assertRaises(ValueError, self.selector.modify, self.file, 0)
        self.assertEqual(self.selector.get_key(self.file), key)

    def test_what_is_unknown_is_a_key_error(self):
        self.assertRaises(KeyError, self.selector.modify, self.file, EVENT_READ)
        self.assertRaises(KeyError, self.selector.modify, self.left, EVENT_READ)


class TheMap(OverARealOne):
    def test_it_shows_both_levels_at_every_look(self):
        view = self.selector.get_map()
        self.assertEqual((len(view), list(view)), (0, []))
        self.selector.register(self.file, EVENT_READ)
        self.selector.register(self.left, EVENT_READ)
        self.assertEqual(len(view), 2)
        self.assertEqual(set(view), {self.file.fileno(), self.left.fileno()})
        self.assertEqual({key.fileobj for key in view.values()}, {self.file, self.left})
        self.selector.unregister(self.left)
        self.assertEqual(list(view), [self.file.fileno()])

    def test_it_is_one_object(self):
        self.assertIs(self.selector.get_map(), self.selector.get_map())

    def test_it_shows_what_was_registered_before_wrapping_and_behind_our_back(self):
        self.real.register(self.left, EVENT_READ)
        view = TestSelector(self.real).get_map()
        self.assertIn(self.left, view)
        self.real.register(self.right, EVENT_READ)
        self.assertIn(self.right, view)
        self.real.unregister(self.left)
        self.assertNotIn(self.left, view)

    def test_files_are_found_by_themselves_and_by_number(self):
        for file in (self.file, self.left):
            key = self.selector.register(file, EVENT_READ)
            view = self.selector.get_map()
            self.assertEqual((view[file], view[file.fileno()]), (key, key))
            self.assertEqual((view.get(file), view.get(file.fileno())), (key, key))

    def test_what_is_not_there_gives_the_default(self):
        view = self.selector.get_map()
        for file in (self.file, self.left, 999):
            self.assertIsNone(view.get(file))
            self.assertEqual(view.get(file, "default"), "default")

    def test_a_plain_number_is_never_that_of_a_stand_in(self):
        self.selector.register(self.file, EVENT_READ)
        self.assertNotIn(int(self.file.fileno()), self.selector.get_map())

    def test_a_stand_in_and_a_real_file_of_one_number_live_side_by_side(self):
        twin = FileDescriptor(self.left.fileno())
        self.selector.register(twin, EVENT_READ, "mock")
        self.selector.register(self.left, EVENT_READ, "real")
        self.assertEqual(self.selector.get_key(twin).data, "mock")
        self.assertEqual(self.selector.get_key(self.left.fileno()).data, "real")
        self.assertEqual(len(get_registered_events(self.selector)), 2)


class Selecting(OverARealOne):
    def test_real_files_are_reported_by_the_wrapped_selector(self):
        key = self.selector.register(self.left, EVENT_READ)
        self.selector.register(self.file, EVENT_READ)
        self.right.send(b"x")
        self.assertEqual(self.selector.select(5), [(key, EVENT_READ)])

    def test_stand_ins_are_never_ready_by_themselves(self):
        self.selector.register(self.file, BOTH)
        self.assertEqual(self.selector.select(0), [])


class Closing(OverARealOne):
    def test_the_wrapped_selector_is_closed_and_the_map_is_gone(self):
        self.selector.register(self.file, EVENT_READ)
        view = self.selector.get_map()
        self.selector.close()
        self.assertIsNone(self.selector.get_map())
        self.assertIsNone(self.real.get_map())
        self.assertEqual(list(view), [])
        self.assertEqual(get_registered_events(self.selector), set())

    def test_twice_is_fine(self):
        self.selector.close()
        self.selector.close()
        TestSelector().close()

    def test_asking_a_closed_one_for_a_key_is_a_runtime_error(self):
        self.selector.close()
        self.assertRaises(RuntimeError, self.selector.get_key, self.file)

    def test_a_map_outlives_a_wrapped_selector_closed_behind_our_back(self):
        self.selector.register(self.file, EVENT_READ)
        self.real.close()
        self.assertEqual(list(self.selector.get_map()), [self.file.fileno()])


class OverNothing(unittest.TestCase):
    def setUp(self):
        self.selector = TestSelector()
        self.left, self.right = socket.socketpair()
        self.addCleanup(self.left.close)
        self.addCleanup(self.right.close)

    def test_everything_is_kept_here(self):
        file = FileMock()
        for obj in (file, self.left, self.right.fileno()):
            key = self.selector.register(obj, EVENT_READ, "data")
            self.assertEqual(self.selector.get_map()[obj], key)
            self.assertRaises(KeyError, self.selector.register, obj, EVENT_READ)
            self.assertEqual(self.selector.modify(obj, EVENT_WRITE), self.selector.get_key(obj))
        self.assertEqual(len(self.selector.get_map()), 3)
        self.selector.unregister(self.left)
        self.assertNotIn(self.left, self.selector.get_map())

    def test_select_returns_at_once(self):
        self.selector.register(self.left, EVENT_WRITE)
        self.assertEqual(self.selector.select(), [])
        self.assertEqual(self.selector.select(60), [])

    def test_a_file_closed_meanwhile_is_found_by_itself(self):
        with open(__file__) as file:
            self.selector.register(file, EVENT_READ)
        self.assertIs(self.selector.unregister(file).fileobj, file)

    def test_a_plain_number_is_not_a_stand_in(self):
        twin = FileDescriptor(self.left.fileno())
        self.selector.register(twin, EVENT_READ)
        self.assertNotIn(self.left.fileno(), self.selector.get_map())
        self.assertNotIn(self.left, self.selector.get_map())


class OverAMock(unittest.TestCase):
    def setUp(self):
        self.left, self.right = socket.socketpair()
        self.addCleanup(self.left.close)
        self.addCleanup(self.right.close)
        self.key = SelectorKey(self.left, self.left.fileno(), EVENT_READ, "told")

    def mocks(self):
        told = {self.right.fileno(): "right's key"}
        mocks = {
            "a mock": unittest.mock.Mock(selectors.BaseSelector),
            "a mock with a map": unittest.mock.Mock(
                selectors.BaseSelector, **{"get_map.return_value": told}
            ),
            "a magic mock": unittest.mock.MagicMock(),
        }
        for name, mock in mocks.items():
            with self.subTest(name):
                mock.register.return_value = mock.modify.return_value = self.key
                mock.unregister.return_value = self.key
                yield mock, TestSelector(mock)

    def test_it_is_called_with_what_we_were_called_with(self):
        for mock, selector in self.mocks():
            self.assertIs(selector.register(self.left, EVENT_READ, "data"), self.key)
            mock.register.assert_called_once_with(self.left, EVENT_READ, "data")
            self.assertIs(selector.modify(self.left, EVENT_WRITE, "data"), self.key)
            mock.modify.assert_called_once_with(self.left, EVENT_WRITE, "data")
            self.assertIs(selector.unregister(self.left), self.key)
            mock.unregister.assert_called_once_with(self.left)

    def test_it_is_never_called_for_stand_ins(self):
        for mock, selector in self.mocks():
            file = FileMock()
            selector.register(file, EVENT_READ)
            selector.modify(file, EVENT_WRITE)
            selector.unregister(file)
            for method in (mock.register, mock.modify, mock.unregister):
                method.assert_not_called()

    def test_the_keys_it_gave_are_in_the_map(self):
        for _, selector in self.mocks():
            selector.register(self.left, EVENT_READ)
            self.assertEqual(selector.get_map()[self.left], self.key)
            self.assertEqual(selector.get_map()[self.left.fileno()], self.key)
            selector.unregister(self.left)
            self.assertNotIn(self.left, selector.get_map())

    def test_an_error_of_modify_passes_and_the_file_is_forgotten(self):
        for mock, selector in self.mocks():
            selector.register(self.left, EVENT_READ)
            mock.modify.side_effect = error = RuntimeError()
            with self.assertRaises(RuntimeError) as caught:
                selector.modify(self.left, EVENT_WRITE)
            self.assertIs(caught.exception, error)
            self.assertNotIn(self.left, selector.get_map())

    def test_its_own_map_is_shown_too(self):
        for mock, selector in self.mocks():
            if mock.get_map.return_value.__class__ is dict:
                self.assertEqual(selector.get_map()[self.right], "right's key")
                self.assertEqual(selector.get_map()[self.right.fileno()], "right's key")
                mock.get_map.return_value = {}
                self.assertNotIn(self.right, selector.get_map())

    def test_select_and_close_are_handed_on(self):
        for mock, selector in self.mocks():
            self.assertIs(selector.select(5), mock.select.return_value)
            mock.select.assert_called_once_with(5)
            selector.close()
            selector.close()
            mock.close.assert_called_once_with()


class InALoop(unittest.TestCase):
    def test_pytest_does_not_take_it_for_a_test(self):
        self.assertIs(TestSelector.__test__, False)

    def test_a_loop_can_be_made_with_one(self):
        real = selectors.DefaultSelector()
        loop = asyncio.SelectorEventLoop(TestSelector(real))
        self.addCleanup(loop.close)
        file, called = FileMock(), unittest.mock.Mock()
        loop.add_reader(file, called)
        self.assertTrue(loop.remove_reader(file))
        self.assertEqual(loop.run_until_complete(asyncio.sleep(0, "done")), "done")
