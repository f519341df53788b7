"""Subclasses of Flask's `Response` that only say how one is made: their calls are written as calls of `Response`.

class ApiResponse(Response):
    def __init__(self, data, **options):
        super().__init__(json.dumps({"data": data}), mimetype="application/json", **options)

return ApiResponse(items, status=201)
→    return Response(json.dumps({"data": items}), mimetype="application/json", status=201)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from codemods.model import Module
from codemods.view import patterns as m
from codemods.view.kinds import RESPONSES
from codemods.view.names import Names, split
from codemods.view.rule import TIGHT, string
from codemods.view.search import findall
from codemods.view.visiting import Visitor

if TYPE_CHECKING:
    from .carrier import Carrier

BY_PLACE = ("response", "status", "headers", "mimetype", "content_type", "direct_passthrough")
DEFAULT = "default_mimetype"
CHARSET = "charset"
"""Means nothing since Werkzeug 3.0."""
SIMPLE = m.one_of(m.Name(), m.Attribute(), m.Call(), m.Subscript(), m.SimpleString(), m.Dict(), m.List())
"""What stands anywhere without parentheses."""
SCOPES = m.one_of(m.Lambda(), m.CompFor(), m.FormattedStringExpression(), m.NamedExpr())
"""Where a parameter's name may mean something else, or its value cannot be written."""


@dataclass(frozen=True, slots=True)
class OwnResponse:
    """Such a class: its base, the media type that it sets, what its `__init__` takes and hands on, if it has one."""

    module: Module
    base: str
    mimetype: str | None
    params: cst.Parameters | None = None
    handed: tuple[cst.Arg, ...] = ()


def with_plain_responses(carrier: "Carrier", function: cst.FunctionDef, names: Names) -> tuple[cst.FunctionDef, Names]:
    """The function with `Response(...)` for the calls of such classes, and its names then."""
    found: dict[cst.CSTNode, cst.Call] = {}
    for call in findall(function.body, m.Call()):
        assert isinstance(call, cst.Call)
        own = own_response(carrier, names.qualified(call.func) or "")
        if own is None or names.of_name("Response") not in (None, own.base) or "Response" in names.local | names.outer:
            continue
        if (plain := _plain(call, own, names)) is not None:
            found[call] = plain
            names = replace(names, imported={**names.imported, "Response": own.base})
    return (_Replaced(found).rewrite(function), names) if found else (function, names)


def own_response(carrier: "Carrier", qualified: str) -> OwnResponse | None:
    """What a class of the project's is where it is such a one; None for all else."""
    module, name = split(carrier.project, qualified)
    definition = module.definitions.get(name) if module is not None else None
    if module is None or definition is None or definition.kind != "class" or not definition.uses & RESPONSES:
        return None
    piece = carrier.sources.piece(definition.location, name)
    node = cst.parse_module(carrier.sources.text(module.file, piece)).body[0]
    names = Names(carrier.project, module, frozenset(), {})
    match node:
        case cst.ClassDef(
            bases=[cst.Arg(keyword=None, star="", value=base)], keywords=[], decorators=[], body=cst.IndentedBlock()
        ) if (known := names.qualified(base)) in RESPONSES and known is not None:
            return _members(OwnResponse(module, known, None), node)
        case _:
            return None


def _members(found: OwnResponse, node: cst.ClassDef) -> OwnResponse | None:
    """The class with what its statements say; None where they say more than how a response is made."""
    for statement in node.body.body:
        match statement:
            case cst.SimpleStatementLine(body=[cst.Pass() | cst.Expr(value=cst.SimpleString())]):
                pass
            case cst.SimpleStatementLine(
                body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value)]
            ) if name in (DEFAULT, CHARSET) and string(value) is not None:
                found = replace(found, mimetype=string(value)) if name == DEFAULT else found
            case cst.FunctionDef(name=cst.Name(value="__init__"), decorators=[], asynchronous=None, params=params):
                handed = _handed(statement)
                if handed is None or params.posonly_params or isinstance(params.star_arg, cst.Param):
                    return None
                found = replace(found, params=params, handed=handed)
            case _:
                return None
    return found


def _handed(init: cst.FunctionDef) -> tuple[cst.Arg, ...] | None:
    """What an `__init__` hands on that does nothing else."""
    match init.body:
        case cst.IndentedBlock(
            body=[
                cst.SimpleStatementLine(
                    body=[
                        cst.Expr(
                            value=cst.Call(
                                func=cst.Attribute(
                                    value=cst.Call(func=cst.Name(value="super"), args=[]),
                                    attr=cst.Name(value="__init__"),
                                ),
                                args=[*handed],
                            )
                        )
                    ]
                )
            ]
        ) if not any(findall(one.value, SCOPES) for one in handed):
            return tuple(handed)
        case _:
            return None


