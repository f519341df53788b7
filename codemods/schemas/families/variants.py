"""Schemas of which a part is used: `only` and `exclude`, where a schema is nested or made.

product = fields.Nested(ProductSchema(only=("id", "name")))    →    product: LineProduct = optional()

Each part that is used becomes a class of its own, with just these fields: what may be loaded changes as well as what is
shown. Its key among the plans is the schema's name with the fields behind it: `shop.schemas.ProductSchema(id,name)`.
"""

import ast
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from codemods.findings import Finding, Location

from ..basis.diagnostics import NESTED
from ..basis.plan import SIDES, Chosen, FieldPlan, MethodPlan, Nested, SchemaPlan, Side, effective_fields, unknown_of
from ..hooks.base_calls import asks_base

SHOWN = 4
"""Fields that are named in what is said about a part."""


class UnknownFieldError(Exception):
    """A field that the schema does not have: Marshmallow refuses to make such a schema."""


@dataclass(frozen=True, slots=True)
class Part:
    """The fields of a schema that are used, and of some of them, which are nested schemas, which part."""

    names: tuple[str, ...]
    inner: Mapping[str, Chosen]


def part_of(
    fields: Mapping[str, FieldPlan], chosen: Chosen, schema: str, *, is_ordered: bool = False, is_meta: bool = False
) -> Part:
    """The fields that are left; raises `UnknownFieldError`. A dotted name is about a field of a nested schema, but for
    `is_meta` one that is the name of a field.

    Their order is that of the schema; where clients see it, that of `only`, as in Marshmallow.
    """
    flat = fields.keys() if is_meta else frozenset[str]()
    given = [*(chosen.only or ()), *chosen.exclude]
    for name in given:
        if _head(name, flat) not in fields:
            raise UnknownFieldError(f"'{name}' is no field of '{schema}'")
    left_out = {name for name in chosen.exclude if "." not in name or name in flat}
    wanted = dict.fromkeys(fields if chosen.only is None else (_head(name, flat) for name in chosen.only))
    names = tuple(name for name in (wanted if is_ordered else fields) if name in wanted and name not in left_out)
    inner = {}
    for name in names:
        only = _below(name, [one for one in chosen.only or () if one not in flat]) or None
        exclude = _below(name, [one for one in chosen.exclude if one not in flat])
        if only or exclude:
            inner[name] = Chosen(only, exclude)
    return Part(names, inner)


def _head(name: str, flat: Collection[str] = ()) -> str:
    return name if name in flat else name.partition(".")[0]


def _below(name: str, given: Iterable[str]) -> tuple[str, ...]:
    return tuple(one.partition(".")[2] for one in given if one.startswith(f"{name}."))


