"""Run CPython's own asyncio tests on our completion loop, and print the table.

The tests are the running interpreter's (package ``test.test_asyncio``); nothing
of them is kept here. Every test that fails must be explained in ``EXPLAINED``
below, and a test counts as not applicable only for a reason in
``NOT_APPLICABLE``; anything else makes the exit status 1.

    python bench/proactor/cpython_suites.py                     this interpreter
    python bench/proactor/cpython_suites.py python3.11 python3.15 ...
    python bench/proactor/cpython_suites.py --quick             short form, for CI
    python bench/proactor/cpython_suites.py --stock             the stock loop, to compare
    python bench/proactor/cpython_suites.py --wrapped           through a TestProactor, as in tests
    python bench/proactor/cpython_suites.py --suite test_ssl    only that
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest
from collections import Counter

ROOT = pathlib.Path(__file__).resolve().parents[2]

QUICK = (
    "test_proactor_events",
    "test_streams",
    "test_sock_lowlevel",
    "test_server",
    "test_buffered_proto",
)
SUITES = (
    *QUICK,
    "test_events",
    "test_sendfile",
    "test_sslproto",
    "test_ssl",
    "test_subprocess",
    "test_runners",
    "test_tasks",
    "test_locks",
    "test_queues",
    "test_timeouts",
    "test_taskgroups",
    "test_waitfor",
)

# Not about a loop's I/O model, or left out by CPython for its own completion loop.
# They are not run: on the wrong loop some of them hang.
NOT_APPLICABLE = {
    "GenericWatcherTests": "about the child watchers of policies, which this loop does not use",
    "test_watcher_implementation": "about the child watcher of the stock loop",
    "test_pid_not_reaped_before_exit_published": "waits for the stock child watcher's thread",
    "test_events.EPollEventLoopTests.test_reader_callback": "completion loops lack add_reader()",
    "test_events.EPollEventLoopTests.test_writer_callback": "completion loops lack add_writer()",
    "test_events.EPollEventLoopTests.test_remove_fds_after_closing": "they lack add_reader()",
    "test_remote_shutdown_receives_trailing_data_on_slow_socket": (
        "looks for a private attribute of transports on selector loops"
    ),
    "test_sock_accept_racing": (
        "CPython leaves it out for its own completion loop: what is accepted in the very"
        " iteration that cancels the accept is closed, not kept for the next"
    ),
}

# Tests that may fail, and why that is right.
EXPLAINED: dict[str, str] = {}

FACTORIES = ("create_event_loop", "new_loop")
SECONDS_PER_SUITE = 600


# -- in the child: run one suite, one JSON line per event ---------------------


def tell(**event: object) -> None:
    print("@" + json.dumps(event), flush=True)


class Teller(unittest.TestResult):
    """Reports every test as it starts and as it ends."""

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self._outcome, self._detail = "passed", ""
        tell(started=test.id())

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        tell(ended=test.id(), outcome=self._outcome, detail=self._detail)

    def _note(self, outcome: str, detail: str) -> None:
        if self._outcome in ("passed", "skipped"):
            self._outcome, self._detail = outcome, detail

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self._note("skipped", reason)

    def addError(self, test: unittest.TestCase, err: tuple) -> None:  # type: ignore[type-arg]
        if isinstance(test, unittest.TestCase):
            self._note("failed", self._exc_info_to_string(err, test))
        else:
            text = unittest.TestResult()._exc_info_to_string(err, unittest.TestCase())
            tell(started=str(test))
            tell(ended=str(test), outcome="failed", detail=text)

    addFailure = addError

    def addSubTest(self, test, subtest, err) -> None:  # type: ignore[no-untyped-def]
        if err is not None:
            self._note("failed", self._exc_info_to_string(err, test))

    def addExpectedFailure(self, test: unittest.TestCase, err: tuple) -> None:  # type: ignore[type-arg]
        pass

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        self._note("failed", "unexpected success")


def run_suite(name: str, stock: bool, wrapped: bool) -> None:
    import asyncio
    import importlib

    sys.path.append(str(ROOT))
    if stock:
        factory = asyncio.SelectorEventLoop
    else:
        from asynctest.proactor import ProactorEventLoop as factory

        if wrapped:
            factory = wrapped_loop(factory)
        asyncio.ProactorEventLoop = factory  # so that classes for such loops are not skipped
        # What new_event_loop() makes, unless a test sets a policy of its own.
        asyncio.unix_events._UnixDefaultEventLoopPolicy._loop_factory = factory
        with contextlib.closing(asyncio.new_event_loop()) as loop:
            assert type(loop) is factory, "this Python makes its loops in another way"
    module = importlib.import_module(f"test.test_asyncio.{name}")
    suite = unittest.TestSuite()
    for case in cases(module, name):
        for test in unittest.defaultTestLoader.loadTestsFromTestCase(pointed(case, factory)):
            if not stock and lookup(NOT_APPLICABLE, test.id()):
                tell(ended=test.id(), outcome="not applicable", detail="")
            else:
                suite.addTest(test)
    getattr(module, "setUpModule", lambda: None)()
    suite.run(Teller())
    getattr(module, "tearDownModule", lambda: None)()


def wrapped_loop(base):  # type: ignore[no-untyped-def]
    from asynctest.proactor import wrap_proactor

    class WrappedLoop(base):
        def __init__(self):  # type: ignore[no-untyped-def]
            super().__init__()
            wrap_proactor(self)

    return WrappedLoop


def cases(module, name):  # type: ignore[no-untyped-def]
    """The module's test cases, but only one of those that differ just in their loop."""
    found = [
        case
        for case in vars(module).values()
        if isinstance(case, type)
        and issubclass(case, unittest.TestCase)
        and case.__module__ == module.__name__
        and (name != "test_events" or about_a_loop(case))
    ]
    chosen = {}
    for case in sorted(found, key=lambda case: -len(tests_of(case))):
        family = case.__bases__[0] if makes_loops(case) else case
        if "Subprocess" in case.__bases__[0].__name__:
            family = "child processes"  # one class per child watcher; ours uses none
        for known, its_family in chosen.items():
            if family == its_family and tests_of(case) <= tests_of(known):
                break
        else:
            chosen[case] = family
    return list(chosen)


