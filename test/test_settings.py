import inspect
import pathlib
import tempfile
import unittest

import asynctest
from asynctest import _settings
from test.tools import run


class Declared(unittest.TestCase):
    def test_bases_count_less_than_the_class_and_that_less_than_the_method(self):
        class Base:
            cancel_timeout = 1

        @asynctest.configure(cancel_timeout=2)
        class Child(Base):
            pass

        class Grandchild(Child):
            cancel_timeout = 3

        @asynctest.configure(cancel_timeout=4)
        def method():
            pass

        for cls, function, value in (
            (Base, None, 1),
            (Child, None, 2),
            (Grandchild, None, 3),
            (Grandchild, method, 4),
        ):
            self.assertEqual(_settings.declared_on(cls, function), {"cancel_timeout": value})

    def test_a_method_or_property_of_the_same_name_is_no_setting(self):
        class Case:
            def debug(self):
                pass

            @property
            def cancel_timeout(self):
                return "x"

        self.assertEqual(_settings.declared_on(Case), {})


class Configure(unittest.TestCase):
    def test_an_unknown_name_is_a_type_error_with_the_nearest_one(self):
        with self.assertRaisesRegex(TypeError, "'debgu'. Did you mean 'debug'"):
            asynctest.configure(debgu=True)

    def test_a_bad_value_is_a_value_error_that_says_what_is_accepted(self):
        with self.assertRaisesRegex(ValueError, "cancel_timeout = -1 .* a number of seconds"):
            asynctest.configure(cancel_timeout=-1)
        with self.assertRaisesRegex(ValueError, "debug = 1 .* True or False"):
            asynctest.configure(debug=1)

    def test_two_decorators_add_up_and_the_outer_wins(self):
        @asynctest.configure(debug=False)
        @asynctest.configure(debug=True, cancel_timeout=3)
        def test():
            pass

        self.assertEqual(_settings.declared_on(None, test), {"debug": False, "cancel_timeout": 3.0})


class BadClassAttribute(unittest.TestCase):
    def test_it_is_an_error_of_its_tests_and_the_others_run(self):
        class Bad(asynctest.TestCase):
            loop_model = "proactr"

            def test(self):
                pass

        class Good(asynctest.TestCase):
            def test(self):
                pass

        ran = run(Bad, Good)
        self.assertEqual(ran.words, {"ran": 2, "errors": 1})
        line = inspect.getsourcelines(Bad)[1] + 1
        self.assertIn("Bad.loop_model = 'proactr' cannot be used.\n  at ", ran.text)
        self.assertRegex(ran.text, rf"test_settings.py:{line} in .*Bad\nGive \"selector\", \"proa")

    def test_what_a_nearer_word_hides_is_not_looked_at(self):
        class Base(asynctest.TestCase):
            timeout = -1

            def test(self):
                pass

        class Better(Base):
            timeout = 1

        self.assertEqual(run(Better).words, {"ran": 1})


class Layers(unittest.TestCase):
    def setUp(self):
        self.addCleanup(_settings.use_command_line, {})

    def test_the_nearest_word_wins(self):
        _settings.use_command_line({"cancel_timeout": 2.0, "debug": True})
        merged = _settings.merge({"cancel_timeout": 3})
        self.assertEqual((merged.cancel_timeout, merged.debug), (3.0, True))

    def test_settings_cannot_be_changed(self):
        with self.assertRaises(AttributeError):
            _settings.merge().debug = True


class Project(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, text):
        (self.folder / "pyproject.toml").write_text(text)

    def test_the_nearest_file_above_is_read(self):
        self.write("[tool.asynctest]\ndebug = true\n")
        below = self.folder / "a" / "b"
        below.mkdir(parents=True)
        self.assertEqual(_settings.read_project(below), {"debug": True})

    def test_a_file_without_our_table_says_nothing(self):
        self.write("[tool.other]\ndebug = 1\n")
        self.assertEqual(_settings.read_project(self.folder), {})

    def test_an_unknown_name_is_a_type_error_with_the_path(self):
        self.write("[tool.asynctest]\nstrct = true\n")
        with self.assertRaisesRegex(TypeError, r"strct in .*pyproject.toml: .*'strict'"):
            _settings.read_project(self.folder)


class Words(unittest.TestCase):
    def test_text_becomes_what_the_setting_accepts(self):
        self.assertIs(_settings.parse_word("debug", "true"), True)
        self.assertEqual(_settings.parse_word("cancel_timeout", "0.5"), 0.5)
        with self.assertRaises(ValueError):
            _settings.parse_word("debug", "perhaps")
