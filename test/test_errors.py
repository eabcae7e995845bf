import unittest

from asynctest._errors import count, say


class Say(unittest.TestCase):
    def test_parts_stand_in_order(self):
        self.assertEqual(say("fact:", ["a", "b"], "Do it."), "fact:\n  a\n  b\nDo it.")

    def test_a_fact_alone_is_one_line(self):
        self.assertEqual(say("fact"), "fact")

    def test_a_long_list_is_cut_off_and_says_how_much_is_hidden(self):
        lines = say("fact:", map(str, range(50))).splitlines()
        self.assertEqual(len(lines), 22)
        self.assertEqual(lines[-1], "  ... and 30 more")


class Count(unittest.TestCase):
    def test_one_is_singular_and_others_are_plural(self):
        self.assertEqual([count(n, "task") for n in (0, 1, 2)], ["0 tasks", "1 task", "2 tasks"])
