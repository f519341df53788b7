"""`request.args` → query parameters.

page = request.args.get("page", 1, type=int)
→  def endpoint(page: Annotated[int, Query(), lenient(int, default=1)] = 1)
"""

import keyword
import re

import libcst as cst

from codemods.findings import Diagnostic
from codemods.view.imports import Need
from codemods.view.rule import Rule, Translation, bind, code, expression, string
from codemods.view.rules.wholes import SPREAD, whole_calls
from codemods.view.signature import Parameter, quoted

ARGS = "flask.request.args"
TYPES = {"builtins.int": "int", "builtins.float": "float", "builtins.str": "str", "builtins.bool": "bool"}

WHOLE_QUERY = Diagnostic(
    "FM201",
    "blocked",
    "the query is used as a whole in a way that has no counterpart",
    "Werkzeug's MultiDict and Starlette's QueryParams differ in their methods and in what a repeated key gives.",
    "Read the parameters by name, or turn them into a dict with request.args.to_dict().",
)


def identifier(key: str, prefix: str) -> str:
    """A Python name for a parameter called `key`."""
    name = re.sub(r"\W+", "_", key).strip("_").lower() if not key.isidentifier() else key
    if not name or not name[0].isalpha() or keyword.iskeyword(name):
        name = f"{prefix}_{name}".rstrip("_")
    return name


def typed_parameter(
    translation: Translation, where: str, marker: str, key: str, kind: str | None, default: str | None
) -> cst.BaseExpression | None:
    """A typed parameter read leniently; None where this function cannot have one (it is not called by FastAPI) or
    already reads the same key otherwise."""
    signature = translation.signature
    if not signature.injected or not key:  # FastAPI takes an empty alias for none
        return None
    source = (where, key)
    known = signature.find(source)
    name = known.name if known else signature.free_name(identifier(key, where), where)
    shown = kind or "str"
    annotation_type = shown if default not in (None, "None") else f"{shown} | None"
    needs = {Need("typing", "Annotated"), Need("fastapi", marker)}
    alias = "" if name == key else f"alias={quoted(key)}"
    parts = [annotation_type, f"{marker}({alias})"]
    is_strict = where == "query" and "lenient-query" in translation.adopted
    if kind and kind != "str" and not is_strict:
        needs.add(Need(".compat.query", "lenient"))
        parts.append(f"lenient({kind}, default={default or 'None'})")
    parameter = Parameter(name, f"Annotated[{', '.join(parts)}]", default or "None", source, frozenset(needs))
    if known and known != parameter:
        return None
    return translation.ask(parameter)


def literal(node: cst.BaseExpression | None) -> str | None:
    """Source of a default that can stand in a signature: a number, a string, None, True, False."""
    match node:
        case None:
            return "None"
        case cst.Integer() | cst.Float() | cst.SimpleString():
            return code(node)
        case cst.UnaryOperation(operator=cst.Minus(), expression=cst.Integer() | cst.Float()):
            return code(node)
        case cst.Name(value="None" | "True" | "False"):
            return code(node)
        case _:
            return None


def default_fits(kind: str, default: str | None) -> bool:
    """Whether a literal default is of the parameter's own type, so that the annotation tells the truth."""
    if default in (None, "None"):
        return True
    if kind in ("int", "float"):
        return default.lstrip("-")[:1].isdigit() and (kind == "int") == default.lstrip("-").isdigit()
    return default in ("True", "False") if kind == "bool" else default[-1:] in "\"'"


