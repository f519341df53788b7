"""Reads one schema class: its bases, `Meta`, fields, texts, hooks and methods."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.findings import Finding

from .constants import constant, is_constant
from .diagnostics import BASE, HOOK, META, NAME, NESTED, STATEMENT
from .dictionaries import normal
from .field_reading import FieldReader
from .field_types import TypeReader
from .methods import MethodReader
from .of_models import ROOTS as OF_MODELS
from .plan import FieldPlan, MethodPlan, SchemaPlan
from .reading import Reader, UnconvertibleError, code, comments_in, literal
from .unknown_keys import UNKNOWN

ROOTS = frozenset({"marshmallow.Schema", "marshmallow.schema.Schema"}) | OF_MODELS
FORMATS = frozenset({"datetimeformat", "dateformat", "timeformat"})
#: options of `Meta` that change nothing here: dictionaries are ordered, and there is no registry
HARMLESS = frozenset({"ordered", "register"})
#: what Pydantic's models and our own base have, and what annotations are written with
RESERVED = frozenset(
    {
        "construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema",
        "schema_json", "update_forward_refs", "validate", "dump", "dump_many", "has_hooks", "load", "load_many",
        "problems",
        "problems_many", "texts", "to_dict", "after_dump", "after_load", "before_dump", "before_load", "check",
        "check_field", "optional", "unchecked", "bool", "classmethod", "float", "int", "list", "staticmethod", "str",
        "tuple",
    }
)  # fmt: skip
#: methods that change how Marshmallow works
MARSHMALLOW_METHODS = frozenset(
    {
        "context",
        "declared_fields",
        "dumps",
        "fields",
        "from_dict",
        "get_attribute",
        "handle_error",
        "loads",
        "on_bind_field",
    }
    | {"opts", "set_class", "dict_class"}
)

Fields = Callable[[Mapping[str, SchemaPlan], str], dict[str, FieldPlan]]


@dataclass(slots=True)
class ClassReader:
    """Reads `node` into `plan`. `schemas` are all schemas of the project, `plans` those that were read before;
    `written` are those that are dictionaries, by module and text."""

    reader: Reader
    node: cst.ClassDef
    plan: SchemaPlan
    schemas: Collection[str]
    plans: Mapping[str, SchemaPlan]
    fields_of: Fields
    written: Mapping[tuple[str, str], str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    fields: list[FieldPlan] = field(default_factory=list)
    methods: list[MethodPlan] = field(default_factory=list)

    def read(self) -> SchemaPlan:
        """The plan, with a finding for everything that does not convert."""
        bases = self._bases()
        meta, load_only, dump_only = self._meta()
        inherited = {k: v for base in reversed(bases) if base in self.plans for k, v in self._fields_of(base).items()}
        reader = FieldReader(self.reader, load_only=load_only, dump_only=dump_only)
        reader.types = TypeReader(self.reader, meta, reader.annotate, self._schema, self._plain_methods())
        texts = ""
        for statement in self.node.body.body:
            texts = self._attempt(lambda one=statement: self._statement(one, reader)) or texts  # type: ignore[misc]  # bound now
        self._refuse_narrowed(inherited)
        self._refuse_hidden()
        self._refuse_listed({*load_only, *dump_only} - {one.name for one in self.fields})
        self._refuse_mixed({**inherited, **{one.name: one for one in self.fields}}.values())
        self._read_methods(inherited)
        made_by = [one.name for one in self.methods if one.kind == "after_load"]
        made_before = [name for base in bases if base in self.plans and (name := self.plans[base].after_load)]
        if len({*made_by, *made_before}) > 1:
            self._refuse(UnconvertibleError(STATEMENT, self.node, "several methods that make what is loaded"))
        return replace(
            self.plan,
            bases=bases,
            fields=tuple(self.fields),
            methods=tuple(self.methods),
            unknown=meta.get("unknown"),
            texts=texts,
            documentation=self._documentation(),
            comments=comments_in(self.node.leading_lines),
            after_load=next(iter([*made_by, *made_before]), None),
            needs=frozenset(self.reader.needs),
            uses=dict(self.reader.uses),
            helpers=tuple(self.reader.helpers.values()),
            findings=tuple(self.findings),
        )

    def _fields_of(self, base: str) -> dict[str, FieldPlan]:
        return self.fields_of(self.plans, base)

    def _refuse(self, refused: UnconvertibleError) -> None:
        self.findings.append(self.reader.finding(refused, self.plan.line))

    def _attempt(self, read: Callable[[], str]) -> str:
        try:
            return read()
        except UnconvertibleError as refused:
            self._refuse(refused)
            return ""

    def _bases(self) -> tuple[str, ...]:
        found = []
        for one in self.node.bases:
            qualified = self.reader.qualified(one.value)
            if qualified in self.schemas:
                found.append(qualified)
            elif qualified not in ROOTS:
                self._refuse(UnconvertibleError(BASE, self.node, f"'{code(one.value)}'"))
        if self.node.decorators or self.node.keywords:
            self._refuse(UnconvertibleError(BASE, self.node, f"the decorators or keywords of '{self.plan.name}'"))
        return tuple(found)

    def _meta(self) -> tuple[dict[str, str], frozenset[str], frozenset[str]]:
        """The options of `Meta`: formats and `unknown`, and the names that it lists."""
        options: dict[str, str] = {}
        listed: dict[str, frozenset[str]] = {"load_only": frozenset(), "dump_only": frozenset()}
        for one in self.node.body.body:
            if isinstance(one, cst.ClassDef) and one.name.value == "Meta":
                self._attempt(lambda meta=one: self._read_meta(meta, options, listed))  # type: ignore[misc]  # bound now
        return options, listed["load_only"], listed["dump_only"]

    def _read_meta(self, meta: cst.ClassDef, options: dict[str, str], listed: dict[str, frozenset[str]]) -> str:
        for base in meta.bases:
            if not (isinstance(base.value, cst.Attribute) and self.reader.qualified(base.value.value) in self.schemas):
                raise UnconvertibleError(META, meta, f"the base '{code(base.value)}' of 'Meta'")
        for statement in meta.body.body:
            match statement:
                case cst.SimpleStatementLine(
                    body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))], value=value)]
                ):
                    self._option(name, value, options, listed)
                case cst.SimpleStatementLine(body=[cst.Pass() | cst.Expr()]):
                    pass
                case _:
                    raise UnconvertibleError(META, statement, "a statement in 'Meta'")
        if not meta.bases:
            options.setdefault("unknown", "forbid")
        return ""

    def _option(
        self, name: str, value: cst.BaseExpression, options: dict[str, str], listed: dict[str, frozenset[str]]
    ) -> None:
        if name == "unknown":
            chosen = self.reader.qualified(value).rpartition(".")[2] or code(value).strip("'\"").upper()
            if chosen not in UNKNOWN:
                raise UnconvertibleError(META, value, f"'unknown = {code(value)}'")
            options["unknown"] = UNKNOWN[chosen]
            return
        try:
            found = literal(value)
        except ValueError:
            raise UnconvertibleError(META, value, f"'{name}'") from None
        if name in FORMATS and isinstance(found, str):
            options[name] = code(value)
        elif name in listed and isinstance(found, tuple | list | set):
            listed[name] = frozenset(str(one) for one in found)
        elif name not in HARMLESS:
            raise UnconvertibleError(META, value, f"'{name}'")

    def _statement(self, statement: cst.BaseStatement, reader: FieldReader) -> str:
        """Read a statement of the body; returns the class's own texts where that is what it is."""
        match statement:
            case cst.FunctionDef() | cst.ClassDef(name=cst.Name("Meta")):
                return ""
            case cst.SimpleStatementLine(body=[cst.Pass() | cst.Expr(cst.SimpleString() | cst.Ellipsis())]):
                return ""
            case cst.SimpleStatementLine(body=[cst.Assign(targets=[cst.AssignTarget(cst.Name(name))], value=value)]):
                return self._assigned(name, value, statement, reader)
            case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(name), value=cst.Call() as value)]):
                return self._assigned(name, value, statement, reader)
        raise UnconvertibleError(STATEMENT, statement, f"'{code(statement).strip().splitlines()[0]}'")

    def _assigned(
        self, name: str, value: cst.BaseExpression, statement: cst.SimpleStatementLine, reader: FieldReader
    ) -> str:
        if name == "error_messages" and isinstance(value, cst.Dict):
            return self._own_texts(value)
        if is_constant(self.reader, value):
            known = [one for base in self.plan_bases() for one in base.methods]
            self.methods.append(constant(self.reader, name, value, comments_in(statement.leading_lines), known))
            return ""
        if not isinstance(value, cst.Call):
            raise UnconvertibleError(STATEMENT, statement, f"'{name}'")
        remark = statement.trailing_whitespace.comment
        plan = reader.field(name, value, comments_in(statement.leading_lines), remark.value if remark else "")
        if plan.attribute in RESERVED or plan.attribute.startswith("model_"):
            raise UnconvertibleError(NAME, statement, f"'{plan.attribute}'")
        self.fields.append(plan)
        return ""

    def _own_texts(self, value: cst.Dict) -> str:
        shown = []
        for one in value.elements:
            key = (
                one.key.evaluated_value
                if isinstance(one, cst.DictElement) and isinstance(one.key, cst.SimpleString)
                else ""
            )
            if key not in ("unknown", "type"):
                raise UnconvertibleError(STATEMENT, value, "'error_messages' with other keys than 'unknown' and 'type'")
            shown.append(f"{key!s}={self.reader.take(one.value)}")
        return f"{self.reader.compat('schema_containers', 'Texts')}({', '.join(shown)})"

    def _read_methods(self, inherited: Mapping[str, FieldPlan]) -> None:
        functions = [one for one in self.node.body.body if isinstance(one, cst.FunctionDef)]
        fields = {**inherited, **{one.name: one for one in self.fields}}
        loaders: dict[str, tuple[str, ...]] = {}
        for one in fields.values():
            if one.loaded_by:
                loaders[one.loaded_by] = (*loaders.get(one.loaded_by, ()), one.name)
        self._refuse_loaders({one.name.value for one in functions})
        reader = MethodReader(self.reader, fields, self._plain_methods() - loaders.keys(), self._constants(), loaders)
        for function in functions:
            name = function.name.value
            try:
                if (
                    (not function.decorators and name in RESERVED)
                    or name.startswith(("__", "model_"))
                    or name in MARSHMALLOW_METHODS
                ):
                    raise UnconvertibleError(NAME, function, f"the method '{name}'")
                self.methods.append(reader.read(function))
            except UnconvertibleError as refused:
                self._refuse(refused)

    def _refuse_loaders(self, own: Collection[str]) -> None:
        """A method that loads a field has to stand in the class of the field."""
        for one in self.fields:
            if one.loaded_by and (one.loaded_by not in own or one.attribute != one.name):
                self._refuse(UnconvertibleError(HOOK, self.node, f"'{one.loaded_by}', which loads '{one.name}'"))

    def _refuse_mixed(self, fields: Collection[FieldPlan]) -> None:
        """A value inside another one needs that to itself."""
        heads = {one.path.partition(".")[0] for one in fields if one.path and one.loads}
        if taken := sorted(heads & {one.attribute for one in fields if not one.path and one.loads}):
            self._refuse(UnconvertibleError(NAME, self.node, f"'{taken[0]}', which also holds other fields"))

    def _plain_methods(self) -> frozenset[str]:
        """The names of plain methods of the class and its bases."""
        own = (one for one in self.node.body.body if isinstance(one, cst.FunctionDef) and not one.decorators)
        inherited = (one.name for base in self.plan_bases() for one in base.methods if one.kind == "helper")
        return frozenset({*(one.name.value for one in own), *inherited})

    def _constants(self) -> frozenset[str]:
        """The names of values of the class and its bases that are no fields."""
        methods = [*self.methods, *(one for base in self.plan_bases() for one in base.methods)]
        return frozenset(one.name for one in methods if one.kind == "constant")

    def plan_bases(self) -> list[SchemaPlan]:
        """The plans of all schemas that the class inherits from."""
        found: list[SchemaPlan] = []
        waiting = [self.reader.qualified(one.value) for one in self.node.bases]
        while waiting:
            plan = self.plans.get(waiting.pop())
            if plan is not None:
                found.append(plan)
                waiting += plan.bases
        return found

    def _refuse_narrowed(self, inherited: Mapping[str, FieldPlan]) -> None:
        for one in self.fields:
            before = inherited.get(one.name)
            if before is None:
                continue
            if (
                (before.loads and not one.loads)
                or (before.dumps and not one.dumps)
                or before.attribute != one.attribute
            ):
                self._refuse(UnconvertibleError(BASE, self.node, f"'{one.name}' is narrower than in the base class"))

    def _refuse_hidden(self) -> None:
        """A field of the name of something that the class body is written with would hide that."""
        used = {need.local for need in self.reader.needs} | self.reader.uses.keys()
        for one in self.fields:
            if one.attribute in used:
                self._refuse(UnconvertibleError(NAME, self.node, f"'{one.attribute}'"))

    def _refuse_listed(self, names: Collection[str]) -> None:
        if names:
            self._refuse(UnconvertibleError(META, self.node, f"'{min(names)}' of a base class in 'Meta'"))

    def _schema(self, node: cst.BaseExpression) -> str:
        """The schema that a nested field names: a class, or its name."""
        qualified = self.reader.qualified(node)
        if qualified in self.schemas:
            return qualified
        if isinstance(node, cst.Call | cst.Dict) and (found := self.written.get((self._module(), normal(node)))):
            return found
        if isinstance(node, cst.SimpleString):
            name = str(node.evaluated_value)
            if name == "self" and self.reader.version < 4:
                return self.plan.qualified
            named = [one for one in self.schemas if one == name or one.rpartition(".")[2] == name]
            if len(named) == 1:
                return named[0]
        raise UnconvertibleError(NESTED, node, f"'{code(node)}'")

    def _module(self) -> str:
        return self.reader.module.name

    def _documentation(self) -> str:
        first = self.node.body.body[0] if self.node.body.body else None
        match first:
            case cst.SimpleStatementLine(body=[cst.Expr(cst.SimpleString() as text), *_]):
                return text.value
        return ""
