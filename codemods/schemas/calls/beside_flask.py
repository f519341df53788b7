"""The classes of schemas that only bridged code may use, since they name what is the Flask application's own.

That is its database, and whatever native code cannot have. It is its classes, too: a schema whose fields are of an enum
takes and gives its members. Native code has the enum once more, but what runs inside the Flask application compares
them with those of its own modules. So such a schema has a second class, in a module of its own that imports the
application's; so have those that nest it or inherit from it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from codemods.model import Project
from codemods.scan.context import context_of
from codemods.view.names import split

from ..basis.errors import ERRORS
from ..basis.plan import FieldPlan, Nested, Part, SchemaPlan
from ..families.application_homes import application_home
from ..writing.render import render

MARK = "(beside Flask)"


def twin_of(qualified: str) -> str:
    """The key of the plan of such a class of a schema."""
    return f"{qualified}{MARK}"


def without_mark(qualified: str) -> str:
    """The key of the plan of a schema, also where that of its second class is given."""
    return qualified.removesuffix(MARK)


def has_two_classes(project: Project, target: str) -> bool:
    """Whether a definition is, or uses, a class that native code has once more."""
    context = context_of(project)
    for name in {target, *context.reach(target)}:
        definition = context.definition(name)
        module, _ = split(project, name)
        if definition is not None and definition.kind == "class" and module and context.reaches_flask(module.name):
            return True
    return False


def raises_errors(project: Project, target: str) -> bool:
    """Whether a definition may raise Marshmallow's own error, which converted schemas do not take for theirs."""
    return not ERRORS.isdisjoint(context_of(project).reach(target))


def with_twins(plans: Mapping[str, SchemaPlan], is_taken_over: Callable[[str], bool]) -> dict[str, SchemaPlan]:
    """The plans with those of the second classes; `is_taken_over` tells of definitions that are the application's own.

    What only bridged code may use anyway needs no second class, and nests those of others.
    """
    open_ones = {name: plan for name, plan in plans.items() if plan.converts and not plan.needs_application}
    found = {name for name, plan in open_ones.items() if any(map(is_taken_over, _used(plan, plans)))}
    while more := {name for name, plan in open_ones.items() if name not in found and found & _named(plan)}:
        found |= more
    homes = {plan.home for plan in plans.values() if not plan.needs_application}
    kept = {name: _renamed(plan, found) if plan.needs_application else plan for name, plan in plans.items()}
    return kept | {
        twin_of(name): replace(
            _renamed(plans[name], found),
            qualified=twin_of(name),
            home=application_home(plans[name].home, homes),
            needs_application=True,
            written="",
            calls=(),
        )
        for name in plans
        if name in found
    }


def _used(plan: SchemaPlan, plans: Mapping[str, SchemaPlan]) -> Collection[str]:
    """What of the project the code of a schema's classes names."""
    return render(plan, plans).uses.values() if plan.uses else ()


def _named(plan: SchemaPlan) -> set[str]:
    return {*plan.nested, *plan.bases}


def _renamed(plan: SchemaPlan, twofold: Collection[str]) -> SchemaPlan:
    """A plan that names the second classes of these schemas."""
    if _named(plan).isdisjoint(twofold):
        return plan

    def part(one: Part) -> Part:
        if isinstance(one, Nested) and one.qualified in twofold:
            return replace(one, qualified=twin_of(one.qualified))
        return one

    def field(one: FieldPlan) -> FieldPlan:
        return replace(one, annotation=tuple(map(part, one.annotation)), shown_as=tuple(map(part, one.shown_as)))

    return replace(
        plan,
        bases=tuple(twin_of(one) if one in twofold else one for one in plan.bases),
        fields=tuple(map(field, plan.fields)),
        kinds=tuple(
            replace(one, schema=replace(one.schema, qualified=twin_of(one.schema.qualified)))
            if one.schema.qualified in twofold
            else one
            for one in plan.kinds
        ),
    )
