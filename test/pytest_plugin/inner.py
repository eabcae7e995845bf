"""Runs small pytest suites in a process of their own and looks at what became of them."""

from __future__ import annotations

import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).parents[2]

RECORDER = """
import json, pathlib, pytest

told = {"reports": [], "warnings": [], "collect": []}

def pytest_runtest_logreport(report):
    told["reports"].append({
        "name": report.nodeid.partition("::")[2],
        "when": report.when,
        "outcome": report.outcome,
        "xfail": hasattr(report, "wasxfail"),
        "text": report.longreprtext,
    })

def pytest_collectreport(report):
    if report.failed:
        told["collect"].append(report.longreprtext)

def pytest_warning_recorded(warning_message, nodeid):
    told["warnings"].append({
        "category": warning_message.category.__name__,
        "text": str(warning_message.message),
        "file": pathlib.Path(warning_message.filename).name,
        "line": warning_message.lineno,
        "name": nodeid.partition("::")[2],
    })

@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput"):
        pathlib.Path("told.json").write_text(json.dumps(told))
"""


def has(*modules: str) -> bool:
    """Say whether all of these can be imported."""
    return all(importlib.util.find_spec(name) is not None for name in modules)


needs_pytest = unittest.skipUnless(has("pytest"), "pytest is not installed")


class Outcome:
    """What became of one inner run."""

    def __init__(self, code: int, text: str, told: dict) -> None:
        self.code = code
        self.text = text
        self.reports = told.get("reports", [])
        self.warnings = told.get("warnings", [])
        self.collect = told.get("collect", [])

    def of(self, name: str) -> str:
        """Return the outcome of one test: passed, failed, error, skipped, xfailed, xpassed."""
        mine = [report for report in self.reports if report["name"] == name]
        assert mine, f"{name} did not run\n{self.text}"
        for report in mine:
            if report["outcome"] == "failed":
                return "failed" if report["when"] == "call" else f"error in {report['when']}"
            if report["xfail"]:
                return "xfailed" if report["outcome"] == "skipped" else "xpassed"
            if report["outcome"] == "skipped":
                return "skipped"
        return "passed"

    def words(self, name: str) -> str:
        """Return all that is said about failures of one test."""
        return "\n".join(report["text"] for report in self.reports if report["name"] == name)

    @property
    def names(self) -> list[str]:
        """Return the names of all tests that ran, in order."""
        return list(dict.fromkeys(report["name"] for report in self.reports))


def run(files: dict[str, str] | str, *args: str, ini: str = "", plugins: str = "") -> Outcome:
    """Run pytest on files; text alone is ``test_it.py``.

    Only our plugin and those named are loaded, by module.
    """
    if isinstance(files, str):
        files = {"test_it.py": files}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**files, "recorder.py": RECORDER}.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        if "pyproject.toml" not in files:
            pathlib.Path(folder, "pytest.ini").write_text("[pytest]\n" + textwrap.dedent(ini))
        loaded = [f"-p{name}" for name in ("_asynctest_pytest", "recorder", *plugins.split())]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-pno:cacheprovider", *loaded, *args],
            cwd=folder,
            env=_environment(folder),
            capture_output=True,
            text=True,
            timeout=60,
        )
        told = pathlib.Path(folder, "told.json")
        return Outcome(
            done.returncode,
            done.stdout + done.stderr,
            json.loads(told.read_text()) if told.exists() else {},
        )


# pytest prints more where CI is set.
_MISLEADING = ("PYTEST", "PYTHON", "CI", "BUILD_NUMBER")


def _environment(folder: str) -> dict[str, str]:
    keep = {k: v for k, v in os.environ.items() if not k.startswith(_MISLEADING)}
    return {
        **keep,
        "PYTHONPATH": os.pathsep.join([str(ROOT), folder]),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "COLUMNS": "100",
    }


class Suite(unittest.TestCase):
    """Runs one inner suite and holds claims about it."""

    files: dict[str, str] | str
    args: tuple[str, ...] = ()
    ini = ""
    plugins = ""
    needs: tuple[str, ...] = ()
    ran: Outcome

    @classmethod
    def setUpClass(cls) -> None:
        for name in ("pytest", *cls.needs):
            if not has(name):
                raise unittest.SkipTest(f"{name} is not installed")
        cls.ran = run(cls.files, *cls.args, ini=cls.ini, plugins=cls.plugins)

    def check(self, name: str, outcome: str, *words: str) -> None:
        """Compare the outcome of one inner test, and look for words about it."""
        self.assertEqual(self.ran.of(name), outcome, self.ran.text)
        for word in words:
            self.assertIn(word, self.ran.words(name))
