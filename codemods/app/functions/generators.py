"""Views that are generators themselves: an endpoint that yields would stream by FastAPI's own rules.

def rows():                      def rows() -> Response:
    yield "a,b\\n"         →          def chunks():
                                         yield "a,b\\n"

                                     return make_response(chunks())
"""

from dataclasses import replace

import libcst as cst

from codemods.carry import Carrier
from codemods.view import patterns as m
from codemods.view.context import needs_application, needs_request
from codemods.view.names import Names
from codemods.view.returns import INNER, has_docstring
from codemods.view.search import findall


def is_generator(function: cst.FunctionDef) -> bool:
    """Whether a function yields, itself and not in an inner one."""
    found = findall(function.body, m.Yield())
    if not found or function.asynchronous is not None:
        return False
    hidden = {one for outer in findall(function.body, INNER) for one in findall(outer, m.Yield())}
    return any(one not in hidden for one in found)


def needs_context(carrier: Carrier, function: cst.FunctionDef, names: Names) -> bool:
    """Whether a generator uses what is gone when Flask sends what it yields: the request, `g`, the application."""
    chains = findall(function.body, m.Name() | m.Attribute())
    used = {names.qualified(one) for one in chains if isinstance(one, cst.Name | cst.Attribute)}
    return any(
        needs_request(one) or needs_application(one)
        for name in used
        if name is not None
        for one in (name, *carrier.context.reach(name))
    )


def returning(function: cst.FunctionDef, names: Names) -> tuple[cst.FunctionDef, Names]:
    """The function that returns what a generator with its body yields, and the names of that."""
    name = "chunks"
    while name in names.local or names.of_name(name) is not None:
        name += "_"
    statements = list(cst.ensure_type(function.body, cst.IndentedBlock).body)
    first = int(has_docstring(function))
    inner = cst.ensure_type(cst.parse_statement(f"def {name}():\n    pass\n"), cst.FunctionDef)
    inner = inner.with_changes(body=cst.IndentedBlock(statements[first:]))
    line = [cst.EmptyLine(indent=False)]
    answer = cst.parse_statement(f"return {name}()\n").with_changes(leading_lines=line)
    body = cst.IndentedBlock([*statements[:first], inner, answer])
    return function.with_changes(body=body), replace(names, local=names.local | {name})
