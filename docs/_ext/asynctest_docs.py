"""Directives of these pages: reports that are run, tables read from the code."""

from __future__ import annotations

import importlib
import inspect
import pathlib
import re
import runpy
from typing import Any, ClassVar

import running
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from asynctest import checks
from asynctest._settings import OPTIONS
from asynctest.cli import make_parser


def _literal(text: str, language: str, *classes: str) -> nodes.literal_block:
    block = nodes.literal_block(text, text, language=language)
    block["classes"] += classes
    return block


class _Run(SphinxDirective):
    """Run a block and show what it prints."""

    has_content = True
    required_arguments = 1
    option_spec: ClassVar[Any] = dict.fromkeys(
        ("words", "status", "runner", "args", "bug"), directives.unchanged
    )
    kind = "report"

    def run(self) -> list[nodes.Node]:
        page = pathlib.Path(self.get_source_info()[0])
        blocks = list(running.read_blocks(page))
        wanted = (self.kind, self.arguments[0], self.options.get("bug"), self._words())
        mine = next(block for block in blocks if self._signature(block) == wanted)
        output = running.run_report(mine, blocks)
        for missing in output.missing:
            raise self.error(f"the report lacks {missing!r}:\n{output.text}")
        shown = _literal(f"$ {output.command}\n{output.text}", "text", "report")
        return [*self._source(mine), shown]

    def _words(self) -> list[str]:
        return "\n".join(self.content).split()

    @staticmethod
    def _signature(block: running.Block) -> tuple[str, str, str | None, list[str]]:
        return block.kind, block.argument, block.options.get("bug"), block.text.split()

    def _source(self, block: running.Block) -> list[nodes.Node]:
        container = nodes.container(classes=["literal-block-wrapper"], literal_block=True)
        caption = nodes.caption(block.argument, block.argument)
        container += [caption, _literal(block.text.strip("\n"), "python")]
        return [container]


class _Example(_Run):
    """Run an example program's suite."""

    kind = "example"

    def _source(self, block: running.Block) -> list[nodes.Node]:
        return []


class _Generated(SphinxDirective):
    """Write Markdown from the code and let it be parsed as part of the page."""

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes(self.text(), allow_section_headings=True)

    def text(self) -> str:
        raise NotImplementedError


class _Settings(_Generated):
    """Every setting in one table."""

    def text(self) -> str:
        rows = ["| setting | default | what it is |", "| --- | --- | --- |"]
        for name, option in OPTIONS.items():
            default = "not set" if option.default in (None, "") else f"`{option.default!r}`"
            rows.append(f"| `{name}` | {default} | {option.metadata['help']} |")
        return "\n".join(rows)


class _CheckTable(_Generated):
    """Every check in one table."""

    def text(self) -> str:
        rows = ["| check | level | what it finds |", "| --- | --- | --- |"]
        for name, check in checks.known().items():
            first = " ".join((inspect.getdoc(check) or "").split("\n\n")[0].split())
            first = first.replace("``", "`").replace("|", "\\|")
            level = checks.defaults()[name].value
            rows.append(f"| [`{name}`](#{name}) | {level} | {first} |")
        return "\n".join(rows)


class _Checks(SphinxDirective):
    """One section for each check, from its docstring."""

    def run(self) -> list[nodes.Node]:
        found: list[nodes.Node] = []
        for name, check in checks.known().items():
            section = nodes.section(ids=[name], names=[name])
            section += nodes.title("", "", nodes.literal(name, name))
            text = re.sub(r"``", "`", inspect.getdoc(check) or "")
            section += self.parse_text_to_nodes(text)
            if check.fix:
                section += nodes.paragraph("", f"Remedy: {check.fix[0].lower()}{check.fix[1:]}.")
            section += nodes.paragraph("", f"Level by default: {checks.defaults()[name].value}.")
            self.state.document.note_explicit_target(section)
            found.append(section)
        return found


class _Changelog(SphinxDirective):
    """CHANGELOG.md with the fragments that wait to be collected."""

    def run(self) -> list[nodes.Node]:
        text = runpy.run_path(str(running.ROOT / "changes" / "collect.py"))["collect"]()
        versions = text.partition("\n## ")[2]
        return self.parse_text_to_nodes(f"## {versions}", allow_section_headings=True)


class _CommandLine(SphinxDirective):
    """What ``--help`` says of our options."""

    def run(self) -> list[nodes.Node]:
        text = make_parser().format_help().strip()
        return [_literal(text, "text", "report")]


class _Docstring(SphinxDirective):
    """The docstring of an object, for what autodoc cannot know to be a function."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        module, _, name = self.arguments[0].partition(":")
        text = inspect.getdoc(getattr(importlib.import_module(module), name)) or ""
        return self.parse_text_to_nodes(text)


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx."""
    app.add_directive("report", _Run)
    app.add_directive("example", _Example)
    app.add_directive("changelog", _Changelog)
    app.add_directive("command-line-help", _CommandLine)
    app.add_directive("autodoc-text", _Docstring)
    app.add_directive("settings-table", _Settings)
    app.add_directive("checks-table", _CheckTable)
    app.add_directive("checks-list", _Checks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
