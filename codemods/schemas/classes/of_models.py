"""Schemas of models, written out: what marshmallow-sqlalchemy adds when the class is made, as fields like all others.

    class UserSchema(ma.SQLAlchemySchema):                 class UserSchema(ma.SQLAlchemySchema):
        class Meta:                                            class Meta:
            model = User                              →            pass
                                                               name = marshmallow.fields.String(
        name = ma.auto_field(dump_only=True)                       allow_none=True, dump_only=True)

What is written is read like any other schema class.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.findings import Finding
from codemods.model import Module
from codemods.view.names import Names

from ..basis.diagnostics import COLUMN, INSTANCES, META
from ..basis.model_columns import Column, Columns, UnreadError
from ..basis.reading import Reader, UnconvertibleError, code, literal, split_arguments
from ..fields.columns import field_of
from .models import Models

PACKAGE = "marshmallow_sqlalchemy"
ROOTS = frozenset({f"{PACKAGE}.SQLAlchemySchema", f"{PACKAGE}.SQLAlchemyAutoSchema"})
AUTO = f"{PACKAGE}.SQLAlchemyAutoSchema"
AUTO_FIELD = f"{PACKAGE}.auto_field"
MARSHMALLOW = "marshmallow"
"""The name under which what is written out finds Marshmallow; it is imported for that where the module does not."""
FLAGS = frozenset({"include_fk", "include_relationships", "load_instance", "transient"})
OPTIONS = FLAGS | {"model", "table", "sqla_session"}
"""What `Meta` says to marshmallow-sqlalchemy only."""
NOTHING = cst.SimpleStatementLine([cst.Pass()])
"""What stands for a field that is already a finding."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """What the `Meta` of a schema says of its model, that of its bases included.

    `source` is the model or table, `flags` are the switches that are on. `is_auto` tells that all columns are fields,
    but for what `fields` and `exclude` say.
    """

    source: str = ""
    flags: frozenset[str] = frozenset()
    is_auto: bool = False
    fields: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenOut:
    """A schema class with all its fields, the module with what these are written with, and what was not understood.

    `loading` is what keeps only its loading side from being converted.
    """

    node: cst.ClassDef
    module: Module
    options: ModelOptions
    findings: tuple[Finding, ...] = ()
    loading: tuple[Finding, ...] = ()


def written_out(
    reader: Reader,
    models: Models,
    node: cst.ClassDef,
    line: int,
    bases: Mapping[str, ModelOptions],
    inherited: Collection[str],
) -> WrittenOut | None:
    """The class with what its model adds; None for one of no model.

    `bases` are the options of the schemas that it may inherit from, `inherited` the fields that it has of them.
    """
    known = [bases[one] for base in node.bases if (one := reader.qualified(base.value)) in bases]
    roots = {one for base in node.bases if (one := reader.qualified(base.value)) in ROOTS}
    if not known and not roots:
        return None
    writer = _Writer(reader, models, node, line, known, AUTO in roots or any(one.is_auto for one in known))
    return writer.write(inherited)


@dataclass(slots=True)
class _Writer:
    """Writes one class out."""

    reader: Reader
    models: Models
    node: cst.ClassDef
    line: int
    bases: list[ModelOptions]
    is_auto: bool
    options: ModelOptions = ModelOptions()
    imports: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def write(self, inherited: Collection[str]) -> WrittenOut:
        self.options = self.read_options()
        body = [self.statement(one) for one in self.node.body.body]
        declared = {name for one in self.node.body.body if (name := _assigned(one))}
        if self.is_auto and self.options.source:
            try:
                body += self.missing(declared | set(inherited))
            except UnreadError as error:
                self.refuse(UnconvertibleError(COLUMN, self.node, str(error)))
        loading: tuple[Finding, ...] = ()
        if "load_instance" in self.options.flags:
            detail = f"'{self.node.name.value}' makes objects of '{self.options.source.rpartition('.')[2]}'"
            loading = (self.reader.finding(UnconvertibleError(INSTANCES, self.node, detail), self.line),)
        indented = self.node.body.with_changes(body=body)
        imports = {MARSHMALLOW: MARSHMALLOW, **self.imports}
        module = replace(self.reader.module, imports={**imports, **self.reader.module.imports})
        return WrittenOut(self.node.with_changes(body=indented), module, self.options, tuple(self.findings), loading)

    def refuse(self, refused: UnconvertibleError) -> None:
        self.findings.append(self.reader.finding(refused, self.line))

    # What `Meta` says.

    def read_options(self) -> ModelOptions:
        before = self.bases[0] if self.bases else ModelOptions()
        before = replace(before, is_auto=self.is_auto)
        meta = next((one for one in self.node.body.body if _is_meta(one)), None)
        if not isinstance(meta, cst.ClassDef):
            return before
        found = before if meta.bases else ModelOptions(is_auto=self.is_auto)
        for name, value in _options(meta):
            try:
                found = self.with_option(found, name, value)
            except UnconvertibleError as refused:
                self.refuse(refused)
        return found

    def with_option(self, found: ModelOptions, name: str, value: cst.BaseExpression) -> ModelOptions:
        if name in ("model", "table"):
            if isinstance(value, cst.Attribute) and value.attr.value == "__table__":
                value = value.value
            return replace(found, source=self.reader.qualified(value))
        if name in ("fields", "exclude"):
            return _listed(found, name, value)
        if name == "model_converter":
            raise UnconvertibleError(META, value, f"'{name}'")
        if name in FLAGS:
            text = code(value)
            if text not in ("True", "False"):
                raise UnconvertibleError(META, value, f"'{name}'")
            return replace(found, flags=found.flags | {name} if text == "True" else found.flags - {name})
        return found

    # The class body.

    def statement(self, statement: cst.BaseStatement | cst.BaseSmallStatement) -> cst.BaseStatement:
        """The statement without what only marshmallow-sqlalchemy understands."""
        assert isinstance(statement, cst.BaseStatement)
        match statement:
            case cst.ClassDef(name=cst.Name("Meta")):
                return self.meta(statement)
            case cst.SimpleStatementLine(body=[cst.Assign(value=cst.Call() as call)]) if self.is_auto_field(call):
                return self.auto_field(statement, call)
        return statement

    def meta(self, meta: cst.ClassDef) -> cst.ClassDef:
        written = {one for one in self.options.exclude if one in self.columns().columns}
        kept: list[cst.BaseStatement | cst.BaseSmallStatement] = []
        for one in meta.body.body:
            name = _assigned(one)
            if name in OPTIONS:
                continue
            if name == "exclude" and written and self.is_auto:
                rest = [shown for shown in self.options.exclude if shown not in written or self.declares(shown)]
                if not rest:
                    continue
                one = cst.ensure_type(cst.parse_statement(f"exclude = {tuple(rest)!r}\n"), cst.SimpleStatementLine)
            kept.append(one)
        if not kept:
            kept = [NOTHING]
        return meta.with_changes(body=cst.IndentedBlock([one for one in kept if isinstance(one, cst.BaseStatement)]))

    def declares(self, name: str) -> bool:
        return any(_assigned(one) == name for one in self.node.body.body)

    def is_auto_field(self, call: cst.Call) -> bool:
        return self.reader.qualified(call.func) == AUTO_FIELD

    def auto_field(self, statement: cst.SimpleStatementLine, call: cst.Call) -> cst.BaseStatement:
        """The field that `auto_field` stands for; a finding where that is not known."""
        name = _assigned(statement)
        try:
            given = split_arguments(call, ("column_name",), COLUMN)
            source = self.source(given)
            column_node = given.pop("column_name", None)
            column_name = name if column_node is None else str(literal(column_node))
            if column_node is not None and "attribute" not in given:
                given["attribute"] = column_node
            found = self.columns(source)
            if column_name not in found.columns:
                raise UnreadError(f"'{column_name}' of '{source.rpartition('.')[2]}'" + _because(found, column_name))
            value = self.call(found.columns[column_name], given)
        except (UnreadError, ValueError) as error:
            self.refuse(UnconvertibleError(COLUMN, statement, str(error) or f"'{code(call)}'"))
            return NOTHING
        except UnconvertibleError as refused:
            self.refuse(refused)
            return NOTHING
        changed = statement.with_deep_changes(cst.ensure_type(statement.body[0], cst.Assign), value=value)
        self.reader.stand_at(self.reader.line_of(statement, self.line), changed, value)
        return changed

    def source(self, given: dict[str, cst.BaseExpression]) -> str:
        own = given.pop("model", None) or given.pop("table", None)
        return self.reader.qualified(own) if own is not None else self.options.source

    def columns(self, source: str = "") -> Columns:
        return self.models.columns(source or self.options.source)

    def call(self, column: Column, given: Mapping[str, cst.BaseExpression]) -> cst.Call:
        """The call of the field; what `auto_field` was given wins."""
        dump_only = given.get("dump_only")
        is_shown = "load_instance" in self.options.flags or (dump_only is not None and code(dump_only) == "True")
        made = field_of(column, self.version(), loads=not is_shown)
        arguments: dict[str, cst.BaseExpression] = {**made.options, **made.common}
        if made.validators and "dump_only" not in given:
            calls = [f"{MARSHMALLOW}.validate.{name}({text})" for name, text in made.validators]
            arguments["validate"] = cst.parse_expression(calls[0] if len(calls) == 1 else f"[{', '.join(calls)}]")
        if "enum" in made.options:
            self.bring(made.options["enum"], made.type.module)
        arguments |= given
        shown = [cst.Arg(value, cst.Name(name)) for name, value in arguments.items()]
        return cst.Call(cst.parse_expression(f"{MARSHMALLOW}.fields.{made.kind}"), shown)

    def bring(self, node: cst.BaseExpression, module: Module) -> None:
        """Have a name of a model's module mean the same in that of the schema; raises `UnreadError`."""
        root = code(node).partition(".")[0]
        there = Names(self.models.project, module, frozenset(), {}).of_name(root)
        here = Names(self.models.project, self.reader.module, frozenset(), {}).of_name(root)
        if there is None or here not in (None, there):
            raise UnreadError(f"'{root}', which is something else here")
        self.imports[root] = there

    def version(self) -> tuple[int, ...]:
        text = self.models.project.application.versions.get("marshmallow-sqlalchemy", "1.4")
        return tuple(int(one) for one in text.split(".")[:2] if one.isdecimal())

    def missing(self, declared: Collection[str]) -> list[cst.BaseStatement]:
        """The columns that no field of the class stands for; raises `UnreadError`."""
        found = self.columns()
        if found.unread:
            raise UnreadError(found.unread)
        fields, exclude = self.options.fields, self.options.exclude
        wanted = [
            one
            for one in found.columns.values()
            if one.name not in declared
            and one.name not in exclude
            and (not fields or one.name in fields)
            and ("include_fk" in self.options.flags or not one.is_foreign)
        ]
        if "include_relationships" in self.options.flags:
            hidden = {*declared, *exclude}
            related = sorted(one for one in found.related - hidden if not fields or one in fields)
            if related:
                raise UnreadError(f"the relationship '{related[0]}'")
        made = []
        for one in wanted:
            value = self.call(one, {})
            made.append(cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(cst.Name(one.name))], value)]))
            self.reader.stand_at(self.line, made[-1], value)
        return list(made)


def _listed(found: ModelOptions, name: str, value: cst.BaseExpression) -> ModelOptions:
    """The options with the names that `fields` or `exclude` lists; where these are not written out, as they are."""
    try:
        names = literal(value)
    except ValueError:
        return found
    if not isinstance(names, tuple | list | set):
        return found
    listed = tuple(sorted(map(str, names)) if isinstance(names, set) else map(str, names))
    return replace(found, fields=listed) if name == "fields" else replace(found, exclude=listed)


def _because(found: Columns, name: str) -> str:
    if name in found.related:
        return ", which is a relationship"
    return f", because of {found.unread}" if found.unread else ""


def _is_meta(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.ClassDef) and statement.name.value == "Meta"


def _options(meta: cst.ClassDef) -> list[tuple[str, cst.BaseExpression]]:
    return [
        (name, cst.ensure_type(one.body[0], cst.Assign).value)
        for one in meta.body.body
        if isinstance(one, cst.SimpleStatementLine) and (name := _assigned(one))
    ]


def _assigned(statement: cst.CSTNode) -> str:
    """The one name that a statement gives a value."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))])]):
            return name
    return ""
