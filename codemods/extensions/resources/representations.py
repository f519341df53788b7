"""The functions by which an `Api` of Flask-RESTful writes data, one for each media type, and what it tells `json`.

@api.representation("text/csv")
def output_csv(data, code, headers=None): ...

app.config["RESTFUL_JSON"] = {"indent": 2, "cls": ShopEncoder}
"""

import ast
import builtins
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from codemods.extensions.basis.module_names import of_module
from codemods.extensions.basis.objects import made_by
from codemods.extensions.basis.settings import only_setting
from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Callee, Module, Project
from codemods.view.names import meaning
from codemods.view.source import Sources

SETTING = "RESTFUL_JSON"
OPTIONS = frozenset(
    {"allow_nan", "check_circular", "cls", "default", "ensure_ascii", "indent", "separators", "skipkeys", "sort_keys"}
)
"""The keywords of `json.dumps`."""
ATTRIBUTE = "representation"
MEANT = f"flask_restful.Api.{ATTRIBUTE}"

API_UNREADABLE = Diagnostic(
    "FM771",
    "blocked",
    "an Api of Flask-RESTful is set up in a way that is not converted",
    "It decides what every method of its resources answers, and what clients get on an error.",
    "Make the Api of each blueprint by one call with constants and a list of decorators, without a class of your own, "
    "and register each representation by one decorator.",
)


@dataclass(frozen=True, slots=True)
class Representation:
    """A function of the project that writes data in a media type."""

    media_type: str
    function: Callee


@dataclass(frozen=True, slots=True)
class JsonOptions:
    """What a setting tells `json.dumps`, by its keywords, as a module spells it."""

    module: Module
    words: tuple[tuple[str, ast.expr], ...]
    location: Location


def json_options(project: Project, sources: Sources) -> JsonOptions | Finding | None:
    """What the setting tells, None where there is none; or why that cannot be told."""
    if SETTING not in project.application.config:
        return None
    found = only_setting(project, sources, SETTING)
    if found is None:
        return Finding(API_UNREADABLE, None, f"the setting {SETTING}")
    module, value = found
    location = Location(module.file, value.lineno)
    pairs: list[tuple[object, ast.expr]]
    match value:
        case ast.Dict(keys=keys, values=values):
            names = [one.value if isinstance(one, ast.Constant) else None for one in keys]
            pairs = list(zip(names, values, strict=True))
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=words):
            pairs = [(one.arg, one.value) for one in words]
        case _:
            pairs = [(None, value)]
    known = frozenset(of_module(sources.tree(module.file)))
    named = [one for _, each in pairs for one in ast.walk(each) if isinstance(one, ast.Name)]
    is_clear = all(
        one in known and (one.id in module.definitions or one.id in module.imports or hasattr(builtins, one.id))
        for one in named
    )
    if not is_clear or len({name for name, _ in pairs if name in OPTIONS}) != len(pairs):
        return Finding(API_UNREADABLE, location, f"the setting {SETTING}")
    return JsonOptions(module, tuple((str(name), each) for name, each in pairs), location)


def representations(project: Project, sources: Sources) -> tuple[Representation, ...] | Finding:
    """The functions in the order in which they are registered, or why that cannot be told: there may be one `Api`."""
    found: dict[str, Representation] = {}
    owners = set[str]()
    for module in project.modules.values():
        if f".{ATTRIBUTE}".encode() not in sources.files.get(module.file, b""):
            continue
        tree = sources.tree(module.file)
        for function, decorator in _registered(tree):
            owners.add(meaning(project, module, decorator.func))
            definition = module.definitions.get(function.name)
            is_api = made_by(project, sources, meaning(project, module, decorator.func)) == MEANT
            match decorator:
                case ast.Call(args=[ast.Constant(value=str() as kind)], keywords=[]) if (
                    is_api
                    and definition is not None
                    and not definition.rebound
                    and len(function.decorator_list) == 1
                    and kind not in found
                    and not owners - {meaning(project, module, decorator.func)}
                ):
                    callee = Callee(definition.qualified, definition.location, True)
                    found[kind] = Representation(kind, callee)
                case _:
                    place = Location(module.file, decorator.lineno)
                    return Finding(API_UNREADABLE, place, f"'{ast.unparse(decorator)}'")
    return tuple(found.values())


def registering(tree: ast.Module) -> Collection[ast.AST]:
    """The attributes by which decorators register such functions."""
    return {decorator.func for _, decorator in _registered(tree)}


def _registered(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for one in node.decorator_list:
                match one:
                    case ast.Call(func=ast.Attribute(attr=attr)) if attr == ATTRIBUTE:
                        yield node, one
