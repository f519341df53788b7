"""Schemas that code makes of dictionaries of fields, each as a class.

plan = fields.Nested({"id": fields.Int()})                        →    class SignupPlan(Schema):
Search = Schema.from_dict({"q": fields.Str()}, name="Search")              id: Int = optional()

A class is named after its variable, or after what it is written in. Equal dictionaries of a module are one class.
"""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from codemods.findings import Location
from codemods.model import Module, Project
from codemods.view.names import Names
from codemods.view.source import Sources

from ..basis.library import library_name
from ..basis.plan import SchemaPlan
from ..basis.reading import code
from .argument_maps import PARTS, ArgumentMap, camel, class_of, held_dictionary

ROOT = "marshmallow.Schema"
NESTING = frozenset({"marshmallow.fields.Nested", "marshmallow.fields.Pluck"})


@dataclass(frozen=True, slots=True)
class _Found:
    """A dictionary of fields: the expression that stands for its schema, and the names of what it is written in.

    `about` describes it, if anything more is known of it.
    """

    written: ast.expr
    fields: ast.Dict
    base: str
    owner: str
    variable: str
    local: frozenset[str]
    about: str = ""


def dictionary_schemas(
    project: Project, sources: Sources, schemas: Mapping[str, object], taken: Collection[str] = ()
) -> Mapping[str, tuple[ArgumentMap, str]]:
    """The dictionaries by the qualified name of their class, each with the project's schema that it extends, if any.

    `schemas` are those that have a class, `taken` the names of others. Dictionaries whose keys are not written out are
    not among them.
    """
    found: dict[str, tuple[ArgumentMap, str]] = {}
    for module in project.modules.values():
        content = sources.files.get(module.file, b"")
        is_api = any(one.partition(".")[0] == "apiflask" for one in module.imports.values())
        if b"from_dict" not in content and b"Nested(" not in content and not is_api:
            continue
        known: dict[str, str] = {}
        for one in _dictionaries(project, sources, module, schemas):
            text = normal(one.written)
            if text in known and not (one.variable and not one.owner):
                continue
            name = _name(module, one, {*found, *schemas, *taken})
            about = one.about or (f"What `{one.owner or one.variable}` has inside." if one.owner else "")
            node = class_of(sources, module, name, one.fields, about)
            if node is None or _names(one.fields) & one.local:
                continue
            base = one.base.rpartition(".")[2]
            node = node.with_changes(bases=[cst.Arg(cst.parse_expression(base))] if one.base in schemas else [])
            place = Location(module.file, one.written.lineno)
            known[text] = qualified = f"{module.name}.{name}"
            found[qualified] = (ArgumentMap(module, node, place, text), one.base if one.base in schemas else "")
    return found


def normal(node: ast.expr | cst.BaseExpression) -> str:
    """The expression as text, however it was laid out; without the name that a class is given."""
    tree = node if isinstance(node, ast.expr) else ast.parse(code(node), mode="eval").body
    if isinstance(tree, ast.Call):
        tree = ast.Call(tree.func, tree.args, [one for one in tree.keywords if one.arg != "name"])
    return ast.unparse(tree)


def dictionary_schema(node: cst.BaseExpression, module: str, plans: Mapping[str, SchemaPlan]) -> str:
    """The qualified name of the class that stands for such an expression; empty where there is none."""
    if not isinstance(node, cst.Call | cst.Dict) or (isinstance(node, cst.Call) and not is_from_dict(node)):
        return ""
    text = normal(node)
    found = (name for name, plan in plans.items() if plan.written == text and name.startswith(f"{module}."))
    return next(found, "")


def is_from_dict(node: cst.BaseExpression) -> bool:
    """Whether it is a call of a method of that name."""
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "from_dict"


