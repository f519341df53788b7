"""Schemas that stand for others: those of marshmallow-oneofschema, as classes that name the others by key.

    class ShapeSchema(OneOfSchema):                            class Shape(TaggedUnion):
        type_schemas = {"circle": CircleSchema}         →          type_schemas = {"circle": Circle}

Marshmallow-oneofschema 3 has its own `load` and `dump`: it takes no notice of hooks, of fields, nor of most options of
such a class itself (`marshmallow_oneofschema/one_of_schema.py`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.findings import Finding, Location
from codemods.view.comments import comments_in

from ..basis.attribute_names import RESERVED
from ..basis.constants import constant, is_constant
from ..basis.diagnostics import BASE, HOOK, META, NESTED, STATEMENT
from ..basis.plan import UNION, Chosen, Kind, Meta, MethodPlan, Nested, SchemaPlan
from ..basis.reading import Reader, UnconvertibleError, code, literal, split_arguments, truth
from ..basis.version_two import FIRST_ALIKE, refused_in_two
from ..classes.context_reads import refuse_kept
from ..classes.meta import MetaReader
from ..fields.nesting import field_names
from ..hooks.methods import MethodReader, is_plain

ROOT = "marshmallow_oneofschema.OneOfSchema"
OVERRIDES = {"get_obj_type": ("Any",), "get_data_type": ("Any",)}
"""The methods that say which schema it is, with the types of their parameters."""
SWITCHES = frozenset({"type_field", "type_field_remove"})
TAKEN = RESERVED | {"_load", "_dump", "_chosen", "loaded", "made", *SWITCHES}
"""Methods of the library's class, and what ours has."""
MANY_WITH_UNKNOWN = 'Many("'
HARMLESS = frozenset({"only", "exclude", "many", "unknown"})
"""Options of a schema object among the others that are kept, or that the call of its `load` says otherwise."""


@dataclass(slots=True)
class UnionReader:
    """Reads `node`, which inherits from such a schema, into `plan`. `schemas` are all schemas of the project, `plans`
    those that were read before."""

    reader: Reader
    node: cst.ClassDef
    plan: SchemaPlan
    schemas: Collection[str]
    plans: Mapping[str, SchemaPlan]
    findings: list[Finding] = field(default_factory=list)
    methods: list[MethodPlan] = field(default_factory=list)

    def read(self) -> SchemaPlan:
        """The plan, with a finding for everything that does not convert."""
        bases, kinds = self._bases(), None
        for statement in self.node.body.body:
            try:
                found = self._statement(statement)
                kinds = kinds if found is None else found
            except UnconvertibleError as refused:
                self.findings.append(self.reader.finding(refused, self.plan.line))
        inherited = tuple(one for base in bases for one in self.plans[base].kinds)
        meta = self._meta(bases)
        plan = replace(
            self.plan,
            bases=bases,
            methods=tuple(self.methods),
            meta=meta,
            unknown=meta.unknown,
            root=UNION,
            kinds=inherited if kinds is None else kinds,
        )
        return self.reader.put_into(plan, self.node, self.findings)

    def _bases(self) -> tuple[str, ...]:
        found = [self.reader.qualified(one.value) for one in self.node.bases]
        if len(found) != 1 or self.node.keywords or self.node.decorators:
            about = f"'{self.plan.name}', which has more than one base"
            self.findings.append(self.reader.finding(UnconvertibleError(BASE, self.node, about), self.plan.line))
        if self.reader.version < FIRST_ALIKE:
            refused = refused_in_two(self.node, f"'{self.plan.name}', which stands for other schemas")
            self.findings.append(self.reader.finding(refused, self.plan.line))
        return tuple(one for one in found if one in self.plans)

    def _meta(self, bases: tuple[str, ...]) -> Meta:
        try:
            meta = MetaReader(self.reader, self.schemas, self.plans).read(self.node, bases)
            if meta != Meta(unknown=meta.unknown, many=meta.many):
                raise UnconvertibleError(META, self.node, f"an option that '{self.plan.name}' takes no notice of")
        except UnconvertibleError as refused:
            self.findings.append(self.reader.finding(refused, self.plan.line))
            return Meta()
        return meta

    def _statement(self, statement: cst.BaseStatement | cst.BaseSmallStatement) -> tuple[Kind, ...] | None:
        """Read a statement of the body; returns the other schemas where it names them."""
        match statement:
            case cst.ClassDef(name=cst.Name("Meta")):
                return None
            case cst.FunctionDef():
                self._method(statement)
                return None
            case cst.SimpleStatementLine(body=[cst.Pass() | cst.Expr(cst.SimpleString() | cst.Ellipsis())]):
                return None
            case cst.SimpleStatementLine(
                body=[
                    cst.Assign(targets=[cst.AssignTarget(cst.Name(name))], value=value)
                    | cst.AnnAssign(target=cst.Name(name), value=cst.BaseExpression() as value)
                ]
            ):
                return self._assigned(name, value, comments_in(statement.leading_lines))
        raise UnconvertibleError(STATEMENT, statement, f"'{code(statement).strip().splitlines()[0]}'")

    def _assigned(self, name: str, value: cst.BaseExpression, comments: tuple[str, ...]) -> tuple[Kind, ...] | None:
        match name:
            case "type_schemas":
                return self._kinds(value)
            case "type_field_remove":
                text = str(truth(value, STATEMENT, name))
            case "type_field":
                text = code(value)
                if not isinstance(value, cst.SimpleString):
                    raise UnconvertibleError(STATEMENT, value, "'type_field', which is no text that is written out")
            case _ if is_constant(self.reader, value):
                self.methods.append(constant(self.reader, name, value, comments, ()))
                return None
            case _:
                raise UnconvertibleError(STATEMENT, value, f"'{name}', of which 'OneOfSchema' takes no notice")
        self.methods.append(MethodPlan("constant", name, "\n".join([*comments, f"{name} = {text}"])))
        return None

    def _kinds(self, value: cst.BaseExpression) -> tuple[Kind, ...]:
        """The other schemas by what tells that they are meant."""
        found = []
        for one in value.elements if isinstance(value, cst.Dict) else ():
            if not isinstance(one, cst.DictElement):
                raise UnconvertibleError(NESTED, value, f"'{code(one)}' in 'type_schemas'")
            found.append(Kind(self._key(one.key), self._schema(one.value)))
        if not found:
            raise UnconvertibleError(NESTED, value, "'type_schemas', which is not written out")
        return tuple(found)

    @staticmethod
    def _key(node: cst.BaseExpression) -> str:
        try:
            found = literal(node)
        except ValueError:
            found = None
        if not isinstance(found, str | int):
            raise UnconvertibleError(NESTED, node, f"'{code(node)}', which is no text that is written out")
        return code(node)

    def _schema(self, node: cst.BaseExpression) -> Nested:
        chosen, made = Chosen(), node
        if isinstance(node, cst.Call):
            given = split_arguments(node, (), NESTED)
            if refused := sorted(given.keys() - HARMLESS):
                raise UnconvertibleError(NESTED, node, f"'{refused[0]}' of a schema in 'type_schemas'")
            only = field_names(given["only"]) if "only" in given else None
            refuse_kept(self.reader, node, self.schemas)
            chosen = Chosen(only, field_names(given["exclude"]) if "exclude" in given else ())
            made = node.func
        qualified = self.reader.qualified(made)
        if qualified not in self.schemas:
            raise UnconvertibleError(NESTED, node, f"'{code(node)}'")
        return Nested(qualified, chosen)

    def _method(self, function: cst.FunctionDef) -> None:
        name = function.name.value
        if not is_plain(self.reader, function):
            raise UnconvertibleError(HOOK, function, f"'{name}', which 'OneOfSchema' never calls")
        own = [one for one in self.node.body.body if isinstance(one, cst.FunctionDef)]
        plain = frozenset(one.name.value for one in own if one.name.value not in OVERRIDES)
        constants = SWITCHES | {one.name for one in self.methods if one.kind == "constant"}
        reader = MethodReader(self.reader, {}, plain, constants, overrides=OVERRIDES)
        if name in TAKEN:
            raise UnconvertibleError(HOOK, function, f"the method '{name}'")
        self.methods.append(reader.read(function))


