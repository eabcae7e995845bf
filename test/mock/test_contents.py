"""Piles of changes of one mapping."""

import itertools
import os
import unittest
from collections import ChainMap, UserDict

from asynctest.mock._contents import ContentLayer


class Writes(UserDict):
    """Counts what is written to it."""

    def __init__(self, *args):
        self.written = []
        super().__init__(*args)

    def __setitem__(self, key, value):
        self.written.append(key)
        super().__setitem__(key, value)

    def __delitem__(self, key):
        self.written.append(key)
        super().__delitem__(key)

    def copy(self):
        # The same values, as equal strings that are not the same objects.
        return {key: str(value.encode(), "ascii") for key, value in self.data.items()}


class ContentPiles(unittest.TestCase):
    def setUp(self):
        self.mapping = {"kept": 0, "changed": 0}

    def layer(self, clear=False, **values):
        return ContentLayer(self.mapping, values, clear)

    def test_changes_add_up(self):
        self.layer(a=1).lay()
        self.layer(b=2, changed=2).lay()
        self.assertEqual(self.mapping, {"kept": 0, "changed": 2, "a": 1, "b": 2})

    def test_content_is_that_of_the_layers_left_in_whatever_order(self):
        changes = [{"a": 1, "changed": 1}, {"b": 2, "changed": 2}, {"c": 3, "a": 3}]
        for order in itertools.permutations(range(3)):
            with self.subTest(order=order):
                self.setUp()
                layers = [self.layer(**change) for change in changes]
                for layer in layers:
                    layer.lay()
                left = list(range(3))
                for index in order:
                    layers[index].lift()
                    left.remove(index)
                    expected = {"kept": 0, "changed": 0}
                    for index in left:
                        expected.update(changes[index])
                    self.assertEqual(self.mapping, expected)

    def test_what_the_body_did_is_undone(self):
        layer = self.layer(a=1)
        layer.lay()
        self.mapping["own"] = 1
        self.mapping["changed"] = 1
        del self.mapping["kept"]
        layer.lift()
        self.assertEqual(self.mapping, {"kept": 0, "changed": 0})

    def test_order_of_the_keys_is_restored(self):
        layer = self.layer(clear=True, changed=1)
        layer.lay()
        layer.lift()
        self.assertEqual(list(self.mapping), ["kept", "changed"])

    def test_what_the_body_did_comes_back_after_a_rest(self):
        layer = self.layer(a=1)
        layer.lay()
        self.mapping["own"] = 1
        del self.mapping["kept"]
        layer.rest()
        self.assertEqual(self.mapping, {"kept": 0, "changed": 0})
        self.mapping["outside"] = 1
        layer.lay()
        self.assertEqual(self.mapping, {"changed": 0, "a": 1, "own": 1, "outside": 1})
        layer.lift()
        self.assertEqual(self.mapping, {"kept": 0, "changed": 0, "outside": 1})

    def test_key_deleted_by_the_body_and_by_others_meanwhile(self):
        layer = self.layer()
        layer.lay()
        del self.mapping["kept"]
        layer.rest()
        del self.mapping["kept"]
        layer.lay()
        layer.lift()
        self.assertEqual(self.mapping, {"changed": 0})

    def test_cleared_stays_cleared_after_a_rest(self):
        layer = self.layer(clear=True, a=1)
        layer.lay()
        layer.rest()
        self.mapping["outside"] = 1
        layer.lay()
        self.assertEqual(self.mapping, {"a": 1})
        layer.lift()
        self.assertEqual(self.mapping, {"kept": 0, "changed": 0, "outside": 1})

    def test_cleared_keeps_what_was_the_same_before(self):
        layer = self.layer(clear=True, kept=0)
        layer.lay()
        layer.rest()
        layer.lay()
        self.assertEqual(self.mapping, {"kept": 0})
        layer.lift()

    def test_what_the_body_did_stays_when_the_layer_below_goes(self):
        layers = [self.layer(**{name: 1}) for name in "abc"]
        layers[0].lay()
        layers[1].lay()
        self.mapping["under"] = 1
        layers[2].lay()
        self.mapping["over"] = 1
        layers[0].lift()
        self.assertEqual(
            self.mapping, {"kept": 0, "changed": 0, "b": 1, "under": 1, "c": 1, "over": 1}
        )
        layers[2].lift()
        self.assertEqual(self.mapping, {"kept": 0, "changed": 0, "b": 1, "under": 1})
        layers[1].lift()
        self.assertEqual(self.mapping, {"kept": 0, "changed": 0})

    def test_layer_above_a_cleared_one_rests_and_comes_back(self):
        lower, upper = self.layer(clear=True, a=1), self.layer(b=2)
        lower.lay()
        upper.lay()
        lower.rest()
        self.assertEqual(self.mapping, {"kept": 0, "changed": 0, "b": 2})
        lower.lay()
        self.assertEqual(self.mapping, {"a": 1, "b": 2})
        upper.lift()
        self.assertEqual(self.mapping, {"a": 1})
        lower.lift()
        self.assertEqual(self.mapping, {"kept": 0, "changed": 0})

    def test_layer_comes_back_under_those_laid_on_it(self):
        lower, upper = self.layer(changed=1), self.layer(changed=2)
        lower.lay()
        upper.lay()
        lower.rest()
        lower.lay()
        self.assertEqual(self.mapping["changed"], 2)
        upper.lift()
        self.assertEqual(self.mapping["changed"], 1)
        lower.lift()
        self.assertEqual(self.mapping["changed"], 0)

    def test_surfacing_changes_nothing_that_can_be_seen(self):
        lower, upper = self.layer(changed=1, a=1), self.layer(changed=2, b=2)
        lower.lay()
        upper.lay()
        before = dict(self.mapping)
        lower.surface()
        self.assertEqual(self.mapping, before)

    def test_surfaced_layer_owns_what_is_written_afterwards(self):
        lower, upper = self.layer(a=1), self.layer(b=2)
        lower.lay()
        upper.lay()
        lower.surface()
        self.mapping["own"] = 1
        lower.rest()
        self.assertEqual(self.mapping, {"kept": 0, "changed": 0, "b": 2})
        lower.lay()
        self.assertEqual(self.mapping["own"], 1)
        upper.lift()
        lower.lift()
        self.assertEqual(self.mapping, {"kept": 0, "changed": 0})

    def test_failure_in_the_middle_leaves_nothing_changed(self):
        class Picky(UserDict):
            def __setitem__(self, key, value):
                if value == "bad":
                    raise ValueError(key)
                super().__setitem__(key, value)

        self.mapping = Picky(kept=0)
        with self.assertRaises(ValueError):
            self.layer(good=1, wrong="bad").lay()
        self.assertEqual(dict(self.mapping), {"kept": 0})


