"""Reads the columns of SQLAlchemy models from their source: classes, those that they inherit from, and tables.

    id = db.Column(db.Integer, primary_key=True)
    name: Mapped[str | None] = mapped_column(String(40))
    tags = Table("tags", metadata, Column("name", String(10)))

What a column is when nothing is said of it is SQLAlchemy's own rule (`Column`, `mapped_column` and
`Table._autoincrement_column` of versions 1.4 to 2.1).
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.model import Definition, Module, Project
from codemods.view.names import Names, split
from codemods.view.refusal import Refused
from codemods.view.source import Sources

from ..basis.model_columns import Column, Columns, ColumnType, UnreadError, joined, merged, with_keys

MAKERS = frozenset({"flask_sqlalchemy.SQLAlchemy", "alchemical.Alchemical", "alchemical.flask.Alchemical"})
"""The classes of objects that have SQLAlchemy's names as attributes."""
PLAIN_BASES = frozenset(
    {
        "builtins.object", "alchemical.Model", "alchemical.flask.Model", "alchemical.aio.Model", "abc.ABC",
        "flask_login.UserMixin", "flask_login.AnonymousUserMixin", "flask_sqlalchemy.model.Model", "typing.Generic",
    }
)  # fmt: skip
"""Base classes of other libraries that have no columns."""
PLAIN_NAMES = frozenset({"Model", "DeclarativeBase", "DeclarativeBaseNoMeta", "MappedAsDataclass", "AsyncAttrs"})
"""The same in SQLAlchemy, and of what has its names."""
RELATED = frozenset({"relationship", "dynamic_loader", "backref"})
MAPPED = frozenset({"Mapped", "WriteOnlyMapped", "DynamicMapped"})
PYTHON_TYPES = {
    "builtins.int": "Integer", "builtins.str": "String", "builtins.float": "Float", "builtins.bool": "Boolean",
    "builtins.bytes": "LargeBinary", "datetime.datetime": "DateTime", "datetime.date": "Date", "datetime.time": "Time",
    "datetime.timedelta": "Interval", "decimal.Decimal": "Numeric", "uuid.UUID": "Uuid",
}  # fmt: skip
"""What `Mapped[...]` means where no type is given (`sqlalchemy.sql.sqltypes._type_map`)."""
ENUMS = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"})
NUMBERS = frozenset({"Integer", "SmallInteger", "BigInteger", "INTEGER", "SMALLINT", "BIGINT", "Numeric"})
"""The types of keys that a database counts by itself."""
MAPPING_OPTIONS = frozenset({"include_properties", "exclude_properties", "properties", "column_prefix"})


