"""The schemas of one conversion: which of them native code may use, and the modules that hold their classes.

A schema that converts by itself is of use only where everything that it names can be had without Flask, too: the
project's functions in its validators, and what these use.
"""

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

import libcst as cst

from codemods.findings import Finding, Location
from codemods.model import Project
from codemods.styles import Styles
from codemods.view.imports import Need
from codemods.view.names import Names, canonical, split
from codemods.view.reference import Reference
from codemods.view.refusal import Refused
from codemods.view.source import Sources
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .analysis import analyse
from .basis.called_schemas import marked
from .basis.library import CONTEXT_HERE
from .basis.plan import FORMS, SIDES, Form, SchemaPlan, Side, effective_fields
from .calls.beside_flask import has_two_classes, raises_errors, twin_of, with_twins
from .calls.both_errors import takes_both_errors
from .calls.context_calls import with_contexts
from .calls.handed_schemas import HandedSchema, handed_schemas
from .calls.rewriting import Instance, instances
from .classes.context_reads import VERSION as CONTEXTS_IN
from .writing.render import render, render_module

Runtime = Literal["native", "bridged"]

PREFIX = ".schemas."
"""What the modules of schemas start with, relative to the target."""


@dataclass(slots=True)
class Catalog:
    """The project's schemas, read when first asked for.

    `locate` gives the reference that code of a runtime has for a definition of the project, None where there is none.
    `asked` are the properties of objects that need the request; `is_bound` tells of classes whose code calls methods
    that do. `styles` are those that the team chose for its schemas; idiomatic ones have Marshmallow's messages where
    `is_worded`.
    """

    project: Project
    sources: Sources
    locate: Callable[[str, Runtime], Reference | None]
    asked: frozenset[str] = frozenset()
    is_bound: Callable[[str], bool] = lambda _: False
    styles: Styles = field(default_factory=Styles)
    is_worded: bool = True
    known: Mapping[str, SchemaPlan] | None = None
    objects: Mapping[str, Instance] = field(default_factory=dict)
    handing: Mapping[str, Mapping[str, HandedSchema]] = field(default_factory=dict)
    usable: dict[tuple[str, Side], bool] = field(default_factory=dict)
    taken_over: dict[str, bool] = field(default_factory=dict)
    beside_flask: bool = field(default=False, init=False)

    @property
    def plans(self) -> Mapping[str, SchemaPlan]:
        """All schemas by qualified name, those that stay included."""
        if self.known is None:
            self.known = analyse(
                self.project,
                self.sources,
                version=self.version,
                asked=self.asked,
                styles=self.styles,
                is_worded=self.is_worded,
            )
            self.objects = instances(self.project, self.sources, self.known)
            self.handing = handed_schemas(self.project, self.sources, self.known, self.objects)
            self.known = with_twins(self.known, self.is_taken_over)
        return self.known

    @property
    def version(self) -> int | None:
        """The major version of the application's Marshmallow, where that is known."""
        found = self.project.application.versions.get("marshmallow", "")
        return int(found.partition(".")[0]) if found[:1].isdecimal() else None

    def with_contexts(self, function: cst.FunctionDef, names: Names) -> tuple[cst.FunctionDef, Names]:
        """A function and its names, with context managers for the contexts that it gives to schemas."""
        return with_contexts(function, names, self.plans) if self.version == CONTEXTS_IN else (function, names)

    def instance(self, qualified: str) -> Instance | None:
        """The schema object that a module makes once under this name."""
        return self.objects.get(qualified) if self.plans else None

    def handed(self, qualified: str) -> Mapping[str, HandedSchema]:
        """The parameters of a function that every call fills with a schema."""
        return self.handing.get(qualified, {}) if self.plans else {}

    def plan(self, qualified: str, side: Side | None = None) -> SchemaPlan | None:
        """The plan of a schema that native code may use, on one side or on both; None for every other name."""
        found = self.plan_beside_flask(qualified, side)
        return None if found is None or found.needs_application else found

    def plan_beside_flask(self, qualified: str, side: Side | None) -> SchemaPlan | None:
        """The same, also of one whose code needs the application's context."""
        if qualified not in self.plans:
            return None
        may_use = all(self._may_use(qualified, one) for one in (SIDES if side is None else (side,)))
        return self.plans[qualified] if may_use else None

    def plan_in(self, qualified: str, side: Side, runtime: Runtime) -> SchemaPlan | None:
        """The plan of a schema that an extension's decorator loads or dumps by, in code of this runtime.

        Raises `Refused` where only bridged code may use it.
        """
        beside = self.plan_for_flask(qualified, side)
        plan = beside if runtime == "bridged" else self.plan(qualified, side)
        if plan is None and beside is not None:
            place = Location(beside.file, beside.line)
            raise Refused(Finding(NEEDS_APPLICATION, place, f"'{beside.name}', whose code reads the configuration"))
        return plan

    def plan_for_flask(self, qualified: str, side: Side | None) -> SchemaPlan | None:
        """The plan that code inside the Flask application has: that of the second class, where what native code has
        once more is used."""
        twin = twin_of(qualified)
        if twin in self.plans and any(map(self.is_taken_over, self.uses(qualified, side))):
            return self.plan_beside_flask(twin, side)
        return self.plan_beside_flask(qualified, side)

    def _may_use(self, qualified: str, side: Side) -> bool:
        if (qualified, side) not in self.usable:
            self.usable[qualified, side] = True  # for a schema that is asked for again by what it uses
            wanted = self._with_named([(qualified, side)])
            self.usable[qualified, side] = all(self._is_usable(name, forms) for name, forms in wanted.items())
        return self.usable[qualified, side]

    def closure(self, names: Collection[str]) -> frozenset[str]:
        """These schemas with all that they inherit from or nest."""
        plans, waiting, found = self.plans, list(names), set()
        while waiting:
            name = waiting.pop()
            if name in plans and name not in found:
                found.add(name)
                waiting += [*plans[name].bases, *plans[name].nested]
        return frozenset(found)

    def _is_usable(self, qualified: str, forms: frozenset[Form]) -> bool:
        plan = self.plans[qualified]
        if not plan.converts or (forms != {"dump"} and not plan.loads) or self.is_bound(plan.origin):
            return False
        rendered = render(plan, self.plans, forms)
        return all(self._has_counterpart(plan, rendered.text, name, one) for name, one in rendered.uses.items())

    def missing(self, qualified: str, side: Side, *, beside_flask: bool = False) -> str:
        """What keeps a side of a schema that converts from being of use; empty where nothing does, or findings do."""
        for name, forms in self._with_named([(qualified, side)]).items():
            plan = self.plans[name]
            if self.is_bound(plan.origin):
                return f"'{plan.name}', whose code calls what needs the request"
            if plan.needs_application and not beside_flask:
                return f"the application's configuration, which '{plan.name}' reads, or a schema that it nests"
            if not plan.converts:
                continue
            rendered = render(plan, self.plans, forms)
            for local, target in rendered.uses.items():
                if not self._has_counterpart(plan, rendered.text, local, target):
                    return f"'{target}', which '{plan.name}' uses and which has no counterpart without Flask"
        return ""

    def _has_counterpart(self, plan: SchemaPlan, text: str, name: str, target: str) -> bool:
        owner, _ = split(self.project, plan.qualified)
        bound = owner.imports.get(name) if owner else None
        if name != target.rpartition(".")[2] and (bound is None or canonical(self.project, bound) != target):
            return False
        reference = self._located(plan, target)
        if reference is None or reference.need is None or reference.parameters:
            return False
        if reference.application and not self._is_legacy(plan, target):
            return False
        if "." not in reference.text:
            return reference.text == reference.need.local
        return _is_read_when_called(text, name)

    def is_taken_over(self, target: str) -> bool:
        """Whether code inside the Flask application takes a definition from that: one that native code cannot have, as
        its database, or that is, or uses, a class that native code has once more."""
        if target not in self.taken_over:
            native = None if has_two_classes(self.project, target) else self.locate(target, "native")
            self.taken_over[target] = native is None or native.application is not None
        return self.taken_over[target]

    def _is_legacy(self, plan: SchemaPlan, target: str) -> bool:
        """Whether a schema has a definition of the Flask application's own modules."""
        return plan.needs_application and self.is_taken_over(target)

    def _located(self, plan: SchemaPlan, target: str) -> Reference | None:
        """Where a schema has a definition from; None where nowhere."""
        if not self._is_legacy(plan, target):
            return self.locate(target, "native")
        return None if raises_errors(self.project, target) else self.locate(target, "bridged")

    def used(self, needs: Collection[Need]) -> Mapping[str, frozenset[Form]]:
        """The schemas that these imports name, and those that they inherit from or nest: which of their classes."""
        wanted = {(one.module.removeprefix(PREFIX), one.name) for one in needs if one.module.startswith(PREFIX)}
        return self._with_named(
            [
                (name, form)
                for name, plan in (self.plans.items() if wanted else ())
                for form in FORMS
                if (plan.home, plan.name_on(form)) in wanted
            ]
        )

    def _with_named(self, waiting: list[tuple[str, Form]]) -> Mapping[str, frozenset[Form]]:
        """These classes with all that they inherit from or nest."""
        found: dict[str, set[Form]] = {}
        while waiting:
            name, form = waiting.pop()
            if name in self.plans and form not in found.setdefault(name, set()):
                found[name].add(form)
                waiting += self._named_by(name, form)
        return {name: frozenset(forms) for name, forms in found.items()}

    def _named_by(self, name: str, form: Form) -> Collection[tuple[str, Form]]:
        """The classes that a class of a schema inherits from or nests."""
        plan = self.plans[name]
        whole: Side = "load" if form == "patch" else form
        fields = effective_fields(self.plans, name).values() if form == "patch" else plan.fields
        nested = [(one, form) for field_ in fields if field_.is_on(whole) for one in field_.nested]
        nested += [(one.schema.qualified, form) for one in plan.kinds]
        texts = [one.text for one in plan.methods if one.is_on(whole)] + [one.text for one in plan.helpers]
        texts += [
            part for one in plan.fields if one.is_on(whole) for part in one.type_on(form) if isinstance(part, str)
        ]
        nested += marked(texts) if plan.called else ()
        return [*nested, *((base, whole) for base in plan.bases), *([(name, whole)] if form == "patch" else [])]

    def uses(self, qualified: str, side: Side | None) -> Collection[str]:
        """What of the project the classes of a schema use, by qualified name."""
        wanted = self._with_named([(qualified, one) for one in (SIDES if side is None else (side,))])
        rendered = [render(self.plans[name], self.plans, forms) for name, forms in wanted.items()]
        return {target for one in rendered for target in one.uses.values()}

    def homes(self, needs: Collection[Need]) -> Mapping[str, Mapping[str, frozenset[Form]]]:
        """The same by the module that their classes stand in."""
        found: dict[str, dict[str, frozenset[Form]]] = {}
        for name, forms in self.used(needs).items():
            found.setdefault(self.plans[name].home, {})[name] = forms
        return found

    def needs(self, need: Need) -> Collection[Need]:
        """What the module of a schema imports of the project, for the schema that this import names."""
        return [one.need for one in self.references(self.used((need,))).values() if one.need is not None]

    def references(self, used: Mapping[str, frozenset[Form]]) -> Mapping[str, Reference]:
        """What these classes use of the project, by qualified name."""
        found = {
            target: self._located(self.plans[name], target)
            for name, forms in used.items()
            for target in render(self.plans[name], self.plans, forms).uses.values()
        }
        return {target: one for target, one in found.items() if one is not None}

    def module(self, home: str, used: Mapping[str, frozenset[Form]]) -> str:
        """The text of `schemas/<home>.py` with these classes."""
        references = self.references(used)
        located = {target: one.need for target, one in references.items() if one.need is not None}
        renamed = {
            local: references[target].text
            for name, forms in used.items()
            for local, target in render(self.plans[name], self.plans, forms).uses.items()
            if "." in references[target].text
        }
        sources = sorted({self.plans[name].origin.rpartition(".")[0] for name in used})
        about = f'"""From {", ".join(f"`{one}`" for one in sources)}: what clients send and get."""\n\n'
        return about + render_module(self.plans, home, located, renamed, used)


