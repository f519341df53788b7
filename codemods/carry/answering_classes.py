"""Classes of a project whose methods make responses without asking for the request: exceptions that know their answer.

class OutOfStock(Exception):                   class OutOfStock(Exception):
    def response(self):                    →       def response(self) -> Any:
        return jsonify(error=str(self)), 409           return FlaskJSONResponse({"error": str(self)}), 409
"""

import ast
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import libcst as cst

from codemods.findings import Location
from codemods.model import Definition, Module
from codemods.view.diagnostics import CONSTRUCT, NEEDS_CONTEXT
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import Refused, refuse
from codemods.view.returns import returns_of
from codemods.view.rule import code

from .carried import Carried
from .functions import write_function
from .plain_classes import Method
from .references import FileReferences
from .verbatim import free_names

if TYPE_CHECKING:
    from .carrier import Carrier


def own_answers(carrier: "Carrier", definition: Definition) -> frozenset[str]:
    """The methods of a class itself that Flask's request may be needed for."""
    left_out = carrier.request_methods.left_out
    return frozenset(name for name in definition.members if f"{definition.qualified}.{name}" in left_out)


def write_answering_class(carrier: "Carrier", module: Module, definition: Definition, name: str) -> Carried:
    """Such a class as it stands in the target; raises `Refused` where a method asks for the request, or may not be
    known by what it answers with."""
    piece = carrier.sources.piece(definition.location, name)
    assert isinstance(piece, ast.ClassDef)
    statement = cst.parse_module(carrier.sources.text(module.file, piece)).body[0]
    node = cst.ensure_type(statement, cst.ClassDef)
    answers = own_answers(carrier, definition)
    needs: set[Need] = set()
    body: list[cst.BaseStatement] = []
    for part in cst.ensure_type(node.body, cst.IndentedBlock).body:
        assert isinstance(part, cst.BaseStatement)
        if isinstance(part, cst.FunctionDef) and part.name.value in answers:
            part, imported = _method(carrier, module, part, definition.location)
            needs |= imported
        body.append(part)
    rest = [one for one in piece.body if getattr(one, "name", "") not in answers] or [ast.Pass()]
    others = ast.ClassDef(piece.name, piece.bases, piece.keywords, rest, piece.decorator_list)
    needs |= free_names(carrier, module, ast.fix_missing_locations(others), name, definition.location)
    text = code(node.with_changes(body=node.body.with_changes(body=body))).strip("\n") + "\n"
    return Carried(
        f"{module.name}.{name}", name, text, frozenset(needs), None, (), definition.location.line,
        carrier.home(module, False),
    )  # fmt: skip


def answers_as_methods(carrier: "Carrier", methods: Sequence[Method]) -> bool:
    """Whether native code has all classes of these methods, so that they are called as they were."""
    try:
        for method in methods:
            carrier.carry(method.owner.qualified, "native", False)
    except Refused:
        return False
    return True


def _method(
    carrier: "Carrier", module: Module, function: cst.FunctionDef, location: Location
) -> tuple[cst.FunctionDef, frozenset[Need]]:
    """A method that answers, and what it imports; raises `Refused`."""
    if function.decorators:
        raise refuse(CONSTRUCT, location, f"the decorated '{function.name.value}'")
    names = Names.of(carrier.project, module, function)
    file = FileReferences(carrier, "native", False, carrier.home(module, False))
    carried = write_function(carrier, function, names, file, file, location)
    if carried.parameters:
        raise refuse(NEEDS_CONTEXT, location, f"'{carried.parameters[0].name}' of '{function.name.value}'")
    if carried.application is not None:
        raise Refused(carried.application)
    if carried.kind != "response" and not all(isinstance(one.value, cst.Tuple) for one in returns_of(function)):
        raise refuse(CONSTRUCT, location, f"what '{function.name.value}' returns")
    text = re.sub(rf"\bdef {carried.name}\(", f"def {function.name.value}(", carried.text, count=1)
    written = cst.ensure_type(cst.parse_module(text).body[0], cst.FunctionDef)
    itself, *others = written.params.params
    params = written.params.with_changes(params=[itself.with_changes(annotation=None), *others])
    return written.with_changes(params=params, leading_lines=function.leading_lines), carried.needs
