"""Reads one schema class: its bases, `Meta`, fields, texts, hooks and methods."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.findings import Finding
from codemods.view.comments import comments_in
from codemods.view.spelled import spelled_node

from ..basis.attribute_names import RESERVED, free_name, is_allowed
from ..basis.constants import constant, is_constant
from ..basis.diagnostics import BASE, HOOK, META, NAME, NESTED, STATEMENT
from ..basis.plan import COLLECTING, ROOT, FieldPlan, Meta, MethodPlan, Nested, SchemaPlan
from ..basis.reading import Reader, UnconvertibleError, code
from ..basis.version_two import FIRST_ALIKE, refused_in_two
from ..fields.dictionaries import normal
from ..fields.field_reading import FieldReader
from ..fields.field_types import TypeReader
from ..hooks.base_calls import BaseCalls
from ..hooks.body_functions import body_functions
from ..hooks.listed_fields import unlisted
from ..hooks.methods import OVERRIDES, MethodReader, is_plain, only_loads
from .binding import MAKER, KeyMaker, key_maker
from .combinations import hidden, mixed, reshaped, unheard, unordered, without_loader
from .listed_names import dotted, inferred, inner_names
from .makers import in_turn, last_of
from .meta import MetaReader
from .of_models import ROOTS as OF_MODELS

ROOTS = {"marshmallow.Schema"} | OF_MODELS
#: methods that change how Marshmallow works
MARSHMALLOW_METHODS = frozenset(
    {"context", "declared_fields", "dict_class", "dumps", "fields", "from_dict", "loads", "opts", "set_class"}
)

Fields = Callable[[Mapping[str, SchemaPlan], str], dict[str, FieldPlan]]


@dataclass(slots=True)
class ClassReader:
    """Reads `node` into `plan`. `schemas` are all schemas of the project, `plans` those that were read before;
    `written` are those that are dictionaries, by module and text, `called` those that functions make, by the call."""

    reader: Reader
    node: cst.ClassDef
    plan: SchemaPlan
    schemas: Collection[str]
    plans: Mapping[str, SchemaPlan]
    fields_of: Fields
    written: Mapping[tuple[str, str], str] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    inherited: dict[str, FieldPlan] = field(default_factory=dict)
    fields: list[FieldPlan] = field(default_factory=list)
    methods: list[MethodPlan] = field(default_factory=list)
    key_maker: KeyMaker | None = None

    def read(self) -> SchemaPlan:
        """The plan, with a finding for everything that does not convert."""
        bases = self._bases()
        self.reader.moved = body_functions(self.node)
        meta, options = self._meta(bases)
        for base in (one for one in reversed(bases) if one in self.plans):
            self.inherited |= self.fields_of(self.plans, base)
        reader = FieldReader(self.reader, load_only=meta.load_only, dump_only=meta.dump_only)
        reader.types = TypeReader(
            self.reader, {**self.reader.formats, **meta.formats}, reader.annotate, self._schema, self._plain_methods()
        )
        texts = ""
        for statement in self.node.body.body:
            texts = self._attempt(lambda one=statement: self._statement(one, reader)) or texts  # type: ignore[misc]  # bound now
        for name, call in options.include.items():
            self._attempt(lambda name=name, call=call: self._field(name, call, reader))  # type: ignore[misc]  # bound now
        self._nest_itself()
        self._add_listed(meta, bases)
        self._infer({*self.inherited, *(one.name for one in self.fields)}, options.names, meta)
        known = {*self.inherited, *(one.name for one in self.fields)}
        reader.loading += [dotted(self.node, one, "dump_only") for one in inner_names(meta.dump_only, known)]
        for one in inner_names(meta.load_only, known):
            self._refuse(dotted(self.node, one, "load_only"))
        self._avoid_hiding()
        self._attempt(self._make_keys)
        self._read_methods(reader.loading)
        for refused in self._combined():
            self._refuse(refused)
        reader.loading += self._combined_to_load(meta)
        root, unknown = ROOT, meta.unknown if self._has_meta() else None
        if self.reader.version < FIRST_ALIKE:
            root, unknown = COLLECTING, "ignore"
            if not meta.strict:
                self._refuse(refused_in_two(self.node, f"'{self.plan.name}', which is not strict"))
        try:
            self.methods = in_turn(self.node, self.methods, bases, self.plans)
        except UnconvertibleError as refused:
            reader.loading.append(refused)
        maker = last_of(self.methods, bases, self.plans)
        plan = replace(
            self.plan,
            bases=bases,
            fields=tuple(self.fields),
            methods=tuple(self.methods),
            meta=meta,
            is_flat=any((before := self.inherited.get(one.name)) and one.is_narrower(before) for one in self.fields),
            unknown=unknown,
            root=root,
            texts=texts,
            after_load=maker.name if maker else None,
            makes_whole=maker is not None and maker.kind == "after_load_all",
        )
        return self.reader.put_into(plan, self.node, self.findings, reader.loading)

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
            if qualified in self.plans and self.plans[qualified].choice:
                self._refuse(UnconvertibleError(BASE, self.node, f"'{code(one.value)}', which chooses other schemas"))
            elif qualified in self.schemas:
                found.append(qualified)
            elif qualified not in ROOTS and code(one.value) != "object":
                self._refuse(UnconvertibleError(BASE, self.node, f"'{code(one.value)}'"))
        if self.node.decorators or self.node.keywords:
            self._refuse(UnconvertibleError(BASE, self.node, f"the decorators or keywords of '{self.plan.name}'"))
        return tuple(found)

    def _meta(self, bases: tuple[str, ...]) -> tuple[Meta, MetaReader]:
        """The options that hold for the class."""
        reader = MetaReader(self.reader, self.schemas, self.plans)
        try:
            return reader.read(self.node, bases), reader
        except UnconvertibleError as refused:
            self._refuse(refused)
            return Meta(), reader

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
            if name in self.inherited:
                return ""  # the field stays: Marshmallow collects those of the bases, whatever has their name here
            known = [one for base in self.plan_bases() for one in base.methods]
            self.methods.append(constant(self.reader, name, value, comments_in(statement.leading_lines), known))
            return ""
        if not isinstance(value, cst.Call):
            raise UnconvertibleError(STATEMENT, statement, f"'{name}'")
        remark = statement.trailing_whitespace.comment
        return self._field(name, value, reader, comments_in(statement.leading_lines), remark.value if remark else "")

    def _field(
        self, name: str, value: cst.Call, reader: FieldReader, comments: tuple[str, ...] = (), remark: str = ""
    ) -> str:
        self.fields.append(reader.field(name, value, comments, remark))
        return ""

    def _has_meta(self) -> bool:
        return any(isinstance(one, cst.ClassDef) and one.name.value == "Meta" for one in self.node.body.body)

    def _add_listed(self, meta: Meta, bases: tuple[str, ...]) -> None:
        """Inherited fields that the class's options load or dump only, or give another format."""
        own = {one.name for one in self.fields}
        for name in sorted((meta.load_only | meta.dump_only) & (self.inherited.keys() - own)):
            before = self.inherited[name]
            loads, dumps = before.loads and name not in meta.dump_only, before.dumps and name not in meta.load_only
            if (loads, dumps) != (before.loads, before.dumps):
                self.fields.append(replace(before, loads=loads, dumps=dumps))
        for base in (self.plans[base].meta for base in bases if base in self.plans):
            free = (base.load_only - meta.load_only) | (base.dump_only - meta.dump_only)
            if free := free & (self.inherited.keys() - own):
                about = f"'{min(free)}', which the base class lists in its 'Meta'"
                self._refuse(UnconvertibleError(META, self.node, about))
            kinds = {key for key in FORMATS if base.formats.get(key) != meta.formats.get(key)}
            if any(_has_format(one, kinds) for name, one in self.inherited.items() if name not in own):
                self._refuse(UnconvertibleError(META, self.node, "other formats than the base class's"))

    def _nest_itself(self) -> None:
        """Inherited fields that nest "self": from here on that is this class."""
        bases = {one.qualified for one in self.plan_bases()}
        own = {one.name for one in self.fields}
        for field_ in (one for name, one in self.inherited.items() if one.holds_self and name not in own):
            parts = (
                replace(part, qualified=self.plan.qualified)
                if isinstance(part, Nested) and part.qualified in bases
                else part
                for part in field_.annotation
            )
            self.fields.append(replace(field_, annotation=tuple(parts)))

    def _make_keys(self) -> str:
        """Note what makes the keys of fields, where `on_bind_field` does."""
        functions = [one for one in self.node.body.body if isinstance(one, cst.FunctionDef)]
        own = next((one for one in functions if one.name.value == "on_bind_field"), None)
        before = next((one for one in self.plan_bases() if one.key_maker), None)
        if own is not None:
            if self.reader.version < FIRST_ALIKE:
                raise refused_in_two(own, "'on_bind_field'")
            self.key_maker = key_maker(self.reader, self.node.name.value, own)
            self.plan = replace(self.plan, key_maker=self.key_maker.text)
            others = list(self.inherited.values())
        elif before is not None:
            self.key_maker = KeyMaker(before.key_maker, before.keeps_keys, before.drops_keys)
            others = []
        else:
            return ""
        maker = self.key_maker
        self.plan = replace(self.plan, keeps_keys=maker.keeps_given, drops_keys=maker.drops_given)
        if maker.drops_given:
            self.fields = [replace(one, key=one.name) for one in self.fields]
        if own is None and before is not None:  # a class in another module calls it, too
            self.reader.helpers |= {one.qualified: one for one in before.helpers if one.qualified.endswith(MAKER)}
            self.reader.uses |= {name: used for name, used in before.uses.items() if name == maker.text}
        is_called = not maker.text.startswith("lambda")  # where a key is not that of the attribute
        for one in self.fields:
            if one.key != one.attribute and (one.key == one.name or not maker.keeps_given) and not is_called:
                others.append(one)
        told = [one for one in (*self.fields, *self.inherited.values()) if one.knows_key]
        if refused := [*told, *(one for one in others if one.key != one.attribute)]:
            raise UnconvertibleError(HOOK, self.node, f"the key of '{refused[0].name}'")
        self.fields = [
            replace(one, key_maker=maker.text) if one.key == one.name or not maker.keeps_given else one
            for one in self.fields
        ]
        return ""

    def _infer(self, known: Collection[str], names: tuple[str, ...], meta: Meta) -> None:
        """Fields that are named only."""
        for name in (one for one in names if one not in known):
            try:
                self.fields.append(inferred(self.reader, self.node, name, meta))
            except UnconvertibleError as refused:
                self._refuse(refused)

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

    def _read_methods(self, loading: list[UnconvertibleError]) -> None:
        functions = [one for one in self.node.body.body if isinstance(one, cst.FunctionDef)]
        fields = {**self.inherited, **{one.name: one for one in self.fields}}
        loaders: dict[str, tuple[str, ...]] = {}
        for one in fields.values():
            if one.loaded_by:
                loaders[one.loaded_by] = (*loaders.get(one.loaded_by, ()), one.name)
        above = BaseCalls([one for base in self.plan_bases() for one in base.methods])
        plain = self._plain_methods() - loaders.keys()
        reader = MethodReader(self.reader, fields, plain, self._constants(), loaders, above=above)
        for function in functions:
            name = function.name.value
            try:
                if name == "on_bind_field" or name in self.reader.moved:
                    continue  # see `_make_keys`, and what reads validators
                if (
                    (
                        is_plain(self.reader, function)
                        and name in RESERVED
                        and (name not in OVERRIDES or function.decorators)
                    )
                    or name.startswith(("__", "model_"))
                    or name in MARSHMALLOW_METHODS
                ):
                    raise UnconvertibleError(NAME, function, f"the method '{name}'")
                self.methods.append(reader.read(function))
            except UnconvertibleError as refused:
                if self.reader.version >= FIRST_ALIKE and only_loads(self.reader, function):
                    loading.append(refused)
                else:
                    self._refuse(refused)

    def _combined(self) -> Iterator[UnconvertibleError]:
        """What keeps parts of the class from standing together."""
        fields, methods = self._all_fields(), self._all_methods()
        yield from mixed(self.node, fields)
        yield from without_loader(self.node, self.fields)
        yield from hidden(self.node, fields, methods)
        yield from unlisted(self.node, fields, [one for one in methods if not one.is_on("load")])
        yield from unheard(self.node, methods, "\n".join(one.text for one in self.reader.helpers.values()))

    def _combined_to_load(self, meta: Meta) -> Iterator[UnconvertibleError]:
        """What keeps them from being loaded together."""
        fields, methods = self._all_fields(), self._all_methods()
        yield from unordered(self.node, methods, meta)
        yield from reshaped(self.reader, self.node, methods)
        yield from unlisted(self.node, fields, [one for one in methods if one.is_on("load")])

    def _all_fields(self) -> list[FieldPlan]:
        """The fields of the class, with those of its bases."""
        return list({**self.inherited, **{one.name: one for one in self.fields}}.values())

    def _all_methods(self) -> list[MethodPlan]:
        """What the class and its bases have beside fields."""
        return [*self.methods, *(one for base in self.plan_bases() for one in base.methods)]

    def _plain_methods(self) -> frozenset[str]:
        """The names of plain methods of the class and its bases."""
        functions = (one for one in self.node.body.body if isinstance(one, cst.FunctionDef))
        own = (one for one in functions if is_plain(self.reader, one))
        inherited = (one.name for base in self.plan_bases() for one in base.methods if one.kind == "helper")
        return frozenset({*(one.name.value for one in own), *inherited}) - self.reader.moved.keys()

    def _constants(self) -> frozenset[str]:
        """The names of values of the class and its bases that are no fields."""
        return frozenset(one.name for one in self._all_methods() if one.kind == "constant")

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

    def _avoid_hiding(self) -> None:
        """Give fields another name that Pydantic does not allow, or that would hide what the class is written with."""
        used = {need.local for need in self.reader.needs} | self.reader.uses.keys() | RESERVED
        taken = used | {one.attribute for one in (*self.fields, *self.inherited.values())}
        reader = FieldReader(self.reader)
        for index, one in enumerate(self.fields):
            if is_allowed(one.attribute) and one.attribute not in used:
                continue
            name = free_name(one.attribute, taken)
            taken |= {name}
            self.fields[index] = reader.renamed(one, name)

    def _schema(self, node: cst.BaseExpression) -> str:
        """The schema that a nested field names: a class, or its name."""
        qualified = self.reader.qualified(node)
        if qualified in self.schemas:
            return qualified
        if isinstance(node, cst.Call | cst.Dict | cst.Name) and (
            found := self.written.get((self._module(), normal(node)))
        ):
            return found
        if isinstance(node, cst.Call) and (found := self.called.get(spelled_node(node, self.reader.names))):
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


FORMATS = {
    "datetimeformat": re.compile(r"DateTime\b|datetimes\("),
    "dateformat": re.compile(r"\bDate\b|\bdates\("),
    "timeformat": re.compile(r"\bTime\b|\btimes\("),
}
"""What types that may have been given a format by an option of their class are written with."""


def _has_format(field: FieldPlan, options: Collection[str]) -> bool:
    """Whether a field's type may have been given a format by one of these options of its class."""
    text = "".join(part for part in field.annotation if isinstance(part, str))
    return any(FORMATS[option].search(text) for option in options)
