"""Classes whose options leave fields out, or that have fields otherwise than their bases: they state all of theirs.

class UserSchema(PersonSchema):                 class User(Schema):
    class Meta:                            →        name: Str = optional()
        fields = ("name", "email")                  email: Email = optional()
"""

from collections.abc import Mapping
from dataclasses import replace

from codemods.findings import Finding, Location

from ..basis.diagnostics import META
from ..basis.plan import Chosen, SchemaPlan, ancestors, effective_fields
from .variants import UnknownFieldError, Variants, part_of


def with_options(plans: Mapping[str, SchemaPlan]) -> dict[str, SchemaPlan]:
    """The plans, where `Meta.fields` and `Meta.exclude` have their effect, and no class inherits from one it is not."""
    own = {name for name, plan in plans.items() if plan.is_flat or plan.meta.chosen != Chosen()}
    stated = {name for name, plan in plans.items() if own & {name, *(one.qualified for one in ancestors(plans, plan))}}
    variants, found = Variants(dict(plans)), dict(plans)
    for name in stated:
        plan = plans[name]
        try:
            part = part_of(effective_fields(plans, name), plan.meta.chosen, name, is_meta=True)
            if plan.meta.only is not None:  # Marshmallow takes the order from it, too
                part = replace(part, names=tuple(one for one in dict.fromkeys(plan.meta.only) if one in part.names))
            found[name] = variants.stated(name, part, stated)
        except UnknownFieldError as error:
            refused = Finding(META, Location(plan.file, plan.line), str(error))
            found[name] = replace(plan, findings=(*plan.findings, refused))
    return found