@dataclass(slots=True)
class Variants:
    """Adds the parts that are used to the plans of a project's schemas."""

    plans: dict[str, SchemaPlan]
    sides: dict[str, set[Side]] = field(default_factory=dict)

    def use(self, key: str, sides: Collection[Side]) -> None:
        """Note that code loads or dumps a part by itself."""
        self.sides.setdefault(key, set()).update(sides)

    def complete(self) -> None:
        """Give every field that nests a part of a schema the class of that part."""
        waiting = list(self.plans)
        while waiting:
            name = waiting.pop(0)
            plan = self.plans[name]
            nested = [one for each in plan.fields for one in each.annotation if isinstance(one, Nested)]
            if not any(one.is_narrowed for one in (*nested, *(kind.schema for kind in plan.kinds))):
                continue
            before = set(self.plans)
            try:
                fields = tuple(self._field(one) for one in plan.fields)
                kinds = tuple(replace(one, schema=self._kind(one.schema)) for one in plan.kinds)
                self.plans[name] = replace(plan, fields=fields, kinds=kinds)
            except UnknownFieldError as error:
                finding = Finding(NESTED, Location(plan.file, plan.line), str(error))
                self.plans[name] = replace(plan, findings=(*plan.findings, finding))
            waiting += [one for one in self.plans if one not in before]
        self._find_sides()

    def _find_sides(self) -> None:
        """Note which parts are only loaded, or only dumped."""
        used = {name: set(self.sides.get(name, ())) if "(" in name else set(SIDES) for name in self.plans}
        while True:
            before = {name: len(sides) for name, sides in used.items()}
            for name, plan in self.plans.items():
                for each in plan.fields:
                    for inner in each.nested & used.keys():
                        used[inner] |= {side for side in used[name] if each.is_on(side)}
                for kind in plan.kinds:
                    if kind.schema.qualified in used:
                        used[kind.schema.qualified] |= used[name]
            if before == {name: len(sides) for name, sides in used.items()}:
                break
        for name, sides in used.items():
            if "(" in name and len(sides) == 1:
                self.plans[name] = replace(self.plans[name], only_side=next(iter(sides)))

    def _field(self, field: FieldPlan) -> FieldPlan:
        parts = [
            Nested(self.variant(part.qualified, part.chosen), is_object=part.is_object)
            if isinstance(part, Nested) and part.is_narrowed
            else part
            for part in field.annotation
        ]
        return replace(field, annotation=tuple(parts))

    def _kind(self, schema: Nested) -> Nested:
        if not schema.is_narrowed or schema.qualified not in self.plans:
            return schema
        return Nested(self.variant(schema.qualified, schema.chosen))

    def variant(self, qualified: str, chosen: Chosen) -> str:
        """The key of the plan of this part, which is made where there is none yet; it has no name of its own.

        Raises `UnknownFieldError`; a schema that is not known, or that has findings, stands for itself.
        """
        key = key_of(self.plans, qualified, chosen)
        if key not in self.plans and qualified in self.plans:
            part = _part(self.plans, qualified, chosen)
            self.plans[key] = self._made(key, qualified, part)
        return key

    def _made(self, key: str, qualified: str, part: Part) -> SchemaPlan:
        plan = self._chosen(qualified, part) if self.plans[qualified].choice else self.stated(qualified, part)
        shown = f": {', '.join(f'`{one}`' for one in part.names)}" if len(part.names) <= SHOWN else ""
        about = _first_line(plan.documentation).partition(", in part")[0]
        documentation = f'"""{about}, in part{shown}."""' if about else ""
        return replace(plan, qualified=key, documentation=documentation, comments=())

    def _chosen(self, qualified: str, part: Part) -> SchemaPlan:
        """A schema that chooses others, which have these fields only, as far as they have them."""
        kinds = []
        for kind in self.plans[qualified].kinds:
            own = effective_fields(self.plans, kind.schema.qualified)
            only = tuple(name for name in part.names if name in own)
            kinds.append(replace(kind, schema=replace(kind.schema, chosen=Chosen(only))))
        return replace(self.plans[qualified], kinds=tuple(kinds))

    def stated(self, qualified: str, part: Part, changed: Collection[str] = ()) -> SchemaPlan:
        """The schema with these fields only; it inherits from bases that are as they were, and have none but these.

        Where their order counts it is that of the part, and a schema whose bases have another inherits from none.
        """
        found = self._stated(qualified, part, changed)
        if not found.is_ordered:
            return found
        if list(effective_fields({**self.plans, qualified: found}, qualified)) != list(part.names):
            found = self._stated(qualified, part, self.plans)
        return replace(found, fields=tuple(sorted(found.fields, key=lambda one: part.names.index(one.name))))

    def _stated(self, qualified: str, part: Part, changed: Collection[str]) -> SchemaPlan:
        plan = self.plans[qualified]
        final = effective_fields(self.plans, qualified)
        whole = {base for base in self._family(qualified) if base not in changed and self._is_whole(base, part, final)}
        flat = self._flattened(qualified, whole)
        asking = [one.name for each in flat for one in each.methods if asks_base(one)] if len(flat) > 1 else []
        if asking:
            raise UnknownFieldError(f"a part of '{qualified}', whose '{asking[0]}' calls that of a base class")
        bases = list(dict.fromkeys(base for each in flat for base in each.bases if base in whole))
        inherited = {k: v for base in reversed(bases) for k, v in effective_fields(self.plans, base).items()}
        fields = [
            self._narrowed(one, part)
            for one in effective_fields(self.plans, qualified).values()
            if one.name in part.names and (inherited.get(one.name) != one or any(one in each.fields for each in flat))
        ]
        attributes = frozenset(final[name].attribute for name in part.names)
        methods = _needed({one.name: one for each in reversed(flat) for one in each.methods}, fields, attributes)
        return replace(
            plan,
            bases=tuple(bases),
            fields=tuple(fields),
            methods=tuple(methods),
            unknown=unknown_of(plan, self.plans),
            texts=next((each.texts for each in flat if each.texts), ""),
            needs=frozenset().union(*(each.needs for each in flat)),
            uses={name: use for each in reversed(flat) for name, use in each.uses.items()},
            helpers=tuple(one for each in flat for one in each.helpers),
        )

    def _narrowed(self, field: FieldPlan, part: Part) -> FieldPlan:
        chosen = part.inner.get(field.name)
        if chosen is None:
            return field
        if not field.nested:
            raise UnknownFieldError(f"a part of '{field.name}', which nests no schema")
        dotted = [one for one in (*(chosen.only or ()), *chosen.exclude) if "." in one]
        if dotted and any(isinstance(one, Nested) and one.is_object for one in field.annotation):
            # Marshmallow looks for fields of that name where an object is nested (`fields.Nested.schema`).
            raise UnknownFieldError(f"'{field.name}.{dotted[0]}', a part of what an object that is nested nests")
        parts = [
            replace(one, chosen=_further(one, chosen, field.name)) if isinstance(one, Nested) else one
            for one in field.annotation
        ]
        return replace(field, annotation=tuple(parts))

    def _family(self, qualified: str) -> list[str]:
        return [one for base in self.plans[qualified].bases for one in (base, *self._family(base))]

    def _is_whole(self, base: str, part: Part, final: Mapping[str, FieldPlan]) -> bool:
        fields = effective_fields(self.plans, base)
        is_there = fields.keys() <= set(part.names) and not fields.keys() & part.inner.keys()
        return is_there and not any(final[name].is_narrower(one) for name, one in fields.items())

    def _flattened(self, qualified: str, whole: Collection[str]) -> list[SchemaPlan]:
        """The schema and the bases that are not taken whole, the nearest first."""
        plan = self.plans[qualified]
        return [plan, *(one for base in plan.bases if base not in whole for one in self._flattened(base, whole))]


