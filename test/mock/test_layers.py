"""Piles of replacements: whatever the order, the original comes back."""

import itertools
import sys
import threading
import unittest
from unittest import mock

from asynctest.mock import _layers
from asynctest.mock._layers import MISSING, AttributeLayer, _piles, ground_of, look


class Thing:
    attribute = "original"


class AttributePiles(unittest.TestCase):
    def setUp(self):
        self.thing = Thing()
        self.thing.attribute = "original"

    def layer(self, value):
        return AttributeLayer(self.thing, "attribute", value)

    def test_topmost_layer_shows(self):
        for value in "abc":
            self.layer(value).lay()
            self.assertEqual(self.thing.attribute, value)
        self.assertEqual(ground_of(self.thing, "attribute"), "original")

    def test_original_is_back_in_whatever_order_layers_are_lifted(self):
        for order in itertools.permutations(range(4)):
            with self.subTest(order=order):
                layers = [self.layer(value) for value in "abcd"]
                for layer in layers:
                    layer.lay()
                left = list(range(4))
                for index in order:
                    layers[index].lift()
                    left.remove(index)
                    shown = "abcd"[left[-1]] if left else "original"
                    self.assertEqual(self.thing.attribute, shown)

    def test_pile_is_forgotten_with_its_last_layer(self):
        layer = self.layer("a")
        layer.lay()
        self.assertIn(layer.key, _piles)
        layer.lift()
        self.assertNotIn(layer.key, _piles)

    def test_lifting_twice_is_harmless(self):
        lower, upper = self.layer("a"), self.layer("b")
        lower.lay()
        upper.lay()
        upper.lift()
        upper.lift()
        self.assertEqual(self.thing.attribute, "a")
        lower.lift()
        lower.lift()
        self.assertEqual(self.thing.attribute, "original")

    def test_assignment_between_two_layers_comes_back_when_the_upper_goes(self):
        lower, upper = self.layer("a"), self.layer("b")
        lower.lay()
        self.thing.attribute = "assigned"
        upper.lay()
        upper.lift()
        self.assertEqual(self.thing.attribute, "assigned")
        lower.lift()
        self.assertEqual(self.thing.attribute, "original")

    def test_layer_at_rest_does_not_show(self):
        layer = self.layer("a")
        layer.lay()
        layer.rest()
        self.assertEqual(self.thing.attribute, "original")
        layer.lay()
        self.assertEqual(self.thing.attribute, "a")
        layer.lift()

    def test_layer_keeps_what_was_assigned_under_it_while_at_rest(self):
        layer = self.layer("a")
        layer.lay()
        self.thing.attribute = "assigned"
        layer.rest()
        self.assertEqual(self.thing.attribute, "original")
        layer.lay()
        self.assertEqual(self.thing.attribute, "assigned")
        layer.lift()
        self.assertEqual(self.thing.attribute, "original")

    def test_layer_keeps_that_the_attribute_was_deleted(self):
        thing = Thing()
        layer = AttributeLayer(thing, "attribute", "a")
        layer.lay()
        del thing.attribute
        layer.rest()
        layer.lay()
        self.assertEqual(vars(thing), {})
        layer.lift()
        self.assertEqual(vars(thing), {})

    def test_layer_comes_back_under_those_laid_on_it(self):
        lower, upper = self.layer("a"), self.layer("b")
        lower.lay()
        upper.lay()
        lower.rest()
        lower.lay()
        self.assertEqual(self.thing.attribute, "b")
        upper.lift()
        self.assertEqual(self.thing.attribute, "a")
        lower.lift()
        self.assertEqual(self.thing.attribute, "original")

    def test_layer_comes_back_over_those_laid_while_it_was_at_rest(self):
        layer, other = self.layer("a"), self.layer("b")
        layer.lay()
        layer.rest()
        other.lay()
        layer.lay()
        self.assertEqual(self.thing.attribute, "a")
        layer.lift()
        self.assertEqual(self.thing.attribute, "b")
        other.lift()
        self.assertEqual(self.thing.attribute, "original")

    def test_layer_under_another_keeps_what_was_assigned_under_it_while_at_rest(self):
        lower, upper = self.layer("a"), self.layer("b")
        lower.lay()
        self.thing.attribute = "assigned"
        upper.lay()
        lower.rest()
        lower.lay()
        upper.lift()
        self.assertEqual(self.thing.attribute, "assigned")
        lower.lift()
        self.assertEqual(self.thing.attribute, "original")

    def test_layer_comes_back_though_the_original_has_gone(self):
        layer = AttributeLayer(self.thing, "other", "a", create=True)
        layer.lay()
        layer.create = False
        layer.rest()
        layer.lay()
        self.assertEqual(self.thing.other, "a")
        layer.lift()
        self.assertFalse(hasattr(self.thing, "other"))

    def test_original_assigned_during_a_rest_is_kept(self):
        layer = self.layer("a")
        layer.lay()
        layer.rest()
        self.thing.attribute = "new original"
        layer.lay()
        layer.lift()
        self.assertEqual(self.thing.attribute, "new original")


