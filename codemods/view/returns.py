"""How a function begins and ends: its docstring, its return statements, whether control can reach its end."""

import libcst as cst

from . import patterns as m
from .rule import code
from .search import findall

INNER = m.FunctionDef() | m.Lambda()


def returns_of(function: cst.FunctionDef) -> list[cst.Return]:
    """The function's own return statements."""
    inner = {one for nested in findall(function.body, INNER) for one in findall(nested, m.Return())}
    return [one for one in findall(function.body, m.Return()) if isinstance(one, cst.Return) and one not in inner]


def has_docstring(function: cst.FunctionDef) -> bool:
    """Whether a function begins with a docstring, without a look at what it says."""
    first: cst.CSTNode = function.body
    while isinstance(first, cst.BaseSuite | cst.SimpleStatementLine):
        if not first.body:
            return False
        first = first.body[0]
    match first:
        case cst.Expr(value=cst.SimpleString() as text):
            return "b" not in text.prefix.lower()
        case cst.Expr(value=cst.ConcatenatedString() as text):
            return isinstance(text.evaluated_value, str)
        case _:
            return False


def statements_of(function: cst.FunctionDef) -> list[cst.BaseStatement]:
    """The statements of a function's body, also where they stand in the line of its `def`."""
    if isinstance(function.body, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine(function.body.body)]
    return [one for one in function.body.body if isinstance(one, cst.BaseStatement)]


def leaves(statement: cst.CSTNode) -> bool:
    """Whether control never goes on behind this statement."""
    match statement:
        case cst.SimpleStatementLine(body=body):
            return any(isinstance(one, cst.Return | cst.Raise) for one in body)
        case cst.If(body=body, orelse=cst.If() as orelse):
            return _block_leaves(body) and leaves(orelse)
        case cst.If(body=body, orelse=cst.Else(body=other)):
            return _block_leaves(body) and _block_leaves(other)
        case cst.With(body=body):
            return _block_leaves(body) and "suppress" not in code(statement)
        case cst.Try(body=body, handlers=handlers, orelse=orelse):
            ends = _block_leaves(orelse.body) if orelse is not None else _block_leaves(body)
            return ends and all(_block_leaves(one.body) for one in handlers)
        case cst.While(test=cst.Name(value="True")):
            return "break" not in code(statement)
        case _:
            return False


def _block_leaves(block: cst.BaseSuite) -> bool:
    return bool(block.body) and leaves(block.body[-1])
