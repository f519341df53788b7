"""Which classes are written for a schema, and what each of them holds.

One where both sides are alike; else a class for each side that is used, and a base for what they have in common.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..basis.plan import FieldPlan, Form, MethodPlan, SchemaPlan, Side, ancestors, differs, unknown_of
from ..families.naming import base_name


@dataclass(frozen=True, slots=True)
class WrittenClass:
    """A class to write: its name, bases, fields and methods. `side` is None where both sides are alike; `retyped` are
    the fields that its base class has with another type, where the plans do not say so."""

    name: str
    bases: tuple[str, ...]
    fields: tuple[FieldPlan, ...]
    methods: tuple[MethodPlan, ...]
    side: Side | None
    documentation: str
    has_options: bool
    retyped: frozenset[str] = frozenset()


def written_classes(plan: SchemaPlan, plans: Mapping[str, SchemaPlan], forms: frozenset[Form]) -> list[WrittenClass]:
    """The classes of a schema, bases first; `forms` are those that are wanted."""
    has_options = bool(plan.texts) or unknown_changes(plan, plans) or indexes_otherwise(plan, plans)
    doc = plan.documentation
    if plan.only_side:
        return [_side(plan, plans, plan.only_side, [], doc, has_options and plan.only_side == "load")]
    if not plan.is_split:
        bases = tuple(plans[base].load_name for base in plan.bases) or (plan.root.name,)
        return [WrittenClass(plan.load_name, bases, plan.fields, plan.methods, None, doc, has_options)]
    if not {"load", "dump"} <= forms:
        side: Side = "dump" if "dump" in forms else "load"
        return [_side(plan, plans, side, [], doc, has_options and side == "load")]
    shared = [one for one in plan.fields if not differs(one) and not any(plans[name].is_split for name in one.nested)]
    uncalled = _uncalled(plan, plans)
    helpers = [one for one in plan.methods if one.is_shared and one not in uncalled]
    may_share = not any(plans[base].is_split for base in plan.bases)
    if plan.is_ordered:  # the fields of a base class come first
        may_share = may_share and list(plan.fields[: len(shared)]) == shared
    if not may_share or not (shared or helpers):
        return [_side(plan, plans, "load", [], doc, has_options), _side(plan, plans, "dump", [], doc, False)]
    name = base_name(plan)
    bases = tuple(plans[base].load_name for base in plan.bases) or (plan.root.name,)
    about = f'"""What `{plan.load_name}` and `{plan.dump_name}` have in common."""' if doc else ""
    return [
        WrittenClass(name, bases, tuple(shared), tuple(helpers), None, about, False),
        _side(plan, plans, "load", [*shared, *helpers], doc, has_options, name),
        _side(plan, plans, "dump", [*shared, *helpers], doc, False, name),
    ]


def _uncalled(plan: SchemaPlan, plans: Mapping[str, SchemaPlan]) -> list[MethodPlan]:
    """Plain methods that neither fields nor methods name, nor can other schemas: they say what may be loaded."""
    if plan.bases or any(plan.qualified in one.bases for one in plans.values()):
        return []
    texts = {one.name: one.text for one in plan.methods}
    annotations = "".join(part for one in plan.fields for part in one.annotation if isinstance(part, str))

    def is_named(name: str) -> bool:
        others = (annotations, *(text for other, text in texts.items() if other != name))
        return any(re.search(rf"\b{name}\b", text) for text in others)

    return [one for one in plan.methods if one.kind == "helper" and not is_named(one.name)]


def _side(
    plan: SchemaPlan,
    plans: Mapping[str, SchemaPlan],
    side: Side,
    left_out: Sequence[FieldPlan | MethodPlan],
    documentation: str,
    has_options: bool,
    base: str = "",
) -> WrittenClass:
    bases = (base,) if base else tuple(plans[one].name_on(side) for one in plan.bases) or (plan.root.name,)
    fields = tuple(one for one in plan.fields if one.is_on(side) and one not in left_out)
    elsewhere = [*left_out, *(_uncalled(plan, plans) if side == "dump" else ())]
    methods = tuple(one for one in plan.methods if one.is_on(side) and one not in elsewhere)
    return WrittenClass(plan.name_on(side), bases, fields, methods, side, documentation, has_options)


def unknown_changes(plan: SchemaPlan, plans: Mapping[str, SchemaPlan]) -> bool:
    """Whether a class says what becomes of unknown keys."""
    # Of several bases, Pydantic takes the options of the last one.
    inherited = unknown_of(plans[plan.bases[-1]], plans) if plan.bases else "forbid"
    return unknown_of(plan, plans) != inherited


def indexes_otherwise(plan: SchemaPlan, plans: Mapping[str, SchemaPlan]) -> bool:
    """Whether a class says how messages about several objects stand beside each other."""
    family = (plan, *ancestors(plans, plan))
    return plan.unknown is not None and not all(one.meta.index_errors for one in family)
