import unittest

from asynctest.clock import Clock


class Options(unittest.TestCase):
    def test_an_unknown_mode_is_refused_with_the_known_ones(self):
        with self.assertRaisesRegex(ValueError, "mode is 'automatic'; it is one of 'auto', 'man"):
            Clock("automatic")

    def test_an_unknown_policy_is_refused(self):
        with self.assertRaisesRegex(ValueError, "external is 'skip'; it is one of 'wait', 'err"):
            Clock(external="skip")

    def test_negative_patience_is_refused(self):
        with self.assertRaisesRegex(ValueError, "patience is -1; .* real seconds"):
            Clock(patience=-1)

    def test_time_cannot_start_at_infinity(self):
        with self.assertRaisesRegex(ValueError, "start is inf"):
            Clock(start=float("inf"))

    def test_a_limit_of_nothing_is_refused(self):
        with self.assertRaisesRegex(ValueError, "limit is 0"):
            Clock(limit=0)

    def test_a_fresh_clock_has_the_same_options(self):
        clock = Clock("manual", start=5.0, external="error", limit=7)
        self.assertEqual(clock.fresh()._options, clock._options)
        self.assertEqual(clock.fresh().time(), 5.0)
