"""The schemas of one conversion: which of them native code may use, and the modules that hold their classes.

A schema that converts by itself is of use only where everything that it names can be had without Flask, too: the
project's functions in its validators, and what these use.
"""

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from codemods.model import Project
from codemods.scan.context import context_of
from codemods.view.imports import Need
from codemods.view.names import canonical, split
from codemods.view.reference import Reference
from codemods.view.source import Sources

from .analysis import analyse
from .both_errors import takes_both_errors
from .calls import Instance, instances
from .plan import SchemaPlan
from .render import render, render_module

PREFIX = ".schemas."
"""What the modules of schemas start with, relative to the target."""


@dataclass(slots=True)
class Catalog:
    """The project's schemas, read when first asked for.

    `locate` gives the native reference for a definition of the project, None where there is none.
    """

    project: Project
    sources: Sources
    locate: Callable[[str], Reference | None]
    known: Mapping[str, SchemaPlan] | None = None
    objects: Mapping[str, Instance] = field(default_factory=dict)
    usable: dict[str, bool] = field(default_factory=dict)
    beside_flask: bool = field(default=False, init=False)

    @property
    def plans(self) -> Mapping[str, SchemaPlan]:
        """All schemas by qualified name, those that stay included."""
        if self.known is None:
            found = self.project.application.versions.get("marshmallow", "")
            version = int(found.partition(".")[0]) if found[:1].isdecimal() else 4
            self.known = analyse(self.project, self.sources.files, version=version)
            self.objects = instances(self.project, self.sources.files, self.known)
        return self.known

    def instance(self, qualified: str) -> Instance | None:
        """The schema object that a module makes once under this name."""
        return self.objects.get(qualified) if self.plans else None

    def plan(self, qualified: str) -> SchemaPlan | None:
        """The plan of a schema that native code may use; None for every other name."""
        if qualified not in self.plans:
            return None
        if qualified not in self.usable:
            self.usable[qualified] = True  # for a schema that is asked for again by what it uses
            self.usable[qualified] = all(self._is_usable(one) for one in self.closure((qualified,)))
        return self.plans[qualified] if self.usable[qualified] else None

    def closure(self, names: Collection[str]) -> frozenset[str]:
        """These schemas with all that they inherit from or nest."""
        waiting, found = list(names), set()
        while waiting:
            name = waiting.pop()
            if name in self.plans and name not in found:
                found.add(name)
                waiting += [*self.plans[name].bases, *self.plans[name].nested]
        return frozenset(found)

    def _is_usable(self, qualified: str) -> bool:
        plan = self.plans[qualified]
        if not plan.converts:
            return False
        rendered = render(plan, self.plans)
        return all(self._has_counterpart(plan, name, target) for name, target in rendered.uses.items())

    def _has_counterpart(self, plan: SchemaPlan, name: str, target: str) -> bool:
        owner, _ = split(self.project, plan.qualified)
        bound = owner.imports.get(name) if owner else None
        if name != target.rpartition(".")[2] and (bound is None or canonical(self.project, bound) != target):
            return False
        reference = self.locate(target)
        if reference is None or reference.need is None or reference.application or reference.parameters:
            return False
        if "." not in reference.text:
            return reference.text == reference.need.local
        return _is_read_when_called(render(plan, self.plans).text, name)

    def homes(self, needs: Collection[Need]) -> Mapping[str, frozenset[str]]:
        """The modules of schemas that these imports name, and those that these import in turn: module → schemas."""
        wanted = {(one.module.removeprefix(PREFIX), one.name) for one in needs if one.module.startswith(PREFIX)}
        named = [
            name
            for name, plan in self.plans.items()
            if any((plan.home, one) in wanted for one in (plan.load_name, plan.dump_name, plan.patch_name))
        ] if wanted else []  # fmt: skip
        found: dict[str, set[str]] = {}
        for name in self.closure(named) if named else ():
            found.setdefault(self.plans[name].home, set()).add(name)
        return {home: frozenset(names) for home, names in found.items()}

    def needs(self, need: Need) -> Collection[Need]:
        """What the module of a schema imports of the project, for the schema that this import names."""
        names = {name for found in self.homes((need,)).values() for name in found}
        return [one.need for one in self.references(names).values() if one.need is not None]

    def references(self, names: Collection[str]) -> Mapping[str, Reference]:
        """What these schemas use of the project, by qualified name."""
        targets = {target for name in names for target in render(self.plans[name], self.plans).uses.values()}
        found = {target: self.locate(target) for target in targets}
        return {target: one for target, one in found.items() if one is not None}

    def module(self, home: str, names: Collection[str]) -> str:
        """The text of `schemas/<home>.py` with these schemas."""
        plans = {name: self.plans[name] for name in self.closure(names)}
        chosen = {name: plan for name, plan in plans.items() if plan.home != home or name in names}
        references = self.references(names)
        located = {target: one.need for target, one in references.items() if one.need is not None}
        renamed = {
            local: references[target].text
            for name in names
            for local, target in render(self.plans[name], self.plans).uses.items()
            if "." in references[target].text
        }
        sources = sorted({self.plans[name].origin.rpartition(".")[0] for name in names})
        about = f'"""From {", ".join(f"`{one}`" for one in sources)}: what clients send and get."""\n\n'
        return about + render_module(chosen, home, located, renamed)


@dataclass(slots=True)
class CatalogBesideFlask:
    """The schemas of a catalog that bridged code may use: those that make, take and raise nothing of which the Flask
    application's own modules have another class."""

    catalog: Catalog
    usable: dict[str, bool] = field(default_factory=dict)
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

    def instance(self, qualified: str) -> Instance | None:
        """See `Catalog.instance`."""
        return self.catalog.instance(qualified) if self.plans else None

    def plan(self, qualified: str) -> SchemaPlan | None:
        """The plan of a schema that bridged code may use; None for every other name."""
        plan = self.catalog.plan(qualified) if self.plans else None
        if plan is None:
            return None
        if qualified not in self.usable:
            used = {
                target
                for name in self.catalog.closure((qualified,))
                for target in render(self.plans[name], self.plans).uses.values()
            }
            self.usable[qualified] = not any(self._has_two_classes(one) for one in used)
        return plan if self.usable[qualified] else None

    def _has_two_classes(self, target: str) -> bool:
        """Whether a definition is, or uses, a class that converted code has once more."""
        context = context_of(self.project)
        for name in {target, *context.reach(target)}:
            definition = context.definition(name)
            module, _ = split(self.project, name)
            if definition is not None and definition.kind == "class" and module and context.reaches_flask(module.name):
                return True
        return False


Schemas = Catalog | CatalogBesideFlask
"""The schemas that code of one runtime may use."""


def _is_read_when_called(text: str, name: str) -> bool:
    """Whether a name of a module occurs in functions only, and never as a name of something else."""
    tree = ast.parse(text)
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside.update(one for statement in node.body for one in ast.walk(statement))
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=found, ctx=context) if found == name:
                if node not in inside or not isinstance(context, ast.Load):
                    return False
            case ast.Attribute(attr=found) | ast.keyword(arg=found) | ast.arg(arg=found) if found == name:
                return False
    return True