def about_a_loop(case):  # type: ignore[no-untyped-def]
    """Whether a case of test_events is not about handles, policies and the like."""
    return makes_loops(case) or "Subprocess" in case.__name__


def makes_loops(case):  # type: ignore[no-untyped-def]
    return any(hasattr(case, name) for name in FACTORIES)


def tests_of(case):  # type: ignore[no-untyped-def]
    return set(unittest.defaultTestLoader.getTestCaseNames(case))


def pointed(case, factory):  # type: ignore[no-untyped-def]
    """The case with its loop factory, if it has one, replaced by ours."""
    mocks_all = case.__module__.endswith("test_proactor_events")  # but one class, for Windows only
    own = {name: lambda self: made(factory) for name in FACTORIES if hasattr(case, name)}
    if not own and not mocks_all:
        return case
    body = {"__module__": case.__module__, "__qualname__": case.__qualname__}
    subclass = type(case)(case.__name__, (case,), body if mocks_all else {**body, **own})
    subclass.__unittest_skip__ = False
    return subclass


def made(factory):  # type: ignore[no-untyped-def]
    """A loop that notes, for test_runners, that its generators were shut down."""
    loop = factory()
    shutdown = loop.shutdown_asyncgens

    async def noted():  # type: ignore[no-untyped-def]
        loop.shutdown_ag_run = True
        await shutdown()

    loop.shutdown_asyncgens = noted
    return loop


# -- in the parent: one child per suite and interpreter -----------------------