@dataclass(slots=True)
class CatalogBesideFlask:
    """The schemas of a catalog that bridged code may use: those that make, take and raise nothing of which the Flask
    application's own modules have another class."""

    catalog: Catalog
    both: bool | None = None
    beside_flask: bool = field(default=True, init=False)

    @property
    def project(self) -> Project:
        """The project whose schemas these are."""
        return self.catalog.project

    @property
    def plans(self) -> Mapping[str, SchemaPlan]:
        """See `Catalog.plans`; empty where something in the project would not do with both errors."""
        if self.both is None:
            self.both = bool(self.catalog.plans) and takes_both_errors(self.catalog.project, self.catalog.sources)
        return self.catalog.plans if self.both else {}

    @property
    def sources(self) -> Sources:
        """The files of that project."""
        return self.catalog.sources

    @property
    def objects(self) -> Mapping[str, Instance]:
        """See `instance`."""
        return self.catalog.objects

    def instance(self, qualified: str) -> Instance | None:
        """See `Catalog.instance`."""
        return self.catalog.instance(qualified) if self.plans else None

    def handed(self, _qualified: str) -> Mapping[str, HandedSchema]:
        """None: functions of the Flask application's own modules are handed its schemas."""
        return {}

    def plan(self, qualified: str, side: Side | None = None) -> SchemaPlan | None:
        """The plan of a schema that bridged code may use, on one side or on both; None for every other name."""
        plan = self.catalog.plan_for_flask(qualified, side) if self.plans else None
        if plan is None or any(
            need.module == CONTEXT_HERE
            for name in self.catalog.closure([plan.qualified])
            for need in self.plans[name].needs
        ):
            return None
        return plan

    def missing(self, qualified: str, side: Side) -> str:
        """See `Catalog.missing`; also what bridged code may not use."""
        if not self.plans:
            return (
                "an error of Marshmallow's that the application reads more of than its messages"
                if self.both is False
                else ""
            )
        twin = twin_of(qualified)
        return self.catalog.missing(twin if twin in self.plans else qualified, side, beside_flask=True)


Schemas = Catalog | CatalogBesideFlask
"""The schemas that code of one runtime may use."""


def _is_read_when_called(text: str, name: str) -> bool:
    """Whether a name of a module occurs in functions only, and never as a name of something else."""
    tree = ast.parse(text)
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside.update(one for statement in node.body for one in ast.walk(statement))
        elif isinstance(node, ast.Lambda):
            inside.update(ast.walk(node.body))
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=found, ctx=context) if found == name:
                if node not in inside or not isinstance(context, ast.Load):
                    return False
            case ast.Attribute(attr=found) | ast.keyword(arg=found) | ast.arg(arg=found) if found == name:
                return False
    return True
