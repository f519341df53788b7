"""What `validate=` of webargs' decorators names: functions that are called with what was loaded, and may refuse it.

@use_args(SIGNUP, validate=passwords_match)    →    signup_body = json_arguments(Signup, checks=[passwords_match])
"""

import ast

import libcst as cst

from codemods.carry import Carrier, FileReferences
from codemods.extensions.schema_layers.webargs import ARGUMENTS
from codemods.findings import Location
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import Names, split
from codemods.view.refusal import Refused, refuse
from codemods.view.rule import code
from codemods.view.search import findall

from .arguments import double_quoted

CHANGING = frozenset({"pop", "popitem", "update", "setdefault", "clear"})


def argument_checks(
    carrier: Carrier, given: cst.BaseExpression, names: Names, home: str, place: Location
) -> tuple[str, frozenset[Need]]:
    """The checks as an option of what makes the dependency, with their imports; raises `Refused`."""
    many = given.elements if isinstance(given, cst.List | cst.Tuple) else ()
    found = [one.value for one in many] if isinstance(given, cst.List | cst.Tuple) else [given]
    texts, needs = [], set[Need]()
    for one in found:
        text, need = _check(carrier, one, names, home, place)
        texts.append(text)
        needs |= {need} if need is not None else set()
    return f"checks=[{', '.join(texts)}]", frozenset(needs)


def _check(
    carrier: Carrier, node: cst.BaseExpression, names: Names, home: str, place: Location
) -> tuple[str, Need | None]:
    """One check as an expression, and its import."""
    if isinstance(node, cst.Lambda):
        own = {one.name.value for one in (*node.params.params, *node.params.kwonly_params)}
        used = {one.value for one in findall(node.body, m.Name()) if isinstance(one, cst.Name)}
        attributes = {one.attr.value for one in findall(node.body, m.Attribute()) if isinstance(one, cst.Attribute)}
        words = {one.keyword.value for one in findall(node.body, m.Arg()) if isinstance(one, cst.Arg) and one.keyword}
        foreign = used - own - attributes - words
        is_plain = all((names.of_name(one) or "").startswith("builtins.") for one in foreign)
        if not is_plain or attributes & CHANGING or len(node.params.params) != 1:
            raise refuse(ARGUMENTS, place, f"'validate={code(node)}'")
        return code(double_quoted(node)), None
    qualified = names.qualified(node) or ""
    module, name = split(carrier.project, qualified)
    definition = module.definitions.get(name) if module is not None else None
    if definition is None or definition.kind != "function" or definition.decorators:
        raise refuse(ARGUMENTS, place, f"'validate={code(node)}'")
    piece = carrier.sources.piece(definition.location, name)
    if not isinstance(piece, ast.FunctionDef) or _changes_argument(piece):
        raise refuse(ARGUMENTS, definition.location, f"'{name}' changes what it checks")
    reference, rest = FileReferences(carrier, "native", False, home).to(qualified, names, node)
    if reference is None or rest or reference.need is None:
        raise refuse(ARGUMENTS, place, f"'validate={code(node)}'")
    if reference.application is not None:
        raise Refused(reference.application)
    return reference.text, reference.need


def _changes_argument(function: ast.FunctionDef) -> bool:
    """Whether a function may change what it is given, of which the view gets a copy here."""
    own = {one.arg for one in function.args.args}
    for node in ast.walk(function):
        match node:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()) if name in own:
                return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if name in own and attr in CHANGING:
                return True
    return False
