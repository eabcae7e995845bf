import asyncio
import unittest

from asynctest.clock import Clock, run

try:
    import uvloop
except ImportError:
    uvloop = None


@unittest.skipUnless(uvloop, "needs uvloop")
class Uvloop(unittest.TestCase):
    def test_the_loop_is_a_uvloop_still(self):
        async def main():
            self.assertIsInstance(asyncio.get_running_loop(), uvloop.Loop)

        run(main(), loop_factory=uvloop.new_event_loop)

    def test_a_subclass_stays_what_it_is(self):
        class Mine(uvloop.Loop):
            colour = "blue"

        async def main():
            return asyncio.get_running_loop()

        loop = run(main(), loop_factory=Mine)
        self.assertIsInstance(loop, Mine)
        self.assertEqual(loop.colour, "blue")

    def test_one_that_is_in_use_is_refused_with_a_remedy(self):
        loop = uvloop.new_event_loop()
        self.addCleanup(loop.close)
        with self.assertRaisesRegex(RuntimeError, "uvloop that is already in use.*\n.*loop_fact"):
            Clock().install(loop, replace=False)
