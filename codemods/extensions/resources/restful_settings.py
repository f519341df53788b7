"""How the `Api`s of Flask-RESTful of an application are set up: what they answer on errors, and how they write data."""

import ast
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.extensions.basis.kept_values import kept_value
from codemods.extensions.basis.module_names import of_module
from codemods.extensions.basis.objects import blueprint_name, made_object
from codemods.findings import Finding, Location
from codemods.model import Decorator, Endpoint, Module, Project
from codemods.view.imports import Need
from codemods.view.names import Names, canonical, meaning, split
from codemods.view.refusal import Refused
from codemods.view.source import Sources

from .adding import adding_calls
from .error_routers import api_classes, error_router
from .named_maps import named_map, root_of
from .representations import API_UNREADABLE, JsonOptions, Representation, json_options, registering, representations

PACKAGE = "flask_restful"
API = f"{PACKAGE}.Api"
REPRESENTATIONS = Need(".representations", "representations")
"""What writes data by functions of the project."""

REALM = "HTTP_BASIC_AUTH_REALM"

PARAMETERS = (
    "app", "prefix", "default_mediatype", "decorators", "catch_all_404s", "serve_challenge_on_401", "url_part_order",
    "errors",
)  # fmt: skip
"""The parameters of `Api`, in order."""
LIVE = frozenset({"app", "prefix", "url_part_order"})
"""Parameters that only decide about URLs, which the running application tells."""
PLAIN = {"default_mediatype": "application/json"}
"""Parameters that are understood with their default only."""
REPLACED = frozenset(
    {
        "representations", "representation", "errors", "handle_error", "error_router", "make_response", "output",
        "unauthorized", "default_mediatype", "catch_all_404s", "serve_challenge_on_401", "owns_endpoint",
    }
)  # fmt: skip
"""Attributes of an `Api` by which code changes what it does."""


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """How an `Api` answers errors, `errors` as source text; and the decorators of its resources, outermost first.

    `representations` are functions of the project that write data, `json` is what a setting says of JSON. `owner` is
    the name of the blueprint whose `Api` it is, empty for the application's own, None where that is not known; `name`
    the qualified one of the variable.
    """

    errors: str = ""
    challenge: bool = False
    catches_404: bool = False
    decorators: tuple[Decorator, ...] = ()
    representations: tuple[Representation, ...] = ()
    json: JsonOptions | None = field(default=None, compare=False)
    owner: str | None = field(default=None, compare=False)
    name: str = field(default="", compare=False)

    @property
    def is_written(self) -> bool:
        """Whether data is written in another way than by itself."""
        return bool(self.representations) or self.json is not None

    def expression(self) -> str:
        """What answers its errors."""
        given = [*([self.errors] if self.errors else []), *(["challenge=True"] if self.challenge else [])]
        given += [f"representations={REPRESENTATIONS.name}"] if self.is_written else []
        return f"APIErrors({', '.join(given)})"


def settings_of(project: Project, sources: Sources) -> tuple[ApiSettings, ...] | Finding:
    """How the application's `Api`s answer errors, once where all do so alike, or why that cannot be told."""
    if REALM in project.application.config:
        return Finding(API_UNREADABLE, None, f"the setting {REALM}")
    if any(one.kind == "got_request_exception" for one in project.hooks):
        return Finding(API_UNREADABLE, None, "a receiver of got_request_exception")
    json = json_options(project, sources)
    if isinstance(json, Finding):
        return json
    router = error_router(project, sources)
    if isinstance(router, str):
        return Finding(API_UNREADABLE, None, router)
    found: list[ApiSettings] = []
    classes = {API, *(f"{module.name}.{node.name}" for module, node in api_classes(project, sources))}
    for module, tree in _modules(project, sources, classes):
        for one in apis(project, sources, module, tree, classes):
            if isinstance(one, Finding):
                return one
            found.append(replace(one, json=json))
    written = representations(project, sources)
    if isinstance(written, Finding):
        return written
    kinds = len(set(found))
    if kinds == 1 and not (written and len(found) != 1):
        return (replace(found[0], representations=written),)
    by_owner = {one.owner: one for one in found}
    is_clear = None not in by_owner and all(by_owner[one.owner] == one for one in found)
    is_named = bool(found) and all(one.name for one in found)
    if written or not (is_clear or is_named) or len({one for one in found if one.catches_404}) > 1:
        return Finding(API_UNREADABLE, None, f"{kinds} kinds of Api")
    return tuple(by_owner.values()) if is_clear else tuple(found)


def settings_for(project: Project, sources: Sources, endpoint: Endpoint) -> ApiSettings | Finding:
    """How the `Api` of an endpoint answers its errors, or why that cannot be told.

    An `Api` calls endpoints by its blueprint's own name, wherever that is registered
    (`Api._blueprint_setup_add_url_rule_patch`).
    """
    found = settings_of(project, sources)
    if isinstance(found, Finding) or len(found) == 1:
        return found if isinstance(found, Finding) else found[0]
    owner = endpoint.name.rpartition(".")[0]
    own = {one for one in found if one.owner == owner}
    if len(own) > 1 or any(one.owner is None for one in found):
        adding = set(_adding(project, sources, endpoint))
        own = {one for one in found if one.name in adding}
    if len(own) == 1:
        return own.pop()
    which = "more than one" if own else "none"
    return Finding(API_UNREADABLE, None, f"{len(found)} Apis, {which} of which may be that of '{endpoint.name}'")