def _further(nested: Nested, chosen: Chosen, field: str) -> Chosen:
    """What is chosen of a part: fields that both want and none leaves out, as `Schema.__apply_nested_option` has it.

    Raises `UnknownFieldError` where nothing is left, and for fields of fields: Marshmallow compares them as texts.
    """
    before = nested.chosen
    only, exclude = chosen.only or before.only, tuple(dict.fromkeys((*chosen.exclude, *before.exclude)))
    if chosen.only and before.only:
        first, second = (before.only, chosen.only) if nested.is_object else (chosen.only, before.only)
        only = tuple(one for one in first if one in second)
        if not only or any("." in one for one in (*first, *second)):
            raise UnknownFieldError(f"a part of a part, '{field}'")
    return Chosen(only, exclude)


def key_of(plans: Mapping[str, SchemaPlan], qualified: str, chosen: Chosen) -> str:
    """The key of a part; that of the schema itself where it is all of it, or where it does not convert and there is no
    such part.

    Raises `UnknownFieldError`.
    """
    if qualified not in plans:
        return qualified
    if plans[qualified].converts:
        return _key(plans, qualified, chosen)
    try:
        key = _key(plans, qualified, chosen)
    except UnknownFieldError:
        return qualified
    return key if key in plans else qualified


def _key(plans: Mapping[str, SchemaPlan], qualified: str, chosen: Chosen) -> str:
    part, is_ordered = _part(plans, qualified, chosen), plans[qualified].is_ordered
    if part.names == tuple(nameable_fields(plans, qualified)) and not part.inner:
        return qualified
    listed = _listed(part)
    return f"{qualified}({','.join(listed if is_ordered else sorted(listed))})"


def nameable_fields(plans: Mapping[str, SchemaPlan], qualified: str) -> dict[str, FieldPlan]:
    """The fields that `only` and `exclude` of a schema may name: one that chooses others may have theirs."""
    choice = plans[qualified].choice
    if choice is None:
        return effective_fields(plans, qualified)
    fields: dict[str, FieldPlan] = {}
    for kind in plans[qualified].kinds if choice.collects else ():
        fields = {**effective_fields(plans, kind.schema.qualified), **fields}
    return fields


def _part(plans: Mapping[str, SchemaPlan], qualified: str, chosen: Chosen) -> Part:
    """The part of a schema that is chosen; raises `UnknownFieldError`."""
    plan, fields = plans[qualified], nameable_fields(plans, qualified)
    part = part_of(fields, chosen, qualified, is_ordered=plan.is_ordered)
    if plan.choice is None:
        return part
    if plan.choice.hands_on == "nothing":
        return Part(tuple(fields), {})
    for name in {*map(_head, chosen.only or ()), *chosen.exclude} if plan.choice.hands_on == "all" else ():
        if lacking := [one for one in plan.kinds if name not in effective_fields(plans, one.schema.qualified)]:
            raise UnknownFieldError(f"'{name}' is no field of '{lacking[0].schema.qualified}'")
    return Part(part.names, {})  # what is inside a nested schema is not handed on


def stem(name: str) -> str:
    """`UserSchema` without what all schemas are called."""
    return name.removesuffix("Schema").rstrip("_") or name


def _listed(part: Part) -> list[str]:
    """The fields as `only` has them; of a nested schema `name.inner`, or `name!inner` where that is left out."""
    found = []
    for name in part.names:
        chosen = part.inner.get(name)
        if chosen is None:
            found.append(name)
            continue
        found += [f"{name}.{one}" for one in sorted(chosen.only or ())]
        found += [f"{name}!{one}" for one in sorted(chosen.exclude)]
    return found


def _needed(
    methods: Mapping[str, MethodPlan], fields: Collection[FieldPlan], names: frozenset[str]
) -> list[MethodPlan]:
    """The methods that the part still has use for: checks of its fields, hooks, and what these call."""
    kept = []
    for one in methods.values():
        checked = tuple(name for name in one.fields if name in names)
        if one.fields and not checked:
            continue
        kept.append(one.of(checked))
    while True:
        texts = [one.text for one in kept] + ["".join(map(str, field.annotation)) for field in fields]
        used = [
            one for one in kept
            if not one.is_shared or sum(_mentions(text, one.name) for text in texts) > 1
        ]  # fmt: skip
        if len(used) == len(kept):
            return kept
        kept = used


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _first_line(documentation: str) -> str:
    lines = ast.literal_eval(documentation).strip().splitlines() if documentation else []
    return lines[0].rstrip(".") if lines else ""
