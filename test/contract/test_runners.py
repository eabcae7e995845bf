"""The test case under the runners people use, with their options."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).parents[2]

SUITE = """
    import asyncio, unittest
    import asynctest

    class Tests(asynctest.TestCase):
        async def setUp(self):
            self.number = 1

        async def test_a_fails(self):
            local_value = "seen in locals"
            print("printed by a")
            self.assertEqual(self.number, 2)

        async def test_b_passes(self):
            print("printed by b")
            await asyncio.sleep(0)

        async def test_c_subtests(self):
            for i in range(3):
                with self.subTest(i=i):
                    self.assertNotEqual(i, 1)

        @unittest.skip("why not")
        async def test_d_skipped(self):
            pass

        @unittest.expectedFailure
        async def test_e_expected(self):
            self.fail()

    class Classes(asynctest.TestCase):
        @classmethod
        async def asyncSetUpClass(cls):
            cls.ready = True

        async def test(self):
            self.assertTrue(self.ready)

    if __name__ == "__main__":
        asynctest.main()
"""


class Runners(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        pathlib.Path(cls.folder, "test_inner.py").write_text(textwrap.dedent(SUITE))

    def python(self, *arguments):
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "PYTHONWARNINGS": "error",
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.stdout + done.stderr

    def test_unittest_with_locals_and_buffer(self):
        out = self.python("-m", "unittest", "--locals", "-b", "-v", "test_inner")
        self.assertIn("seen in locals", out)
        self.assertIn("printed by a", out)
        self.assertNotIn("printed by b", out)
        self.assertRegex(out, r"FAILED \(failures=2, skipped=1, expected failures=1\)")

    def test_fail_fast_stops_at_the_first_failure(self):
        out = self.python("-m", "unittest", "-f", "test_inner.Tests")
        self.assertIn("Ran 1 test", out)

    def test_a_script_that_calls_main(self):
        out = self.python("test_inner.py", "-k", "test_b", "-k", "Classes")
        self.assertRegex(out, r"Ran 2 tests[^F]*OK")

    @unittest.skipIf(sys.version_info < (3, 12), "--durations came with 3.12")
    def test_durations(self):
        out = self.python("-m", "unittest", "--durations", "5", "-v", "test_inner.Classes")
        self.assertIn("Slowest test durations", out)

    def test_pytest(self):
        self.need("pytest")
        out = self.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_inner.py")
        self.assert_counts(out, failed=2, passed=3, skipped=1, xfailed=1)

    def test_pytest_in_parallel(self):
        self.need("pytest")
        self.need("xdist")
        out = self.python("-m", "pytest", "-q", "-p", "xdist", "-n", "2", "test_inner.py")
        self.assert_counts(out, failed=2, passed=3, skipped=1, xfailed=1)

    def need(self, module):
        try:
            __import__(module)
        except ImportError:
            self.skipTest(f"needs {module}")

    def assert_counts(self, out, *, failed, passed, skipped, xfailed):
        last = out.strip().splitlines()[-1]
        counts = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", last)}
        # pytest 9 counts subtests that passed too.
        self.assertGreaterEqual(counts.get("passed", 0), passed - 1, out)
        self.assertGreaterEqual(counts.get("failed", 0), failed, out)
        self.assertEqual((counts.get("skipped"), counts.get("xfailed")), (skipped, xfailed), out)