class OtherMappings(unittest.TestCase):
    def test_only_differences_are_written(self):
        mapping = Writes({"kept": "old", "changed": "old"})
        mapping.written.clear()
        layer = ContentLayer(mapping, {"changed": "new", "new": "new"}, False)
        layer.lay()
        layer.lift()
        self.assertEqual(mapping.written, ["changed", "new", "changed", "new"])
        self.assertEqual(list(mapping.items()), [("kept", "old"), ("changed", "old")])

    def test_order_of_the_keys_is_restored_all_the_same(self):
        mapping = Writes({"a": "1", "b": "2"})
        layer = ContentLayer(mapping, {}, False)
        layer.lay()
        mapping["a"] = mapping.pop("a")
        layer.lift()
        self.assertEqual(list(mapping), ["a", "b"])

    def test_equal_but_not_identical_values_are_restored(self):
        one, other = [1], [1]
        mapping = UserDict({"a": one})
        layer = ContentLayer(mapping, {"a": other}, False)
        layer.lay()
        layer.lift()
        self.assertIs(mapping["a"], one)

    def test_environment(self):
        before = dict(os.environ)
        layer = ContentLayer(os.environ, {"ASYNCTEST_A": "1", "PATH": "nowhere"}, False)
        layer.lay()
        self.assertEqual(os.environ["ASYNCTEST_A"], "1")
        os.environ["ASYNCTEST_B"] = "1"
        layer.lift()
        self.assertEqual(list(os.environ.items()), list(before.items()))

    def test_environment_gets_back_what_it_held_when_a_value_is_refused(self):
        before = dict(os.environ)
        with self.assertRaises(TypeError):
            ContentLayer(os.environ, {"ASYNCTEST_A": "1", "ASYNCTEST_B": 1}, True).lay()
        self.assertEqual(list(os.environ.items()), list(before.items()))

    def test_chain_is_not_flattened(self):
        chain = ChainMap({"own": 1}, {"below": 2})
        layer = ContentLayer(chain, {"new": 3}, False)
        layer.lay()
        layer.lift()
        self.assertEqual(chain.maps, [{"own": 1}, {"below": 2}])

    def test_mapping_with_the_bare_minimum(self):
        class Minimal:
            def __init__(self):
                self.data = {"a": 1}

            def __getitem__(self, key):
                return self.data[key]

            def __setitem__(self, key, value):
                self.data[key] = value

            def __delitem__(self, key):
                del self.data[key]

            def __iter__(self):
                return iter(self.data)

        mapping = Minimal()
        layer = ContentLayer(mapping, {"b": 2}, True)
        layer.lay()
        self.assertEqual(mapping.data, {"b": 2})
        layer.lift()
        self.assertEqual(mapping.data, {"a": 1})


if __name__ == "__main__":
    unittest.main()
