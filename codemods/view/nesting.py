"""What of a file stands in what: the functions around each function, its lambdas by line, Python's account of names."""

import ast
import symtable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Scope: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Nesting:
    """The scopes of one file.

    `around` are the functions, lambdas and classes around each of them, outermost first; `lambdas` those of a line;
    `given_to` what is called with a lambda; `tables` the names of a function, by its name and line.
    """

    around: Mapping[ast.AST, tuple[Scope, ...]]
    lambdas: Mapping[int, list[ast.Lambda]]
    given_to: Mapping[ast.Lambda, list[ast.expr]]
    tables: Mapping[tuple[str, int], symtable.Function]


def nesting(tree: ast.Module, text: str, file: str) -> Nesting:
    """The scopes of a file with this syntax tree and text."""
    around: dict[ast.AST, tuple[Scope, ...]] = {}
    lambdas: dict[int, list[ast.Lambda]] = {}
    given_to: dict[ast.Lambda, list[ast.expr]] = {}
    waiting: list[tuple[ast.AST, tuple[Scope, ...]]] = [(tree, ())]
    for node, outer in waiting:
        inner = outer
        if isinstance(node, Scope):
            around[node] = outer
            inner = (*outer, node)
        if isinstance(node, ast.Lambda):
            lambdas.setdefault(node.lineno, []).append(node)
        if isinstance(node, ast.Call):
            for given in (*node.args, *(keyword.value for keyword in node.keywords)):
                if isinstance(given, ast.Lambda):
                    given_to.setdefault(given, []).append(node.func)
        waiting.extend((child, inner) for child in ast.iter_child_nodes(node))
    return Nesting(around, lambdas, given_to, _tables(text, file))


def _tables(text: str, file: str) -> Mapping[tuple[str, int], symtable.Function]:
    found: dict[tuple[str, int], symtable.Function] = {}
    waiting: list[symtable.SymbolTable] = [symtable.symtable(text, file, "exec")]
    while waiting:
        table = waiting.pop()
        if isinstance(table, symtable.Function):
            found.setdefault((table.get_name(), table.get_lineno()), table)
        waiting.extend(table.get_children())
    return found
