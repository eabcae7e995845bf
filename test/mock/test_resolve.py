"""Dotted names: as pkgutil.resolve_name finds them, without its doomed imports."""

import importlib
import os.path
import pkgutil
import sys
import types
import unittest
import wsgiref
from unittest import mock

from asynctest.mock._resolve import resolve


class Resolving(unittest.TestCase):
    def test_same_as_pkgutil(self):
        for name in (
            "os",
            "os.path",
            "os.path.join",
            "unittest.mock.Mock.assert_called",
            "unittest.TestCase.run",
            "unittest.case.TestCase.run",
            "collections.abc.Mapping.get",
            "json.decoder.JSONDecoder",
            "os.path:join",
            "unittest:mock.Mock",
        ):
            with self.subTest(name):
                self.assertIs(resolve(name), pkgutil.resolve_name(name))

    def test_same_errors_as_pkgutil(self):
        for name in (
            "asynctest_no_such_module",
            "os.no_such_name",
            "os.path.no_such_name",
            "unittest.no_such_name",
            "os.path.1x",
            "os.path.join.",
            "os.path..join",
            "",
            ".os",
        ):
            with self.subTest(name):
                with self.assertRaises(Exception) as expected:
                    pkgutil.resolve_name(name)
                with self.assertRaises(type(expected.exception)) as raised:
                    resolve(name)
                self.assertEqual(str(raised.exception), str(expected.exception))

    def test_submodule_is_imported_if_need_be(self):
        with mock.patch.dict("sys.modules"), mock.patch.object(wsgiref, "util", create=True):
            sys.modules.pop("wsgiref.util", None)
            del wsgiref.util
            self.assertEqual(resolve("wsgiref.util").__name__, "wsgiref.util")

    def test_what_is_in_place_of_a_module_is_taken(self):
        fake = types.SimpleNamespace(part=types.SimpleNamespace(name=1))
        with mock.patch.dict("sys.modules", asynctest_fake=fake):
            self.assertEqual(resolve("asynctest_fake.part.name"), 1)

    def test_module_blocked_in_sys_modules_is_not_used(self):
        with mock.patch.dict("sys.modules", {"os.path": None}):
            self.assertIs(resolve("os.path"), os.path)

    def test_class_in_a_module_costs_no_import_that_fails(self):
        tried = []

        def import_module(name):
            tried.append(name)
            return importlib.import_module(name)

        fake = types.SimpleNamespace(import_module=import_module)
        with mock.patch("asynctest.mock._resolve.importlib", fake):
            resolve("unittest.case.TestCase.run")
        self.assertEqual(tried, ["unittest.case"])


if __name__ == "__main__":
    unittest.main()
