import unittest

from asynctest._written import amend_last


class AmendLast(unittest.TestCase):
    def test_the_last_entry_of_the_case_is_amended(self):
        entries = [(self, "first\n"), (self, "second\n"), ("other", "third\n")]
        self.assertTrue(amend_last(entries, self, "note"))
        self.assertEqual([text for _, text in entries], ["first\n", "second\nnote\n", "third\n"])

    def test_the_note_stands_above_captured_output(self):
        entries = [(self, "traceback\n\nStdout:\nprinted\n\nStderr:\nmore\n")]
        amend_last(entries, self, "note")
        text = entries[0][1]
        self.assertEqual(text, "traceback\nnote\n\nStdout:\nprinted\n\nStderr:\nmore\n")

    def test_without_an_entry_it_says_so(self):
        self.assertFalse(amend_last([("other", "text")], self, "note"))

    def test_an_entry_that_is_no_text_is_left_alone(self):
        entries = [(self, ["structured"])]
        self.assertFalse(amend_last(entries, self, "note"))
        self.assertEqual(entries, [(self, ["structured"])])
