import doctest
import importlib
import importlib.util
import inspect
import unittest

import asynctest

from . import plan

PUBLIC = [name for name, _ in plan.modules() if not any(p.startswith("_") for p in name.split("."))]
if importlib.util.find_spec("pytest") is None:
    PUBLIC = [name for name in PUBLIC if not name.startswith("pytest_plugin")]


class Exports(unittest.TestCase):
    def test_every_name_in_all_exists(self):
        for module in PUBLIC:
            room = importlib.import_module(f"asynctest.{module}")
            for name in getattr(room, "__all__", ()):
                with self.subTest(module=module, name=name):
                    self.assertTrue(hasattr(room, name))

    def test_star_import_is_that_of_unittest(self):
        self.assertLessEqual(set(unittest.__all__), set(asynctest.__all__))
        for name in unittest.__all__:
            self.assertTrue(hasattr(asynctest, name))


class Docstrings(unittest.TestCase):
    def public_things(self):
        for module in PUBLIC:
            room = importlib.import_module(f"asynctest.{module}")
            yield f"asynctest.{module}", room
            for name in getattr(room, "__all__", ()):
                thing = getattr(room, name)
                ours = str(getattr(thing, "__module__", "")).startswith("asynctest")
                if not ours or not (inspect.isclass(thing) or inspect.isroutine(thing)):
                    continue
                yield f"{module}.{name}", thing
                if inspect.isclass(thing):
                    for method, value in vars(thing).items():
                        value = getattr(value, "__func__", value)
                        if inspect.isfunction(value) and not method.startswith("_"):
                            yield f"{module}.{name}.{method}", value

    def test_every_public_name_says_what_it_does(self):
        for name, thing in self.public_things():
            with self.subTest(name):
                doc = inspect.getdoc(thing)
                self.assertTrue(doc, "write a docstring")
                first = doc.split("\n\n")[0]
                self.assertTrue(first.rstrip().endswith((".", ":")), f"{first!r}: end the sentence")

    def test_examples_run(self):
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        for module, _ in plan.modules():
            if module == "__main__" or module.startswith("pytest_plugin"):
                continue
            room = importlib.import_module(f"asynctest.{module}")
            with self.subTest(module=module):
                result = doctest.testmod(room, optionflags=flags)
                self.assertEqual(result.failed, 0)


class Exceptions(unittest.TestCase):
    def test_each_says_where_it_can_be_imported_from(self):
        seen = set()
        for name, _ in plan.modules():
            if name == "__main__" or (
                name.startswith("pytest_plugin") and importlib.util.find_spec("pytest") is None
            ):
                continue
            room = importlib.import_module(f"asynctest.{name}".removesuffix(".__init__"))
            for thing in vars(room).values():
                if (
                    inspect.isclass(thing)
                    and issubclass(thing, Exception)
                    and thing.__module__.startswith("asynctest")
                ):
                    seen.add(thing)
        seen |= {check.warning for check in asynctest.checks.known().values()}
        self.assertGreater(len(seen), 40)
        for error in seen:
            with self.subTest(error):
                self.assertNotIn("._", f"{error.__module__}.{error.__qualname__}")
                home = importlib.import_module(error.__module__)
                self.assertIs(getattr(home, error.__qualname__), error)
