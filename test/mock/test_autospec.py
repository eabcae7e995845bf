import asyncio
import dataclasses
import inspect
import threading
import unittest
import unittest.mock

from asynctest.mock import (
    CoroutineMock,
    MagicMock,
    NonCallableMagicMock,
    call,
    create_autospec,
    patch,
    seal,
)


class Part:
    def turn(self, degrees): ...


class Machine:
    part = Part()
    speed = 3

    def __init__(self, name): ...

    def start(self, delay=0): ...

    async def wait(self, seconds): ...

    @staticmethod
    def build(plan): ...

    @classmethod
    def default(cls, plan): ...

    class Nested:
        def __init__(self, size): ...


class Laziness(unittest.TestCase):
    def test_no_child_is_made_before_it_is_used(self):
        made = create_autospec(Machine)
        self.assertEqual(made._mock_children, {})
        made.start
        self.assertEqual(list(made._mock_children), ["start"])

    def test_a_property_of_an_object_is_read_when_the_child_is_used(self):
        class Device:
            reads = 0

            @property
            def state(self):
                Device.reads += 1
                return "on"

        made = create_autospec(Device())
        self.assertEqual(Device.reads, 0)
        made.state.upper()
        self.assertEqual(Device.reads, 1)

    def test_children_can_be_made_in_a_sealed_mock(self):
        made = create_autospec(Machine, instance=True)
        made.start.return_value = None
        made.wait.return_value = None
        seal(made)
        made.start()
        with self.assertRaises(AttributeError):
            made.missing


class Checks(unittest.TestCase):
    def test_arguments_are_checked_everywhere(self):
        machine_class = create_autospec(Machine)
        machine = machine_class("m1")
        for wrong in (
            machine_class,
            lambda: machine.start(1, 2),
            lambda: machine.part.turn(),
            lambda: machine_class.build(),
            lambda: machine_class.default(1, 2),
            lambda: machine.Nested(),
            lambda: machine.wait(),
        ):
            self.assertRaises(TypeError, wrong)
        machine.start(delay=1)
        machine.part.turn(90)
        machine_class.build("plan")
        machine_class.default("plan")
        machine.Nested(3)

    def test_a_refused_call_is_not_recorded(self):
        made = create_autospec(Machine, instance=True)
        with self.assertRaises(TypeError):
            made.start(1, 2)
        self.assertFalse(made.start.called)
        self.assertEqual(made.mock_calls, [])

    def test_calls_are_compared_by_signature(self):
        made = create_autospec(Machine, instance=True)
        made.start(5)
        made.start.assert_called_once_with(delay=5)
        made.assert_has_calls([call.start(delay=5)])

    def test_calls_further_down_are_compared_by_signature(self):
        made = create_autospec(Machine)
        made.Nested(3)
        made("a").start(5)
        made.assert_has_calls([call.Nested(size=3)])
        made.mock_calls.clear()
        made.part.turn(90)
        fresh = create_autospec(Machine)
        fresh.mock_calls.extend(made.mock_calls)
        fresh.assert_has_calls([call.part.turn(degrees=90)])

    def test_signatures_are_those_of_the_original(self):
        made = create_autospec(Machine)
        self.assertEqual(str(inspect.signature(made)), "(name)")
        self.assertEqual(str(inspect.signature(made("m").start)), "(delay=0)")
        self.assertEqual(str(inspect.signature(create_autospec(Part.turn))), "(self, degrees)")

    def test_missing_attributes_are_missing(self):
        made = create_autospec(Machine)
        for where in (made, made("m"), made("m").part):
            with self.assertRaises(AttributeError):
                where.missing

    def test_spec_set_reaches_the_children(self):
        made = create_autospec(Machine, spec_set=True)
        for where in (made, made("m"), made("m").part):
            with self.assertRaises(AttributeError):
                where.missing = 1

    def test_other_types_are_not_shared(self):
        one, other = create_autospec(Machine), create_autospec(Part)
        with self.assertRaises(TypeError):
            one()
        other()


class Shapes(unittest.TestCase):
    def test_plain_values_are_non_callable(self):
        made = create_autospec(Machine, instance=True)
        self.assertIsInstance(made.speed, NonCallableMagicMock)
        self.assertIsInstance(made.speed, int)

    def test_the_instance_is_one(self):
        made = create_autospec(Machine)
        self.assertIs(made("a"), made("b"))
        self.assertIs(made("a"), made.return_value)
        self.assertIsInstance(made("a"), Machine)

    def test_results_are_recorded_by_the_class(self):
        made = create_autospec(Machine)
        made("a").start(1)
        self.assertEqual(made.mock_calls, [call("a"), call().start(1)])

    def test_keyword_arguments_configure_it(self):
        made = create_autospec(Machine, instance=True, **{"start.return_value": 3})
        self.assertEqual(made.start(), 3)
        self.assertEqual(create_autospec(len, return_value=4)([]), 4)

    def test_a_class_may_be_given_its_instance(self):
        self.assertEqual(create_autospec(Machine, return_value=1)("m"), 1)

    def test_fields_of_a_dataclass_are_attributes_of_its_instances(self):
        @dataclasses.dataclass
        class Point:
            x: int
            y: int = 0

        made = create_autospec(Point, instance=True)
        self.assertIsInstance(made.x, MagicMock)
        with self.assertRaises(AttributeError):
            made.z

    def test_a_mock_is_no_spec(self):
        with self.assertRaisesRegex(Exception, "Cannot autospec a Mock object"):
            create_autospec(MagicMock())

    def test_an_attribute_that_is_a_mock_is_refused_when_used(self):
        with patch.object(Machine, "part"), self.assertRaisesRegex(Exception, "'part'"):
            create_autospec(Machine).part

    def test_misspelt_arguments_are_refused(self):
        with self.assertRaisesRegex(RuntimeError, "set_spec"):
            create_autospec(Machine, set_spec=True)
        create_autospec(Machine, unsafe=True, set_spec=True)

    def test_large_interfaces_work(self):
        loop = create_autospec(asyncio.AbstractEventLoop, instance=True)
        loop.call_soon(print)
        self.assertIsInstance(loop.create_connection, CoroutineMock)
        self.assertIsInstance(create_autospec(asyncio).sleep, CoroutineMock)

    def test_wraps_forwards_to_the_real_object(self):
        class Real:
            def double(self, number):
                return 2 * number

        made = create_autospec(Real, instance=True, wraps=Real())
        self.assertEqual(made.double(2), 4)

    def test_threads_get_the_same_child(self):
        made, seen = create_autospec(Machine, instance=True), []
        threads = [threading.Thread(target=lambda: seen.append(made.start)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(set(map(id, seen))), 1)


class SameAsTheStandardLibrary(unittest.TestCase):
    def test_kinds_and_signatures_agree(self):
        names = ("Event", "Lock", "all_tasks", "sleep", "timeout", "wait_for", "ALL_COMPLETED")
        ours, theirs = create_autospec(asyncio), unittest.mock.create_autospec(asyncio)
        for name in names:
            with self.subTest(name):
                self.assertEqual(self.shape(ours, name), self.shape(theirs, name))

    def shape(self, mock, name):
        child = getattr(mock, name)
        kind = type(child).__name__.replace("Coroutine", "Async")
        return kind, callable(child), str(getattr(child, "__signature__", None))
