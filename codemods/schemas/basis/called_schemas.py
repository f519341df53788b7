"""Calls of other schemas in the code of a schema. Until all classes have their names, a mark stands for the class.

meta = fields.Function(lambda page: MetaSchema().dump(page))    →    Computed(lambda page: MetaOut.dump(page))
errors = meta_schema.validate(data["meta"])                     →    errors = MetaIn.problems(data["meta"])
"""

import ast
import re
from collections.abc import Callable, Collection, Iterable
from typing import cast

import libcst as cst

from codemods.view.names import Names, split
from codemods.view.source import Sources
from codemods.view.visiting import Visitor

from .plan import Form

METHODS = {"dump": "dump", "load": "load", "validate": "problems"}
MARK = re.compile(r"called_(load|dump)_([0-9a-f]+)_")
Called = tuple[str, Form]
"""A schema, and its class that is called."""
Known = Callable[[cst.BaseExpression], tuple[str, bool] | None]


def marked(texts: Iterable[str]) -> frozenset[Called]:
    """The classes that texts call."""
    found = (hit for text in texts for hit in MARK.findall(text))
    return frozenset((bytes.fromhex(name).decode(), cast("Form", form)) for form, name in found)


def named(text: str, name_of: Callable[[str, Form], str]) -> str:
    """The text with the names of classes."""
    return MARK.sub(lambda hit: name_of(bytes.fromhex(hit[2]).decode(), cast("Form", hit[1])), text)


def options(call: cst.Call) -> bool | None:
    """Whether a schema object is made for several; None where it is made with anything else than that."""
    match call.args:
        case []:
            return False
        case [cst.Arg(keyword=cst.Name("many"), value=cst.Name("True" | "False" as said))]:
            return said == "True"
    return None


def schema_object(
    node: cst.BaseExpression, names: Names, sources: Sources, schemas: Collection[str]
) -> tuple[str, bool] | None:
    """The schema that an object is of, one made on the spot or by a module, and whether it is for several."""
    if not isinstance(node, cst.Call):
        owner, name = split(names.project, names.qualified(node) or "")
        definition = owner.definitions.get(name) if owner is not None else None
        if owner is None or definition is None or definition.rebound or definition.kind in ("function", "class"):
            return None
        value = sources.value(owner, name)
        if not isinstance(value, ast.Call):
            return None
        node, names = cst.parse_expression(ast.unparse(value)), Names(names.project, owner, frozenset(), {})
    call = cst.ensure_type(node, cst.Call)
    qualified, many = names.qualified(call.func) or "", options(call)
    return (qualified, many) if qualified in schemas and many is not None else None


class Calling(Visitor):
    """Calls of schemas as calls of their classes. `known` tells of an object which schema it is of, and whether it is
    for several; `called` are those that are found."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self.known = known
        self.called: set[Called] = set()

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        func = original_node.func
        if not isinstance(func, cst.Attribute) or func.attr.value not in METHODS or not original_node.args:
            return updated_node
        found = self.known(func.value)
        first, *rest = updated_node.args
        said = options(cst.Call(func, rest)) if rest else False
        if found is None or said is None or first.keyword or first.star:
            return updated_node
        name, many = found[0], found[1] if not rest else said
        method = METHODS[func.attr.value]
        form: Form = "dump" if method == "dump" else "load"
        self.called.add((name, form))
        owner = cst.Name(f"called_{form}_{name.encode().hex()}_")
        bare = first.with_changes(comma=cst.MaybeSentinel.DEFAULT)
        call = cst.Call(cst.Attribute(owner, cst.Name(f"{method}_many" if many else method)), [bare])
        if method != "load":
            return call
        if not many:
            return cst.Call(cst.Attribute(call, cst.Name("to_dict")))
        item = cst.Name("item")
        return cst.ListComp(cst.Call(cst.Attribute(item, cst.Name("to_dict"))), cst.CompFor(item, call))
