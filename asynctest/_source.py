"""Small questions about a user's code that its source answers better than its bytecode.

They are asked of code that is already under suspicion: parsing a file takes
milliseconds.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterable, Iterator

__all__ = ["tries_again"]

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_LEAVING = (ast.Return, ast.Break)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def tries_again(filename: str, line: int) -> bool:
    """Say whether the ``except`` clause on a line belongs to a loop that tries until it works.

    That is a loop which is left when the ``try`` succeeds, and goes on after the clause::

        while True:
            try:
                return check()
            except Exception:
                await asyncio.sleep(0.1)

    A loop that tries one thing after another is none.
    """
    try:
        tree = ast.parse("".join(linecache.getlines(filename)))
    except (SyntaxError, ValueError):
        return False
    return any(
        _leaves([*tried.body, *tried.orelse])
        and not isinstance(clause.body[-1], _LEAVING)
        and not _names(loop, ast.Store) & _names(tried, ast.Load)
        for loop, tried, clause in _clauses(tree, line)
    )


def _clauses(tree: ast.AST, line: int) -> Iterator[tuple[ast.AST, ast.Try, ast.ExceptHandler]]:
    """Yield the clauses on a line that stand in a loop, with the ``try`` and the loop."""
    places: list[tuple[ast.AST, ast.AST | None]] = [(tree, None)]
    while places:
        node, loop = places.pop()
        if isinstance(node, ast.Try) and loop is not None:
            for clause in node.handlers:
                if clause.lineno == line:
                    yield loop, node, clause
        loop = node if isinstance(node, _LOOPS) else None if isinstance(node, _SCOPES) else loop
        places += [(child, loop) for child in ast.iter_child_nodes(node)]


def _leaves(statements: Iterable[ast.AST], ends: type | tuple[type, ...] = _LEAVING) -> bool:
    """Say whether one of some statements may leave the loop around them."""
    for each in statements:
        if isinstance(each, ends):
            return True
        if not isinstance(each, _SCOPES):
            inner = ast.Return if isinstance(each, _LOOPS) else ends
            if _leaves(ast.iter_child_nodes(each), inner):
                return True
    return False


def _names(node: ast.AST, use: type[ast.expr_context]) -> set[str]:
    """Return the names that a loop gives to what it goes through, or that a ``try`` reads."""
    if isinstance(node, ast.For | ast.AsyncFor):
        parts: list[ast.AST] = [node.target]
    else:
        parts = [*node.body] if isinstance(node, ast.Try) else []
    found = (each for part in parts for each in ast.walk(part))
    return {each.id for each in found if isinstance(each, ast.Name) and isinstance(each.ctx, use)}
