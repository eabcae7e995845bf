"""What is imported when: little with the package, the rest before the first test."""

import ast
import importlib.util
import inspect
import json
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

import asynctest
from asynctest import checks

from . import plan

# Somebody else's business: what a plain asyncio test with mocks loads as well.
BASE = "import asyncio, json, sys, unittest, unittest.mock, unittest.async_case"
OURS = "{name for name in sys.modules if name.partition('.')[0] == 'asynctest'}"


def python(*arguments: str, cwd: str | pathlib.Path = plan.ROOT) -> str:
    """Run a fresh interpreter and return what it prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=plan.environment(),
    )
    if done.returncode:
        raise AssertionError(done.stdout + done.stderr)
    return done.stdout


def loaded(script: str) -> set[str]:
    """Run a script that leaves names of modules in ``names``; return them."""
    return set(json.loads(python("-c", f"{BASE}\n{script}\nprint(json.dumps(sorted(names)))")))


class AtOnce(unittest.TestCase):
    def test_the_package_opens_only_what_defines_tests(self):
        names = loaded(f"import asynctest\nnames = {OURS}")
        planned = {f"asynctest.{name}" for name in plan.AT_ONCE}
        planned = planned - {"asynctest.__init__"} | {"asynctest"}
        self.assertEqual(names, planned, "see AT_ONCE in test/house/plan.py")

    def test_it_needs_no_more_of_the_standard_library_than_unittest_and_asyncio(self):
        names = loaded("names = set(sys.modules)\nimport asynctest\nnames ^= set(sys.modules)")
        others = {name for name in names if name.partition(".")[0] != "asynctest"}
        # From 3.14 on asyncio and unittest do without typing, from 3.15 on without copy.
        self.assertLessEqual(others, {"__future__", "_typing", "copy", "typing"})

    def test_choosing_checks_imports_none_of_them(self):
        names = loaded(
            "import asynctest\n"
            "@asynctest.strict\n"
            "@asynctest.warn_on('leaked_tasks')\n"
            "class Test(asynctest.TestCase):\n"
            "    @asynctest.fail_on(never_awaited=True, unused_loop=False)\n"
            "    async def test(self): pass\n"
            f"names = {OURS}"
        )
        own = {f"asynctest.checks.{name}" for name in checks.NAMES}
        self.assertEqual(names & own, set())

    def test_a_warning_brings_only_its_own_check(self):
        names = loaded(f"import asynctest\nasynctest.UnusedLoopWarning\nnames = {OURS}")
        own = {f"asynctest.checks.{name}" for name in checks.NAMES}
        self.assertEqual(names & own, {"asynctest.checks.unused_loop"})


class Tables(unittest.TestCase):
    """Names that come later are written twice, for Python and for type checkers."""

    def test_the_tables_say_what_type_checkers_are_told(self):
        found = 0
        for module, path in plan.modules():
            tree = plan.parse(path)
            if not opens_later(tree):
                continue
            found += 1
            with self.subTest(module):
                name = f"asynctest.{module}".removesuffix(".__init__")
                table = {
                    (room, name)
                    for room, names in importlib.import_module(name)._ROOMS.items()
                    for name in names
                }
                if module == "checks":  # modules of a package need no import to be typed
                    table -= {(".", name) for name in checks.NAMES}
                self.assertEqual(table, told_to_type_checkers(tree))
        self.assertEqual(found, 4)

    def test_every_name_in_a_table_is_there(self):
        for module in (
            "asynctest",
            "asynctest._backstage",
            "asynctest.checks",
            "asynctest.proactor",
        ):
            room = importlib.import_module(module)
            for name in (name for names in room._ROOMS.values() for name in names):
                if name == "SSLSocketMock" and importlib.util.find_spec("_ssl") is None:
                    continue
                with self.subTest(f"{module}.{name}"):
                    self.assertTrue(hasattr(room, name))
                    self.assertIn(name, dir(room))

    def test_rooms_are_opened_in_no_other_way(self):
        for module, path in plan.modules():
            if module in plan.OPENERS:
                continue
            for node in ast.walk(plan.parse(path)):
                match node:
                    case (
                        ast.Attribute(attr="import_module" | "__import__")
                        | ast.Name(id="import_module" | "__import__")
                    ):
                        self.fail(f"asynctest/{module}:{node.lineno}: use _later")

    def test_functions_import_only_what_the_plan_allows(self):
        for module, path in plan.modules():
            allowed = set(plan.INSIDE_FUNCTIONS.get(module, ()))
            for function in ast.walk(plan.parse(path)):
                if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                for node in ast.walk(function):
                    match node:
                        case ast.Import(names=names):
                            imports = {alias.name for alias in names}
                        case ast.ImportFrom(module=name, level=level):
                            imports = {"." * level + (name or "")}
                        case _:
                            continue
                    with self.subTest(module=module, line=node.lineno):
                        self.assertLessEqual(imports, allowed)


def opens_later(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr == "open_later" for node in ast.walk(tree)
    )


def told_to_type_checkers(tree: ast.Module) -> set[tuple[str, str]]:
    """Collect (room, name) of the imports under ``if TYPE_CHECKING``."""
    return {
        ("." * node.level + (node.module or ""), alias.name)
        for block in tree.body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


# Written to a file and run; tells what has been opened up to each moment of a first test.
FIRST = """
import json, sys, unittest, warnings
import asynctest

