"""Endpoints of views that other code calls too: the body stands once, in the function that all of them call.

def user(number):                     →    def user(number: int) -> Response:
    return {"number": number}                  return FlaskJSONResponse(user_value(number=number))
"""

import libcst as cst

from codemods.app.functions.inner_functions import FoundFunction
from codemods.carry import Carrier
from codemods.view import patterns as m
from codemods.view.methods import mentions_method
from codemods.view.names import Names
from codemods.view.returns import has_docstring
from codemods.view.search import findall


def thin_endpoint(carrier: Carrier, qualified: str, found: FoundFunction) -> FoundFunction | None:
    """The view as one that returns what a call of the view gives; None where nothing else calls it.

    A view that is written apart for each method keeps its body, and so does one that takes more than names.
    """
    function, params = found.function, found.function.params
    takes_more = params.star_kwarg is not None or isinstance(params.star_arg, cst.Param) or bool(params.posonly_params)
    if qualified not in carrier.views.called or takes_more or mentions_method(function, found.names):
        return None
    if findall(function.body, m.Yield()):
        return None
    handed_on = ", ".join(f"{one.name.value}={one.name.value}" for one in (*params.params, *params.kwonly_params))
    statements = [cst.parse_statement(f"return {found.name}({handed_on})\n")]
    if isinstance(function.body, cst.IndentedBlock) and has_docstring(function):
        statements.insert(0, cst.ensure_type(function.body.body[0], cst.SimpleStatementLine))
    changed = function.with_changes(body=cst.IndentedBlock(statements))
    return FoundFunction(found.module, found.name, changed, Names.of(carrier.project, found.module, changed))
