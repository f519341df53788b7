"""What a function does with schemas: the calls that become calls of the converted classes, and the body's type.

    data = UserSchema().load(request.get_json())    →    data = body.load().to_dict()    (body: JsonBody[UserIn])

Read once ahead of the translation, since a signature has to tell the body's type before its first line.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

import libcst as cst

from codemods.scan.context import reach
from codemods.view import patterns as m
from codemods.view.body import body_locals, is_body
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import refuse
from codemods.view.rule import Translation, code
from codemods.view.search import findall
from codemods.view.signature import JSON
from codemods.view.visiting import swapped

from .basis.conditions import truths_in
from .basis.diagnostics import CALL
from .basis.errors import ERRORS, catching, caught, known_errors
from .basis.method_bodies import count
from .basis.plan import SIDES, SchemaPlan, ancestors
from .calls.rewriting import Instance, constructed, loaded
from .calls.whole_reads import ARGS, FORM, WholeRead, reads_in, single_values
from .catalog import Schemas
from .handing import Stand, chosen, handed_on, taken
from .schema_calls import SchemaCall, schema_call

JSONIFIED = m.Call(func=m.Attribute(attr=m.Name("jsonify")))
WHOLES = frozenset({"flask.request.args", "flask.request.form", "flask.request.values"})


@dataclass(slots=True)
class SchemaUse:
    """What one function does with schemas; empty where it does nothing that converts.

    `pairs` are the `.data` of calls that gave a pair in Marshmallow 2. `dropped` are assignments of schema objects,
    `claimed` the names that go with the calls; `bodies` are the types that the body is loaded as, `wholes` the calls
    that load the whole query or form; `queries` and `forms` are the places where these parts are taken to be loaded by
    the one schema that does, not only directly; `converts_errors` tells that Marshmallow's error may become
    `InvalidError`, `caught` are its names where it is caught. `catching` are the handlers of that error to which,
    beside Flask, either may come. `replaced` are the schemas that nothing but these calls names. `taken` are the
    parameters that are handed classes of schemas, `stands` what comes in the place of schemas that are handed on.
    """

    calls: dict[cst.Call, SchemaCall] = field(default_factory=dict)
    pairs: dict[cst.CSTNode, cst.Call] = field(default_factory=dict)
    dropped: set[cst.Assign] = field(default_factory=set)
    claimed: set[cst.CSTNode] = field(default_factory=set)
    bodies: dict[str, frozenset[Need]] = field(default_factory=dict)
    wholes: set[cst.Call] = field(default_factory=set)
    queries: dict[cst.CSTNode, WholeRead] = field(default_factory=dict)
    forms: dict[cst.CSTNode, WholeRead] = field(default_factory=dict)
    converts_errors: bool = False
    caught: frozenset[str] = frozenset()
    catching: frozenset[cst.CSTNode] = frozenset()
    replaced: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()
    stands: dict[cst.BaseExpression, Stand] = field(default_factory=dict)
    beside_flask: bool = False

    def is_error(self, qualified: str) -> bool:
        """Whether a name is Marshmallow's error, which becomes `InvalidError` here."""
        return self.converts_errors and not self.beside_flask and qualified in ERRORS

    def kind(self, node: cst.Call | cst.Attribute) -> str:
        """See `Translation.kind`."""
        if isinstance(node, cst.Call):
            found = self.calls.get(node)
            if found is not None and found.rewritten.answers:
                return "response"
            if found is not None and found.method == "dumps":
                return "text"
            return "json" if found is not None and found.is_dict else "unknown"
        if node in self.pairs:
            return self.kind(self.pairs[node])
        is_caught = isinstance(node.value, cst.Name) and node.value.value in self.caught
        return "json" if self.converts_errors and is_caught and node.attr.value == "messages" else "unknown"

    def attribute(self, written: cst.Attribute, updated: cst.Attribute) -> cst.BaseExpression:
        """An attribute, or what it stands for: calls give what was the first of a pair."""
        return updated.value if written in self.pairs else updated

    def rewrite(self, translation: Translation, written: cst.Call, updated: cst.Call) -> cst.BaseExpression:
        """The call of the converted class; `updated` has translated arguments."""
        found = self.calls[written]
        argument = updated.args[0].value
        is_typed = translation.signature.find(JSON) is not None
        if is_typed and found.loads_body and len(self.bodies) == 1 and isinstance(argument, cst.Call):
            func = cst.ensure_type(argument.func, cst.Attribute)
            call = cst.Call(func.with_changes(attr=cst.Name("load")))
            return loaded(found.plan, found.rewritten.schema, call, found.rewritten.many)
        replaced = found.plan.origin if found.plan.origin in self.replaced else ""
        new: dict[cst.CSTNode, cst.CSTNode] = {found.rewritten.argument: argument}
        for before, after in zip(written.args, updated.args, strict=True):
            if before.value is found.rewritten.condition:
                new[before.value] = after.value
        for need in sorted(found.rewritten.needs):
            local = translation.need(need.module, need.name, replaced)
            if local != need.name:
                named = findall(found.rewritten.expression, m.Name(need.name))
                new |= dict.fromkeys(named, cst.Name(local))
        return swapped(found.rewritten.expression, new)