def _dictionaries(
    project: Project, sources: Sources, module: Module, schemas: Mapping[str, object]
) -> Iterator[_Found]:
    """Every dictionary of fields that is made a schema, those at the top of the module first."""
    names = Names(project, module, frozenset(), {})

    def qualified(node: ast.expr) -> str:
        found = names.qualified(cst.parse_expression(ast.unparse(node))) if _is_chain(node) else None
        return library_name(project, found or "")

    def kept(node: ast.expr, local: frozenset[str]) -> ast.Dict | None:
        if not isinstance(node, ast.Name) or node.id in local or node.id not in module.definitions:
            return None
        return _kept(project, sources, module, node.id)

    def walk(node: ast.AST, owner: str, variable: str, local: frozenset[str]) -> Iterator[_Found]:
        match node:
            case ast.ClassDef(name=name):
                owner, variable = f"{owner}{camel(name.removesuffix('Schema'))}", ""
            case (
                ast.FunctionDef(name=name, decorator_list=around)
                | ast.AsyncFunctionDef(name=name, decorator_list=around)
            ):
                yield from _of_decorators(around, f"{owner}{camel(name)}", name, local) if is_api else ()
                owner, variable, local = f"{owner}{camel(name)}", "", local | _bound(node)
            case ast.Assign(targets=[ast.Name(name)], value=value):
                called = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
                is_named = bool(called) if owner else called.endswith(".from_dict")
                owner, variable = (owner, name) if is_named else (f"{owner}{camel(name)}", "")
            case ast.Call(func=ast.Attribute(value=made, attr="from_dict"), args=[given, *_]):
                base, shown = qualified(made), given if isinstance(given, ast.Dict) else kept(given, local)
                if shown is not None and (base == ROOT or base in schemas):
                    yield _Found(node, shown, base, owner, variable, local)
            case ast.Call(func=func, args=[ast.Dict() as given, *_]) if qualified(func) in NESTING:
                yield _Found(given, given, "", owner, variable, local)
            case ast.Call(func=func, args=[ast.Name(id=name) as given, *_]) if (
                name not in local
                and (shown := held_dictionary(project, sources, module, name))
                and qualified(func) in NESTING
            ):
                yield _Found(given, shown, "", camel(name), "", local, f"What `{name}` has inside.")
        for child in ast.iter_child_nodes(node):
            yield from walk(child, owner, variable, local)

    is_api = any(one.partition(".")[0] == "apiflask" for one in module.imports.values())
    yield from walk(sources.tree(module.file), "", "", frozenset())


def _kept(project: Project, sources: Sources, module: Module, name: str) -> ast.Dict | None:
    """The dictionary that a module keeps under a name for schemas to be made of, and for nothing else."""
    tree = sources.tree(module.file)
    used = [one for one in ast.walk(tree) if isinstance(one, ast.Name) and one.id == name]
    made_of = {
        id(one.args[0])
        for one in ast.walk(tree)
        if isinstance(one, ast.Call) and ast.unparse(one.func).endswith(".from_dict") and one.args
    }
    elsewhere = any(f"{module.name}.{name}" in one.imports.values() for one in project.modules.values())
    match [one for one in tree.body if isinstance(one, ast.Assign) and used and one.targets == [used[0]]]:
        case [ast.Assign(value=ast.Dict() as value)] if not elsewhere and {id(one) for one in used[1:]} <= made_of:
            return value
    return None


def _of_decorators(around: Sequence[ast.expr], owner: str, function: str, local: frozenset[str]) -> Iterator[_Found]:
    """The dictionaries by which APIFlask loads what a view is sent, and dumps what it returns."""
    for one in around:
        match one:
            case ast.Call(
                func=ast.Attribute(attr="input"), args=[ast.Dict(keys=[_, *_]) as given, *more], keywords=words
            ):
                found = [*more[:1], *(each.value for each in words if each.arg == "location")]
                place = found[0].value if found and isinstance(found[0], ast.Constant) else "json"
                part = PARTS.get(str(place), "Arguments")
                yield _Found(given, given, "", owner, part, local, f"What `{function}` is sent.")
            case ast.Call(func=ast.Attribute(attr="output"), args=[ast.Dict(keys=[_, *_]) as given, *_]):
                yield _Found(given, given, "", owner, "Out", local, f"What `{function}` answers with.")


def _name(module: Module, found: _Found, taken: set[str]) -> str:
    """A variable at the top of the module is the class itself."""
    is_own = found.variable in module.definitions and f"{module.name}.{found.variable}" not in taken
    if found.variable and not found.owner and is_own:
        return found.variable
    stem = f"{found.owner}{camel(found.variable)}" if found.variable else f"{found.owner}Data"
    name, number = stem, 2
    while f"{module.name}.{name}" in taken or name in module.definitions:
        name, number = f"{stem}{number}", number + 1
    return name


def _is_chain(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _bound(function: ast.AST) -> frozenset[str]:
    """What a function gives a value itself: in a class outside of it that would mean something else."""
    given = {one.arg for one in ast.walk(function) if isinstance(one, ast.arg)}
    return frozenset(
        given | {one.id for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    )
