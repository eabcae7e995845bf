import unittest
import unittest.mock

from asynctest.mock import ANY, Mock, call


def called(*arguments):
    made = Mock()
    for argument in arguments:
        made(argument)
    return made


class Even:
    def __eq__(self, other):
        return isinstance(other, int) and other % 2 == 0

    def __hash__(self):
        return 7  # breaks the promise that equal things hash alike


class SameAsTheStandardLibrary(unittest.TestCase):
    """Each question is put to both, and both have to agree."""

    def assertAgree(self, calls, ask):
        verdicts = []
        for cls in (Mock, unittest.mock.Mock):
            made = cls(name="made")
            for one in calls:
                made(*one.args, **one.kwargs)
            try:
                ask(made)
                verdicts.append(None)
            except AssertionError as error:
                verdicts.append(str(error))
        self.assertEqual(*verdicts)
        return verdicts[0] is None

    def test_single_calls(self):
        calls = [call(1, a=2), call([3], b={}), call()]
        for expected in (call(1, a=2), call([3], b={}), call(), call(4), call(1), call(ANY, a=ANY)):
            for name in ("assert_called_with", "assert_any_call", "assert_called_once_with"):
                with self.subTest(expected=expected, name=name):
                    self.assertAgree(
                        calls,
                        lambda m, n=name, e=expected: getattr(m, n)(*e.args, **e.kwargs),
                    )

    def test_runs_of_calls(self):
        calls = [call(n) for n in (1, 2, 1, 2, 3)]
        for wanted in ([], [1], [1, 2, 3], [2, 1], [3, 1], [1, 3], [3], [1, 2, 1, 2, 3, 4]):
            with self.subTest(wanted=wanted):
                expected = [call(n) for n in wanted]
                self.assertAgree(calls, lambda m, e=expected: m.assert_has_calls(e))

    def test_any_order(self):
        calls = [call(n) for n in (1, 2, 1)] + [call([4], key=[])]
        for wanted in ([2, 1], [1, 1], [1, 1, 1], [2, 2], [ANY], [ANY] * 5, []):
            with self.subTest(wanted=wanted):
                expected = [call(n) for n in wanted]
                self.assertAgree(calls, lambda m, e=expected: m.assert_has_calls(e, any_order=True))

    def test_unhashable_arguments_in_any_order(self):
        calls = [call([1]), call({"a": 1})]
        self.assertTrue(
            self.assertAgree(calls, lambda m: m.assert_has_calls([call({"a": 1})], any_order=True))
        )

    def test_matchers_that_break_hashing(self):
        calls = [call(1), call(4)]
        self.assertTrue(
            self.assertAgree(calls, lambda m: m.assert_has_calls([call(Even())], any_order=True))
        )
        self.assertTrue(self.assertAgree(calls, lambda m: m.assert_has_calls([call(Even())])))
        self.assertTrue(self.assertAgree(calls, lambda m: m.assert_any_call(Even())))

    def test_things_that_are_not_calls(self):
        calls = [call(1), call(2)]
        for expected in ([((1,), {})], [((1,),)], [("", (1,))], [ANY, ANY], [call.name(1)]):
            for any_order in (False, True):
                with self.subTest(expected=expected, any_order=any_order):
                    self.assertAgree(
                        calls, lambda m, e=expected, a=any_order: m.assert_has_calls(e, a)
                    )

    def test_an_iterator_of_calls(self):
        self.assertTrue(self.assertAgree([call(1)], lambda m: m.assert_has_calls(iter([call(1)]))))

    def test_counts(self):
        for calls in ([], [call(1)], [call(1), call(2)]):
            for name in ("assert_called", "assert_called_once", "assert_not_called"):
                with self.subTest(calls=calls, name=name):
                    self.assertAgree(calls, lambda m, n=name: getattr(m, n)())

    def test_a_signature_decides_what_is_the_same_call(self):
        def spec(a, b=1): ...

        for cls in (Mock, unittest.mock.Mock):
            made = cls(spec)
            made(1, b=2)
            made.assert_called_with(b=2, a=1)
            made.assert_any_call(1, 2)
            made.assert_has_calls([call(a=1, b=2)])
            with self.assertRaises(AssertionError):
                made.assert_called_with(1)

    def test_the_expected_call_is_asked_first(self):
        class Judge:
            def __eq__(self, other):
                asked.append("judge")
                return True

        class Other:
            def __eq__(self, other):
                asked.append("other")
                return False

        asked = []
        called(Other()).assert_called_with(Judge())
        called(Other()).assert_any_call(Judge())
        self.assertEqual(set(asked), {"judge"})