class Outcome:
    """What became of one suite on one interpreter."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.notes: list[tuple[str, str, str]] = []
        self.left_out: list[tuple[str, str]] = []

    def add(self, test: str, outcome: str, detail: str) -> None:
        short = test.split("test_asyncio.", 1)[-1]
        self.counts[outcome] += 1
        if outcome == "failed":
            self.notes.append((short, lookup(EXPLAINED, short) or "UNEXPLAINED", detail))
        elif outcome in ("skipped", "not applicable"):
            self.left_out.append((short, detail or lookup(NOT_APPLICABLE, short) or ""))

    @property
    def cell(self) -> str:
        passed, failed = self.counts["passed"], self.counts["failed"]
        return f"{passed}/{passed + failed}"


def lookup(table: dict[str, str], test: str) -> str | None:
    return next((why for part, why in table.items() if part in test), None)


def examine(python: str, suite: str, *flags: str) -> Outcome:
    outcome = Outcome()
    running = None
    with tempfile.TemporaryDirectory() as folder:
        command = [python, "-P", os.path.abspath(__file__), "--child", suite, *flags]
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=SECONDS_PER_SUITE
            )
            stdout, stderr, hung = done.stdout, done.stderr, False
        except subprocess.TimeoutExpired as exc:
            stdout = (exc.stdout or b"").decode(errors="replace")
            stderr, hung = (exc.stderr or b"").decode(errors="replace"), True
    for line in stdout.splitlines():
        if not line.startswith("@"):
            continue
        event = json.loads(line[1:])
        running = event.get("started")
        if "ended" in event:
            outcome.add(event["ended"], event["outcome"], event["detail"])
    if running or hung or not sum(outcome.counts.values()):
        fact = f"hung for {SECONDS_PER_SUITE} s" if hung else "died"
        outcome.add(running or suite, "failed", f"{fact}\n{stderr[-2000:]}")
    return outcome


def version_of(python: str) -> str:
    code = "import platform; print(platform.python_version())"
    return subprocess.check_output([python, "-c", code], text=True).strip()


def print_table(table: dict[str, dict[str, Outcome]]) -> None:
    suites = list(next(iter(table.values())))
    print("| suite | " + " | ".join(table) + " |")
    print("| --- |" + " --- |" * len(table))
    for suite in suites:
        print(f"| {suite} | " + " | ".join(t[suite].cell for t in table.values()) + " |")
    totals = []
    for column in table.values():
        passed = sum(o.counts["passed"] for o in column.values())
        total = passed + sum(o.counts["failed"] for o in column.values())
        totals.append(f"{passed}/{total} ({passed / max(total, 1):.2%})")
    print("| **all** | " + " | ".join(totals) + " |")
    for key in ("skipped", "not applicable"):
        row = (str(sum(o.counts[key] for o in column.values())) for column in table.values())
        print(f"| {key} | " + " | ".join(row) + " |")


def print_notes(table: dict[str, dict[str, Outcome]], verbose: bool) -> bool:
    """Print what was left out and what failed, with reasons; say whether each failure has one."""
    explained = True
    for version, column in table.items():
        for outcome in column.values():
            for test, reason in outcome.left_out:
                print(f"\n{version}: {test}\n  left out: {reason}")
            for test, reason, detail in outcome.notes:
                print(f"\n{version}: {test}\n  {reason}")
                if reason == "UNEXPLAINED":
                    explained = False
                if reason == "UNEXPLAINED" or verbose:
                    print("  " + detail.strip().replace("\n", "\n  "))
    return explained


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pythons", nargs="*", default=[sys.executable])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--stock", action="store_true")
    parser.add_argument("--wrapped", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--suite", action="append")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        run_suite(options.child, options.stock, options.wrapped)
        return 0
    flags = [f"--{name}" for name in ("stock", "wrapped") if getattr(options, name)]
    suites = options.suite or (QUICK if options.quick else SUITES)
    table: dict[str, dict[str, Outcome]] = {}
    for python in options.pythons:
        column = table[version_of(python)] = {}
        for suite in suites:
            begin = time.perf_counter()
            column[suite] = examine(python, suite, *flags)
            seconds = time.perf_counter() - begin
            print(f"{python} {suite} {column[suite].cell} {seconds:.0f} s", file=sys.stderr)
    print_table(table)
    return 0 if print_notes(table, options.verbose) else 1


if __name__ == "__main__":
    sys.exit(main())
