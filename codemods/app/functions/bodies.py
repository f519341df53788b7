"""What is added to the body of a converted view: statements at its start, an answer where its end can be reached."""

from collections.abc import Sequence

import libcst as cst

from codemods.view.returns import has_docstring, leaves, statements_of
from codemods.view.rule import code
from codemods.view.translator import Translator


def preceded(function: cst.FunctionDef, added: Sequence[cst.BaseStatement]) -> cst.FunctionDef:
    """The function with more statements at its start, behind its docstring."""
    if not added:
        return function
    first = int(has_docstring(function))
    statements = statements_of(function)
    return function.with_changes(body=cst.IndentedBlock([*statements[:first], *added, *statements[first:]]))


def ended(function: cst.FunctionDef, translator: Translator) -> cst.FunctionDef:
    """The function with an answer where its end can be reached: a view that returns nothing is a TypeError in Flask."""
    statements = statements_of(function)
    if not statements or not leaves(statements[-1]):
        response = translator.answering(translator, None, None)
        statements.append(cst.parse_statement(f"return {code(response)}\n"))
    return function.with_changes(body=cst.IndentedBlock(statements))
