"""What is added to the body of a converted view: statements at its start, an answer where its end can be reached."""

from collections.abc import Sequence

import libcst as cst

from codemods.view.rule import code
from codemods.view.translator import Translator


def preceded(function: cst.FunctionDef, added: Sequence[cst.BaseStatement]) -> cst.FunctionDef:
    """The function with more statements at its start, behind its docstring."""
    if not added:
        return function
    first = 1 if function.get_docstring() is not None else 0
    statements = _statements(function)
    return function.with_changes(body=cst.IndentedBlock([*statements[:first], *added, *statements[first:]]))


def _statements(function: cst.FunctionDef) -> Sequence[cst.BaseStatement]:
    if isinstance(function.body, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine(function.body.body)]
    return [one for one in function.body.body if isinstance(one, cst.BaseStatement)]


def ended(function: cst.FunctionDef, translator: Translator) -> cst.FunctionDef:
    """The function with an answer where its end can be reached: a view that returns nothing is a TypeError in Flask."""
    statements = [*_statements(function)]
    if not statements or not leaves(statements[-1]):
        helper = translator.need(".compat.responses", "make_response")
        statements.append(cst.parse_statement(f"return {helper}(None)\n"))
    return function.with_changes(body=cst.IndentedBlock(statements))


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
