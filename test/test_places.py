import functools
import unittest

from asynctest._places import Place, nearest_user_frame, place_of


def function():
    pass


class CallableObject:
    def __call__(self):
        pass


class PlaceOf(unittest.TestCase):
    def test_a_function_a_method_a_partial_and_an_object_are_found(self):
        line = function.__code__.co_firstlineno
        wrapped = functools.wraps(function)(lambda: None)
        for thing in (function, functools.partial(function), wrapped):
            with self.subTest(thing=thing):
                place = place_of(thing)
                self.assertEqual((place.filename, place.lineno), (__file__, line))
        self.assertEqual(place_of(self.setUp).function, "TestCase.setUp")
        self.assertEqual(place_of(CallableObject()).function, "CallableObject.__call__")

    def test_a_place_knows_the_module_that_warning_filters_mean(self):
        self.assertEqual(place_of(function).module, __name__)
        self.assertEqual(Place("/no/such/file.py", 1).module, "/no/such/file")

    def test_what_has_no_code_has_no_place(self):
        self.assertIsNone(place_of(print))

    def test_it_is_written_as_file_line_and_function(self):
        self.assertEqual(str(Place("a.py", 3, "f")), "a.py:3 in f")
        self.assertEqual(str(Place("a.py", 3)), "a.py:3")


class Frames(unittest.TestCase):
    def test_the_nearest_frame_outside_of_the_package_is_the_users(self):
        self.assertEqual(nearest_user_frame().f_code.co_filename, __file__)
