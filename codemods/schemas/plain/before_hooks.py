"""Hooks before loading in plain Pydantic, which calls its validators in another order than Marshmallow its hooks.

    @pre_load                                       @classmethod
    def strip(self, data, **kwargs): ...            def strip(cls, data: Any) -> Any: ...

                                           →        @model_validator(mode="before")
                                                    @classmethod
                                                    def prepare(cls, data: Any) -> Any:
                                                        return cls.upper(cls.strip(data))

Marshmallow goes by their names (marshmallow.schema._get_fields_by_mro and `dir`); Pydantic begins with the one that is
defined last, and with those of the class itself. A schema with one hook has it as its validator.
"""

from collections.abc import Mapping
from dataclasses import replace

from codemods.view.imports import Need

from ..basis.plan import MethodPlan, SchemaPlan, ancestors, effective_fields
from .plain_types import NoPlainTypeError

NAME = "prepare"
VALIDATOR = Need("pydantic", "model_validator")


def ordered_hooks(plans: Mapping[str, SchemaPlan]) -> dict[str, tuple[str, ...]]:
    """The hooks before loading, by name, of each schema of a family of which one has several."""
    called = {name: _called(plans, plan) for name, plan in plans.items()}
    several = {name for name, hooks in called.items() if len(hooks) > 1}
    while True:
        more = {
            name
            for name, plan in plans.items()
            if name not in several and (several & {*plan.bases} or any(name in plans[one].bases for one in several))
        }
        if not more:
            return {name: called[name] for name in several}
        several |= more


def _called(plans: Mapping[str, SchemaPlan], plan: SchemaPlan) -> tuple[str, ...]:
    methods = {one.name: one for each in reversed((plan, *ancestors(plans, plan))) for one in each.methods}
    return tuple(sorted(name for name, one in methods.items() if one.kind == "before_load"))


def with_one_validator(plan: SchemaPlan, plans: Mapping[str, SchemaPlan], called: tuple[str, ...]) -> SchemaPlan:
    """The plan with plain methods for its hooks, and one validator that calls them; raises `NoPlainTypeError`."""
    own = [one for one in plan.methods if one.kind == "before_load"]
    if not own and len(plan.bases) < 2:
        return plan
    family = (plan, *ancestors(plans, plan))
    taken = {one.name for each in family for one in each.methods} | {
        one.attribute for one in effective_fields(plans, plan.qualified).values()
    }
    if NAME in taken:
        raise NoPlainTypeError(f"'{NAME}', by whose name its hooks would be called")
    data = "data"
    for name in called:
        data = f"cls.{name}({data})"
    validator = MethodPlan(
        "before_load",
        NAME,
        f'@model_validator(mode="before")\n@classmethod\ndef {NAME}(cls, data: Any) -> Any:\n    return {data}\n',
    )
    methods = list(plan.methods)
    last = max((index for index, one in enumerate(methods) if one.kind == "before_load"), default=-1)
    methods.insert(last + 1, validator)
    return replace(plan, methods=tuple(methods), needs=plan.needs | {VALIDATOR, Need("typing", "Any")})
