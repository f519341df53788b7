"""What becomes of schemas that a function of the project is handed: their classes, by which it loads and dumps.

def paginated(rows, schema):                             def paginated(rows: Any, schema: type[Model]) -> Any:
    return {"items": schema.dump(rows), …}       →           return {"items": schema.dump_many(rows), …}

paginated(USERS, UserSchema(many=True))                  paginated(USERS, UserOut)
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from codemods.view import patterns as m
from codemods.view.body import body_locals, is_body
from codemods.view.imports import Need
from codemods.view.names import Names, split
from codemods.view.refusal import refuse
from codemods.view.rule import code
from codemods.view.search import findall
from codemods.view.visiting import swapped

from .basis.diagnostics import CALL
from .basis.method_bodies import count
from .calls.handed_schemas import HandedSchema, Scope, agreed, argument_of, schema_in
from .calls.rewriting import Instance
from .catalog import Schemas
from .schema_calls import SchemaCall, schema_call

MODEL = Need(".compat.models", "Model")


@dataclass(frozen=True, slots=True)
class Stand:
    """What stands in the place of an expression: a text that names what is imported. `origin` is the schema whose class
    that is, if any."""

    text: str
    need: Need
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A parameter that is handed a class: the calls of its methods, and which class it is for each schema.

    `instance` has the options of its objects; `loads_body` tells that the request's body is what it loads.
    """

    calls: Mapping[cst.Call, SchemaCall]
    classes: Mapping[str, Stand]
    instance: Instance
    loads_body: bool


def taken(function: cst.FunctionDef, names: Names, catalog: Schemas) -> Mapping[str, Taken]:
    """The parameters that are handed classes, by name: those of a function, or of the one around it that makes it."""
    known = catalog.handed(names.within or f"{names.module.name}.{function.name.value}")
    params = [one.name.value for one in (*function.params.params, *function.params.kwonly_params)]
    params = [*names.enclosing] if names.within else params
    found: dict[str, Taken] = {}
    for name, handed in known.items():
        if params.count(name) == names.bindings.get(name) == 1:
            one = _taken(function, names, catalog, name, handed)
            found |= {name: one} if one is not None else {}
    return found if len(found) == len(known) else {}


def chosen(
    function: cst.FunctionDef, names: Names, catalog: Schemas
) -> Iterator[tuple[Mapping[cst.Call, SchemaCall], Mapping[cst.BaseExpression, Stand]]]:
    """The calls on locals that hold one of several schemas, and the classes that these are.

    schema = AdminSchema() if admin else UserSchema()    →    schema = AdminOut if admin else UserOut
    """
    scope = Scope(catalog.sources.as_ast(function), names)
    assigned: dict[str, list[cst.BaseExpression]] = {}
    for node in findall(function.body, m.Assign(targets=[m.AssignTarget(m.Name())])):
        assign = cst.ensure_type(node, cst.Assign)
        name = cst.ensure_type(assign.targets[0].target, cst.Name).value
        assigned.setdefault(name, []).append(assign.value)
    for name, values in assigned.items():
        leaves = [one for value in values for one in _leaves(value)]
        if len(leaves) < 2 or names.bindings.get(name) != len(values):
            continue
        given = [schema_in(one, scope, catalog.plans, catalog.objects) for one in leaves]
        handed = agreed([(*one, False) for one in given if one is not None]) if None not in given else None
        found = _taken(function, names, catalog, name, handed) if handed is not None else None
        if found is None or handed is None or count(function, name) != len(values) + len(found.calls):
            continue
        stands = [found.classes[one[0].schema] for one in given if one is not None]
        kinds = dict.fromkeys(one.text for one in stands)
        classes = " | ".join(f"list[{one}]" if handed.instance.many else one for one in kinds)
        needs = frozenset(one.need for one in stands)
        calls = {
            call: replace(one, classes=classes, rewritten=replace(one.rewritten, needs=one.rewritten.needs | needs))
            for call, one in found.calls.items()
        }
        yield calls, dict(zip(leaves, stands, strict=True))