def uses_of(function: cst.FunctionDef, names: Names, catalog: Schemas) -> SchemaUse:
    """What a function does with the schemas of the catalog."""
    use = SchemaUse(converts_errors=known_errors(function, names), caught=caught(function, names))
    if catalog.beside_flask:
        use.beside_flask = True
        use.catching = catching(function, names) if catalog.plans else frozenset()
    _fill(use, function, names, catalog)
    for call in findall(function.body, JSONIFIED):
        assert isinstance(call, cst.Call)
        if call not in use.calls and _is_of_marshmallow(call, function, names):
            raise refuse(CALL, None, f"'{code(call)}', which answers with Flask's response")
    return use


def _is_of_marshmallow(call: cst.Call, function: cst.FunctionDef, names: Names) -> bool:
    """Whether an object is of a class of the project's that uses flask-marshmallow, or may be."""
    owner = cst.ensure_type(call.func, cst.Attribute).value
    if isinstance(owner, cst.Name) and owner.value in names.local:
        made = findall(function.body, m.Assign(targets=[m.AssignTarget(m.Name(owner.value))], value=m.Call()))
        return any(_is_schema(cst.ensure_type(one, cst.Assign).value, names) for one in made)
    return _is_schema(owner, names)


def _is_schema(node: cst.BaseExpression, names: Names) -> bool:
    qualified = names.qualified(node.func if isinstance(node, cst.Call) else node)
    return qualified is not None and "flask_marshmallow.Marshmallow" in reach(names.project, qualified)


def _fill(use: SchemaUse, function: cst.FunctionDef, names: Names, catalog: Schemas) -> None:
    """Note what becomes of the schemas of a function."""
    if not catalog.plans:
        return
    elsewhere = _run_elsewhere(function, names, catalog) if catalog.beside_flask else frozenset()
    truths = truths_in(function, names)
    local = _local_instances(function, names, catalog, truths)
    paired = {
        cst.ensure_type(cst.ensure_type(one, cst.Attribute).value, cst.Call): one
        for one in findall(function.body, m.Attribute(value=m.Call(func=m.Attribute()), attr=m.Name("data")))
    }
    for call in findall(function.body, m.Call(func=m.Attribute())):
        assert isinstance(call, cst.Call)
        if call in elsewhere:
            continue
        found = schema_call(call, names, catalog, {name: instance for name, (_, instance) in local.items()}, truths)
        if found is None:
            continue
        if not found.plan.gives_pairs:
            use.calls[call] = found
        elif call in paired:
            use.calls[call] = found
            use.pairs[paired[call]] = call
    for calls, stands in chosen(function, names, catalog) if not catalog.beside_flask else ():
        use.calls |= calls
        use.stands |= stands
        use.claimed |= _names_in([*stands]) - stands.keys()
    for argument, stand, body in handed_on(function, names, catalog):
        use.stands[argument] = stand
        use.claimed |= _names_in([argument]) - {argument}
        if body:
            use.bodies[body] = frozenset({stand.need})
    for name, (assign, _) in local.items():
        _keep_or_drop(function, use, name, assign)
    for call, found in use.calls.items():
        said = [one for one in call.args[1:] if one.value is not found.rewritten.condition]
        use.claimed |= {call.func, *_names_in(said)}
        takes_json = found.method in ("load", "validate")
        if takes_json and is_body(call.args[0].value, names, body_locals(function, names)):
            use.bodies[found.type] = found.rewritten.needs
        if names.qualified(call.args[0].value) in WHOLES and not _prepares(found.plan, catalog):
            use.wholes.add(call)
    _take(use, function, names, catalog)
    use.queries = _loaded_as_a_whole(use, ARGS, function, names, catalog)
    use.forms = _loaded_as_a_whole(use, FORM, function, names, catalog)
    use.replaced = _replaced(function, use, names)