def _plain(call: cst.Call, own: OwnResponse, names: Names) -> cst.Call | None:
    """The call of `Response` that a call of such a class comes to; None where that is not clear."""
    args = [one.with_changes(comma=cst.MaybeSentinel.DEFAULT) for one in call.args]
    if own.params is not None:
        there = Names(names.project, own.module, frozenset(), {})
        made = _filled(own, args)
        if made is None:
            return None
        taken = {one.name.value for one in (*own.params.params, *own.params.kwonly_params)}
        for handed in (one for one in own.handed if not one.star):
            for name in findall(handed.value, m.Name()):
                meaning = cst.ensure_type(name, cst.Name).value
                is_free = meaning not in taken and not _is_label(handed.value, name)
                if is_free and (there.of_name(meaning) is None or there.of_name(meaning) != names.of_name(meaning)):
                    return None
        args = made
    if own.mimetype is not None:
        if any(one.star for one in args):
            return None
        given = {one.keyword.value if one.keyword else BY_PLACE[place]: one.value for place, one in enumerate(args)}
        if not given.keys() & {"mimetype", "content_type"}:
            if "headers" in given and not _has_no_type(given["headers"]):
                return None
            args.append(cst.Arg(cst.SimpleString(f'"{own.mimetype}"'), cst.Name("mimetype"), equal=TIGHT))
    return call.with_changes(func=cst.Name("Response"), args=args)


def _is_label(node: cst.BaseExpression, name: cst.CSTNode) -> bool:
    """Whether a name is one of an attribute or a keyword."""
    parts = findall(node, m.Attribute() | m.Arg())
    return any(name in (getattr(one, "attr", None), getattr(one, "keyword", None)) for one in parts)


def _has_no_type(headers: cst.BaseExpression) -> bool:
    """Whether headers are a display without a content type."""
    entries = headers.elements if isinstance(headers, cst.Dict) else None
    keys = [string(one.key) if isinstance(one, cst.DictElement) else None for one in entries or ()]
    return entries is not None and all(key is not None and key.lower() != "content-type" for key in keys)


def _filled(own: OwnResponse, args: list[cst.Arg]) -> list[cst.Arg] | None:
    """What is handed on for these arguments; None where a value would be made never, twice or in another order."""
    assert own.params is not None
    declared = [*own.params.params[1:], *own.params.kwonly_params]
    places = own.params.params[1:]
    values: dict[str, cst.BaseExpression] = {}
    more: list[cst.Arg] = []
    for place, one in enumerate(args):
        if one.star or (one.keyword is None and place >= len(places)):
            return None
        name = one.keyword.value if one.keyword is not None else places[place].name.value
        if name in {known.name.value for known in declared}:
            values[name] = one.value
        elif own.params.star_kwarg is not None:
            more.append(one)
        else:
            return None
    values |= {one.name.value: one.default for one in declared if one.default and one.name.value not in values}
    rest = own.params.star_kwarg.name.value if own.params.star_kwarg is not None else None
    filled: list[cst.Arg] = []
    used: list[str] = []
    for one in own.handed:
        if one.star == "**" and isinstance(one.value, cst.Name) and one.value.value == rest:
            filled += more
            more = []
            continue
        if one.star or any(cst.ensure_type(name, cst.Name).value == rest for name in findall(one.value, m.Name())):
            return None
        filler = _Filled(values)
        filled.append(one.with_changes(value=filler.value(one.value), comma=cst.MaybeSentinel.DEFAULT))
        used += filler.used
    if more or values.keys() != {one.name.value for one in declared}:
        return None
    labels = [one.keyword.value for one in filled if one.keyword is not None]
    made = [name for name, value in values.items() if not isinstance(value, CONSTANT)]  # each once, in their order
    return filled if [name for name in used if name in made] == made and len(labels) == len(set(labels)) else None


CONSTANT = cst.Name | cst.SimpleString | cst.Integer | cst.Float


class _Filled(Visitor):
    """Puts arguments in the place of parameters."""

    def __init__(self, values: Mapping[str, cst.BaseExpression]) -> None:
        super().__init__()
        self.values = values
        self.used: list[str] = []
        self.kept: set[cst.CSTNode] = set()

    def value(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """The expression with the arguments in it."""
        if isinstance(node, cst.Name):
            return self.of(node.value) or node
        return self.rewrite(node)

    def of(self, name: str) -> cst.BaseExpression | None:
        """What stands for a parameter; None for another name."""
        value = self.values.get(name)
        if value is None:
            return None
        self.used.append(name)
        copied = value.deep_clone()
        if m.matches(copied, SIMPLE) or isinstance(copied, CONSTANT) or copied.lpar:
            return copied
        return copied.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self.kept.add(node.attr)

    def visit_Arg(self, node: cst.Arg) -> None:
        if node.keyword is not None:
            self.kept.add(node.keyword)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        return updated_node if original_node in self.kept else (self.of(original_node.value) or updated_node)


class _Replaced(Visitor):
    """Puts calls in the place of others, whose arguments may hold such calls themselves."""

    def __init__(self, calls: Mapping[cst.CSTNode, cst.Call]) -> None:
        super().__init__()
        self.calls = calls

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        return self.calls.get(original_node, updated_node)
