"""Runs what the pages show, with the standard library alone.

In a page, and in the README,

* a ``python`` block is executed, in one module per page; test cases that it
  defines are run and must pass, without a warning of ours; a block with ``>>>``
  is a doctest;
* a block with a caption ``shop.py`` becomes a module of that name, which later
  blocks import and patch;
* a ``report`` block is a test file that is run in a process of its own; what
  that prints is shown below it. ``words`` (several: with `` | ``) must be in there, and
  ``status`` is how the run must end (``fails``, or ``passes`` for warnings);
* an ``example`` block runs one of the example programs, with its bug or without;
* blocks of class ``pytest`` run under pytest, if it is there, and those of class
  ``elsewhere`` belong to other libraries and are only compiled.

``python docs/_ext/running.py PAGE`` does all of that for one page but the reports.
"""

from __future__ import annotations

import doctest
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
import tomllib
import types
import unittest
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^(?P<ticks>`{3,})(?P<info>[^`\n]*)$")
_OPTION = re.compile(r"^:(?P<name>[\w-]+):[ ]?(?P<value>.*)$")


@dataclass
class Block:
    """One fenced block of a page."""

    kind: str
    argument: str
    options: dict[str, str]
    text: str
    page: pathlib.Path
    line: int
    """The line of the page before the first line of ``text``."""

    @property
    def caption(self) -> str:
        """The file name above the block, if it has one."""
        return self.options.get("caption", "") or (self.argument if self.kind == "report" else "")


@dataclass
class Output:
    """What a run has printed, cleaned of what differs from run to run."""

    command: str
    text: str
    status: int
    missing: list[str] = field(default_factory=list)


def read_blocks(page: pathlib.Path) -> Iterator[Block]:
    """Find the fenced blocks of a page, in order."""
    lines = page.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        opening = _FENCE.match(lines[number].strip())
        number += 1
        if opening is None:
            continue
        ticks, start = opening["ticks"], number
        while number < len(lines) and lines[number].strip() != ticks:
            number += 1
        yield _block(opening["info"].strip(), lines[start:number], page, start)
        number += 1


def _block(info: str, lines: list[str], page: pathlib.Path, start: int) -> Block:
    directive = re.match(r"\{(?P<kind>[\w-]+)\}\s*(?P<argument>.*)", info)
    if directive is None:
        kind, _, argument = info.partition(" ")
        return Block(kind, argument, {}, textwrap.dedent("\n".join(lines)), page, start)
    options: dict[str, str] = {}
    skip = 0
    while skip < len(lines) and (option := _OPTION.match(lines[skip].strip())):
        options[option["name"]] = option["value"]
        skip += 1
    kind, argument = directive["kind"], directive["argument"]
    if kind == "code-block":
        kind, argument = argument, ""
    text = textwrap.dedent("\n".join(lines[skip:]))
    return Block(kind, argument, options, text, page, start + skip)


# -- blocks that run in this process ---------------------------------------------------


def run_page(page: pathlib.Path) -> int:
    """Run the blocks of one page and return how many there were; raises if one fails."""
    blocks = list(read_blocks(page))
    module = types.ModuleType("page")
    sys.modules["page"] = module
    count = 0
    for block in blocks:
        count += _run_block(block, blocks, module)
    return count


def _run_block(block: Block, blocks: list[Block], page: types.ModuleType) -> bool:
    if block.kind == "toml":
        _check_toml(block)
    elif block.kind == "python" and block.options.get("class") == "elsewhere":
        _compile(block)
    elif block.kind == "python" and block.options.get("class") == "pytest":
        _compile(block)
        if _has_pytest():
            output = run_file(block, blocks, runner="pytest")
            if output.status:
                raise SystemExit(f"{block.page.name}:{block.line}\n{output.text}")
    elif block.kind == "python" and block.text.lstrip().startswith(">>>"):
        _run_doctest(block, vars(page))
    elif block.kind == "python":
        _execute(block, page)
    else:
        return False
    return True


def _compile(block: Block) -> types.CodeType:
    # The lines of the page come out as the lines of the code.
    source = "\n" * block.line + block.text
    return compile(source, str(block.page), "exec", dont_inherit=True)


def _execute(block: Block, page: types.ModuleType) -> None:
    module = page
    if block.caption.endswith(".py"):
        module = types.ModuleType(block.caption.removesuffix(".py").replace("/", "."))
        sys.modules[module.__name__] = module
    before = dict(vars(module))
    code = _compile(block)
    exec(code, vars(module))
    new = [thing for name, thing in vars(module).items() if before.get(name) is not thing]
    cases = [
        thing
        for thing in new
        if isinstance(thing, type)
        and issubclass(thing, unittest.TestCase)
        and thing.__module__ == module.__name__
    ]
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    result = unittest.TestResult()
    unittest.TestSuite(map(load, cases)).run(result)
    if not result.wasSuccessful():
        text = "\n".join(text for _, text in [*result.failures, *result.errors])
        raise SystemExit(f"{block.page.name}:{block.line}\n{text}")


