"""Everything a test does with mocks, against unittest.mock on the same Python.

    python bench/mocks/operations.py [--instructions] [word ...]

Both sides take turns in every round; a line shows CPU microseconds of each and
how many times faster ours is (median of the rounds), next to the goal. The exit
status is 1 if a goal is missed. Words choose the operations whose name has them.
With ``--instructions`` machine instructions are counted (callgrind) instead.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import pathlib
import re
import statistics
import subprocess
import sys
import time
import tracemalloc
from types import SimpleNamespace
from unittest import mock as stdlib

sys.path[:0] = [str(pathlib.Path(__file__).parents[2])]

from asynctest import mock as ours

ROUNDS = 9
NEW = sys.version_info >= (3, 12)
NEVER_SLOWER = 1 / 1.1
A_READ = 0.7  # a tenth of a microsecond is noise

SIDES = {
    "ours": SimpleNamespace(**{n: getattr(ours, n) for n in ours.__all__}, Co=ours.CoroutineMock),
    "standard": SimpleNamespace(
        **{n: getattr(stdlib, n) for n in stdlib.__all__}, Co=stdlib.AsyncMock
    ),
}


def make_class(count, kind="async def"):
    scope = {}
    lines = [f"    {kind} method{number}(self, a, b=1): pass" for number in range(count)]
    exec("class Client:\n" + "\n".join(lines), scope)
    return scope["Client"]


SMALL, LARGE = make_class(30), make_class(200)


def sync(a, b=1):
    pass


class Target:
    plain = 1

    async def method(self, a, b=1):
        pass

    def function(self, a, b=1):
        pass


OPERATIONS = {}


def operation(name, number, goal):
    """Declare an operation: a function of one side that gives what to measure."""

    def declare(prepare):
        OPERATIONS[name] = (prepare, number, goal)
        return prepare

    return declare


def awaited(mock, calls):
    async def run():
        for number in range(calls):
            await mock(number)

    drive(run())
    return mock


def drive(coroutine):
    try:  # noqa: SIM105 - cheaper than suppress, and this is measured
        coroutine.send(None)
    except StopIteration:
        pass


def called(mock, calls):
    for number in range(calls):
        mock(number)
    return mock


operation("create CoroutineMock()", 300, 7 if NEW else 25)(lambda s: s.Co)
operation("create MagicMock()", 300, 5 if NEW else 8)(lambda s: s.MagicMock)
operation("create Mock()", 1000, 1)(lambda s: s.Mock)
operation("create CoroutineMock(spec=30 coroutine methods)", 50, 10)(
    lambda s: lambda: s.Co(spec=SMALL)
)
operation("create MagicMock(spec=30 coroutine methods)", 50, NEVER_SLOWER)(
    lambda s: lambda: s.MagicMock(spec=SMALL)
)
operation("create Mock(return_value=, name=)", 500, NEVER_SLOWER)(
    lambda s: lambda: s.Mock(return_value=1, name="x")
)


@operation("create three kinds, kept alive", 100, NEVER_SLOWER)
def create_kept(side):
    kept = []
    return lambda: kept.extend((side.Co(), side.MagicMock(), side.Mock()))


@operation("await", 1, 5)
def awaits(side):
    mock = side.Co(return_value=1)

    def run():
        mock.reset_mock()
        awaited(mock, 2000)

    return run


@operation("await, each from a frame of its own", 1, NEVER_SLOWER)
def awaits_apart(side):
    mock = side.Co(return_value=1)

    def run():
        mock.reset_mock()
        for _ in range(2000):
            drive(mock(1))

    return run


@operation("call", 1, 5)
def calls(side):
    mock = side.Mock(return_value=1)

    def run():
        mock.reset_mock()
        called(mock, 2000)

    return run


@operation("call of a child of three", 1, NEVER_SLOWER)
def deep_calls(side):
    mock = side.Mock()
    child = mock.a.b.c
    child.return_value = 1

    def run():
        mock.reset_mock()
        called(child, 500)

    return run


@operation("call, side effect function", 1, NEVER_SLOWER)
def effect_calls(side):
    mock = side.Mock(side_effect=sync)

    def run():
        mock.reset_mock()
        called(mock, 500)

    return run


@operation("call, after mock_calls was read", 1, NEVER_SLOWER)
def watched_calls(side):
    mock = side.Mock(return_value=1)

    def run():
        mock.reset_mock()
        assert not mock.mock_calls
        called(mock, 500)

    return run


operation("child, first", 100, NEVER_SLOWER)(lambda s: lambda: s.Mock().child)


@operation("child, again", 2000, NEVER_SLOWER)
def child_again(side):
    mock = side.Mock()
    return lambda: mock.child


operation("len() of a new MagicMock", 100, NEVER_SLOWER)(lambda s: lambda: len(s.MagicMock()))


@operation("len() again", 2000, NEVER_SLOWER)
def len_again(side):
    mock = side.MagicMock()
    return lambda: len(mock)


@operation("configure by keyword", 100, NEVER_SLOWER)
def configure(side):
    return lambda: side.Mock(**{"a.return_value": 1, "b.side_effect": KeyError})


@operation("async with", 200, NEVER_SLOWER)
def async_with(side):
    mock = side.MagicMock()

    async def use():
        async with mock:
            pass

    return lambda: drive(use())


def assertion(name, number, goal, count, check, *, kind="Co"):
    def prepare(side):
        mock = getattr(side, kind)(return_value=1)
        mock = awaited(mock, count) if kind == "Co" else called(mock, count)
        return lambda: check(mock)

    OPERATIONS[name] = (prepare, number, goal)


def c(*args):
    return stdlib.call(*args)


assertion("assert_awaited", 3000, NEVER_SLOWER, 1, lambda m: m.assert_awaited())
assertion("assert_awaited_once", 3000, NEVER_SLOWER, 1, lambda m: m.assert_awaited_once())
assertion("assert_awaited_with", 3000, NEVER_SLOWER, 1, lambda m: m.assert_awaited_with(0))
assertion(
    "assert_awaited_once_with", 3000, NEVER_SLOWER, 1, lambda m: m.assert_awaited_once_with(0)
)
assertion("assert_not_awaited", 3000, NEVER_SLOWER, 0, lambda m: m.assert_not_awaited())
assertion("assert_any_await, 10,000 awaits", 3, 3, 10_000, lambda m: m.assert_any_await(9_999))
assertion(
    "assert_has_awaits, last 10 of 10,000",
    3,
    3,
    10_000,
    lambda m: m.assert_has_awaits([c(n) for n in range(9_990, 10_000)]),
)
assertion(
    "assert_has_awaits, any order, all of 1,000",
    1,
    30,
    1_000,
    lambda m: m.assert_has_awaits([c(n) for n in reversed(range(1_000))], any_order=True),
)
for word in ("called", "called_once", "not_called"):
    assertion(
        f"assert_{word}",
        3000,
        NEVER_SLOWER,
        word != "not_called",
        lambda m, check=f"assert_{word}": getattr(m, check)(),
        kind="Mock",
    )
assertion(
    "assert_called_with", 3000, NEVER_SLOWER, 1, lambda m: m.assert_called_with(0), kind="Mock"
)
assertion(
    "assert_called_once_with",
    3000,
    NEVER_SLOWER,
    1,
    lambda m: m.assert_called_once_with(0),
    kind="Mock",
)
assertion(
    "assert_any_call, 1,000 calls",
    30,
    NEVER_SLOWER,
    1_000,
    lambda m: m.assert_any_call(999),
    kind="Mock",
)
assertion(
    "assert_has_calls, last 10 of 1,000",
    30,
    NEVER_SLOWER,
    1_000,
    lambda m: m.assert_has_calls([c(n) for n in range(990, 1_000)]),
    kind="Mock",
)
assertion("call_count", 3000, A_READ, 1, lambda m: m.call_count, kind="Mock")
assertion("called", 3000, A_READ, 1, lambda m: m.called, kind="Mock")
assertion("call_args", 3000, A_READ, 1, lambda m: m.call_args, kind="Mock")
assertion("mock_calls", 3000, A_READ, 1, lambda m: m.mock_calls, kind="Mock")


@operation("assert_has_calls of children", 100, NEVER_SLOWER)
def has_child_calls(side):
    mock = side.Mock()
    for number in range(10):
        mock.child(number)
    expected = [stdlib.call.child(4), stdlib.call.child(5)]
    return lambda: mock.assert_has_calls(expected)


# Judged twice, by the bare records and then by the standard library.
@operation("a failing assert_called_with", 100, 0.8)
def failing(side):
    mock = called(side.Mock(), 1)

    def run():
        with contextlib.suppress(AssertionError):
            mock.assert_called_with(2)

    return run


@operation("reset_mock", 500, NEVER_SLOWER)
def reset(side):
    mock = side.Mock()
    _ = mock.child

    def run():
        mock.child(1)
        mock.reset_mock()

    return run


operation("create_autospec(AbstractEventLoop)", 1, 50)(
    lambda s: lambda: s.create_autospec(asyncio.AbstractEventLoop)
)
operation("create_autospec(200 coroutine methods)", 1, 50)(
    lambda s: lambda: s.create_autospec(LARGE)
)
operation("create_autospec(function)", 30, NEVER_SLOWER)(lambda s: lambda: s.create_autospec(sync))
operation("create_autospec(coroutine function)", 30, NEVER_SLOWER)(
    lambda s: lambda: s.create_autospec(Target.method)
)


@operation("autospec: first call of a method", 5, NEVER_SLOWER)
def autospec_use(side):
    return lambda: side.create_autospec(Target, instance=True).function(1, b=2)


def patching(name, number, goal, make):
    def prepare(side):
        def run():
            with make(side.patch):
                pass

        return run

    OPERATIONS[name] = (prepare, number, goal)


patching("patch.object, coroutine method", 50, 6, lambda p: p.object(Target, "method"))
patching("patch.object, plain method", 50, NEVER_SLOWER, lambda p: p.object(Target, "function"))
patching("patch.object, a value", 500, NEVER_SLOWER, lambda p: p.object(Target, "plain", 2))
patching("patch(dotted name), a value", 100, NEVER_SLOWER, lambda p: p("asyncio.sleep", 2))
patching(
    "patch.object(autospec=True), coroutine method",
    20,
    NEVER_SLOWER,
    lambda p: p.object(Target, "method", autospec=True),
)
patching("patch.multiple", 50, NEVER_SLOWER, lambda p: p.multiple(Target, plain=1, function=2))
patching("patch.dict", 100, NEVER_SLOWER, lambda p: p.dict({"a": 1}, {"b": 2}))
patching("patch.dict(os.environ)", 30, NEVER_SLOWER, lambda p: p.dict("os.environ", {"B": "2"}))


@operation("patch decorator, called", 50, NEVER_SLOWER)
def patch_decorator(side):
    @side.patch.object(Target, "plain", 2)
    def decorated():
        pass

    return decorated


def cpu(function, number):
    gc.collect()
    gc.disable()
    start = time.process_time()
    for _ in range(number):
        function()
    seconds = time.process_time() - start
    gc.enable()
    return seconds / number


def compare(name):
    """Print one line for an operation; tell whether it reaches its goal."""
    prepare, number, goal = OPERATIONS[name]
    mine, theirs = prepare(SIDES["ours"]), prepare(SIDES["standard"])
    cpu(mine, 1), cpu(theirs, 1)
    pairs = [(cpu(mine, number), cpu(theirs, number)) for _ in range(ROUNDS)]
    ratio = statistics.median(b / a for a, b in pairs)
    a, b = (statistics.median(column) * 1e6 for column in zip(*pairs, strict=True))
    return report(name, a, b, ratio, goal, "us")


def report(name, mine, theirs, ratio, goal, unit):
    verdict = "" if ratio >= goal else "  MISSED"
    aim = "never slower" if goal <= 1 else f"{goal}x"
    print(
        f"{name:<48} {mine:>10.1f} {theirs:>10.1f} {unit} {ratio:>8.1f}x  goal {aim}{verdict}",
        flush=True,
    )
    return not verdict


def bytes_each(make, number=500):
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = [make(n) for n in range(number)]
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / len(kept)


def memory():
    """Print bytes per mock and per recorded await."""
    fine = True
    logged = {side: SIDES[side].Co(return_value=1) for side in SIDES}
    for name, make, limit in (
        ("bytes per CoroutineMock", lambda side, n: SIDES[side].Co(), 3000),
        ("bytes per MagicMock", lambda side, n: SIDES[side].MagicMock(), 1e9),
        ("bytes per Mock", lambda side, n: SIDES[side].Mock(), 1e9),
        ("bytes per recorded await", lambda side, n: drive(logged[side](n)), 200),
    ):
        for mock in logged.values():
            mock.reset_mock()
        a, b = (bytes_each(lambda n, make=make, side=side: make(side, n)) for side in SIDES)
        fine &= a <= limit
        aim = f"goal {limit}" if limit < 1e9 else ""
        print(f"{name:<48} {a:>10.0f} {b:>10.0f} B  {b / a:>8.1f}x  {aim}", flush=True)
    return fine


def instructions(name):
    """Count machine instructions of one operation on both sides."""
    counts = [count(name, side) for side in SIDES]
    goal = OPERATIONS[name][2]
    return report(name, *counts, counts[1] / counts[0], goal, "Ir")


def count(name, side):
    step = 20 if OPERATIONS[name][1] > 1 else 1
    few, many = (valgrind(name, side, number) for number in (step, 3 * step))
    return (many - few) / (2 * step)


def valgrind(name, side, number):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable]
    command += [__file__, "--only", name, side, str(number)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])


def main(arguments):
    if arguments[:1] == ["--only"]:
        _, name, side, number = arguments
        cpu(OPERATIONS[name][0](SIDES[side]), int(number))
        return 0
    words = [word for word in arguments if not word.startswith("-")]
    names = [name for name in OPERATIONS if not words or any(word in name for word in words)]
    print(f"Python {sys.version.split()[0]}{'':<38} {'ours':>10} {'standard':>10}")
    count_instructions = "--instructions" in arguments
    fine = [(instructions if count_instructions else compare)(name) for name in names]
    if not words and not count_instructions:
        fine.append(memory())
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
