"""Small questions about a user's code that only its bytecode answers.

They are asked of code that is already under suspicion: disassembling costs half
a millisecond.
"""

from __future__ import annotations

import dis
import itertools
import re
from collections.abc import Iterator
from types import CodeType
from typing import Any

__all__ = [
    "asserted_attributes",
    "caught_names",
    "dropped_attributes",
    "drops_what_it_awaits",
    "has_to_clean_up",
    "read_attributes",
]


def caught_names(code: CodeType, handler: int) -> set[str] | None:
    """Return the names in the ``except`` clauses of a handler; empty for a bare ``except``.

    ``handler`` is the offset where the handler begins. ``with suppress(...)`` counts as
    an ``except``. None stands for a handler of another ``with`` or of a ``finally``.

    >>> def careless():
    ...     try: pass
    ...     except (ValueError, KeyError): pass
    >>> start = next(i.offset for i in dis.get_instructions(careless)
    ...              if i.opname == "PUSH_EXC_INFO")
    >>> sorted(caught_names(careless.__code__, start))
    ['KeyError', 'ValueError']
    """
    instructions = {found.offset: found for found in dis.get_instructions(code)}
    offsets = sorted(offset for offset in instructions if offset >= handler)
    names: set[str] = set()
    clause: set[str] = set()
    position = 0
    while position < len(offsets):
        found = instructions[offsets[position]]
        position += 1
        if found.opname == "WITH_EXCEPT_START":
            return _suppressed_names(code, found)
        if found.opname.startswith("LOAD_") and isinstance(found.argval, str):
            clause.add(found.argval)
        elif found.opname in ("CHECK_EXC_MATCH", "CHECK_EG_MATCH"):
            names |= clause
            clause = set()
            if found.opname == "CHECK_EG_MATCH":
                # What one clause leaves of a group goes on, unless it takes everything.
                return names if names & {"Exception", "BaseException"} else None
            jump = instructions[offsets[position]]
            position = offsets.index(jump.argval) if jump.argval in offsets else len(offsets)
        elif found.opname == "RERAISE":
            break
        elif found.opname == "POP_TOP":
            return names  # a bare except, perhaps after others
        elif found.opname not in _IN_A_CLAUSE:
            return names or None
    return names


def _suppressed_names(code: CodeType, leaving: dis.Instruction) -> set[str] | None:
    """Return the names in ``with suppress(...)``; None for another context manager."""
    line = _line_of(leaving, 0)
    names = {
        found.argval
        for found in dis.get_instructions(code)
        if found.opname.startswith("LOAD_")
        and isinstance(found.argval, str)
        and _line_of(found, -1) == line
    }
    return names if "suppress" in names else None


_IN_A_CLAUSE = frozenset(
    (
        "COPY",
        "BUILD_LIST",
        "SWAP",
        "PUSH_EXC_INFO",
        "BUILD_TUPLE",
        "NOP",
        "NOT_TAKEN",
        "CACHE",
        "PUSH_NULL",
        "EXTENDED_ARG",
    )
)


def drops_what_it_awaits(code: CodeType, offset: int) -> bool:
    """Say whether the result of the ``await`` that stands at an offset is thrown away.

    That is so if it is an expression statement, or if it is given a name that
    is never read.
    """
    instructions = list(dis.get_instructions(code))
    after = iter([found for found in instructions if found.offset > offset])
    for found in after:
        if found.opname == "JUMP_BACKWARD_NO_INTERRUPT":
            break
    for found in after:
        if found.opname in ("END_SEND", "NOT_TAKEN", "CACHE", "NOP"):
            continue
        if found.opname.startswith("STORE_"):
            return not any(
                _reads(other.opname, other.argval, found.argval) for other in instructions
            )
        return found.opname == "POP_TOP"
    return False


def has_to_clean_up(code: CodeType, offset: int) -> bool:
    """Say whether a generator that is suspended at an offset is inside a ``try`` or ``with``.

    From 3.12 on, a handler that replaces StopIteration is around all of every generator.
    """
    steps: Any = dis.Bytecode(code)
    around = {each.target for each in steps.exception_entries if each.start <= offset < each.end}
    return any(found.offset in around and found.opname != "CALL_INTRINSIC_1" for found in steps)


def _reads(opname: str, argument: object, name: object) -> bool:
    names = argument if isinstance(argument, tuple) else (argument,)
    return "LOAD_" in opname and name in names


def read_attributes(code: CodeType) -> Iterator[tuple[str, int]]:
    """Yield name and line of each attribute or method that code looks up."""
    line = code.co_firstlineno
    for found in dis.get_instructions(code):
        line = _line_of(found, line)
        if found.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            yield found.argval, line


def dropped_attributes(code: CodeType) -> Iterator[tuple[str, int]]:
    """Yield name and line of each attribute that is a statement or a condition by itself.

    >>> def forgetful(mock):
    ...     mock.assert_called_once
    ...     assert mock.assert_awaited
    ...     mock.assert_called_once()
    >>> [name for name, _ in dropped_attributes(forgetful.__code__)]
    ['assert_called_once', 'assert_awaited']
    """
    if not _DROPPED.search(code.co_code):
        return
    line, looked_up = code.co_firstlineno, None
    for found in dis.get_instructions(code):
        line = _line_of(found, line)
        if found.opname in _ENDS and looked_up is not None:
            yield looked_up, line
        looked_up = found.argval if found.opname == "LOAD_ATTR" else None


def asserted_attributes(code: CodeType) -> Iterator[tuple[str, int]]:
    """Yield name and line of each attribute that ``assertTrue()`` is given as it is.

    >>> def trusting(case, mock):
    ...     case.assertTrue(mock.assert_called_once)
    ...     case.assertTrue(mock.called)
    ...     case.assertTrue(mock.method())
    >>> [name for name, _ in asserted_attributes(trusting.__code__)]
    ['assert_called_once', 'called']
    """
    if "assertTrue" not in code.co_names:
        return
    line = code.co_firstlineno
    loaded: list[str] | None = None  # since assertTrue: a name, and then its attributes
    for found in dis.get_instructions(code):
        line = _line_of(found, line)
        if found.argval == "assertTrue":
            loaded = []
        elif loaded is None or found.opname == "PRECALL":
            pass
        elif found.opname == "LOAD_ATTR" or (found.opname.startswith("LOAD_") and not loaded):
            loaded.append(str(found.argval))
        else:
            if found.opname == "CALL" and found.argval == 1 and len(loaded) > 1:
                yield loaded[-1], line
            loaded = None


def _line_of(instruction: dis.Instruction, otherwise: int) -> int:
    positions = instruction.positions
    return (positions.lineno if positions is not None else None) or otherwise


def _statement(thing: Any) -> None:
    thing.attribute  # noqa: B018


def _condition(thing: Any) -> None:
    assert thing.attribute


def _dropped_pattern() -> re.Pattern[bytes]:
    """Ask this Python how it writes such an attribute.

    Reading the bytes for it takes a microsecond, and is wrong only in that it
    may see one where there is none.
    """
    patterns = []
    for sample in (_statement, _condition):
        steps = list(dis.get_instructions(sample))
        first, following = next(
            pair for pair in itertools.pairwise(steps) if pair[0].opname == "LOAD_ATTR"
        )
        _ENDS.add(following.opname)
        written = sample.__code__.co_code[first.offset : following.offset + 1]
        patterns.append(re.escape(written[:1]) + b"." + re.escape(written[2:]))
    return re.compile(b"|".join(patterns), re.DOTALL)


_ENDS: set[str] = set()
_DROPPED = _dropped_pattern()
