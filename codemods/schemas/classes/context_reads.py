"""The context of Marshmallow 3's schema objects, read as Marshmallow 4 reads that of its context manager.

    base = self.context["base"]                       base = MarshmallowContext.get({})["base"]
    mine = fields.Function(                     →     mine = fields.Function(
        lambda row, context: context.get(row)             lambda row: MarshmallowContext.get({}).get(row)
    )                                                 )

Version 3.26 gives a schema, and all that it nests by its class, the dictionary that it was made with
(`marshmallow/schema.py`, `fields.Nested.schema`); one that is nested as an object keeps what it was ever given.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.findings import Finding
from codemods.model import Module
from codemods.scan.context import reach
from codemods.view import patterns as m
from codemods.view.names import split
from codemods.view.search import findall
from codemods.view.visiting import Updated, Visitor

from ..basis.diagnostics import HOOK, NESTED
from ..basis.library import CONTEXT
from ..basis.reading import Reader, UnconvertibleError, code

VERSION = 3
"""The major version whose schema objects have a context."""
NAME = "MarshmallowContext"
"""The name under which the context manager stands in what is written out."""
CURRENT = f"{NAME}.get({{}})"
READING = ("get", "keys", "values", "items", "copy")
FUNCTION = "marshmallow.fields.Function"
NESTING = frozenset({"marshmallow.fields.Nested", "marshmallow.fields.Pluck"})


@dataclass(frozen=True, slots=True)
class ContextRead:
    """A schema class that reads the current context, the module with what that is, and what keeps it."""

    node: cst.ClassDef
    module: Module
    findings: tuple[Finding, ...] = ()


def with_context_reads(reader: Reader, node: cst.ClassDef, line: int, schemas: Collection[str]) -> ContextRead:
    """The class as version 4 would have it; as it was where it reads none. `schemas` are all of the project."""
    if reader.version != VERSION:
        return ContextRead(node, reader.module)
    writer = _Writer(reader, line, schemas)
    changed = node.with_changes(body=node.body.with_changes(body=[writer.statement(one) for one in node.body.body]))
    if not writer.reads:
        return ContextRead(node, reader.module, tuple(writer.findings))
    module = replace(reader.module, imports={**reader.module.imports, NAME: CONTEXT})
    return ContextRead(changed, module, tuple(writer.findings))


@dataclass(slots=True)
class _Writer:
    reader: Reader
    line: int
    schemas: Collection[str]
    reads: bool = False
    findings: list[Finding] = field(default_factory=list)

    def statement(self, statement: cst.BaseStatement | cst.BaseSmallStatement) -> cst.BaseStatement:
        assert isinstance(statement, cst.BaseStatement)
        changed = statement
        try:
            if isinstance(statement, cst.FunctionDef):
                changed = self.method(statement)
            elif isinstance(statement, cst.SimpleStatementLine):
                changed = _Fields(self).rewrite(statement)
        except UnconvertibleError as refused:
            self.findings.append(self.reader.finding(refused, self.line))
        if changed is not statement:
            self.reads = True
            self.reader.stand_at(self.reader.line_of(statement, self.line), changed)
        return changed

    def method(self, function: cst.FunctionDef) -> cst.FunctionDef:
        """A method with the current context in the place of that of its object; raises `UnconvertibleError`."""
        if not function.params.params:
            return function
        own = m.Attribute(value=m.Name(function.params.params[0].name.value), attr=m.Name("context"))
        found = self.replaced(function, function.body, own, f"'{function.name.value}'")
        return cst.ensure_type(found, cst.FunctionDef)

    def replaced(self, node: cst.CSTNode, body: cst.CSTNode, context: m.Pattern, what: str) -> cst.CSTNode:
        """The node with the current context where it is read; raises `UnconvertibleError` where it may change."""
        if not findall(body, context):
            return node
        if not only_reads(body, context):
            raise UnconvertibleError(HOOK, node, f"{what}, which changes its context or hands it on")
        return _Replacing(context).rewrite(node)

    def function(self, given: cst.BaseExpression) -> cst.BaseExpression:
        """A function of a field that takes the context as well, as one that takes the object only."""
        if isinstance(given, cst.Lambda) and len(given.params.params) == 2:
            first, second = given.params.params
            changed = self.replaced(given, given.body, m.Name(second.name.value), f"'{code(given)}'")
            only = first.with_changes(comma=cst.MaybeSentinel.DEFAULT)
            params = given.params.with_changes(params=[only])
            return cst.ensure_type(changed, cst.Lambda).with_changes(params=params)
        owner, name = split(self.reader.project, self.reader.qualified(given))
        definition = owner.definitions.get(name) if owner else None
        if definition is None or definition.kind != "function":
            return given
        params = self.reader.sources.function(definition.location, name).params
        if len(params.params) != 2 or params.kwonly_params or params.star_kwarg:
            return given
        return cst.parse_expression(f"lambda value: {code(given)}(value, {CURRENT})")


class _Fields(Visitor):
    """The functions of fields, and the nested objects among them."""

    def __init__(self, writer: _Writer) -> None:
        super().__init__()
        self.writer = writer

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        kind = self.writer.reader.qualified(original_node.func)
        if kind in NESTING and original_node.args and isinstance(original_node.args[0].value, cst.Call):
            refuse_kept(self.writer.reader, original_node.args[0].value, self.writer.schemas)
        if kind != FUNCTION:
            return updated_node
        args = [
            one if one.keyword and one.keyword.value not in ("serialize", "deserialize") else self._argument(one)
            for one in updated_node.args
        ]
        is_same = all(new is old for new, old in zip(args, updated_node.args, strict=True))
        return updated_node if is_same else updated_node.with_changes(args=args)

    def _argument(self, argument: cst.Arg) -> cst.Arg:
        made = self.writer.function(argument.value)
        return argument if made is argument.value else argument.with_changes(value=made)


class _Replacing(Visitor):
    def __init__(self, context: m.Pattern) -> None:
        super().__init__()
        self.context = context

    def left(self, node: cst.CSTNode, updated: Updated) -> Updated:
        """The current context in the place of what reads it."""
        return cst.parse_expression(CURRENT) if m.matches(node, self.context) else updated


def refuse_kept(reader: Reader, made: cst.Call, schemas: Collection[str]) -> None:
    """Raise `UnconvertibleError` for an object of a schema, made once, that reads a context."""
    qualified = reader.qualified(made.func)
    if reader.version != VERSION or qualified not in schemas:
        return
    for name in sorted({qualified, *(reach(reader.project, qualified) & set(schemas))}):
        owner, rest = split(reader.project, name)
        definition = owner.definitions.get(rest) if owner else None
        if definition is None:
            continue
        place = definition.location
        if "context" in reader.sources.segment(place.file, place.line, definition.end_line):
            about = f"an object of '{code(made.func)}', which keeps the context of every call"
            raise UnconvertibleError(NESTED, made, about)


def only_reads(body: cst.CSTNode, context: m.Pattern) -> bool:
    """Whether a context is asked for values only, and neither changed nor handed on."""
    item = m.Subscript(value=context)
    written = [
        *findall(body, m.AssignTarget(target=item)),
        *findall(body, m.AugAssign(target=item)),
        *findall(body, m.Del(target=item)),
    ]
    asked = m.Call(func=m.Attribute(value=context, attr=m.one_of(*map(m.Name, READING))))
    held = m.ComparisonTarget(operator=m.In() | m.NotIn(), comparator=context)
    reads = [*findall(body, item), *findall(body, asked), *findall(body, held)]
    return not written and len(reads) == len(findall(body, context))
