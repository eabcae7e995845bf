"""The pytest plugin's doorbell: what pytest loads at every start.

This module stands beside the package, not in it, because importing anything
of the package imports asyncio and the test cases, which a suite that does not
use them should not pay for. It declares options, marks and fixtures, and
looks out for the first test that wants more; then it imports
``asynctest.pytest_plugin``, which does the work.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

OPTIONS = {
    "mode": "'strict': run only marked tests; 'auto': every async test that no other plugin "
    "owns, and plain ones that use async fixtures",
    "fixtures": "rename our fixtures: loop=io_loop; or do without one: clock=",
    "strict": "true: every check fails its test",
    "lenient": "true: no check is made",
    "fail_on": "checks that fail their test: NAME or NAME=LEVEL (off, warn, fail)",
    "warn_on": "checks that only warn",
    "debug": "asyncio's debug mode",
    "cancel_timeout": "real seconds that tasks left at the end get to obey their cancellation",
    "timeout": "real seconds that each step of a test may take",
    "blocking_threshold": "real seconds a callback may block the loop",
    "clock": "virtual time: how it moves",
    "loop_model": "selector, proactor (as on Windows), both, or uvloop",
}
"""Every option: ``asynctest_NAME`` in the ini file, ``--asynctest-NAME`` on the command line."""

LOOP_MODEL = "asynctest_loop_model"
"""The fixture by which a test that runs on several loop models says which one."""

LISTS = ("fixtures", "fail_on", "warn_on")

FIXTURES: dict[str, Any] = {}
"""Our fixtures by their short names; each is there as ``asynctest_NAME`` too."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("asynctest")
    for name, text in OPTIONS.items():
        many = name in LISTS
        if many:
            parser.addini(f"asynctest_{name}", text, type="args", default=[])
        else:
            parser.addini(f"asynctest_{name}", text, type="string", default="")
        option = f"--asynctest-{name.replace('_', '-')}"
        if name in ("strict", "lenient"):
            group.addoption(option, action="store_const", const="true", help=text)
        else:
            group.addoption(option, action="append" if many else "store", help=text)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "asynctest(**settings): run an async test on an event loop of its own, with checks "
        "(fail_on, warn_on, strict, lenient) and settings (timeout, clock, debug, ...)",
    )
    said = read_options(config)
    bell = _Doorbell(config, said)
    config.stash[_BELL] = bell
    names = fixture_names(config, said.pop("fixtures", []))
    names[LOOP_MODEL] = pytest.fixture(name=LOOP_MODEL)(_loop_model)
    room = types.ModuleType("asynctest_fixtures")
    vars(room).update(names)
    config.pluginmanager.register(room, room.__name__)
    config.pluginmanager.register(_Summary(), "asynctest-summary")
    if bell.others:
        config.pluginmanager.register(_BesideAuto(bell), "asynctest-beside-auto")
    if said:
        bell.answer()


def read_options(config: pytest.Config) -> dict[str, Any]:
    """Return what the command line or the ini file says, as it was written."""
    said: dict[str, Any] = {}
    for name in OPTIONS:
        word = config.getoption(f"asynctest_{name}", None) or config.getini(f"asynctest_{name}")
        if word:
            said[name] = word
    return said


class _Doorbell:
    def __init__(self, config: pytest.Config, said: dict[str, Any]) -> None:
        self.config = config
        self.said = said
        self.plugin: Any = None
        self.others = auto_modes(config)
        mode = said.pop("mode", "strict")
        if mode not in ("strict", "auto"):
            raise pytest.UsageError(
                f"asynctest_mode = {mode!r} cannot be used. Give 'strict' or 'auto'."
            )
        self.auto = mode == "auto"
        if self.auto and self.others:
            other = f"{self.others[0]}_mode"
            raise pytest.UsageError(
                f"asynctest_mode and {other} are both 'auto': both would run every async test. "
                "Set one of them to 'strict'."
            )

    def answer(self) -> Any:
        """Import the plugin proper, once."""
        if self.plugin is None:
            from asynctest.pytest_plugin import Plugin

            self.plugin = Plugin(self.config, self.said, self.auto, self.others)
            self.config.pluginmanager.register(self.plugin, "asynctest-plugin")
        return self.plugin


def auto_modes(config: pytest.Config) -> list[str]:
    """Name the other plugins that are set to run every async test."""
    found = []
    for name in ("asyncio", "anyio", "trio"):
        mode = config.getoption(f"{name}_mode", None)
        if mode is None:
            try:
                mode = config.getini(f"{name}_mode")
            except (KeyError, ValueError):  # that plugin is not here
                continue
        if mode in ("auto", True):
            found.append(name)
    return found