class GivingBack(unittest.TestCase):
    def put_and_lift(self, target, name):
        layer = AttributeLayer(target, name, "replacement", create=True)
        layer.lay()
        self.assertEqual(getattr(target, name), "replacement")
        layer.lift()

    def test_inherited_attribute_is_uncovered_not_copied(self):
        thing = Thing()
        self.put_and_lift(thing, "attribute")
        self.assertEqual(vars(thing), {})
        self.assertEqual(thing.attribute, "original")

    def test_class_gets_back_its_descriptor_itself(self):
        class Owner:
            @staticmethod
            def method(): ...

        stored = vars(Owner)["method"]
        self.put_and_lift(Owner, "method")
        self.assertIs(vars(Owner)["method"], stored)

    def test_missing_attribute_is_missing_again(self):
        thing = Thing()
        self.put_and_lift(thing, "other")
        self.assertFalse(hasattr(thing, "other"))

    def test_missing_attribute_that_the_body_deletes_is_no_error(self):
        thing = Thing()
        layer = AttributeLayer(thing, "other", 1, create=True)
        layer.lay()
        del thing.other
        layer.lift()
        self.assertFalse(hasattr(thing, "other"))

    def test_slot(self):
        class Slotted:
            __slots__ = ("empty", "full")

        slotted = Slotted()
        slotted.full = "original"
        self.put_and_lift(slotted, "full")
        self.assertEqual(slotted.full, "original")
        self.put_and_lift(slotted, "empty")
        self.assertFalse(hasattr(slotted, "empty"))

    def test_property_without_deleter(self):
        class Owner:
            held = "original"

            @property
            def value(self):
                return self.held

            @value.setter
            def value(self, value):
                self.held = value

        owner = Owner()
        self.put_and_lift(owner, "value")
        self.assertEqual(owner.value, "original")

    def test_docstring_of_a_function(self):
        def function():
            """Original."""

        self.put_and_lift(function, "__doc__")
        self.assertEqual(function.__doc__, "Original.")

    def test_proxy_that_deletes_for_good(self):
        class Proxy:
            def __getattr__(self, name):
                return getattr(thing, name)

            def __setattr__(self, name, value):
                setattr(thing, name, value)

            def __delattr__(self, name):
                delattr(thing, name)

        class Plain: ...

        thing = Plain()
        thing.attribute = "original"
        self.put_and_lift(Proxy(), "attribute")
        self.assertEqual(vars(thing), {"attribute": "original"})

    def test_proxy_that_cannot_delete(self):
        class Proxy:
            def __getattr__(self, name):
                return getattr(thing, name)

            def __setattr__(self, name, value):
                setattr(thing, name, value)

        thing = Thing()
        thing.attribute = "original"
        self.put_and_lift(Proxy(), "attribute")
        self.assertEqual(thing.attribute, "original")

    def test_what_cannot_be_taken_away_is_an_error(self):
        class Sticky:
            def __delattr__(self, name):
                raise AttributeError(name)

        sticky = Sticky()
        layer = AttributeLayer(sticky, "other", 1, create=True)
        layer.lay()
        with self.assertRaises(AttributeError):
            layer.lift()

    def test_target_that_refuses_is_left_alone(self):
        class Refusing:
            def __setattr__(self, name, value):
                raise TypeError("no")

        refusing = Refusing()
        layer = AttributeLayer(refusing, "attribute", 1, create=True)
        with self.assertRaisesRegex(TypeError, "no"):
            layer.lay()
        self.assertNotIn(layer.key, _piles)
        layer.lift()

    def test_target_that_refuses_too_late_is_restored(self):
        class Half(Thing):
            def __setattr__(self, name, value):
                super().__setattr__(name, value)
                if value == "replacement":
                    raise TypeError("no")

        half = Half()
        half.attribute = "original"
        with self.assertRaisesRegex(TypeError, "no"):
            AttributeLayer(half, "attribute", "replacement").lay()
        self.assertEqual(half.attribute, "original")

    def test_target_that_refuses_a_second_layer_keeps_the_first(self):
        class Picky(Thing):
            def __setattr__(self, name, value):
                if value == "refused":
                    raise TypeError("no")
                super().__setattr__(name, value)

        picky = Picky()
        picky.attribute = "original"
        first, last = (AttributeLayer(picky, "attribute", value) for value in "ab")
        first.lay()
        with self.assertRaisesRegex(TypeError, "no"):
            AttributeLayer(picky, "attribute", "refused").lay()
        last.lay()
        first.lift()
        self.assertEqual(picky.attribute, "b")
        last.lift()
        self.assertEqual(picky.attribute, "original")

    def test_dunder_names_are_suggested_only_for_dunder_names(self):
        for name, suggests in (("attribut", True), ("clas", False), ("__clas__", True)):
            with self.assertRaises(AttributeError) as raised:
                AttributeLayer(Thing(), name, 1).lay()
            self.assertEqual("Did you mean" in str(raised.exception), suggests)


