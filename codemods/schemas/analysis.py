"""Which of a project's Marshmallow schemas convert, and to what."""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import libcst as cst

from codemods.findings import Finding, Location
from codemods.model import Definition, Module, Project
from codemods.scan.context import reach
from codemods.styles import Styles
from codemods.view.names import Names, split
from codemods.view.refusal import Refused
from codemods.view.source import Sources

from .basis.diagnostics import BASE, DEPENDS, FIELD_OPTION, FOREIGN_NAME, VERSION
from .basis.library import library_name
from .basis.plan import SchemaPlan, effective_fields
from .basis.reading import Reader, UnconvertibleError, classes_of
from .basis.version_two import speaks
from .classes.context_reads import with_context_reads
from .classes.init_options import InitOptions, with_init_options, without_demands
from .classes.models import Models
from .classes.of_models import ROOTS as OF_MODELS
from .classes.of_models import ModelOptions, written_out
from .classes.own_options import OwnOptions, with_own_options
from .classes.patches import patches
from .classes.schema_class import ClassReader
from .families.application_homes import with_application_homes
from .families.choices import ChoiceReader, chosen_kinds, with_choices, with_shared_dumps
from .families.drafts import add_drafts
from .families.made_classes import MadeClass, made_classes
from .families.made_parts import add_parts
from .families.naming import homes, with_names
from .families.narrowing import with_options
from .families.part_names import name_parts
from .families.partial import with_patches
from .families.shared_homes import with_shared_homes
from .families.sides import with_sides
from .families.unions import ROOT as UNION
from .families.unions import UnionReader, with_unions
from .families.variants import Variants
from .fields.argument_maps import ArgumentMap, argument_maps
from .fields.dictionaries import dictionary_schemas
from .fields.library_schemas import library_schemas
from .fields.link_fields import with_links
from .fields.written_options import with_written_options
from .plain.idiomatic import with_styles
from .plain.typed_checks import with_typed_checks

ROOTS = frozenset({"marshmallow.Schema", "marshmallow.base.SchemaABC"}) | OF_MODELS | {UNION}

EXACT = Styles()
NEWEST = 4
"""The major version that schemas are taken for where that of the application is not known."""


def analyse(
    project: Project,
    sources: Sources,
    *,
    version: int | None = NEWEST,
    asked: frozenset[str] = frozenset(),
    styles: Styles = EXACT,
    is_worded: bool = True,
) -> Mapping[str, SchemaPlan]:
    """A plan for each class of the project that inherits from Marshmallow's `Schema`, by qualified name, and for each
    dictionary of fields that webargs is given.

    Pure. `asked` are the attributes of dumped objects that need the request, `version` is the major version of the
    project's Marshmallow, None where nobody can tell. `styles` are those of the schemas; idiomatic ones have
    Marshmallow's messages where `is_worded`. A plan with findings does not convert.
    """
    classes = _schemas(project, sources)
    arguments = {**argument_maps(project, sources), **library_schemas(project)}
    taken = {*arguments, *(f"{one.module.name}.{one.node.name.value}" for one in arguments.values())}
    dictionaries = dictionary_schemas(project, sources, classes, taken)
    maps = {**arguments, **{name: one for name, (one, _) in dictionaries.items()}}
    bases = {name: (base,) if base else () for name, (_, base) in dictionaries.items()}
    found = classes | dict.fromkeys(maps, ()) | bases
    by_functions = _made(project, made_classes(project, sources, found), found)
    found |= {name: own for name, (_, own) in by_functions.items()}
    given = {name: one for name, (one, _) in by_functions.items()}
    reading = _Reading(project, sources, found, version, maps, asked, given)
    is_ordered = project.application.overridden.get("json.sort_keys") == "False" or _writes_text(project, sources)
    plans = {name: replace(reading.plan(name), is_ordered=is_ordered) for name in _bases_first(found)}
    plans = with_options(reading.patches.kept(plans))
    variants = Variants(plans)
    made = add_parts(project, sources, variants)
    variants.complete()
    name_parts(plans, made)
    add_drafts(project, sources, plans, reading.version)
    plans = with_choices(with_unions(with_shared_homes(plans)))
    plans = with_shared_dumps(_with_dependencies(_with_calls(plans)))
    plans = with_styles(plans, styles, is_worded, project.application.versions)
    plans = with_application_homes(with_sides(with_names(project, plans)))
    return with_typed_checks(with_patches(project, sources, plans))


