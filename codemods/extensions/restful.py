"""Flask-RESTful: what methods of a `Resource` return, `abort(status, message=...)`, and errors below an `Api`.

    class Todo(Resource):                                @router.get("/todos/{todo_id:int}", name="todo")
        def get(self, todo_id):                 →        def get_todo(todo_id: int) -> Response:
            if todo_id not in TODOS:                         if todo_id not in TODOS:
                abort(404, message="gone")                       raise api_error(404, message="gone")
            return TODOS[todo_id]                            return APIResponse(TODOS[todo_id])

Every error of these endpoints is answered as the `Api` does (`Lifecycle.own_errors`). Which endpoints are an `Api`'s
the running application tells: its `output` stands around them.
"""

import ast
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Decorator, Endpoint, Module, Project
from codemods.view.imports import Need
from codemods.view.names import Names, canonical
from codemods.view.refusal import Refused, refuse
from codemods.view.rule import TIGHT, Rule, Translation, bind, code
from codemods.view.source import Sources

from .dialects import RESTFUL
from .error_routers import api_classes, error_router
from .extension import Extension, Marshalled, Setting
from .named_maps import FIELDS_UNREADABLE
from .options import bound_arguments, option

PACKAGE = "flask_restful"
HELPER = ".compat.restful"
URL_FOR = f"{PACKAGE}.Api.url_for"
OUTPUT = f"{PACKAGE}.Api.output.<locals>.wrapper"
API = f"{PACKAGE}.Api"
RESOURCE = f"{PACKAGE}.Resource"

API_UNREADABLE = Diagnostic(
    "FM771",
    "blocked",
    "an Api of Flask-RESTful is set up in a way that is not converted",
    "It decides what every method of its resources answers, and what clients get on an error.",
    "Make it by one call of Api with constants and a list of decorators, without representations or an own class.",
)
RESTFUL_VERSION = Diagnostic(
    "FM772",
    "blocked",
    "a version of Flask-RESTful that is not known",
    "What is copied is the behaviour of version 0.3.10.",
    "Update the extension first.",
)
ABORT_CALL = Diagnostic(
    "FM773",
    "blocked",
    "a call of Flask-RESTful's abort that cannot be read",
    "Its status or its keywords are not spelled out where it stands.",
    "Call it with the status and with keywords.",
)
RESOURCE_URL = Diagnostic(
    "FM774",
    "blocked",
    "api.url_for is called for a resource whose endpoint cannot be told",
    "The resource is computed, or added to an Api under several endpoints.",
    "Call Flask's url_for with the name of the endpoint.",
)

PARAMETERS = (
    "app", "prefix", "default_mediatype", "decorators", "catch_all_404s", "serve_challenge_on_401", "url_part_order",
    "errors",
)  # fmt: skip
"""The parameters of `Api`, in order."""
LIVE = frozenset({"app", "prefix", "url_part_order"})
"""Parameters that only decide about URLs, which the running application tells."""
PLAIN = {"default_mediatype": "application/json"}
"""Parameters that are understood with their default only."""
PLAIN_STATUSES = frozenset({400, 401, 403, 404, 409, 410, 422, 500, 503})
"""Statuses of which nothing more is said than their description."""
REPLACED = frozenset(
    {
        "representations", "representation", "errors", "handle_error", "error_router", "make_response", "output",
        "unauthorized", "default_mediatype", "catch_all_404s", "serve_challenge_on_401", "owns_endpoint",
    }
)  # fmt: skip
"""Attributes of an `Api` by which code changes what it does."""


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """How an `Api` answers errors, `errors` as source text; and the decorators of its resources, outermost first."""

    errors: str = ""
    challenge: bool = False
    catches_404: bool = False
    decorators: tuple[Decorator, ...] = ()

    def expression(self) -> str:
        """What answers its errors."""
        given = [*([self.errors] if self.errors else []), *(["challenge=True"] if self.challenge else [])]
        return f"APIErrors({', '.join(given)})"


def is_resource(endpoint: Endpoint) -> bool:
    """Whether an endpoint is a `Resource`, of whose values an `Api` makes JSON."""
    return RESOURCE in endpoint.view.bases


def is_below_api(endpoint: Endpoint) -> bool:
    """Whether an endpoint belongs to an `Api`: a `Resource`, or another class that makes responses by itself."""
    return is_resource(endpoint) or any(one.qualified == OUTPUT for one in endpoint.view.wrappers)


def problem(project: Project, sources: Sources, reached: Collection[str]) -> Finding | None:
    """Why the resources of an application stay on Flask."""
    version = project.application.versions.get("flask-restful", "0.3.10")
    if version != "0.3.10":
        return Finding(RESTFUL_VERSION, None, f"version {version}")
    if not any(name in (RESOURCE, f"{PACKAGE}.Api") for name in reached):
        return None
    found = settings_of(project, sources)
    return found if isinstance(found, Finding) else None