def _adding(project: Project, sources: Sources, endpoint: Endpoint) -> Iterator[str]:
    """The objects to which the class of an endpoint is added under its name, by a call or a decorator."""
    view = endpoint.view.function.qualified
    calls: list[tuple[Module, ast.expr]] = [*adding_calls(project, sources, view)]
    module, name = split(project, view)
    if module is not None and name in module.definitions:
        piece = sources.piece(module.definitions[name].location, name)
        calls += [(module, one) for one in piece.decorator_list]
    for module, call in calls:
        match call:
            case ast.Call(func=ast.Attribute(value=api), keywords=words) if _may_be(words, endpoint):
                found = kept_value(project, sources, meaning(project, module, api))
                yield found.qualified if found is not None else meaning(project, module, api)


def _may_be(words: Sequence[ast.keyword], endpoint: Endpoint) -> bool:
    """Whether what is added may have the name of an endpoint: it is given none, or this one."""
    name = endpoint.name.rpartition(".")[2]
    given = [one.value for one in words if one.arg == "endpoint"]
    return all(not isinstance(one, ast.Constant) or one.value == name for one in given)


def _modules(project: Project, sources: Sources, classes: Collection[str]) -> Iterator[tuple[Module, ast.Module]]:
    for module in project.modules.values():
        imports = {canonical(project, one) for one in module.imports.values()}
        if PACKAGE.encode() in sources.files.get(module.file, b"") or not imports.isdisjoint(classes):
            yield module, sources.tree(module.file)


def apis(
    project: Project, sources: Sources, module: Module, tree: ast.Module, classes: Collection[str]
) -> Iterator[ApiSettings | Finding]:
    """Every `Api` that a module makes by one of these classes, and what in it makes an `Api` something else."""
    names = Names(project, module, frozenset(), {})

    def meant(node: ast.expr) -> str | None:
        qualified = names.qualified(cst.parse_expression(ast.unparse(node)))
        return canonical(project, qualified) if qualified is not None else None

    known, of_this_module = registering(tree), frozenset(of_module(tree))
    variables = {
        id(one.value): f"{module.name}.{target.id}"
        for one in tree.body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    }

    def owner(call: ast.Call) -> str | None:
        given = [*call.args[:1], *(one.value for one in call.keywords if one.arg == "app")]
        if len(given) != 1 or root_of(given[0]) not in of_this_module:
            return None
        return blueprint_name(made_object(project, sources, meant(given[0]) or ""))

    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name() | ast.Attribute() as func) if meant(func) in classes:
                read = read_api(project, sources, module, node, meant)
                if not isinstance(read, Finding):
                    read = replace(read, owner=owner(node), name=variables.get(id(node), ""))
                yield read
            case ast.ClassDef(name=name, bases=bases) if any(meant(one) in classes for one in bases) and (
                f"{module.name}.{name}" not in classes
            ):
                yield Finding(API_UNREADABLE, Location(module.file, node.lineno), f"the class '{name}'")
            case ast.Attribute(attr=attr, ctx=ast.Store()) if attr in REPLACED and ast.unparse(node.value) != "self":
                yield Finding(API_UNREADABLE, Location(module.file, node.lineno), f"'{ast.unparse(node)}'")
            case ast.Attribute(attr="representation" | "representations") if node not in known:
                yield Finding(API_UNREADABLE, Location(module.file, node.lineno), f"'{ast.unparse(node)}'")


def read_api(
    project: Project, sources: Sources, module: Module, call: ast.Call, meaning: Callable[[ast.expr], str | None]
) -> ApiSettings | Finding:
    """The settings that a call of `Api` gives."""
    given: dict[str | None, ast.expr] = dict(zip(PARAMETERS, call.args, strict=False))
    given |= {one.arg: one.value for one in call.keywords}
    values: dict[str, object] = {}
    around: list[Decorator] = []
    for name, node in given.items():
        if name in LIVE:
            continue
        if name == "decorators" and isinstance(node, ast.List):
            for one in reversed(node.elts):
                target = one.func if isinstance(one, ast.Call) else one
                place = Location(module.file, one.lineno)
                around.append(Decorator(ast.unparse(one), meaning(target), place))
            continue
        try:
            value = ast.literal_eval(_kept(project, sources, meaning(node)) or node)
        except ValueError:
            name = None
        if name is None or (name in PLAIN and value not in (PLAIN[name], None)):
            return Finding(API_UNREADABLE, Location(module.file, call.lineno), f"'{ast.unparse(call)}'")
        values[name] = value
    errors = values.get("errors")
    return ApiSettings(
        repr(errors) if errors else "",
        bool(values.get("serve_challenge_on_401")),
        bool(values.get("catch_all_404s")),
        tuple(around),
    )


def _kept(project: Project, sources: Sources, qualified: str | None) -> ast.expr | None:
    """The dictionary that a module keeps under a name and nobody changes; None for anything else."""
    try:
        return named_map(project, sources, qualified)[2] if qualified is not None else None
    except Refused:
        return None
