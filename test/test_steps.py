import asyncio
import unittest

from asynctest._steps import Answer, Steps


def fail(word):
    raise ValueError(word)


class StepsTaken(unittest.TestCase):
    def test_all_are_taken_and_the_first_error_is_raised_with_the_others_as_notes(self):
        steps, log = Steps(), []
        self.assertFalse(steps.take(fail, "first"))
        self.assertTrue(steps.take(log.append, 1))
        self.assertFalse(steps.take(fail, "second"))
        with self.assertRaisesRegex(ValueError, "first") as caught:
            steps.raise_first()
        self.assertEqual(log, [1])
        self.assertIn("second", caught.exception.__notes__[0])

    def test_without_errors_nothing_is_raised(self):
        Steps().raise_first()


class Answers(unittest.TestCase):
    def test_one_is_a_truth_value_and_can_be_awaited(self):
        async def wait(answer):
            return await answer

        for value in (True, False):
            self.assertEqual(bool(Answer(value)), value)
            self.assertIs(asyncio.run(wait(Answer(value))), value)
            self.assertEqual(repr(Answer(value)), repr(value))
