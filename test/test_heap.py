import gc
import unittest

import asynctest
from asynctest._heap import Heap


class Thing:
    pass


class Heap_(unittest.TestCase):
    def setUp(self):
        self.heap = Heap()
        self.addCleanup(self.heap.thaw)

    def test_what_was_there_before_is_not_the_tests(self):
        before = Thing()
        self.heap.freeze()
        after = Thing()
        after.itself = after
        self.assertEqual(self.heap.made(Thing), [after])
        del before

    def test_garbage_is_gone_after_the_collection(self):
        self.heap.freeze()
        thing = Thing()
        thing.itself = thing
        del thing
        self.assertEqual(len(self.heap.made(Thing)), 1)
        self.heap.collect()
        self.assertEqual(self.heap.made(Thing), [])

    def test_garbage_that_has_survived_a_collection_is_gone_too(self):
        self.heap.freeze()
        thing = Thing()
        thing.itself = thing
        gc.collect()
        del thing
        self.heap.collect()
        self.assertEqual(self.heap.made(Thing), [])

    def test_only_the_interpreters_and_our_own_types_are_plain(self):
        # Twice, since types of ours are remembered.
        for _ in range(2):
            self.heap.freeze()
            heap = Heap()
            heap.itself = heap
            self.heap.collect()
            self.assertTrue(self.heap.is_plain)
            self.heap.thaw()
        self.heap.freeze()
        mock = asynctest.Mock()
        thing = Thing()
        thing.itself = thing
        self.heap.collect()
        self.assertFalse(self.heap.is_plain)
        del heap.itself, thing.itself, mock

    def test_subclasses_count(self):
        class Special(Thing):
            pass

        self.heap.freeze()
        special = Special()
        special.itself = special
        self.heap.collect()
        self.assertEqual(self.heap.made(Thing), [special])

    def test_a_disabled_collector_is_left_alone(self):
        gc.disable()
        self.addCleanup(gc.enable)
        self.heap.freeze()
        self.assertFalse(self.heap.mine)
        thing = Thing()
        thing.itself = thing
        del thing
        self.heap.collect()
        self.assertEqual(sum(isinstance(one, Thing) for one in gc.get_objects()), 1)

    def test_a_frozen_heap_of_the_user_stays_frozen(self):
        gc.freeze()
        self.addCleanup(gc.unfreeze)
        frozen = gc.get_freeze_count()
        self.heap.freeze()
        self.assertFalse(self.heap.mine)
        self.heap.collect()
        self.heap.thaw()
        self.assertGreaterEqual(gc.get_freeze_count(), frozen - 100)  # some may have died

    def test_a_class_whose_module_is_no_name_is_no_trouble(self):
        class Compiled:
            __module__ = property(lambda self: "compiled")

        self.heap.freeze()
        thing = Compiled()
        thing.itself = thing
        self.heap.collect()
        self.assertFalse(self.heap.is_plain)

    def test_an_inner_test_does_not_thaw_the_outer_one(self):
        self.heap.freeze()
        inner = Heap()
        inner.freeze()
        inner.collect()
        inner.thaw()
        self.assertTrue(self.heap.mine)

    def test_everything_is_seen_again_afterwards(self):
        self.heap.freeze()
        self.heap.thaw()
        self.assertLess(gc.get_freeze_count(), 1000)

    def test_a_test_leaves_no_work_for_the_collector(self):
        class Case(asynctest.TestCase):
            async def test(self):
                pass

        result = unittest.TestResult()
        gc.disable()
        self.addCleanup(gc.enable)
        for base in (Case, asynctest.strict(type("Strict", (Case,), {}))):
            with self.subTest(base.__name__):
                base("test").run(result)
                # What other tests have left may take several rounds.
                self.assertIn(0, (gc.collect() for _ in range(20)))
                base("test").run(result)
                self.assertEqual(gc.collect(), 0)

    def test_a_test_in_another_thread_makes_the_heap_nobodys(self):
        import threading

        self.heap.freeze()
        thread = threading.Thread(target=lambda: Heap().freeze())
        thread.start()
        thread.join()
        self.assertFalse(self.heap.mine)
        self.heap.thaw()
        self.assertLess(gc.get_freeze_count(), 1000)