class _BesideAuto:
    """Keeps what is marked as ours from another plugin in auto mode."""

    def __init__(self, bell: _Doorbell) -> None:
        self._bell = bell

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_pycollect_makeitem(self, collector: Any, obj: Any) -> Any:
        made = yield
        if isinstance(made, list) and _is_marked(collector, obj):
            return self._bell.answer().give_back(made)
        return made

    @pytest.hookimpl(specname="pytest_pycollect_makeitem")
    def pytest_pycollect_makeitem_after_anyio(self, collector: Any, obj: Any) -> None:
        if _is_marked(collector, obj):
            self._bell.answer().without_anyio(collector, obj)


def _is_marked(collector: Any, function: Any) -> bool:
    try:
        marks = getattr(function, "pytestmark", ())
    except Exception:  # noqa: BLE001 - pytest shows all names of a module: proxies without a target
        return False
    return (isinstance(marks, list) and any(mark.name == "asynctest" for mark in marks)) or any(
        mark.name == "asynctest" for mark in collector.iter_markers()
    )


_BELL = pytest.StashKey[_Doorbell]()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    bell = metafunc.config.stash[_BELL]
    if bell.auto or metafunc.definition.get_closest_marker("asynctest") is not None:
        (bell.plugin or bell.answer()).collect(metafunc)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:
    report = yield
    case = sys.modules.get("asynctest.case")  # not there: no test case of ours is, either
    if case is not None and report.passed and isinstance(collector, pytest.Class):
        cls = collector.obj
        if isinstance(cls, type) and issubclass(cls, case.TestCase):
            plugin = collector.config.stash[_BELL].answer()
            report.result = plugin.each_on_its_models(report.result)
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # Test cases of ours are here without a mark: the module was imported then.
    if "asynctest.case" in sys.modules:
        config.stash[_BELL].answer().collect_cases(items)


# -- findings: here, since the process that prints need not be one that runs tests ------


class _Summary:
    """Gathers what the checks have found, and says it at the end."""

    def __init__(self) -> None:
        self._found: list[Any] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        found = getattr(report, "asynctest_findings", None)
        if found:
            self._found.extend((report.nodeid, *entry) for entry in found)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Write one line for each check and level."""
        groups: dict[tuple[str, str], list[Any]] = {}
        for nodeid, check, level, number, place, _ in self._found:
            groups.setdefault((check, level), []).append((nodeid, number, place))
        if groups:
            terminalreporter.section("asynctest findings", sep="=")
        for (check, level), entries in sorted(groups.items()):
            tests = len({nodeid for nodeid, _, _ in entries})
            total = sum(number for _, number, _ in entries)
            nodeid, _, place = entries[0]
            terminalreporter.line(
                f"{check} ({level}): {total} in {tests} {'test' if tests == 1 else 'tests'}, "
                f"first in {nodeid}" + (f" ({place})" if place else "")
            )


# -- fixtures ---------------------------------------------------------------


def fixture_names(config: pytest.Config, renamed: list[str]) -> dict[str, Any]:
    """Choose the names: short ones give way to another plugin's fixture."""
    wishes = {name: wish for name, _, wish in (word.partition("=") for word in renamed)}
    for name in wishes:
        if name not in FIXTURES:
            raise pytest.UsageError(
                f"asynctest_fixtures names {name!r}, which is not a fixture of asynctest. "
                f"Known names: {', '.join(sorted(FIXTURES))}."
            )
    named = {f"asynctest_{name}": function for name, function in FIXTURES.items()}
    for name, function in FIXTURES.items():
        wish = wishes.get(name)
        if wish:
            named[wish] = function
        elif wish is None and not _is_taken(config, name):
            named[name] = function
    return {name: pytest.fixture(name=name)(function) for name, function in named.items()}


def _is_taken(config: pytest.Config, name: str) -> bool:
    found = (getattr(plugin, name, None) for plugin in config.pluginmanager.get_plugins())
    return any(
        type(thing).__name__ == "FixtureFunctionDefinition"  # pytest 8.4 and later
        or hasattr(thing, "_pytestfixturefunction")
        for thing in found
    )


def _fixture(function: Callable[..., Any]) -> Callable[..., Any]:
    FIXTURES[function.__name__] = function
    return function


def _loop_model(request: pytest.FixtureRequest) -> str:
    """The loop model of this run of a test, if it runs on both; an empty string otherwise."""
    model: str = getattr(request, "param", "")
    return model


def _stage(request: pytest.FixtureRequest) -> Any:
    return request.config.stash[_BELL].answer().stage_for(request)


@_fixture
def loop(request: pytest.FixtureRequest) -> Any:
    """The event loop that the test will run on."""
    return _stage(request).loop


@_fixture
def clock(request: pytest.FixtureRequest) -> Any:
    """The virtual clock of the test; asking for it is enough to have one."""
    return _stage(request).clock


clock.asynctest_wants_clock = True  # type: ignore[attr-defined]


@_fixture
def socket_mock() -> Any:
    """A mock of a socket, which the test makes ready with ``asynctest.set_read_ready``."""
    import asynctest

    return asynctest.SocketMock()


@_fixture
def file_mock() -> Any:
    """A mock of a file with a descriptor of its own."""
    import asynctest

    return asynctest.FileMock()


@_fixture
def unused_tcp_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