def _leaves(value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """What an expression may be."""
    if isinstance(value, cst.IfExp):
        yield from _leaves(value.body)
        yield from _leaves(value.orelse)
    else:
        yield value


def handed_on(
    function: cst.FunctionDef, names: Names, catalog: Schemas
) -> Iterator[tuple[cst.BaseExpression, Stand, str]]:
    """The arguments of calls in a function that are classes now, with the type of the body that is loaded by one, or
    nothing. Raises `Refused` for one of which nobody knows the schema."""
    for call in findall(function.body, m.Call()):
        assert isinstance(call, cst.Call)
        qualified = names.qualified(call.func) or ""
        if not catalog.handed(qualified):
            continue
        module, name = split(catalog.project, qualified)
        assert module is not None
        callee = catalog.sources.function(module.definitions[name].location, name)
        known = taken(callee, Names.of(catalog.project, module, callee), catalog)
        scope = Scope(catalog.sources.as_ast(function), names)
        params = [one.name.value for one in callee.params.params]
        for parameter, argument, stand in _filled(call, params, known, scope, catalog):
            many = known[parameter].instance.many
            body = f"list[{stand.text}]" if many else stand.text
            yield argument, stand, body if known[parameter].loads_body else ""


def decorator_arguments(
    call: cst.Call, factory: cst.FunctionDef, wrapper: cst.FunctionDef, within: Names, around: Names, catalog: Schemas
) -> Mapping[cst.BaseExpression, Stand]:
    """The arguments of a decorator that are classes now. `within` are the names of its wrapper, `around` those where
    it is called. Raises `Refused` for one of which nobody knows the schema."""
    known = taken(wrapper, within, catalog)
    params = [one.name.value for one in factory.params.params]
    found = _filled(call, params, known, Scope(ast.Module([], []), around), catalog) if known else ()
    return {argument: stand for _, argument, stand in found}


def _filled(
    call: cst.Call, params: Sequence[str], known: Mapping[str, Taken], scope: Scope, catalog: Schemas
) -> Iterator[tuple[str, cst.BaseExpression, Stand]]:
    """The parameters that are handed classes, with the argument and the class."""
    for parameter, one in known.items():
        argument = argument_of(params, parameter, call)
        found = schema_in(argument.value, scope, catalog.plans, catalog.objects) if argument is not None else None
        is_alike = found is not None and replace(found[0], schema="") == replace(one.instance, schema="")
        stand = one.classes.get(found[0].schema) if found is not None and is_alike else None
        if argument is None or stand is None:
            raise refuse(CALL, None, f"'{code(call)}', and what '{parameter}' is in it")
        yield parameter, argument.value, stand


def _taken(function: cst.FunctionDef, names: Names, catalog: Schemas, name: str, handed: HandedSchema) -> Taken | None:
    """What becomes of one parameter; None where it does not do so for all schemas in the same way."""
    forms = [_in_form(function, names, catalog, name, handed, schema) for schema in handed.schemas]
    if any(one is None for one in forms):
        return None
    every = [one for one in forms if one is not None]
    first, *others = [calls for _, calls in every]
    texts = [[code(one.rewritten.expression) for one in calls.values()] for calls in (first, *others)]
    if any(one != texts[0] for one in texts):
        return None
    calls = {
        call: replace(found, is_dict=all(each[call].is_dict for each in (first, *others)), loads_body=False)
        for call, found in first.items()
    }
    local = body_locals(function, names)
    loads = any(
        one.method in ("load", "validate") and is_body(call.args[0].value, names, local) for call, one in calls.items()
    )
    classes = dict(zip(handed.schemas, (stand for stand, _ in every), strict=True))
    return Taken(calls, classes, handed.instance, loads)


def _in_form(
    function: cst.FunctionDef, names: Names, catalog: Schemas, name: str, handed: HandedSchema, schema: str
) -> tuple[Stand, dict[cst.Call, SchemaCall]] | None:
    """The class that a parameter is for one schema, and the calls as calls of whatever class it is."""
    own = m.Name(name)
    local = {name: replace(handed.instance, schema=schema)}
    known = names
    if handed.is_class:  # its name is as good as that of the schema
        own, local = m.Call(func=own), {}
        known = replace(names, local=names.local - {name}, imported={**names.imported, name: schema})
    found: dict[cst.Call, SchemaCall] = {}
    stands = set()
    for call in findall(function.body, m.Call(func=m.Attribute(value=own))):
        assert isinstance(call, cst.Call)
        one = schema_call(call, known, catalog, local)
        if one is None or one.rewritten.condition is not None or one.plan.gives_pairs:
            return None
        rewritten = one.rewritten
        need = Need(f".schemas.{one.plan.home}", rewritten.schema)
        stands.add(Stand(rewritten.schema, need, one.plan.origin))
        named = findall(rewritten.expression, m.Name(rewritten.schema))
        expression = swapped(rewritten.expression, dict.fromkeys(named, cst.Name(name)))
        rewritten = replace(rewritten, expression=expression, needs=rewritten.needs - {need}, schema=name)
        found[call] = replace(one, rewritten=rewritten)
    if len(stands) != 1:
        return None
    (stand,) = stands
    return stand, found
