import abc
import gc
import threading
import unittest
import weakref

from asynctest.mock import CoroutineMock, MagicMock, Mock, NonCallableMock, _types


def collect():
    """Collect mocks in circles, and then their types, which are circles themselves."""
    for _ in range(3):
        gc.collect()


class Reuse(unittest.TestCase):
    def spares(self, cls):
        return set(map(id, _types._pools[cls].spares))

    def test_the_type_of_a_gone_mock_is_used_again(self):
        for cls in (NonCallableMock, Mock, MagicMock, CoroutineMock):
            with self.subTest(cls.__name__):
                made = cls()
                number = id(type(made))
                del made
                self.assertIn(number, self.spares(cls))
                made = cls()
                self.assertEqual(id(type(made)), number)
                self.assertNotIn(number, self.spares(cls))

    def test_the_type_of_a_collected_circle_is_used_again(self):
        _types._pools[Mock].spares.clear()
        made = Mock()
        made.itself = [made]
        number = id(type(made))
        del made
        gc.collect()
        self.assertIn(number, self.spares(Mock))

    def test_live_mocks_never_share_a_type(self):
        kept = [Mock() for _ in range(50)]
        for _ in range(3):
            del kept[::2]
            kept += [Mock() for _ in range(50)]
            self.assertEqual(len({type(mock) for mock in kept}), len(kept))

    def test_a_type_somebody_refers_to_is_not_used_again(self):
        own_type = type(Mock())
        kept = [Mock() for _ in range(300)]
        self.assertNotIn(own_type, map(type, kept))

    def test_a_type_with_a_subclass_is_not_used_again(self):
        made = Mock()
        subclass = type("Sub", (type(made),), {})
        del made
        self.assertNotIn(id(subclass.__base__), self.spares(Mock))

    def test_a_type_somebody_refers_to_weakly_is_not_used_again(self):
        made = Mock()
        reference = weakref.ref(type(made))
        del made
        self.assertNotIn(id(reference()), self.spares(Mock))

    def test_a_registered_type_is_not_used_again(self):
        class Base(abc.ABC):
            pass

        made = Mock()
        Base.register(type(made))
        del made
        for _ in range(300):
            self.assertNotIsInstance(Mock(), Base)

    def test_a_changed_type_is_not_used_again(self):
        def set_new(own_type):
            own_type.new = 1

        def replace(own_type):
            own_type.__len__ = lambda self: 3

        def delete(own_type):
            del own_type.__len__

        for change in (set_new, replace, delete):
            with self.subTest(change.__name__):
                made = MagicMock()
                change(type(made))
                number = id(type(made))
                del made
                self.assertNotIn(number, self.spares(MagicMock))
                self.assertEqual({len(MagicMock()) for _ in range(300)}, {0})

    def test_a_mock_starts_clean_on_a_used_type(self):
        made = MagicMock(return_value=3, name="old")
        made.child(1)
        len(made)
        del made
        gc.collect()
        made = MagicMock()
        self.assertEqual((made.mock_calls, made.call_count), ([], 0))
        self.assertIsInstance(made(), MagicMock)

    def test_the_types_of_a_users_class_do_not_keep_it_alive(self):
        def use():
            class Special(Mock):
                pass

            Special().child(1)
            return weakref.ref(Special)

        reference = use()
        collect()
        self.assertIsNone(reference())

    def test_spare_types_are_not_kept_without_limit(self):
        kept = [Mock() for _ in range(2000)]
        del kept
        gc.collect()
        self.assertLessEqual(len(_types._pools[Mock].spares), _types._MOST_SPARES)

    def test_threads_making_mocks_never_share_a_type(self):
        kept, clashes = {}, []

        def work():
            for _ in range(300):
                made = Mock()
                if kept.setdefault(type(made), made) is not made:
                    clashes.append(made)
                del kept[type(made)]

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(clashes, [])


class Register(unittest.TestCase):
    def test_a_mock_is_found_by_its_type(self):
        made = MagicMock()
        self.assertIs(_types.mock_of(type(made)), made)

    def test_nothing_is_found_for_other_types(self):
        self.assertIsNone(_types.mock_of(MagicMock))

    def test_a_gone_mock_is_not_found(self):
        own_type = type(MagicMock())
        self.assertIsNone(_types.mock_of(own_type))

    def test_nothing_is_left_of_a_gone_mock(self):
        gc.collect()
        before = len(_types._register)
        kept = [MagicMock() for _ in range(10)]
        self.assertEqual(len(_types._register), before + 10)
        del kept
        gc.collect()
        self.assertEqual(len(_types._register), before)