def get(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.args.get(key, default, type=…)`."""
    return read_one(translation, written, call, "query", "Query", "query_params")


def read_one(
    translation: Translation, written: cst.Call, call: cst.Call, where: str, marker: str, mapping: str
) -> cst.BaseExpression:
    """A lenient read of one value out of the query, the headers or the cookies."""
    bound = bind(call, "key", "default", "type")
    if bound is None:
        raise translation.refuse(SPREAD, written, code(written))
    key, default = string(bound["key"]) if "key" in bound else None, bound.get("default")
    original = bind(written, "key", "default", "type") or {}
    kind = TYPES.get(translation.names.qualified(original["type"]) or "") if "type" in original else None
    if key is not None and ("type" not in bound or kind is not None):
        value = literal(default)
        if value is not None and not default_fits(kind or "str", value):
            value = None
        parameter = typed_parameter(translation, where, marker, key, kind, value)
        if parameter is not None and (value is not None or default is None):
            return parameter
        if parameter is not None and default is not None and is_plain(default):
            return expression("({default} if {name} is None else {name})", default=default, name=parameter)
    if where != "query":
        if "type" in bound or (not translation.signature.injected and where == "form"):
            raise translation.refuse(SPREAD, written, code(written))
        return cst.Call(
            cst.Attribute(cst.Attribute(translation.request(), cst.Name(mapping)), cst.Name("get")),
            [cst.Arg(bound["key"]), *([cst.Arg(default)] if default is not None else [])],
        )
    helper = cst.Name(translation.need(".compat.query", "arg"))
    parts = [cst.Arg(cst.Attribute(translation.request(), cst.Name(mapping))), cst.Arg(bound["key"])]
    parts += [cst.Arg(default)] if default is not None else []
    if "type" in bound:
        parts.append(
            cst.Arg(
                bound["type"],
                keyword=cst.Name("type"),
                equal=cst.AssignEqual(
                    whitespace_before=cst.SimpleWhitespace(""), whitespace_after=cst.SimpleWhitespace("")
                ),
            )
        )
    return cst.Call(helper, parts)


def is_plain(node: cst.BaseExpression) -> bool:
    """Whether a default can be evaluated late: it has no effect and cannot fail in another way."""
    match node:
        case cst.Name() | cst.Integer() | cst.Float() | cst.SimpleString():
            return True
        case cst.Attribute(value=value):
            return is_plain(value)
        case cst.Subscript(value=value, slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString()))]):
            return is_plain(value)
        case _:
            return False


def getlist(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.args.getlist(key)`."""
    bound = bind(call, "key", "type")
    if bound is None or "key" not in bound:
        raise translation.refuse(SPREAD, written, code(written))
    key = string(bound["key"])
    if key and "type" not in bound and translation.signature.injected:
        name = identifier(key, "query")
        known = translation.signature.find(("query-list", key))
        name = known.name if known else translation.signature.free_name(name, "query")
        alias = "" if name == key else f"alias={quoted(key)}"
        needs = frozenset({Need("typing", "Annotated"), Need("fastapi", "Query")})
        parameter = Parameter(name, f"Annotated[list[str] | None, Query({alias})]", "None", ("query-list", key), needs)
        return expression("({name} or [])", name=translation.ask(parameter))
    helper = translation.need(".compat.query", "arglist")
    template = helper + "({request}.query_params, {key}" + (", type={type}" if "type" in bound else "") + ")"
    return expression(template, request=translation.request(), **bound)


def item(translation: Translation, written: cst.Subscript, updated: cst.Subscript) -> cst.BaseExpression:
    """`request.args["key"]`: 400 where it is missing, when the expression is reached."""
    match updated.slice:
        case [cst.SubscriptElement(slice=cst.Index(value=index))]:
            key = string(index)
        case _:
            raise translation.refuse(WHOLE_QUERY, written, code(written))
    required = translation.need(".compat.query", "required")
    if key is not None:
        parameter = typed_parameter(translation, "query", "Query", key, None, None)
        if parameter is not None:
            return expression(required + "({value}, {key})", value=parameter, key=index)
    return expression(required + "({request}.query_params.get({key}), {key})", request=translation.request(), key=index)


def container(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """`request.args` where only membership, truth, length or its keys count."""
    return cst.Attribute(translation.request(), cst.Name("query_params"))


RULE = Rule(
    iterables=frozenset({ARGS}),
    calls={
        f"{ARGS}.get": get,
        f"{ARGS}.getlist": getlist,
        **whole_calls(ARGS, container),
    },
    subscripts={ARGS: item},
    containers={ARGS: container},
    diagnostics=(WHOLE_QUERY, SPREAD),
)
