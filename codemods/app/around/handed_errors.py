"""What a bridged error handler does with its error that only Flask's side understands.

The error is one of ours, also where a module of the Flask application raised one of Werkzeug's. Such a module would
tell the two apart by their classes, and by the responses that they make.
"""

from collections.abc import Collection, Iterator

import libcst as cst

from codemods.carry import Carrier
from codemods.findings import Diagnostic, Location
from codemods.view import patterns as m
from codemods.view.error_object import RENDERED
from codemods.view.names import Names
from codemods.view.refusal import refuse
from codemods.view.rule import code
from codemods.view.search import findall

HANDED_ON = Diagnostic(
    "FM512",
    "blocked",
    "an error handler hands its error to code of the Flask application",
    "Beside Flask a converted handler is given an error of the same status, description and attributes, but of another "
    "class: code that asks for Werkzeug's classes, or for the error's response, would not know it.",
    "Hand on what the error says (code, description), or move what tells errors apart into the handler.",
)


def check_handed_on(carrier: Carrier, function: cst.FunctionDef, names: Names, error: str, location: Location) -> None:
    """Raise `Refused` where a handler gives its error to code that knows Werkzeug's classes only."""
    given = {error, *_aliases(function, error)}
    raised = {_called(one) for one in findall(function.body, m.Raise()) if isinstance(one, cst.Raise)}
    for node in findall(function.body, m.Name() | m.Attribute()):
        assert isinstance(node, cst.Name | cst.Attribute)
        if node not in raised and carrier.is_http_error(names.qualified(node) or ""):
            raise refuse(HANDED_ON, location, f"'{code(node)}'")
    for node in findall(function.body, m.AssignTarget(target=m.Attribute() | m.Subscript())):
        if _stores(function, node, given):
            raise refuse(HANDED_ON, location, f"'{code(cst.ensure_type(node, cst.AssignTarget).target)}'")
    for call in findall(function.body, m.Call()):
        assert isinstance(call, cst.Call)
        if any(_holds(one, given) for one in call.args):
            for qualified in _named(call, names):
                if tells_errors_apart(carrier, qualified):
                    raise refuse(HANDED_ON, location, f"'{code(call)}'")


def tells_errors_apart(carrier: Carrier, qualified: str) -> bool:
    """Whether code of the project that is named so reaches Werkzeug's classes, or asks an error for its answer."""
    if carrier.context.definition(qualified) is None:
        return False
    reached = carrier.context.reach(qualified)
    if any(one.startswith("werkzeug.") or carrier.is_http_error(one) for one in reached):
        return True
    return any(_renders(carrier, one) for one in (qualified, *reached))


def _renders(carrier: Carrier, qualified: str) -> bool:
    definition = carrier.context.definition(qualified)
    if definition is None or definition.kind not in ("function", "class"):
        return False
    location = definition.location
    lines = carrier.sources.segment(location.file, location.line, definition.end_line)
    return any(f".{method}(" in lines or f'"{method}"' in lines for method in RENDERED)


def _called(statement: cst.Raise) -> cst.BaseExpression | None:
    return statement.exc.func if isinstance(statement.exc, cst.Call) else statement.exc


def _aliases(function: cst.FunctionDef, error: str) -> Iterator[str]:
    """The locals that may be the error, too."""
    for node in findall(function.body, m.Assign() | m.NamedExpr()):
        assert isinstance(node, cst.Assign | cst.NamedExpr)
        if _holds(node.value, {error}):
            targets = [one.target for one in node.targets] if isinstance(node, cst.Assign) else [node.target]
            yield from (one.value for one in targets if isinstance(one, cst.Name))


def _stores(function: cst.FunctionDef, target: cst.CSTNode, given: Collection[str]) -> bool:
    """Whether a target outside the function's own names gets the error itself."""
    return any(
        target in one.targets and isinstance(one.value, cst.Name) and one.value.value in given
        for one in findall(function.body, m.Assign())
        if isinstance(one, cst.Assign)
    )


def _holds(node: cst.CSTNode, given: Collection[str]) -> bool:
    """Whether an expression has the error itself in it, and not just one of its attributes."""
    owners = {one.value for one in findall(node, m.Attribute()) if isinstance(one, cst.Attribute)}
    names = (one for one in findall(node, m.Name()) if isinstance(one, cst.Name) and one.value in given)
    return any(one not in owners for one in names)


def _named(call: cst.Call, names: Names) -> Iterator[str]:
    for node in findall(call, m.Name() | m.Attribute()):
        assert isinstance(node, cst.Name | cst.Attribute)
        if qualified := names.qualified(node):
            yield qualified