def _made(
    project: Project, made: Mapping[str, MadeClass], schemas: Mapping[str, object]
) -> Mapping[str, tuple[MadeClass, tuple[str, ...]]]:
    """The classes that functions make which are schemas, each with the qualified names of its bases."""
    found: dict[str, tuple[MadeClass, tuple[str, ...]]] = {}
    for name, one in made.items():
        names = Names(project, one.module, frozenset(), {})
        bases = tuple(library_name(project, names.qualified(base.value) or "") for base in one.node.bases)
        if any(base in ROOTS or base in schemas or _is_extension(project, base) for base in bases):
            found[name] = (one, bases)
    return found


def _writes_text(project: Project, sources: Sources) -> bool:
    """Whether something other than a module is asked for JSON as text, whose keys nobody sorts."""
    for module in project.modules.values():
        if b".dumps(" not in sources.files.get(module.file, b""):
            continue
        for node in ast.walk(sources.tree(module.file)):
            match node:
                case ast.Call(func=ast.Attribute(value=owner, attr="dumps")):
                    if not (isinstance(owner, ast.Name) and _is_library(project, module, owner.id)):
                        return True
    return False


def _is_library(project: Project, module: Module, name: str) -> bool:
    target = module.imports.get(name, "")
    return bool(target) and split(project, target)[0] is None


def _schemas(project: Project, sources: Sources) -> dict[str, tuple[str, ...]]:
    """The classes that reach Marshmallow's `Schema`, and the mixins that stand beside it, each with the qualified names
    of its bases.

    Marshmallow takes the fields and hooks of a mixin as those of a schema (marshmallow.schema._get_fields_by_mro).
    """
    candidates = {
        f"{module.name}.{name}": _bases(project, sources, module, definition, name)
        for module in project.modules.values()
        for name, definition in module.definitions.items()
        if definition.kind == "class"
    }
    found: dict[str, tuple[str, ...]] = {}
    while True:
        more = {
            qualified: bases
            for qualified, bases in candidates.items()
            if qualified not in found
            and any(base in ROOTS or base in found or _is_extension(project, base) for base in bases)
        }
        if not more:
            return found | _mixins(candidates, found)
        found |= more


