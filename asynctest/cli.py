"""``python -m asynctest``: unittest's command line, and our settings.

Everything unittest accepts is accepted (names, ``discover``, ``-v``, ``-k``,
``-f`` ...). On top there is an option for each setting, and for checks::

    python -m asynctest --strict                     every check fails
    python -m asynctest --check unused_loop=warn     one check's level
    python -m asynctest --cancel-timeout 1 test_chat a setting, for a module
"""

from __future__ import annotations

import argparse
import sys
import unittest
from collections.abc import Sequence
from typing import Any

from ._errors import AsynctestValueError
from ._fail_on import check_names
from ._levels import closest, parse_level
from ._settings import OPTIONS, parse_word, use_command_line

__all__ = ["main", "make_parser", "read_options"]


def make_parser(prefix: str = "--") -> argparse.ArgumentParser:
    """Make the parser of our options alone, without unittest's.

    ``prefix`` stands before each name, for doors that share a command line.
    """
    parser = argparse.ArgumentParser(
        prog="python -m asynctest", add_help=False, allow_abbrev=False, usage=argparse.SUPPRESS
    )
    group = parser.add_argument_group("asynctest")
    group.add_argument(f"{prefix}strict", action="store_true", help="every check fails its test")
    group.add_argument(f"{prefix}lenient", action="store_true", help="no check is made")
    group.add_argument(
        f"{prefix}check",
        action="append",
        default=[],
        metavar="NAME=LEVEL",
        help="set a check to off, warn or fail (repeatable)",
    )
    for name, field in OPTIONS.items():
        group.add_argument(
            prefix + name.replace("_", "-"),
            dest=f"set_{name}",
            metavar="VALUE",
            help=f"{field.metadata['help']} (default: {field.default})",
        )
    return parser


def read_options(parsed: argparse.Namespace) -> dict[str, Any]:
    """Turn parsed options into a layer of settings.

    Raises ValueError for a value or a check name that cannot be used.
    """
    layer: dict[str, Any] = {}
    for name in ("strict", "lenient"):
        if getattr(parsed, name):
            layer[name] = True
    if parsed.check:
        layer["checks"] = dict(map(_read_check, parsed.check))
    for name in OPTIONS:
        word = getattr(parsed, f"set_{name}")
        if word is not None:
            layer[name] = parse_word(name, word)
    return layer


def _read_check(word: str) -> tuple[str, str]:
    name, _, level = word.partition("=")
    if name not in check_names():
        raise AsynctestValueError(f"there is no check {name!r}. {closest(name, check_names())}")
    level = level or "fail"
    parse_level(level)
    return name, level


def main(argv: Sequence[str] | None = None) -> None:
    """Run unittest's command line with our settings; exits like unittest does."""
    parser = make_parser()
    parsed, rest = parser.parse_known_args(sys.argv[1:] if argv is None else argv)
    try:
        use_command_line(read_options(parsed))
    except AsynctestValueError as exc:
        parser.exit(2, f"python -m asynctest: {exc}\n")
    if {"-h", "--help"} & set(rest):
        print(parser.format_help())
    unittest.main(module=None, argv=["python -m asynctest", *rest])
