"""Writes the Pydantic classes of converted schemas, and modules of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import libcst as cst

from codemods.literals import as_literal
from codemods.view.imports import Need, render_imports
from codemods.view.layout import indented
from codemods.view.visiting import Visitor

from ..basis.called_schemas import named
from ..basis.plan import (
    FORMS,
    Default,
    FieldPlan,
    Form,
    KeyOf,
    Nested,
    Part,
    SchemaPlan,
    Side,
    ancestors,
    asks_if_partial,
    effective_fields,
    unknown_of,
)
from ..families.naming import article
from ..families.used_helpers import named_helpers
from ..fields.documented_fields import documented, spread
from ..hooks.hook_options import IS_PARTIAL
from ..plain.idiomatic import partly
from ..plain.plain_types import UNPACKED
from .common_bases import CommonBase, common_bases
from .static_types import narrows
from .written_classes import WrittenClass, indexes_otherwise, unknown_changes, written_classes

FUTURE = Need("__future__", "annotations")
LONGEST_LINE = 116
"""Characters of a line inside a class."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text of a schema's classes, the imports that it needs, and the project's definitions that it names.

    `uses` maps a name in the text to the qualified name of a definition: whoever writes the module says where it is.
    """

    text: str
    needs: frozenset[Need]
    uses: Mapping[str, str] = field(default_factory=dict)


def render(
    plan: SchemaPlan,
    plans: Mapping[str, SchemaPlan],
    forms: frozenset[Form] = FORMS,
    common: CommonBase | None = None,
) -> Rendered:
    """The classes of a schema that converts; `plans` are those of all schemas of the project, `forms` the classes that
    are wanted, `common` the base class that has what they share with others."""
    writer = _Writer(plan, plans, set(plan.needs), dict(plan.uses))
    classes = written_classes(plan, plans, forms)
    if common is not None:
        classes = [found for one in classes for found in common.applied(plan, one)]
    texts = [writer.text(one) for one in classes]
    if plan.patch_name and "patch" in forms:
        texts.append(writer.patch())
    comments = "".join(f"{comment}\n" for comment in plan.comments)
    text = named(comments + "\n\n".join(texts), writer.called)
    shown = [text, *(named(one, writer.called) for one in named_helpers([one.text for one in plan.helpers], [text]))]
    words = set(re.findall(r"\w+", "\n".join(shown)))
    needs = frozenset(
        one for one in writer.needs if one == FUTURE or one.for_effect or one.local.partition(".")[0] in words
    )
    return Rendered(text, needs, {name: use for name, use in writer.uses.items() if name in words})


def render_module(
    plans: Mapping[str, SchemaPlan],
    home: str,
    located: Mapping[str, Need],
    renamed: Mapping[str, str] | None = None,
    used: Mapping[str, frozenset[Form]] | None = None,
) -> str:
    """The module `<target>/schemas/<home>.py` with all the schemas that convert to it, or those that are `used`.

    `located` tells for the qualified names that the schemas use where they are imported from; `renamed` what stands in
    the code where a local name became something else (`{"TAKEN": "state.TAKEN"}`).
    """
    wanted = {name: FORMS for name, plan in plans.items() if plan.converts} if used is None else used
    chosen = _ordered([plans[name] for name in wanted if plans[name].home == home], plans)
    common = common_bases(plans, chosen, wanted)
    rendered = [render(plan, plans, wanted[plan.qualified], common.get(plan.qualified)) for plan in chosen]
    helpers = {
        one.qualified: named(one.text, lambda name, form: plans[name].name_on(form))
        for plan in chosen
        for one in plan.helpers
    }
    needs = {need for one in rendered for need in one.needs}
    elsewhere = renamed or {}
    needs |= {
        located[target] if name in elsewhere else _as(located[target], name)
        for one in rendered
        for name, target in one.uses.items()
        if target in located
    }
    texts = [one.text for one in rendered]
    body = "\n\n".join([*(f"{text}\n" for text in named_helpers(list(helpers.values()), texts)), *texts])
    if elsewhere:
        body = _Renaming(elsewhere).rewrite(cst.parse_module(body)).code
    future = f"{render_imports({FUTURE}, 0)}\n\n" if FUTURE in needs else ""
    return f"{future}{render_imports(needs - {FUTURE}, 1)}\n\n\n{body}"


def _as(need: Need, name: str) -> Need:
    return need if need.local == name or name.startswith(f"{need.local}.") else replace(need, alias=name)


def _ordered(plans: Sequence[SchemaPlan], all_plans: Mapping[str, SchemaPlan]) -> list[SchemaPlan]:
    """As in the source, but bases before the classes that inherit from them."""
    done: dict[str, SchemaPlan] = {}

    def add(plan: SchemaPlan) -> None:
        for name in (*plan.bases, *(one.schema.qualified for one in plan.kinds)):
            if all_plans[name].home == plan.home:
                add(all_plans[name])
        done.setdefault(plan.qualified, plan)

    for plan in sorted(plans, key=lambda one: (one.file, one.line, one.qualified)):
        add(plan)
    return list(done.values())


@dataclass(slots=True)
class _Writer:
    """Writes the classes of one schema, and notes what they import."""

    plan: SchemaPlan
    plans: Mapping[str, SchemaPlan]
    needs: set[Need]
    uses: dict[str, str]

    def patch(self) -> str:
        """The class for `partial=True`: every field may be left out, and no default stands in for it."""
        if self.plan.is_union:
            documentation = f'"""{article(self.plan.load_name)} of which every field may be left out."""'
            body = f"{documentation}\n\n{self._kinds('patch')}"
            return f"class {self.plan.patch_name}({self.plan.load_name}):\n{indented(body)}\n"
        family = (self.plan, *ancestors(self.plans, self.plan))
        is_whole = self.plan.is_idiomatic and not any(one.methods or one.key_maker for one in family)
        fields = [
            self._field(replace(partly(one, self.plan), comments=(), remark=""), "patch", is_new=is_whole)
            for one in effective_fields(self.plans, self.plan.qualified).values()
            if one.loads and (is_whole or partly(one, self.plan) != one or one.nested)
        ]
        for base in family[1:]:
            self.needs |= base.needs
            self.uses = {**base.uses, **self.uses}
        documentation = f'"""{article(self.plan.load_name)} of which every field may be left out."""'
        told = [f"{IS_PARTIAL} = True"] if asks_if_partial(self.plans, self.plan) else []
        base_class = self.plan.load_name
        if is_whole:
            # a subclass would have fields of other types than its base, which type checkers refuse
            base_class = self.plan.root.name
            self.needs.add(self.plan.root)
            told = [self._extra()] if unknown_of(self.plan, self.plans) != "forbid" else []
        body = "\n\n".join([documentation, *told, *(["\n".join(fields)] if fields else [])])
        return f"class {self.plan.patch_name}({base_class}):\n{indented(body)}\n"

    def _extra(self) -> str:
        self.needs.add(Need("pydantic", "ConfigDict"))
        return f'model_config = ConfigDict(extra="{unknown_of(self.plan, self.plans)}")'

    def text(self, one: WrittenClass) -> str:
        for base in self.plan.bases:
            self._import(self.plans[base], one.bases)
        if self.plan.root.name in one.bases:
            self.needs.add(self.plan.root)
        parts = [
            one.documentation,
            self._options(one),
            "\n".join(
                [
                    *(method.text for method in one.methods if method.kind == "constant"),
                    *([self._kinds(one.side or "load")] if self._names_kinds(one) else []),
                ]
            ),
            self._fields(one),
            *(method.text.rstrip("\n") for method in one.methods if method.kind != "constant"),
        ]
        body = "\n\n".join(part for part in parts if part) or "pass"
        return f"class {one.name}({', '.join(one.bases)}):\n{indented(body)}\n"

    def _names_kinds(self, one: WrittenClass) -> bool:
        """Whether a class says which schemas it stands for: one that shares code with another does not."""
        inherited = any(self.plans[base].kinds == self.plan.kinds for base in self.plan.bases)
        is_whole = one.name in (self.plan.load_name, self.plan.dump_name)
        return bool(self.plan.kinds) and not inherited and is_whole and (one.side is not None or not self.plan.is_split)

    def _kinds(self, form: Form) -> str:
        """The schemas that a schema stands for, by the values of the key that tells which."""
        shown = []
        for one in self.plan.kinds:
            named = self.plans[one.schema.qualified]
            self._import(named, (named.name_on(form),))
            if named.home == self.plan.home and named.file != self.plan.file:
                self.needs.add(FUTURE)  # it stands further up than where it comes from
            shown.append(f"{one.text}: {named.name_on(form)}")
        self.needs.add(Need("typing", "ClassVar"))
        line = f"type_schemas: ClassVar = {{{', '.join(shown)}}}"
        if len(line) <= LONGEST_LINE:
            return line
        return "\n".join(["type_schemas: ClassVar = {", *(f"    {one}," for one in shown), "}"])

    def _options(self, one: WrittenClass) -> str:
        options, lines = [], []
        if one.has_options and unknown_changes(self.plan, self.plans):
            options.append(f'extra="{unknown_of(self.plan, self.plans)}"')
        if self.plan.key_maker and (one.side or not self.plan.is_split):
            options.append(f"alias_generator={self.plan.key_maker}")
        if options:
            self.needs.add(Need("pydantic", "ConfigDict"))
            lines.append(f"model_config = ConfigDict({', '.join(options)})")
        if one.has_options and indexes_otherwise(self.plan, self.plans):
            lines.append(f"index_errors = {self.plan.meta.index_errors}")
        if one.has_options and self.plan.texts:
            lines.append(f"texts = {self.plan.texts}")
        return "\n\n".join(lines)

    def _fields(self, one: WrittenClass) -> str:
        lines: list[str] = []
        for index, field_ in enumerate(one.fields):
            if field_.comments and index:
                lines.append("")
            lines += [*field_.comments, self._field(field_, one.side, is_retyped=field_.name in one.retyped)]
        return "\n".join(lines)

    def _field(
        self,
        one: FieldPlan,
        side: Side | Literal["patch"] | None,
        *,
        is_new: bool = False,
        is_retyped: bool = False,
    ) -> str:
        """The line of a field; it `is_new` where no base class has it, `is_retyped` where one has another type."""
        annotation = "".join(self._part(part, side) for part in one.type_on(side))
        key = one.key_on("dump" if side == "dump" else "load")
        alias = f"alias={_key(one, key)}" if key != one.attribute else ""
        default = one.dump_default if side == "dump" else one.load_default
        value = ""
        if default is not None:
            value = self._default(default, alias)
        elif not one.required and side != "dump":
            value = f"{self._compat('schema', 'optional')}({alias})"
        elif alias:
            self.needs.add(Need("pydantic", "Field"))
            value = f"Field({alias})"
        remark = f"  {one.remark}" if one.remark else ""
        is_retyped = is_retyped or self._is_retyped(one)
        is_other = is_retyped or (side == "patch" and (self._holds_patches(one) or self._is_widened(one)))
        ignored = {"assignment": "another type than in the base class"} if is_other and not is_new else {}
        ignored |= {"valid-type": "choices that have a name"} if UNPACKED in annotation else {}
        if one.documentation:
            self.needs |= {Need("typing", "Annotated"), Need("pydantic", "Field")}
            annotation = documented(annotation, one.documentation)
        if ignored:
            remark = f"  # type: ignore[{', '.join(ignored)}]  # {', '.join(ignored.values())}{remark}"
        line = f"{one.attribute}: {annotation}{f' = {value}' if value else ''}{remark}"
        if one.documentation and not remark and len(line) > LONGEST_LINE:
            return line.replace(annotation, spread(annotation), 1)
        return line

    def _holds_patches(self, one: FieldPlan) -> bool:
        """Whether a type checker objects to a partial class's field: a list of a subclass is no list of the class."""
        nested = any(self.plans[name].after_load is None for name in one.nested)
        return nested and any(isinstance(part, str) and ("list[" in part or "dict[" in part) for part in one.annotation)

    def _is_widened(self, one: FieldPlan) -> bool:
        """Whether a partial class's field may be absent where that of the class may not."""
        return one.annotation != effective_fields(self.plans, self.plan.qualified)[one.name].annotation

    def _is_retyped(self, one: FieldPlan) -> bool:
        """Whether a type checker objects to the field because a base class has it with another type."""
        before = [
            field_ for base in ancestors(self.plans, self.plan) for field_ in base.fields if field_.name == one.name
        ]
        return any(not narrows(self._undrafted(one.annotation), field_.annotation) for field_ in before)

    def _undrafted(self, annotation: tuple[Part, ...]) -> tuple[Part, ...]:
        """The annotation with whole schemas for those of which fields may be left out, but for lists of them."""
        if any(isinstance(part, str) and ("list[" in part or "dict[" in part) for part in annotation):
            return annotation
        return tuple(
            Nested(self.plans[part.qualified].bases[0], part.chosen)
            if isinstance(part, Nested) and "(partial=" in part.qualified
            else part
            for part in annotation
        )

    def _default(self, default: Default, alias: str) -> str:
        if default.is_plain and not alias:
            return default.text
        if default.is_odd:
            return f"{self._compat('models', 'unchecked')}({', '.join(one for one in (default.text, alias) if one)})"
        self.needs.add(Need("pydantic", "Field"))
        given = f"default_factory={default.text}" if default.factory else f"default={default.text}"
        return f"Field({', '.join(one for one in (given, alias) if one)})"

    def _part(self, part: Part, side: Side | Literal["patch"] | None) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, KeyOf):
            field_ = effective_fields(self.plans, part.qualified)[part.field]
            return _key(field_, field_.key)
        nested = self.plans[part.qualified]
        name = nested.patch_name if side == "patch" else nested.name_on(side or "load")
        is_later = nested.home == self.plan.home and (nested.file, nested.line) >= (self.plan.file, self.plan.line)
        if is_later:
            self.needs.add(FUTURE)
        self._import(nested, (name,))
        if nested.after_load is None or side == "dump":
            return name
        for need in (Need("typing", "Annotated"), Need("typing", "Any"), Need(".compat.schema_containers", "MadeBy")):
            self.needs.add(need)
        return f"Annotated[Any, MadeBy({name}, {name}.{nested.after_load})]"

    def called(self, qualified: str, form: Form) -> str:
        """The class of another schema that the code calls."""
        plan = self.plans[qualified]
        self._import(plan, (plan.name_on(form),))
        return plan.name_on(form)

    def _import(self, plan: SchemaPlan, names: Iterable[str]) -> None:
        if plan.home != self.plan.home:
            found = {plan.load_name, plan.dump_name, plan.patch_name} & set(names)
            self.needs.update(Need(f".schemas.{plan.home}", name) for name in found)

    def _compat(self, module: str, name: str) -> str:
        self.needs.add(Need(f".compat.{module}", name))
        return name


def _key(field: FieldPlan, key: str) -> str:
    """What clients know a field by, as an expression."""
    return f"{field.key_maker}({as_literal(key)})" if field.key_maker else as_literal(key)


class _Renaming(Visitor):
    def __init__(self, renamed: Mapping[str, str]) -> None:
        super().__init__()
        self.renamed = renamed

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        new = self.renamed.get(original_node.value)
        return cst.parse_expression(new) if new else updated_node