def with_unions(plans: Mapping[str, SchemaPlan]) -> dict[str, SchemaPlan]:
    """The plans, where those that stand for others make what these make, and what is not faithful is a finding."""
    return {name: _finished(plan, plans) if plan.is_union else _checked(plan, plans) for name, plan in plans.items()}


def _finished(plan: SchemaPlan, plans: Mapping[str, SchemaPlan]) -> SchemaPlan:
    others = [plans[one.schema.qualified] for one in plan.kinds if one.schema.qualified in plans]
    if inner := [one for one in others if one.is_union]:
        about = f"'{inner[0].name}', which stands for other schemas as well, in '{plan.name}'"
        plan = replace(plan, findings=(*plan.findings, Finding(NESTED, Location(plan.file, plan.line), about)))
    if whole := [one for one in others if one.makes_whole]:
        about = f"'{whole[0].after_load}' of '{whole[0].name}', which makes what is loaded as a whole"
        plan = replace(plan, findings=(*plan.findings, Finding(HOOK, Location(plan.file, plan.line), about)))
    if not plan.kinds and not plan.findings:
        about = f"'{plan.name}' has no 'type_schemas'"
        plan = replace(plan, findings=(Finding(NESTED, Location(plan.file, plan.line), about),))
    return replace(plan, after_load="result" if any(one.after_load for one in others) else None)


def _checked(plan: SchemaPlan, plans: Mapping[str, SchemaPlan]) -> SchemaPlan:
    """A schema that nests such others: of a list of them the library does not hand on what `unknown` says."""
    for one in plan.fields:
        says = any(isinstance(part, str) and MANY_WITH_UNKNOWN in part for part in one.annotation)
        if says and any(name in plans and plans[name].is_union for name in one.nested):
            finding = Finding(NESTED, Location(plan.file, plan.line), f"'unknown' of the list '{one.name}'")
            return replace(plan, findings=(*plan.findings, finding))
    return plan