seen = {}
def note(moment):
    before = {name for names in seen.values() for name in names}
    seen[moment] = [n for n in sys.modules if n.startswith("asynctest") and n not in before]
note("import")

def setUpModule():
    note("setUpModule")

@asynctest.strict
class First(asynctest.TestCase):
    @classmethod
    def setUpClass(cls):
        note("setUpClass")
    def setUp(self):
        note("setUp")
    async def test(self):
        note("test")
        await asynctest.exhaust_callbacks()
        with asynctest.allow("leaked_tasks"):
            asynctest.patch("sys.path"), asynctest.CoroutineMock(), asynctest.SocketMock()
        asynctest.set_read_ready, asynctest.mock.mock_open(), asynctest.mock.ThreadingMock()

@asynctest.strict
class Failing(asynctest.TestCase):
    async def test(self):
        import asyncio
        self.tasks = [asyncio.ensure_future(asyncio.sleep(60)), asyncio.sleep(0)]
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(60, print)

def tearDownModule():
    note("end")
    print("SEEN", json.dumps(seen))
"""


FUNCTION = """
import sys, pytest

@pytest.fixture(scope="session")
def before():
    return set(sys.modules)

@pytest.mark.asynctest
async def test(before):
    import asynctest
    await asynctest.exhaust_callbacks()
    asynctest.CoroutineMock(), asynctest.SocketMock()

def test_afterwards(before):
    assert "asynctest.checks.wrong_thread" in before
    assert [n for n in set(sys.modules) - before if n.startswith("asynctest")] == []