def settings_of(project: Project, sources: Sources) -> ApiSettings | Finding:
    """How the application's `Api`s answer errors, or why that cannot be told."""
    for name in ("RESTFUL_JSON", "HTTP_BASIC_AUTH_REALM"):
        if name in project.application.config:
            return Finding(API_UNREADABLE, None, f"the setting {name}")
    if any(one.kind == "got_request_exception" for one in project.hooks):
        return Finding(API_UNREADABLE, None, "a receiver of got_request_exception")
    router = error_router(project, sources)
    if isinstance(router, str):
        return Finding(API_UNREADABLE, None, router)
    found: set[ApiSettings] = set()
    classes = {API, *(f"{module.name}.{node.name}" for module, node in api_classes(project, sources))}
    for module, tree in _modules(project, sources, classes):
        for one in apis(project, module, tree, classes):
            if isinstance(one, Finding):
                return one
            found.add(one)
    if len(found) != 1:
        return Finding(API_UNREADABLE, None, f"{len(found)} kinds of Api")
    return next(iter(found))


def _modules(project: Project, sources: Sources, classes: Collection[str]) -> Iterator[tuple[Module, ast.Module]]:
    for module in project.modules.values():
        imports = {canonical(project, one) for one in module.imports.values()}
        if PACKAGE.encode() in sources.files.get(module.file, b"") or not imports.isdisjoint(classes):
            yield module, sources.tree(module.file)


def apis(
    project: Project, module: Module, tree: ast.Module, classes: Collection[str]
) -> Iterator[ApiSettings | Finding]:
    """Every `Api` that a module makes by one of these classes, and what in it makes an `Api` something else."""
    names = Names(project, module, frozenset(), {})

    def meaning(node: ast.expr) -> str | None:
        qualified = names.qualified(cst.parse_expression(ast.unparse(node)))
        return canonical(project, qualified) if qualified is not None else None

    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name() | ast.Attribute() as func) if meaning(func) in classes:
                yield read_api(module, node, meaning)
            case ast.ClassDef(name=name, bases=bases) if any(meaning(one) in classes for one in bases) and (
                f"{module.name}.{name}" not in classes
            ):
                yield Finding(API_UNREADABLE, Location(module.file, node.lineno), f"the class '{name}'")
            case ast.Attribute(attr=attr, ctx=ast.Store()) if attr in REPLACED and ast.unparse(node.value) != "self":
                yield Finding(API_UNREADABLE, Location(module.file, node.lineno), f"'{ast.unparse(node)}'")
            case ast.Attribute(attr="representation" | "representations"):
                yield Finding(API_UNREADABLE, Location(module.file, node.lineno), f"'{ast.unparse(node)}'")


def read_api(module: Module, call: ast.Call, meaning: Callable[[ast.expr], str | None]) -> ApiSettings | Finding:
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
            value = ast.literal_eval(node)
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


def lifecycle_settings(project: Project, sources: Sources, endpoints: Sequence[Endpoint]) -> Sequence[Setting]:
    """What answers the errors of the resources among these endpoints, as an argument of the lifecycle."""
    names = sorted(one.name for one in endpoints if is_below_api(one))
    settings = settings_of(project, sources)
    if not names or isinstance(settings, Finding):
        return ()
    listed = ", ".join([*(f'"{name}"' for name in names), *(["None"] if settings.catches_404 else [])])
    text = f"dict.fromkeys([{listed}], {settings.expression()})"
    return (Setting("own_errors", text, frozenset({Need(HELPER, "APIErrors")})),)


def decorators(project: Project, sources: Sources) -> tuple[Decorator, ...]:
    """What an `Api` puts around all its resources, and around what it makes of their values; outermost first.

    Raises `Refused` where that cannot be told.
    """
    settings = settings_of(project, sources)
    if isinstance(settings, Finding):
        raise Refused(settings)
    return settings.decorators


def answer(
    translation: Translation, written: cst.BaseExpression | None, value: cst.BaseExpression | None
) -> cst.BaseExpression:
    """The response for what a method of a resource returns (`Api.output`)."""
    if written is None or value is None:
        return _call(translation, "APIResponse", [cst.Arg(cst.Name("None"))])
    kind = translation.kind(written)
    if kind == "response":
        return value
    if isinstance(written, cst.Tuple) and isinstance(value, cst.Tuple):
        parts = [one.value for one in value.elements if isinstance(one, cst.Element)]
        if len(parts) == len(value.elements) in (2, 3) and not isinstance(parts[1], cst.Dict | cst.List | cst.Tuple):
            status = written.elements[1].value
            if isinstance(status, cst.Integer) or len(parts) == 3:
                return _call(translation, "APIResponse", [cst.Arg(one) for one in parts])
    if kind in ("json", "text", "none") and not isinstance(written, cst.Name):
        return _call(translation, "APIResponse", [cst.Arg(value)])
    if isinstance(value, cst.Tuple) and not value.lpar:
        value = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return _call(translation, "api_response", [cst.Arg(value)])