class Looking(unittest.TestCase):
    def test_local_attribute_is_found_as_stored(self):
        class Owner:
            @classmethod
            def method(cls): ...

        self.assertEqual(look(Owner, "method"), (vars(Owner)["method"], True))

    def test_inherited_attribute_is_not_local(self):
        self.assertEqual(look(Thing(), "attribute"), ("original", False))

    def test_nothing(self):
        self.assertEqual(look(Thing(), "nothing"), (MISSING, False))
        self.assertEqual(repr(MISSING), "MISSING")

    def test_no_ground_without_layers(self):
        self.assertIs(ground_of(Thing, "attribute"), MISSING)


class Interference(unittest.TestCase):
    def test_finalizer_that_undoes_a_patch_in_the_middle_of_another_change(self):
        # The collector may run at any moment; here it "runs" while the attribute
        # is being read, and while it is being written, by the change under way.
        for moment in ("__getattribute__", "__setattr__"):
            with self.subTest(moment):

                class Owner:
                    def __getattribute__(self, name):
                        happen("__getattribute__")
                        return super().__getattribute__(name)

                    def __setattr__(self, name, value):
                        super().__setattr__(name, value)
                        happen("__setattr__")

                def happen(now, moment=moment):
                    if now == moment and pending:
                        pending.pop().lift()

                pending = []
                owner = Owner()
                owner.attribute = "original"
                first, second = (AttributeLayer(owner, "attribute", value) for value in "ab")
                first.lay()
                pending.append(first)
                second.lay()
                self.assertFalse(pending)
                self.assertEqual(owner.attribute, "b")
                second.lift()
                self.assertEqual(owner.attribute, "original")
                self.assertNotIn(first.key, _piles)

    def test_finalizer_that_undoes_the_lower_patch_while_the_upper_one_is_undone(self):
        class Owner:
            def __setattr__(self, name, value):
                if value == "a" and pending:
                    pending.pop().lift()
                super().__setattr__(name, value)

        pending = []
        owner = Owner()
        owner.attribute = "original"
        first, second = (AttributeLayer(owner, "attribute", value) for value in "ab")
        first.lay()
        second.lay()
        pending.append(first)
        second.lift()
        self.assertEqual(owner.attribute, "original")
        self.assertNotIn(first.key, _piles)

    def test_finalizer_that_empties_the_pile_just_before_another_change(self):
        def change(*arguments):
            if pending:
                pending.pop().lift()
            original(*arguments)

        original = _layers._change
        for act in (AttributeLayer.lay, AttributeLayer.lift):
            thing = Thing()
            first, second = (AttributeLayer(thing, "attribute", value) for value in "ab")
            first.lay()
            pending = [first]
            with mock.patch.object(_layers, "_change", change):
                act(second)
            self.assertFalse(pending)
            second.lift()
            self.assertEqual(vars(thing), {})
            self.assertNotIn(first.key, _piles)

    def test_finalizer_between_the_last_lift_and_the_end(self):
        class Owner:
            def __setattr__(self, name, value):
                super().__setattr__(name, value)
                if value == "original" and pending:
                    pending.pop().lay()

        pending = []
        owner = Owner()
        owner.attribute = "original"
        first, second = (AttributeLayer(owner, "attribute", value) for value in "ab")
        first.lay()
        pending.append(second)
        first.lift()
        self.assertEqual(owner.attribute, "b")
        second.lift()
        self.assertEqual(owner.attribute, "original")

    def test_thread_waits_for_the_change_of_another(self):
        class Slow:
            def __setattr__(self, name, value):
                if value == "a":
                    entered.set()
                    proceed.wait()
                super().__setattr__(name, value)

        entered, proceed = threading.Event(), threading.Event()
        slow = Slow()
        slow.attribute = "original"
        layers = [AttributeLayer(slow, "attribute", value) for value in "ab"]
        threads = [threading.Thread(target=layer.lay) for layer in layers]
        threads[0].start()
        entered.wait()
        threads[1].start()
        threads[1].join(0.02)
        self.assertTrue(threads[1].is_alive())
        proceed.set()
        for thread in threads:
            thread.join()
        self.assertEqual(slow.attribute, "b")
        for layer in layers:
            layer.lift()
        self.assertEqual(slow.attribute, "original")

    def test_threads_leave_the_original(self):
        thing = Thing()
        thing.attribute = "original"
        start = threading.Barrier(4)

        def work():
            start.wait()
            for _ in range(200):
                lower = AttributeLayer(thing, "attribute", 1)
                upper = AttributeLayer(thing, "attribute", 2)
                lower.lay()
                upper.lay()
                lower.lift()
                upper.lift()

        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(1e-6)
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(thing.attribute, "original")


if __name__ == "__main__":
    unittest.main()