def _mixins(candidates: Mapping[str, tuple[str, ...]], schemas: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The classes among the bases of schemas that inherit from nothing but such classes."""
    plain: dict[str, tuple[str, ...]] = {}
    while more := {one: bases for one, bases in candidates.items() if one not in plain and {*bases} <= plain.keys()}:
        plain |= more
    found: dict[str, tuple[str, ...]] = {}
    waiting = list(schemas)
    while waiting:
        mixed = {base: plain[base] for base in candidates[waiting.pop()] if base in plain and base not in found}
        found |= mixed
        waiting += mixed
    return found


def _bases(project: Project, sources: Sources, module: Module, definition: Definition, name: str) -> tuple[str, ...]:
    try:
        piece = sources.piece(definition.location, name)
    except Refused:
        return ()
    names = Names(project, module, frozenset(), {})
    bases = map(ast.unparse, piece.bases) if isinstance(piece, ast.ClassDef) else []
    found = (names.qualified(cst.parse_expression(base)) or "" for base in bases if base != "object")
    return tuple(library_name(project, base) for base in found)


def _is_extension(project: Project, base: str) -> bool:
    """Whether a name is the `Schema` of flask-marshmallow's `ma` object."""
    owner, rest = split(project, base)
    name, _, attribute = rest.partition(".")
    definition = owner.definitions.get(name) if owner else None
    made_by = definition.uses if definition and definition.kind != "class" else frozenset()
    return attribute.endswith("Schema") and any(one.startswith("flask_marshmallow.") for one in made_by)


class _Reading:
    """Reads classes one after the other: bases before those that inherit from them."""

    def __init__(
        self,
        project: Project,
        sources: Sources,
        found: Mapping[str, object],
        version: int | None,
        maps: Mapping[str, ArgumentMap],
        asked: frozenset[str],
        made: Mapping[str, MadeClass],
    ) -> None:
        self.project, self.sources, self.found = project, sources, found
        self.version, self.is_told = version or NEWEST, version is not None
        self.maps, self.asked, self.made = maps, asked, made
        self.plans: dict[str, SchemaPlan] = {}
        self.classes: dict[str, tuple[dict[str, cst.ClassDef], dict[cst.CSTNode, int]]] = {}
        self.homes = homes(project, found)
        self.written = {(one.module.name, one.text): name for name, one in maps.items() if one.text}
        self.called = {text: name for name, one in made.items() if not one.gives_object for text in one.written}
        self.models = Models(project, sources)
        self.options: dict[str, ModelOptions] = {}
        self.own_options: dict[str, OwnOptions] = {}
        self.init_options: dict[str, InitOptions] = {}
        self.patches = patches(project, sources)

    def plan(self, qualified: str) -> SchemaPlan:
        """The plan of one class, names and nested schemas not yet looked at."""
        if qualified in self.maps:
            self.plans[qualified] = self.arguments(qualified, self.maps[qualified])
            return self.plans[qualified]
        if qualified in self.made:
            self.plans[qualified] = self.made_plan(qualified, self.made[qualified])
            return self.plans[qualified]
        module, name = split(self.project, qualified)
        assert module is not None
        if module.file not in self.classes:  # many classes of one module, and the lines of nodes are dear
            self.classes[module.file] = classes_of(self.sources.files[module.file])
        classes, lines = self.classes[module.file]
        location = module.definitions[name].location
        empty = SchemaPlan(qualified, name, self.homes[module.name], module.file, location.line)
        if name not in classes:
            plan = replace(
                empty, findings=(Finding(BASE, location, f"'{name}' is not defined at the top of its module"),)
            )
        else:
            plan = self.read(self.reader(module, lines), classes[name], empty)
        self.plans[qualified] = plan
        return plan

    def reader(self, module: Module, lines: dict[cst.CSTNode, int] | None = None) -> Reader:
        """What reads the code of a module, whose nodes stand at these `lines`."""
        return Reader(self.project, self.sources, module, lines or {}, self.version, schemas=self.found)

    def read(self, reader: Reader, node: cst.ClassDef, empty: SchemaPlan) -> SchemaPlan:
        """The plan of a class, with what its model adds."""
        if any(one == UNION or self._is_union(one) for one in (reader.qualified(base.value) for base in node.bases)):
            return UnionReader(reader, node, empty, self.found, self.plans).read()
        if kinds := chosen_kinds(reader, node, self.found):
            return ChoiceReader(reader, node, empty, *kinds).read()
        bases = [one for base in node.bases if (one := reader.qualified(base.value)) in self.plans]
        inherited = {name for base in bases for name in effective_fields(self.plans, base)}
        written_fields = with_written_options(reader, node)
        node, reader.module = written_fields.node, written_fields.module
        try:
            node, own = with_own_options(reader, node, self.own_options)
            node, said = with_init_options(reader, node, self.init_options)
        except UnconvertibleError as refused:
            return replace(empty, findings=(reader.finding(refused, empty.line),))
        if own is not None:
            self.own_options[empty.qualified] = own
        if said is not None:
            self.init_options[empty.qualified] = said
        context = with_context_reads(reader, node, empty.line, self.found)
        reader.module = context.module
        linked = with_links(reader, context.node, empty.line, self.asked)
        reader.module = linked.module
        written = written_out(reader, self.models, linked.node, empty.line, self.options, inherited)
        node = linked.node if written is None else written.node
        findings, loading = (*context.findings, *linked.findings), linked.loading
        if written is not None:
            self.options[empty.qualified] = written.options
            reader.module = written.module
            findings, loading = (*findings, *written.findings), (*loading, *written.loading)
        plan = self.class_reader(reader, node, empty).read()
        if said is not None and said.is_partial:
            plan = without_demands(reader, self.plans, plan)
        used = reach(self.project, empty.qualified)
        if not self.is_told and speaks(node):
            about = f"'{empty.name}', which is written for version 2, where the application's version is not known"
            findings = (Finding(VERSION, Location(empty.file, empty.line), about), *findings)
        return replace(
            plan,
            findings=(*findings, *plan.findings),
            load_findings=(*loading, *plan.load_findings),
            answers=any(one.startswith("flask_marshmallow.") for one in used),
        )

    def made_plan(self, qualified: str, made: MadeClass) -> SchemaPlan:
        """The plan of a class that a function makes."""
        module, place = made.module, made.location
        empty = SchemaPlan(qualified, made.node.name.value, self.homes[module.name], place.file, place.line)
        plan = self.read(
            Reader(self.project, self.sources, module, {}, self.version, schemas=self.found), made.node, empty
        )
        return replace(plan, calls=made.written, is_object=made.gives_object)

    def _is_union(self, qualified: str) -> bool:
        return qualified in self.plans and self.plans[qualified].is_union

    def class_reader(self, reader: Reader, node: cst.ClassDef, empty: SchemaPlan) -> ClassReader:
        """What reads a class."""
        reader.formats = self.patches.formats
        return ClassReader(reader, node, empty, self.found, self.plans, effective_fields, self.written, self.called)

    def arguments(self, qualified: str, given: ArgumentMap) -> SchemaPlan:
        """The plan of a dictionary of fields; one that webargs is given is loaded only."""
        module, location = given.module, given.location
        empty = SchemaPlan(qualified, given.node.name.value, self.homes[module.name], module.file, location.line)
        reader = self.reader(module)
        written = with_written_options(reader, given.node)
        reader.module = written.module
        plan = self.class_reader(reader, written.node, empty).read()
        if any(one in self.init_options and self.init_options[one].is_partial for one in plan.bases):
            plan = without_demands(reader, self.plans, plan)
        if given.text:
            return replace(plan, written=given.text)
        if any(not one.loads for one in plan.fields):
            refused = Finding(FIELD_OPTION, location, f"a field of '{plan.name}' that is not loaded")
            return replace(plan, findings=(*plan.findings, refused))
        fields = tuple(replace(one, dumps=True, dump_default=one.load_default) for one in plan.fields)
        return replace(plan, fields=fields)


def _bases_first(found: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """The schemas in an order in which every base stands before the classes that inherit from it."""
    done: dict[str, None] = {}

    def visit(qualified: str, path: frozenset[str]) -> None:
        for use in found[qualified]:
            if use in found and use not in path:
                visit(use, path | {use})
        done.setdefault(qualified)

    for qualified in sorted(found):
        visit(qualified, frozenset({qualified}))
    return list(done)


def _with_calls(plans: Mapping[str, SchemaPlan]) -> dict[str, SchemaPlan]:
    """The plans, where a schema stays whose code calls one that gives something else than its class does."""
    found = {}
    for qualified, plan in plans.items():
        for name, form in sorted(plan.called):
            one = plans.get(name)
            is_plain = one is not None and not (one.is_union or one.choice or one.gives_pairs or one.meta.many)
            if not is_plain or (form == "load" and one is not None and one.after_load):
                finding = Finding(FOREIGN_NAME, Location(plan.file, plan.line), f"a call of '{name}'")
                plan = replace(plan, findings=(*plan.findings, finding))
        found[qualified] = plan
    return found


def _with_dependencies(plans: Mapping[str, SchemaPlan]) -> dict[str, SchemaPlan]:
    """The plans, where a schema that nests or inherits from one that stays, stays as well."""
    known = dict(plans)
    while True:
        changed = {}
        for qualified, plan in known.items():
            stays = sorted(one for one in {*plan.nested, *plan.bases} if one not in known or not known[one].converts)
            if plan.converts and stays:
                location = Location(plan.file, plan.line)
                changed[qualified] = replace(
                    plan, findings=(Finding(DEPENDS, location, f"'{stays[0]}' in '{plan.name}'"),)
                )
        if not changed:
            return known
        known |= changed
