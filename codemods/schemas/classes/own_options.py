"""Options that a project's own class of options adds to `class Meta`, as values of the schema class.

    class Options(SchemaOpts):
        def __init__(self, meta, **kwargs):
            super().__init__(meta, **kwargs)
            self.envelope = getattr(meta, "envelope", None)

    class UserSchema(Schema):                              class UserSchema(Schema):
        OPTIONS_CLASS = Options                                opts_envelope = "user"

        class Meta:                                →           class Meta:
            envelope = "user"                                      pass

        @post_dump                                             @post_dump
        def wrap(self, data, **kwargs):                        def wrap(self, data, **kwargs):
            return {self.opts.envelope: data}                      return {self.opts_envelope: data}

What is written is read like any other schema class.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from codemods.view import patterns as m
from codemods.view.names import Names, split
from codemods.view.visiting import Visitor

from ..basis.diagnostics import STATEMENT
from ..basis.reading import Reader, UnconvertibleError, code

OPTIONS_CLASS = "OPTIONS_CLASS"
ROOT = "marshmallow.SchemaOpts"
Value = cst.BaseExpression


@dataclass(frozen=True, slots=True)
class OwnOption:
    """An attribute of the options, what `Meta` calls it, and what it is where `Meta` says nothing; None where it must.

    A default that is an earlier option is the name of that.
    """

    name: str
    written: str
    default: Value | str | None


@dataclass(frozen=True, slots=True)
class OwnOptions:
    """The options that a schema and those below it have, and their values for this one."""

    options: tuple[OwnOption, ...]
    values: Mapping[str, Value]


def with_own_options(
    reader: Reader, node: cst.ClassDef, known: Mapping[str, OwnOptions]
) -> tuple[cst.ClassDef, OwnOptions | None]:
    """The class with such options as its values, and what they are; as it was, with None, where it has none.

    `known` are those of the schemas that it may inherit from. Raises `UnconvertibleError`.
    """
    bases = [known[one] for base in node.bases if (one := reader.qualified(base.value)) in known]
    said = next((value for one in node.body.body if (value := _assigned(one).get(OPTIONS_CLASS)) is not None), None)
    if not bases and said is None:
        return node, None
    options = _read(reader, said) if said is not None else bases[0].options
    meta = next((one for one in node.body.body if isinstance(one, cst.ClassDef) and one.name.value == "Meta"), None)
    values = _values(reader, options, meta, known) if meta or not bases or said else bases[0].values
    lines = [cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(cst.Name(f"opts_{name}"))], value)])
             for name, value in values.items()] if meta or said is not None else []  # fmt: skip
    own = {one.written for one in options}
    body = [_without(one, own) if one is meta else one for one in node.body.body if OPTIONS_CLASS not in _assigned(one)]
    first = 1 if body and m.matches(body[0], m.SimpleStatementLine(body=[m.Expr(m.SimpleString())])) else 0
    changed = node.with_changes(body=node.body.with_changes(body=[*body[:first], *lines, *body[first:]]))
    methods = [one for one in node.body.body if isinstance(one, cst.FunctionDef) and one.params.params]
    objects = frozenset(one.params.params[0].name.value for one in methods)
    return _Asking(objects, frozenset(values)).rewrite(changed), OwnOptions(options, values)


def _read(reader: Reader, said: Value) -> tuple[OwnOption, ...]:
    """What a class of options reads of `Meta`; raises `UnconvertibleError` where it does more."""
    refused = UnconvertibleError(STATEMENT, said, f"'{OPTIONS_CLASS} = {code(said)}'")
    owner, name = split(reader.project, reader.qualified(said))
    definition = owner.definitions.get(name) if owner else None
    piece = reader.sources.piece(definition.location, name) if definition and definition.kind == "class" else None
    if owner is None or not isinstance(piece, ast.ClassDef) or piece.decorator_list or len(piece.bases) != 1:
        raise refused
    names = Names(reader.project, owner, frozenset(), {})
    if names.qualified(cst.parse_expression(ast.unparse(piece.bases[0]))) != ROOT:
        raise refused
    match [one for one in piece.body if not _is_text(one)]:
        case [ast.FunctionDef(name="__init__", args=ast.arguments(args=[own, meta, *_]), body=body)]:
            return tuple(_options(body, own.arg, meta.arg, refused))
    raise refused


def _options(body: Sequence[ast.stmt], own: str, meta: str, refused: UnconvertibleError) -> list[OwnOption]:
    found: list[OwnOption] = []
    for one in body:
        match one:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="__init__"))) | ast.Expr(value=ast.Constant()):
                continue
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(id=owner), attr=name)],
                value=ast.Call(
                    func=ast.Name(id="getattr"), args=[ast.Name(id=source), ast.Constant(value=str(written)), *rest]
                ),
            ) if owner == own and source == meta and len(rest) < 2:
                found.append(OwnOption(name, written, _default(rest, own, [each.name for each in found], refused)))
            case _:
                raise refused
    return found


def _default(
    rest: Sequence[ast.expr], own: str, before: Sequence[str], refused: UnconvertibleError
) -> Value | str | None:
    match rest:
        case []:
            return None
        case [ast.Constant() as value]:
            return cst.parse_expression(ast.unparse(value))
        case [ast.Attribute(value=ast.Name(id=owner), attr=name)] if owner == own and name in before:
            return name
    raise refused


def _values(
    reader: Reader, options: Sequence[OwnOption], meta: cst.ClassDef | None, known: Mapping[str, OwnOptions]
) -> dict[str, Value]:
    """The options of a class whose own `Meta` is given."""
    said = {name: value for one in (meta.body.body if meta else ()) for name, value in _assigned(one).items()}
    above = [
        known[owner].values
        for base in (meta.bases if meta else ())
        if isinstance(base.value, cst.Attribute) and (owner := reader.qualified(base.value.value)) in known
    ]
    found: dict[str, Value] = {}
    for one in options:
        inherited = next((values[one.name] for values in above if one.name in values), None)
        default = found[one.default] if isinstance(one.default, str) else one.default
        value = said.get(one.written, inherited or default)
        if value is None:
            raise UnconvertibleError(STATEMENT, meta or cst.Name("_"), f"'{one.written}', which 'Meta' does not say")
        found[one.name] = value
    return found


def _without(meta: cst.BaseStatement | cst.BaseSmallStatement, own: set[str]) -> cst.BaseStatement:
    """`Meta` without these options."""
    assert isinstance(meta, cst.ClassDef)
    body = [one for one in meta.body.body if not own & _assigned(one).keys()] or [cst.SimpleStatementLine([cst.Pass()])]
    return meta.with_changes(body=meta.body.with_changes(body=body))


def _assigned(statement: cst.BaseStatement | cst.BaseSmallStatement) -> dict[str, Value]:
    """The name that a statement gives a value."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Assign(targets=[cst.AssignTarget(cst.Name(name))], value=value)]):
            return {name: value}
    return {}


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


class _Asking(Visitor):
    """`self.opts.envelope` as `self.opts_envelope`; `objects` are what methods call the schema."""

    def __init__(self, objects: frozenset[str], options: frozenset[str]) -> None:
        super().__init__()
        self.objects, self.options = objects, options

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        match original_node:
            case cst.Attribute(
                value=cst.Attribute(value=cst.Name() as own, attr=cst.Name("opts")), attr=cst.Name(name)
            ):
                if own.value in self.objects and name in self.options:
                    return updated_node.with_changes(value=own, attr=cst.Name(f"opts_{name}"))
        return updated_node