def _take(use: SchemaUse, function: cst.FunctionDef, names: Names, catalog: Schemas) -> None:
    """Note the calls of what the function is handed, and the type of that."""
    params = {one.name.value: one for one in (*function.params.params, *function.params.kwonly_params)}
    for name, one in taken(function, names, catalog).items():
        use.calls |= one.calls
        for call in one.calls:
            use.claimed |= {call.func, *_names_in(call.args[1:])}
        if name in params and (annotation := params[name].annotation) is not None:
            use.claimed |= _names_in([annotation.annotation])  # it is another one then
        use.taken |= {name}


def _loaded_as_a_whole(
    use: SchemaUse, part: str, function: cst.FunctionDef, names: Names, catalog: Schemas
) -> dict[cst.CSTNode, WholeRead]:
    """Where a part of the request is taken whole, if one schema loads it; nothing where several do."""
    local = single_values(function, names)
    found: dict[cst.CSTNode, WholeRead] = {}
    for call, one in use.calls.items():
        places = reads_in(call.args[0].value, part, names, local) if one.method in ("load", "validate") else set()
        if places and one.names_one_class:
            family = (one.plan, *ancestors(catalog.plans, one.plan))
            keys = frozenset(field.key for each in family for field in each.fields if field.loads)
            found |= dict.fromkeys(places, WholeRead(one.rewritten.schema, one.plan.origin, one.rewritten.needs, keys))
        elif places:
            return {}
    return found if len({one.schema for one in found.values()}) == 1 else {}


def _replaced(function: cst.FunctionDef, use: SchemaUse, names: Names) -> frozenset[str]:
    """The schemas whose names stand in calls that convert, and nowhere else in the function."""
    called = {one for call in use.calls for one in findall(call.func, m.Name())} | use.claimed
    left = (one for one in findall(function, m.Name()) if one not in called)
    origins = {one.plan.origin for one in use.calls.values()} | {one.origin for one in use.stands.values()}
    return frozenset(origins - {names.qualified(one) for one in left})  # type: ignore[arg-type]  # names only


def _run_elsewhere(function: cst.FunctionDef, names: Names, catalog: Schemas) -> frozenset[cst.CSTNode]:
    """The calls whose error the application's own code may be the first to see: what it is given to call, and what
    stands in a context of its own."""
    inner = findall(function.body, m.Lambda() | m.FunctionDef())
    for node in findall(function.body, m.With()):
        items = cst.ensure_type(node, cst.With).items
        opened = [one for item in items for one in findall(item.item, m.Name() | m.Attribute())]
        named = [names.qualified(one) for one in opened if isinstance(one, cst.Name | cst.Attribute)]
        if any(one and reach(catalog.project, one) & ERRORS for one in named):
            inner = [*inner, node]
    return frozenset(call for node in inner for call in findall(node, m.Call()))


def _local_instances(
    function: cst.FunctionDef, names: Names, catalog: Schemas, truths: Collection[str]
) -> dict[str, tuple[cst.Assign, Instance]]:
    """The schema objects that the function makes once and gives a name."""
    found = {}
    for assign in findall(function.body, m.Assign(targets=[m.AssignTarget(m.Name())], value=m.Call())):
        assert isinstance(assign, cst.Assign)
        name = cst.ensure_type(assign.targets[0].target, cst.Name).value
        instance = constructed(assign.value, catalog.plans, names, truths)
        if instance is not None and names.bindings.get(name) == 1 and _may_use(catalog, instance):
            found[name] = (assign, instance)
    return found


def _may_use(catalog: Schemas, instance: Instance) -> bool:
    return any(catalog.plan(instance.schema, side) for side in SIDES)


def _prepares(plan: SchemaPlan, catalog: Schemas) -> bool:
    """Whether a hook is given the data as it comes, which may be another kind of mapping then."""
    if plan.is_union:
        return True
    return any(one.kind == "before_load" for each in (plan, *ancestors(catalog.plans, plan)) for one in each.methods)


def _keep_or_drop(function: cst.FunctionDef, use: SchemaUse, name: str, assign: cst.Assign) -> None:
    """Drop the assignment of a schema object where every use of the object is a call that converts."""
    mine = [
        call
        for call in use.calls
        if m.matches(call.func, m.Attribute(value=m.Name(name)))
    ]  # fmt: skip
    handed = [one for one in use.stands if m.matches(one, m.Name(name))]
    if count(function, name) == len(mine) + len(handed) + 1:
        use.dropped.add(assign)
        use.claimed |= _names_in([assign.value])
    else:
        for call in mine:
            del use.calls[call]


def _names_in(nodes: Collection[cst.CSTNode]) -> set[cst.CSTNode]:
    return {one for node in nodes for one in findall(node, m.Name() | m.Attribute())}
