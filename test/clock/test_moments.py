import math
import unittest

from asynctest.clock._moments import FAR, from_ns, grain, to_ns


class Moments(unittest.TestCase):
    def test_ten_tenths_make_one(self):
        self.assertEqual(to_ns(0.1 + 0.1 + 0.1), to_ns(0.3))
        self.assertEqual(from_ns(10 * to_ns(0.1)), 1.0)

    def test_near_zero_a_moment_is_good_to_a_nanosecond(self):
        self.assertEqual(to_ns(1e-9), 1)
        self.assertEqual(to_ns(2_000_000.000000001), 2_000_000_000_000_001)

    def test_far_from_zero_moments_are_as_coarse_as_floats_are(self):
        for seconds in (4e6, 1e9, 1.7e9, 1e12):
            with self.subTest(seconds):
                self.assertGreaterEqual(grain(seconds), 4 * math.ulp(seconds) * 1e9)
                self.assertLess(grain(seconds), 40.01 * math.ulp(seconds) * 1e9)

    def test_a_float_goes_there_and_back(self):
        for seconds in (0.0, 0.1, 3600.5, 1e6 + 0.1, 1e9 + 0.5, 1.7e9 + 0.1, -3.5):
            with self.subTest(seconds):
                self.assertEqual(from_ns(to_ns(seconds)), seconds)

    def test_forever_is_a_moment_too(self):
        self.assertEqual(to_ns(math.inf), FAR)
        self.assertEqual(to_ns(-math.inf), -FAR)