@dataclass(slots=True)
class Models:
    """The models of a project, read when first asked for."""

    project: Project
    sources: Sources
    known: dict[str, Columns] = field(default_factory=dict)

    def columns(self, qualified: str) -> Columns:
        """What a class or table has; nothing, and the reason, where it is neither."""
        if qualified not in self.known:
            self.known[qualified] = Columns(unread=f"'{qualified}' is a model that inherits from itself")
            self.known[qualified] = with_keys(self._read(qualified))
        return self.known[qualified]

    def _read(self, qualified: str) -> Columns:
        module, name = split(self.project, qualified)
        definition = module.definitions.get(name) if module is not None else None
        if module is None or definition is None:
            return Columns(unread=f"'{qualified}' is not a model of the project")
        reader = _Reader(self, module)
        try:
            if definition.kind == "class":
                return reader.of_class(definition, name)
            call = self.sources.value(module, name)
            return reader.of_table(call) if call is not None else Columns(unread=f"'{qualified}' is bound twice")
        except (Refused, UnreadError) as error:
            return Columns(unread=str(error))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads what one module defines."""

    models: Models
    module: Module

    def qualified(self, node: ast.expr) -> str:
        """What a name or chain of attributes stands for; SQLAlchemy's own are `sqlalchemy.NAME`."""
        names = Names(self.models.project, self.module, frozenset(), {})
        found = names.qualified(cst.parse_expression(ast.unparse(node))) or ""
        owner, rest = split(self.models.project, found)
        name, _, attribute = rest.partition(".")
        definition = owner.definitions.get(name) if owner is not None else None
        if attribute and definition is not None and definition.kind != "class" and MAKERS & definition.uses:
            return f"sqlalchemy.{attribute}"
        parts = found.split(".")
        if parts[0] != "sqlalchemy":
            return found
        return ".".join(["sqlalchemy", *(parts[-2:] if "dialects" in parts else parts[-1:])])

    def of_class(self, definition: Definition, name: str) -> Columns:
        piece = self.models.sources.piece(definition.location, name)
        if not isinstance(piece, ast.ClassDef):
            raise UnreadError(f"'{name}' is no class")
        inherited = [self._base(one) for one in piece.bases]
        own = [one for statement in piece.body for one in self._statement(statement)]
        # What stands in a class before others in the order of resolution hides what these have.
        before = merged(inherited)
        found = joined(merged(own), before, is_joined=before.is_table)
        is_abstract = any(ast.unparse(one) == "__abstract__ = True" for one in piece.body)
        is_declarative = any(one.is_declarative for one in inherited)
        has_key = any(one.is_key for one in found.columns.values())
        is_table = is_declarative and not is_abstract and has_key
        return replace(found, is_declarative=is_declarative, is_table=is_table)

    def _base(self, node: ast.expr) -> Columns:
        if isinstance(node, ast.Subscript):
            node = node.value
        qualified = self.qualified(node)
        if qualified in PLAIN_BASES or (qualified.startswith("sqlalchemy.") and qualified[11:] in PLAIN_NAMES):
            kind = qualified.rpartition(".")[2].removesuffix("NoMeta")
            return Columns(is_declarative=kind in ("Model", "DeclarativeBase"))
        owner, name = split(self.models.project, qualified)
        definition = owner.definitions.get(name) if owner is not None else None
        if definition is None or definition.kind == "class":
            return self.models.columns(qualified)
        makers = {"sqlalchemy.ext.declarative.declarative_base", "sqlalchemy.orm.declarative_base"}
        if makers & definition.uses:
            return Columns(is_declarative=True)
        return Columns(unread=f"the base class '{ast.unparse(node)}'")

    def _statement(self, statement: ast.stmt) -> Iterator["Columns"]:
        """What one statement of a class body adds."""
        match statement:
            case ast.Assign(targets=[ast.Name(id="__table__")], value=value):
                yield self.of_table(value)
            case ast.Assign(targets=[ast.Name(id="__table_args__")], value=value):
                yield self._constraints(value)
            case ast.Assign(targets=[ast.Name(id="__mapper_args__")], value=value):
                if any(isinstance(one, ast.Constant) and one.value in MAPPING_OPTIONS for one in ast.walk(value)):
                    yield Columns(unread="'__mapper_args__'")
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as value):
                yield self._attribute(name, value, None)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                yield self._annotated(name, annotation, value)
            case ast.FunctionDef(name=name, decorator_list=decorators):
                if any(self._is_declared(one) for one in decorators):
                    yield Columns(others=frozenset({name}), unread=f"'{name}', which a function declares")

    def _is_declared(self, decorator: ast.expr) -> bool:
        node = decorator.value if isinstance(decorator, ast.Attribute) else decorator
        names = {self.qualified(one) for one in (decorator, node) if isinstance(one, ast.Name | ast.Attribute)}
        return bool(names & {"sqlalchemy.declared_attr"})

    def _annotated(self, name: str, annotation: ast.expr, value: ast.expr | None) -> Columns:
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = ast.parse(annotation.value, mode="eval").body
        mapped = isinstance(annotation, ast.Subscript) and self.qualified(annotation.value).rpartition(".")[2] in MAPPED
        if not mapped:
            return self._attribute(name, value, None) if isinstance(value, ast.Call) else Columns()
        assert isinstance(annotation, ast.Subscript)
        return self._attribute(name, value if isinstance(value, ast.Call) else None, annotation.slice)

    def _attribute(self, name: str, call: ast.Call | None, annotation: ast.expr | None) -> Columns:
        """A mapped attribute; nothing for any other value."""
        if call is None:
            if annotation is None:
                return Columns()
            return self._one(self._column(name, [], {}, annotation, is_strict=True))
        function = self.qualified(call.func)
        kind = function.rpartition(".")[2] if function.startswith("sqlalchemy.") else ""
        if kind in RELATED:
            return Columns(related=frozenset({name}))
        if kind == "deferred" and call.args and isinstance(call.args[0], ast.Call):
            return self._attribute(name, call.args[0], annotation)
        if kind in ("Column", "mapped_column"):
            keywords = {one.arg: one.value for one in call.keywords if one.arg is not None}
            if len(keywords) != len(call.keywords):
                return Columns(others=frozenset({name}), unread=f"'{name}', which is given '**'")
            return self._one(self._column(name, call.args, keywords, annotation, is_strict=kind == "mapped_column"))
        is_mapped = kind in ("column_property", "synonym", "composite", "query_expression", "association_proxy")
        return Columns(others=frozenset({name}) if is_mapped else frozenset(), unread=f"'{name}'" if is_mapped else "")

    @staticmethod
    def _one(column: Column) -> Columns:
        return Columns({column.name: column})

    def _column(
        self,
        name: str,
        args: list[ast.expr],
        keywords: Mapping[str, ast.expr],
        annotation: ast.expr | None,
        *,
        is_strict: bool,
    ) -> Column:
        """A column as its call makes it; `is_strict` tells that an annotation without None means not null."""
        rest = args[1:] if args and isinstance(args[0], ast.Constant) and isinstance(args[0].value, str) else args
        items = [(self._kind(one), one) for one in rest]
        is_foreign = any(kind == "ForeignKey" for kind, _ in items)
        counted = [kind for kind, _ in items if kind in ("Identity", "Sequence", "Computed")]
        parts = ("ForeignKey", "Identity", "Sequence", "Computed", "CheckConstraint", "FetchedValue", "DefaultClause")
        typed = next((one for kind, one in items if kind not in parts), keywords.get("type_"))
        is_key = _flag(keywords, "primary_key", False)
        allows_none, inner = self._optional(annotation) if annotation is not None else (not is_key, None)
        may_be_null = allows_none if is_strict and annotation is not None else True
        nullable = _flag(keywords, "nullable", may_be_null and not is_key)
        type_ = self._type(typed) if typed is not None else self._of_annotation(inner)
        given = {key for key in ("default", "insert_default", "server_default") if not _is_none(keywords.get(key))}
        chosen = ast.unparse(keywords["autoincrement"]) if "autoincrement" in keywords else "'auto'"
        counts = {"True": "always", "'auto'": "" if is_foreign else "auto"}.get(chosen, "")
        if not is_key or type_ is None or type_.name not in NUMBERS:
            counts = ""
        return Column(name, type_, nullable, bool(given or counted), is_foreign, is_key, counts)

    def _kind(self, node: ast.expr) -> str:
        function = node.func if isinstance(node, ast.Call) else node
        qualified = self.qualified(function) if isinstance(function, ast.Name | ast.Attribute) else ""
        return qualified.removeprefix("sqlalchemy.")

    def _optional(self, annotation: ast.expr) -> tuple[bool, ast.expr]:
        """Whether `Mapped[...]` allows None, and what it holds otherwise."""
        match annotation:
            case ast.Constant(value=str() as text):
                return self._optional(ast.parse(text, mode="eval").body)
            case ast.Subscript(value=outer, slice=inner) if self.qualified(outer) == "typing.Optional":
                return True, inner
            case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
                return True, left
            case ast.BinOp(left=ast.Constant(value=None), op=ast.BitOr(), right=right):
                return True, right
            case ast.Subscript(value=outer, slice=ast.Tuple(elts=[one, ast.Constant(value=None)])) if (
                self.qualified(outer) == "typing.Union"
            ):
                return True, one
        return False, annotation

    def _type(self, node: ast.expr) -> ColumnType | None:
        """The type that a column is given; None for one that is not SQLAlchemy's own.

        What another database has in its place, and what notices changes of its values, says nothing about fields.
        """
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Call() as inner, attr="with_variant")):
                return self._type(inner)
            case ast.Call(func=ast.Attribute(value=owner, attr="as_mutable"), args=[inner]):
                return self._type(inner) if self.qualified(owner).startswith("sqlalchemy.Mutable") else None
            case ast.Call(func=func, keywords=[ast.keyword(arg="dbtype", value=inner), *_]) if (
                self.qualified(func) == "sqlalchemy_json.mutable_json_type"
            ):
                return self._type(inner)
        call = node if isinstance(node, ast.Call) else None
        qualified = self.qualified(call.func if call else node)
        if not qualified.startswith("sqlalchemy."):
            return None
        keywords = {one.arg: one.value for one in call.keywords if one.arg} if call else {}
        args = tuple(call.args) if call else ()
        return ColumnType(qualified.removeprefix("sqlalchemy."), self.module, args, keywords)

    def _of_annotation(self, node: ast.expr | None) -> ColumnType | None:
        """The type that `Mapped[...]` means by itself; None where the project says what it means, or for another."""
        if node is None or not isinstance(node, ast.Name | ast.Attribute):
            return None
        if any(b"type_annotation_map" in content for content in self.models.sources.files.values()):
            return None
        qualified = self.qualified(node)
        if qualified in PYTHON_TYPES:
            return ColumnType(PYTHON_TYPES[qualified], self.module)
        owner, name = split(self.models.project, qualified)
        definition = owner.definitions.get(name) if owner is not None else None
        is_enum = definition is not None and definition.kind == "class" and bool(ENUMS & definition.uses)
        return ColumnType("Enum", self.module, (node,)) if is_enum else None

    def of_table(self, value: ast.expr) -> Columns:
        """What `Table("name", metadata, Column(...), ...)` has; raises `UnreadError`."""
        if not isinstance(value, ast.Call) or self.qualified(value.func) != "sqlalchemy.Table":
            raise UnreadError(f"'{ast.unparse(value).splitlines()[0]}' is no table that is written out")
        found = Columns()
        for one in value.args[2:]:
            if isinstance(one, ast.Call) and self.qualified(one.func) == "sqlalchemy.ForeignKeyConstraint":
                found = joined(found, self._constraints(one))
                continue
            if not isinstance(one, ast.Call) or self.qualified(one.func) != "sqlalchemy.Column":
                continue
            first = one.args[0] if one.args else None
            if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
                raise UnreadError(f"'{ast.unparse(one)}' has no name")
            found = joined(found, self._attribute(first.value, one, None))
        return found

    def _constraints(self, value: ast.expr) -> Columns:
        """Columns that a constraint of several makes foreign: nothing is said of them here but that."""
        for node in ast.walk(value):
            if isinstance(node, ast.Call) and self.qualified(node.func) == "sqlalchemy.ForeignKeyConstraint":
                return Columns(unread="a foreign key of several columns")
        return Columns()


def _flag(keywords: Mapping[str, ast.expr], name: str, default: bool) -> bool:
    """A switch; raises `UnreadError` where it is not written out."""
    match keywords.get(name):
        case None:
            return default
        case ast.Constant(value=bool() as value):
            return value
    raise UnreadError(f"'{name}', which is only known when the application runs")


def _is_none(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)