def _call(translation: Translation, name: str, arguments: Sequence[cst.Arg]) -> cst.Call:
    return cst.Call(cst.Name(translation.need(HELPER, name)), arguments)


def abort(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`abort(404, message="gone")`, where the translator makes a `raise` of it."""
    first = written.args[0] if written.args else None
    keywords = call.args[1:]
    if first is None or first.star or first.keyword is not None or any(one.star == "*" for one in keywords):
        raise translation.refuse(ABORT_CALL, written, code(written))
    if written not in translation.raised or any(one.keyword is None and not one.star for one in keywords):
        raise translation.refuse(ABORT_CALL, written, code(written))
    if not keywords and isinstance(first.value, cst.Integer) and first.value.evaluated_value in PLAIN_STATUSES:
        return call.with_changes(func=cst.Name(translation.need("fastapi", "HTTPException")))
    return call.with_changes(func=cst.Name(translation.need(HELPER, "api_error")))


def url_for(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`api.url_for(Todo, todo_id=1)`."""
    first = written.args[0] if written.args else None
    endpoint = translation.endpoint_of(first.value) if first and not first.star and first.keyword is None else None
    if first is None or endpoint is None:
        raise translation.refuse(RESOURCE_URL, written, code(written))
    helper = cst.Name(translation.need(".compat.urls", "url_for"))
    named = cst.Arg(cst.SimpleString(f'"{endpoint}"'))
    return call.with_changes(func=helper, args=[cst.Arg(translation.request()), named, *call.args[1:]])


def marshals(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Marshalled:
    """`@marshal_with(task_fields, envelope="tasks")`; raises `Refused`."""
    bound = bound_arguments(FIELDS_UNREADABLE, decorator, written, "fields", "envelope")
    envelope = option(FIELDS_UNREADABLE, decorator, bound, "envelope", None) or ""
    if "fields" not in bound or not isinstance(envelope, str):
        raise refuse(FIELDS_UNREADABLE, decorator.location, f"'{decorator.text}'")
    return Marshalled(bound["fields"], envelope)


def marshals_one(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Marshalled:
    """`@marshal_with_field(fields.List(fields.Integer))`; raises `Refused`."""
    bound = bound_arguments(FIELDS_UNREADABLE, decorator, written, "field")
    if "field" not in bound:
        raise refuse(FIELDS_UNREADABLE, decorator.location, f"'{decorator.text}'")
    return Marshalled(bound["field"], is_single=True)


def marshal(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`marshal(task, task_fields)`."""
    bound, given = bind(call, "data", "fields", "envelope"), bind(written, "data", "fields", "envelope")
    if bound is None or given is None or not {"data", "fields"} <= bound.keys():
        raise translation.refuse(FIELDS_UNREADABLE, written, code(written))
    found = translation.shown_fields(given["fields"])
    if found is None:
        raise translation.refuse(FIELDS_UNREADABLE, written, code(written))
    shown, links = found
    options = [cst.Arg(bound["envelope"])] if "envelope" in bound else []
    if links:
        options.append(cst.Arg(translation.request(), keyword=cst.Name("request"), equal=TIGHT))
    helper = cst.Name(translation.need(RESTFUL.helper, "marshal"))
    return cst.Call(helper, [cst.Arg(bound["data"]), cst.Arg(shown), *options])


RULE = Rule(
    calls={f"{PACKAGE}.abort": abort, URL_FOR: url_for, f"{PACKAGE}.marshal": marshal},
    kinds={f"{PACKAGE}.marshal": "json"},
    made=frozenset({URL_FOR}),
    naming={URL_FOR: (0, "resource"), f"{PACKAGE}.marshal": (1, "fields")},
    diagnostics=(API_UNREADABLE, RESTFUL_VERSION, ABORT_CALL, RESOURCE_URL, FIELDS_UNREADABLE),
)

EXTENSION = Extension(
    PACKAGE,
    helper=HELPER,
    bases={
        RESTFUL.library: Need(".compat", RESTFUL.helper.rpartition(".")[2]),
        **{f"{RESTFUL.library}.{name}": Need(RESTFUL.helper, name) for name in sorted(RESTFUL.bases)},
    },
    layers={
        f"{PACKAGE}.marshal_with": marshals,
        f"{PACKAGE}.marshal_with_field": marshals_one,
    },
    settings=lifecycle_settings,
    problem=problem,
)