def _run_doctest(block: Block, namespace: dict[str, object]) -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=flags)
    page = str(block.page)
    test = parser.get_doctest(block.text + "\n", namespace, block.page.name, page, block.line)
    runner.run(test, clear_globs=False)
    namespace.update(test.globs)
    if runner.summarize(verbose=False).failed:
        raise SystemExit(f"{block.page.name}:{block.line}: the example says something else")


def _check_toml(block: Block) -> None:
    from asynctest._settings import read_project

    tomllib.loads(block.text)
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "pyproject.toml").write_text(block.text, encoding="utf-8")
        read_project(pathlib.Path(folder))


# -- blocks that run in a process of their own ----------------------------------------


def run_report(block: Block, blocks: list[Block]) -> Output:
    """Run a ``report`` or ``example`` block and say what is missing from the report."""
    if block.kind == "example":
        output = _run_example(block)
    else:
        output = run_file(block, blocks, runner=block.options.get("runner", "asynctest"))
    output.missing = [
        words for words in block.options.get("words", "").split(" | ") if words not in output.text
    ]
    wanted = block.options.get("status", "fails")
    if (wanted == "passes") != (output.status == 0):
        output.missing.append(f"(a run that {wanted})")
    return output


def run_file(block: Block, blocks: list[Block], runner: str) -> Output:
    """Write a block, and the modules shown before it, into files and run the tests in it."""
    name = block.caption or "test_page.py"
    words = block.options.get("args", "").split()
    with tempfile.TemporaryDirectory() as folder:
        for other in blocks:
            if other is block or (other.line < block.line and other.caption.endswith(".py")):
                path = pathlib.Path(folder, name if other is block else other.caption)
                path.write_text(other.text + "\n", encoding="utf-8")
        for other in blocks:  # an ini file that is shown counts
            if other.caption in ("pytest.ini", "pyproject.toml", "conftest.py"):
                pathlib.Path(folder, other.caption).write_text(other.text, encoding="utf-8")
        if runner == "pytest":
            # The plugins of whoever runs this say things of their own.
            plugins = ["-p", "_asynctest_pytest", "-p", "no:cacheprovider"]
            command = ["-m", "pytest", "-q", "--no-header", *plugins, *words, name]
            shown = " ".join(["pytest", *words, name])
        else:
            command = ["-m", "asynctest", *words, name.removesuffix(".py")]
            shown = " ".join(["python", *command])
        return _run(command, folder, shown)


def _run_example(block: Block) -> Output:
    bug = block.options.get("bug", "")
    folder = f"examples/{block.argument}"
    command = ["-m", "asynctest", "discover", "-s", folder, "-t", "."]
    shown = " ".join(["python", *command])
    if bug:
        shown = f"{bug}=1 {shown}"
    return _run(command, str(ROOT), shown, {bug: "1"} if bug else {})


def _run(
    command: list[str], folder: str, shown: str, variables: dict[str, str] | None = None
) -> Output:
    environment = {**os.environ, **(variables or {})}
    environment["PYTHONPATH"] = os.pathsep.join([_home(), folder])
    environment.update(PYTHONDONTWRITEBYTECODE="1", COLUMNS="88", PYTHON_COLORS="0", NO_COLOR="1")
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    environment.pop("PYTHONWARNINGS", None)
    try:
        ran = subprocess.run(
            [sys.executable, "-P", *command],  # the asynctest we are, not one that lies about
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        return Output(shown, f"no end within {exc.timeout:g} s", -1)
    return Output(shown, _clean(ran.stdout, folder), ran.returncode)


def _home() -> str:
    import asynctest

    return str(pathlib.Path(asynctest.__file__).resolve().parents[1])


def _clean(text: str, folder: str) -> str:
    for path in (os.path.realpath(folder), folder):
        text = text.replace(path + os.sep, "")
    text = text.replace(_home() + os.sep, "")
    text = re.sub(r"(?<!\w)[\w.:/\\-]*[/\\]python3\.\d+[/\\](site-packages[/\\])?", "", text)
    text = re.sub(r"\b(\d+) (test|tests) in \d+\.\d+s", r"\1 \2 in 0.01s", text)
    text = re.sub(r"(passed|failed|warnings?|errors?) in \d+\.\d+s", r"\1 in 0.01s", text)
    text = re.sub(r"0x[0-9a-f]{6,}", "0x7f3a5c", text)
    text = re.sub(r"^([-=])\1{69}$", lambda rule: rule[1] * 40, text, flags=re.M)  # for phones
    return text.strip("\n")


def _has_pytest() -> bool:
    import importlib.util

    return importlib.util.find_spec("pytest") is not None


def main(page: str) -> None:
    """Run one page, with warnings of ours as errors."""
    sys.path.insert(0, _home())
    from asynctest import AsynctestWarning

    warnings.simplefilter("error", AsynctestWarning)
    print(run_page(pathlib.Path(page)), "blocks")


if __name__ == "__main__":
    main(sys.argv[1])
