import unittest

from asynctest._levels import Level, closest, parse_level


class Levels(unittest.TestCase):
    def test_words_and_truth_values_are_levels(self):
        for word, level in (
            (True, Level.FAIL),
            (False, Level.OFF),
            ("off", Level.OFF),
            ("warn", Level.WARN),
            ("fail", Level.FAIL),
            (Level.WARN, Level.WARN),
            (1, Level.FAIL),
            (None, Level.OFF),
        ):
            with self.subTest(word=word):
                self.assertIs(parse_level(word), level)

    def test_another_word_is_a_value_error_that_lists_them(self):
        with self.assertRaisesRegex(ValueError, "'loud' is not a level. Use 'off', 'warn' or"):
            parse_level("loud")


class Closest(unittest.TestCase):
    def test_a_near_miss_is_suggested_and_a_far_one_lists_all(self):
        self.assertEqual(closest("strct", ["strict", "other"]), "Did you mean 'strict'?")
        self.assertEqual(closest("x", ["b", "a"]), "Known names: a, b.")
