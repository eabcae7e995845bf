"""Every ``test_*.py`` below this folder, found without a list."""

import pathlib
import unittest


def load_tests(
    loader: unittest.TestLoader, tests: unittest.TestSuite, pattern: str | None
) -> unittest.TestSuite:
    here = pathlib.Path(__file__).parent
    return loader.discover(str(here), pattern or "test_*.py", top_level_dir=str(here.parent))