"""


class BeforeTheFirstTest(unittest.TestCase):
    def moments(self, *arguments: str) -> dict[str, list[str]]:
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "test_first.py").write_text(FIRST, encoding="utf-8")
            done = subprocess.run(
                [sys.executable, "-W", "error", *arguments],
                capture_output=True,
                text=True,
                cwd=folder,
                env=plan.environment(),
            )
        text = done.stdout + done.stderr
        lines = [line for line in text.splitlines() if "SEEN " in line]
        self.assertTrue(lines, text)
        text = text.replace(lines[0], "")
        # The first test is faultless and the second is not: our own imports are nobody's fault.
        self.assertRegex(text, r"failures=1\)|1 failed, 1 passed")
        self.assertIn("tasks were still running", text)
        return json.loads(lines[0].partition("SEEN ")[2])

    def check_moments(self, moments: dict[str, list[str]], opened: str) -> None:
        after = list(moments).index(opened) + 1
        self.assertIn("asynctest._stage", sum(list(moments.values())[:after], []))
        later = list(moments)[after:]
        self.assertEqual([moments[moment] for moment in later], [[] for moment in later])

    def test_everything_is_there_before_the_set_up_of_modules(self):
        moments = self.moments("-m", "unittest", "test_first")
        self.assertNotIn("asynctest._stage", moments["import"])
        self.check_moments(moments, "setUpModule")

    def test_with_the_command_line_of_ours_too(self):
        self.check_moments(self.moments("-m", "asynctest", "test_first"), "setUpModule")

    @unittest.skipIf(importlib.util.find_spec("pytest") is None, "needs pytest")
    def test_under_pytest_it_is_there_before_the_set_up_of_classes(self):
        arguments = ("-m", "pytest", "-q", "-s", "-p", "no:cacheprovider")
        for plugin in ((), ("-p", "_asynctest_pytest")):
            with self.subTest(plugin=plugin):
                self.check_moments(self.moments(*arguments, *plugin), "setUpClass")

    @unittest.skipIf(importlib.util.find_spec("pytest") is None, "needs pytest")
    def test_for_functions_it_is_there_before_the_first_fixture(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "test_first.py").write_text(FUNCTION, encoding="utf-8")
            arguments = ("-p", "no:cacheprovider", "-p", "_asynctest_pytest", "--asynctest-strict")
            python("-m", "pytest", *arguments, cwd=folder)

    def test_a_test_case_that_was_never_made_here_is_no_exception(self):
        # As when a suite is pickled and run by another process.
        names = loaded(
            "import asynctest\n"
            "class Test(asynctest.TestCase):\n"
            "    @classmethod\n"
            "    def setUpClass(cls): cls.seen = set(sys.modules)\n"
            "    def test(self): pass\n"
            "test = Test.__new__(Test)\n"
            "unittest.TestCase.__init__(test, 'test')\n"
            "unittest.TestSuite([test]).run(unittest.TestResult())\n"
            "names = set(sys.modules) - test.seen"
        )
        self.assertEqual(names, set())


class Robust(unittest.TestCase):
    """What users do around an import must not matter more than it did."""

    def test_a_room_is_made_once_even_if_modules_are_put_back(self):
        python(
            "-c",
            textwrap.dedent(f"""
            {BASE}
            import asynctest
            with unittest.mock.patch.dict(sys.modules):
                made = asynctest.CoroutineMock()
            assert "asynctest.mock" not in sys.modules
            assert asynctest.MagicMock is asynctest.mock.MagicMock
            assert isinstance(made.child, asynctest.MagicMock)
            """),
        )

    def test_a_changed_directory_does_not_matter(self):
        python(
            "-c",
            "import os, asynctest\nos.chdir(os.sep)\n"
            "class Test(asynctest.TestCase):\n    def test(self): pass\n"
            "Test('test').debug()",
        )

    def test_a_loop_that_was_replaced_before_the_first_test_is_used(self):
        python(
            "-c",
            textwrap.dedent("""
            import asyncio, asynctest
            class Mine(asyncio.SelectorEventLoop): pass
            asyncio.new_event_loop = Mine
            class Test(asynctest.TestCase):
                def test(self): assert type(self.loop) is Mine, self.loop
            Test("test").debug()
            """),
        )

    def test_names_can_be_patched_before_they_were_used(self):
        python(
            "-c",
            textwrap.dedent(f"""
            {BASE}
            import asynctest
            with unittest.mock.patch("asynctest.CoroutineMock", 1):
                assert asynctest.CoroutineMock == 1
            assert asynctest.CoroutineMock is asynctest.mock.CoroutineMock
            """),
        )

    def test_filters_on_the_command_line_find_the_warnings(self):
        script = (
            "import sys, warnings, asynctest\n"
            "wanted = ('error', None, asynctest.LeakedTasksWarning, None, 0)\n"
            "assert wanted in warnings.filters, warnings.filters\n"
        )
        python("-W", "error::asynctest.LeakedTasksWarning", "-c", script)

    def test_warnings_can_be_pickled(self):
        python(
            "-c",
            "import pickle, asynctest\n"
            "kind = asynctest.LeakedTasksWarning\n"
            "assert pickle.loads(pickle.dumps(kind)) is kind\n"
            "assert type(pickle.loads(pickle.dumps(kind('x')))) is kind",
        )

    def test_annotations_of_test_cases_can_be_read(self):
        python(
            "-c",
            "import typing, asynctest\n"
            "class Test(asynctest.TestCase): pass\n"
            "typing.get_type_hints(Test)",
        )

    def test_signatures_of_test_cases_are_those_of_unittest(self):
        for name in ("TestCase", "FunctionTestCase"):
            ours, theirs = getattr(asynctest, name), getattr(unittest, name)
            self.assertEqual(inspect.signature(ours), inspect.signature(theirs))

    def test_a_star_import_works(self):
        python("-c", "from asynctest import *\nTestCase, skip, main")
