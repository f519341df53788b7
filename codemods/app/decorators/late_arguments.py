"""What a view parses behind its first statements: a parameter that loads it where it is called.

def put(number):                                 def put(number: int, load_body: ...):
    if number > 3:                                   if number > 3:
        abort(404)                          →            raise HTTPException(404)
    args = parser.parse(ARGS, request)               args = load_body().to_dict()
"""

from collections.abc import Iterator, Sequence

import libcst as cst

from codemods.carry import Carrier
from codemods.extensions import ParsingCall
from codemods.extensions.schema_layers.webargs import ARGUMENTS, parsing_call
from codemods.findings import Location
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import refuse
from codemods.view.rule import code
from codemods.view.search import ancestors, findall

SCOPES = (cst.FunctionDef, cst.Lambda, cst.ClassDef, cst.BaseComp)
"""What has names of its own, which a schema at the top of a module does not see."""
CALLABLE = Need("collections.abc", "Callable")
LATE = Need(".compat.late_arguments", "late")


def late_calls(
    carrier: Carrier, function: cst.FunctionDef, names: Names, place: Location, start: Sequence[cst.CSTNode]
) -> Iterator[tuple[cst.Call, ParsingCall]]:
    """The calls in a view behind its `start` that parse when they are reached; raises `Refused` for other parsing."""
    known = {call for statement in start for call in findall(statement, m.Call())}
    for node in findall(function.body, m.Call()):
        found = parsing_call(carrier.sources, names, node, place) if isinstance(node, cst.Call) else None
        if node in known or found is None or not isinstance(node, cst.Call):
            continue
        is_parse = (names.qualified(node.func) or "").endswith(".parse")
        is_inner = any(isinstance(one, SCOPES) for one in ancestors(function.body, node))
        if not is_parse or found.as_kwargs or found.location == "files" or is_inner:
            raise refuse(ARGUMENTS, place, f"'{code(node)}', which is not a statement of the view's own")
        yield node, found
