"""One call of a schema, as it becomes a call of the converted class, and what is known of its result."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import libcst as cst

from codemods.view import patterns as m
from codemods.view.body import is_plain_body
from codemods.view.names import Names

from .basis.plan import SchemaPlan, ancestors
from .calls.rewriting import DUMPING, JSON_TEXT, Instance, Rewritten, constructed, rewrite_call
from .catalog import Schemas
from .families.drafts import draft_of, waived_by, without_waived

METHODS = ("load", "loads", "dump", "dumps", "jsonify", "validate")


@dataclass(frozen=True, slots=True)
class SchemaCall:
    """A call of `load`, `dump` or `validate` that converts.

    `is_dict` tells that what it gives is JSON, `loads_body` that it is the body itself that is loaded, without options;
    `classes` is the type of what it gives where it may be of several classes.
    """

    plan: SchemaPlan
    rewritten: Rewritten
    method: str
    is_dict: bool
    loads_body: bool
    classes: str = ""

    @property
    def names_one_class(self) -> bool:
        """Whether one object of one class, whose fields are known, is loaded."""
        plan, rewritten = self.plan, self.rewritten
        several = rewritten.many or rewritten.condition is not None or self.classes
        return not (several or plan.is_union or plan.choice)

    @property
    def type(self) -> str:
        """The type of what is loaded, or dumped."""
        if self.classes:
            return self.classes
        kind = f"list[{self.rewritten.schema}]" if self.rewritten.many else self.rewritten.schema
        if self.rewritten.condition is None:
            return kind
        other = f"list[{kind}]"
        if self.rewritten.patch:
            other = kind.replace(self.rewritten.schema, self.rewritten.patch)
        return f"{kind} | {other}"


def schema_call(
    call: cst.Call, names: Names, catalog: Schemas, local: Mapping[str, Instance], truths: Collection[str] = ()
) -> SchemaCall | None:
    """The call of a schema's method as one of the converted class; None where it is something else, or does not
    convert. `local` are the schema objects that the function has names for, `truths` names of what is true or false.
    """
    func = cst.ensure_type(call.func, cst.Attribute)
    if func.attr.value not in METHODS:
        return None
    instance = constructed(func.value, catalog.plans, names, truths)
    if instance is None and isinstance(func.value, cst.Name):
        instance = local.get(func.value.value)
    if instance is None:
        instance = catalog.instance(names.qualified(func.value) or "")
    if instance is not None and (waived := waived_by(call)) is not None:
        instance = replace(instance, schema=draft_of(instance.schema, waived), partial=False)
        call = call.with_changes(args=without_waived(call.args))
    plan = catalog.plan(instance.schema, "dump" if func.attr.value in DUMPING else "load") if instance else None
    if instance is None or plan is None:
        return None
    rewritten = rewrite_call(call, plan, instance, names, truths)
    if rewritten is None or any(need.local in names.local for need in rewritten.needs):
        return None
    if JSON_TEXT in rewritten.needs and names.of_name(JSON_TEXT.local) not in (None, JSON_TEXT.module):
        return None
    has_unknown = instance.unknown or any(m.matches(one, m.Arg(keyword=m.Name("unknown"))) for one in call.args)
    return SchemaCall(
        plan,
        rewritten,
        func.attr.value,
        _is_dict(plan, func.attr.value, catalog),
        func.attr.value == "load"
        and not has_unknown
        and rewritten.condition is None
        and is_plain_body(call.args[0].value, names),
    )


def _is_dict(plan: SchemaPlan, method: str, catalog: Schemas) -> bool:
    if method in ("load", "loads"):
        return plan.after_load is None
    family = [plan, *ancestors(catalog.plans, plan)]
    if (plan.is_union or plan.choice) and method != "validate":  # of an object of no known kind it makes a pair
        return False
    return method == "validate" or not any(one.kind == "after_dump" for each in family for one in each.methods)
