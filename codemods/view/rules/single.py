"""One value of a part of the request by its key: the query, the headers, the cookies, the form.

    page = request.args.get("page", 1, type=int)
    →  def endpoint(page: Annotated[int, Query(), lenient(int, default=1)] = 1)

Where FastAPI calls the function and the key is spelled out, the value is a typed parameter; elsewhere it is read from
what holds the whole part.
"""

import keyword
import re
from dataclasses import dataclass

import libcst as cst

from codemods.findings import Diagnostic
from codemods.literals import as_literal
from codemods.view.imports import Need
from codemods.view.rule import (
    CallRule,
    MembershipRule,
    NodeRule,
    SubscriptRule,
    Translation,
    bind,
    code,
    expression,
    string,
)
from codemods.view.signature import FORM_KINDS, Parameter

SPREAD = Diagnostic(
    "FM202",
    "blocked",
    "a read of the request whose arguments are not spelled out",
    "With * or ** in the call the tool cannot tell which parameter is read.",
    "Write the key, the default and the type in the call.",
)
TYPES = {"builtins.int": "int", "builtins.float": "float", "builtins.str": "str", "builtins.bool": "bool"}

RESERVED = frozenset({"accept", "content-type", "authorization"})
"""Headers that OpenAPI does not let a parameter describe (OpenAPI 3.1, Parameter Object)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the request whose values are read by key.

    `where` names it in sources of parameters, `marker` is what FastAPI calls it, `held` stands for the whole of it,
    `kind` is its values' type.
    """

    where: str
    marker: str
    held: NodeRule
    kind: str = "str"

    @property
    def is_body(self) -> bool:
        """Whether the part lies in the request's body."""
        return self.where in FORM_KINDS


def reader(part: Part) -> CallRule:
    """The rule for `.get(key, default, type=…)`."""

    def get(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        bound = bind(call, "key", "default", "type")
        original = bind(written, "key", "default", "type") or {}
        if bound is None or "key" not in bound:
            raise translation.refuse(SPREAD, written, code(written))
        key, default = string(bound["key"]), bound.get("default")
        kind = TYPES.get(translation.names.qualified(original["type"]) or "") if "type" in original else "str"
        if key is not None:
            value = literal(default)
            fits = value is not None and default_fits(kind or "str", value)
            shown = value if fits and kind is not None else None
            for wanted in dict.fromkeys((shown, None)):  # the same key may be read with another default already
                found = typed(translation, part, key, kind or "str", wanted)
                if found is not None:
                    is_done = kind is not None and (default is None or wanted not in (None, "None") or value == "None")
                    return found if is_done else given(translation, found, default, bound.get("type"), kind)
        return from_whole(translation, part, written, bound)

    return get


def given(
    translation: Translation,
    found: cst.BaseExpression,
    default: cst.BaseExpression | None,
    convert: cst.BaseExpression | None,
    kind: str | None,
) -> cst.BaseExpression:
    """A parameter that may be None, and what is done about it; Python evaluates a default ahead of the read."""
    if kind is not None and default is not None and cannot_fail(default):
        return expression("({default} if {found} is None else {found})", default=default, found=found)
    helper = translation.need(".compat.query", "given")
    arguments = [found]
    if default is not None or convert is not None:
        arguments.append(default or cst.Name("None"))
    if kind is None and convert is not None:
        arguments.append(convert)
    return cst.Call(cst.Name(helper), [cst.Arg(one) for one in arguments])


def from_whole(
    translation: Translation, part: Part, written: cst.Call, bound: dict[str, cst.BaseExpression]
) -> cst.BaseExpression:
    """`.get(…)` of the whole part."""
    held = part.held(translation, written)
    if "type" not in bound:
        arguments = [cst.Arg(bound[name]) for name in ("key", "default") if name in bound]
        return cst.Call(cst.Attribute(held, cst.Name("get")), arguments)
    helper = translation.need(".compat.query", "arg")
    rest = "".join(f", {name}={{{name}}}" for name in ("default", "type") if name in bound)
    return expression(f"{helper}({{held}}, {{key}}{rest})", held=held, **bound)


def item_reader(part: Part) -> SubscriptRule:
    """The rule for `[key]`: 400 where it is missing, when the expression is reached."""

    def item(translation: Translation, written: cst.Subscript, updated: cst.Subscript) -> cst.BaseExpression:
        match updated.slice:
            case [cst.SubscriptElement(slice=cst.Index(value=index))]:
                key = string(index)
            case _:
                raise translation.refuse(SPREAD, written, code(written))
        found: cst.BaseExpression | None = typed(translation, part, key, "str", None) if key is not None else None
        if found is None:
            found = expression("{held}.get({key})", held=part.held(translation, written), key=index)
        required = translation.need(".compat.query", "required")
        return expression(required + "({found}, {key})", found=found, key=index)

    return item


def membership(part: Part) -> MembershipRule:
    """The rule for `"key" in` the part: a parameter that is not None."""

    def rule(translation: Translation, key: str) -> cst.BaseExpression | None:
        known = translation.signature.find((part.where, key))
        if known is not None and known.default != "None":
            return None
        return typed(translation, part, key, "str", None)

    return rule


def typed(translation: Translation, part: Part, key: str, kind: str, default: str | None) -> cst.Name | None:
    """A typed parameter read leniently; None where this function cannot have one (it is not called by FastAPI, or reads
    the body as a whole) or already reads the same key otherwise."""
    signature = translation.signature
    if part.where == "header":
        key = key.replace("_", "-")  # one name to Flask, which reads what a WSGI server hands on
    if (
        not signature.injected
        or not key  # FastAPI takes an empty alias for none
        or (part.is_body and (signature.whole_body or part.where in translation.reads.whole))
        or (part.where == "header" and key.lower() in RESERVED)
    ):
        return None
    source = (part.where, key.lower() if part.where == "header" else key)
    known = signature.find(source)
    name = known.name if known else signature.free_name(identifier(key, part.where), part.where)
    natural = name == key if part.where != "header" else name.replace("_", "-") == key.lower()
    needs = {Need("typing", "Annotated"), Need("fastapi", part.marker)}
    shown = f"{kind} | None" if default in (None, "None") else kind
    if part.kind != "str":
        shown = f"{part.kind} | None"
        needs.add(Need("fastapi", part.kind))
    parts = [shown, f"{part.marker}({'' if natural else f'alias={as_literal(key)}'})"]
    is_strict = part.where == "query" and "lenient-query" in translation.adopted
    if kind != "str" and not is_strict:
        needs.add(Need(".compat.query", "lenient"))
        parts.append(f"lenient({kind}, default={default or 'None'})")
    parameter = Parameter(name, f"Annotated[{', '.join(parts)}]", default or "None", source, frozenset(needs))
    return translation.ask(parameter) if known in (None, parameter) else None


def identifier(key: str, prefix: str) -> str:
    """A Python name for a parameter called `key`."""
    name = re.sub(r"\W+", "_", key).strip("_").lower() if not key.isidentifier() else key
    if not name or not name[0].isalpha() or keyword.iskeyword(name):
        name = f"{prefix}_{name}".rstrip("_")
    return name


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
    if kind == "bool":
        return default in ("True", "False")
    return default[-1:] in "\"'" and not default.lower().startswith(("b", "rb"))


def cannot_fail(node: cst.BaseExpression) -> bool:
    """Whether it makes no difference when a default is evaluated."""
    match node:
        case cst.Name() | cst.Integer() | cst.Float() | cst.SimpleString():
            return True
        case cst.UnaryOperation(operator=cst.Minus(), expression=cst.Integer() | cst.Float()):
            return True
        case _:
            return False
