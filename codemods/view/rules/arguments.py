"""`request.args` → query parameters; see `single` for reads by key and `wholes` for the others."""

import libcst as cst

from codemods.literals import as_literal
from codemods.view.imports import Need
from codemods.view.rule import Rule, Translation, bind, code, expression, string
from codemods.view.rules.single import SPREAD, TYPES, Part, identifier, item_reader, membership, reader
from codemods.view.rules.wholes import handed_on, whole_calls
from codemods.view.signature import Parameter

ARGS = "flask.request.args"


def container(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`request.args` where only membership, truth, length or its keys count, and where a schema loads it."""
    taken = node.func.value if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) else node
    loading, signature = translation.schema_of_query(taken), translation.signature
    if loading is None or not signature.injected:
        return cst.Attribute(translation.request(), cst.Name("query_params"))
    schema, keys, needs = loading
    source = ("query-of", "\n".join([schema, *sorted(keys)]))
    known = signature.find(source)
    name = known.name if known else signature.free_name("query", "sent")
    needs |= {Need(".compat.typed_query", "QueryOf")}
    return translation.ask(Parameter(name, f"QueryOf[{schema}]", None, source, needs))


def getlist(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.args.getlist(key, type=…)`."""
    bound, original = bind(call, "key", "type"), bind(written, "key", "type")
    if bound is None or original is None or "key" not in bound:
        raise translation.refuse(SPREAD, written, code(written))
    key = string(bound["key"])
    kind = TYPES.get(translation.names.qualified(original["type"]) or "") if "type" in original else "str"
    signature = translation.signature
    if key and kind and signature.injected:
        known = signature.find(("query-list", key))
        name = known.name if known else signature.free_name(identifier(key, "query"), "query")
        needs = {Need("typing", "Annotated"), Need("fastapi", "Query")}
        parts = [f"list[{kind}] | None", f"Query({'' if name == key else f'alias={as_literal(key)}'})"]
        if kind != "str" and "lenient-query" not in translation.adopted:
            needs.add(Need(".compat.query", "lenient_list"))
            parts.append(f"lenient_list({kind})")
        parameter = Parameter(name, f"Annotated[{', '.join(parts)}]", "None", ("query-list", key), frozenset(needs))
        if known in (None, parameter):
            return expression("({name} or [])", name=translation.ask(parameter))
    held = container(translation, written)
    if "type" not in bound:
        return expression("{held}.getlist({key})", held=held, key=bound["key"])
    helper = translation.need(".compat.query", "arglist")
    return expression(helper + "({held}, {key}, type={type})", held=held, **bound)


PART = Part("query", "Query", container)

RULE = Rule(
    attributes={ARGS: handed_on(container)},
    iterations={ARGS: container},
    calls={f"{ARGS}.get": reader(PART), f"{ARGS}.getlist": getlist, **whole_calls(ARGS, container)},
    subscripts={ARGS: item_reader(PART)},
    containers={ARGS: container},
    memberships={ARGS: membership(PART)},
    diagnostics=(SPREAD,),
)
