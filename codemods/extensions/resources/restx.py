"""Flask-RESTX: what methods of a `Resource` return, `abort`, errors below an `Api`, and what namespaces document.

    @ns.route("/<int:id>")                               @router.get(
    @ns.response(404, "Todo not found")                      "/todos/{id:int}", name="todos_todo", tags=["todos"],
    class Todo(Resource):                                    responses={404: {"description": "Todo not found"}, ...},
        @ns.marshal_with(todo)                  →        )
        def get(self, id):                               @marshalled(TodoModel)
            if id not in TODOS:                          def get_todos_todo(id: int, request: Request) -> Any:
                ns.abort(404, "no such todo")                if id not in TODOS:
            return TODOS[id]                                     raise api_error(404, "no such todo")
                                                             return TODOS[id]

Its own pages for Swagger stay on Flask: they tell of the routes as Flask has them.
"""

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from codemods.extensions.basis.dialects import RESTX
from codemods.extensions.basis.extension import Extension, Served, Setting
from codemods.extensions.basis.own_apis import is_api, own_api, spelled
from codemods.extensions.basis.settings import constant_setting
from codemods.findings import Diagnostic, Finding, Location
from codemods.literals import is_literal
from codemods.model import Endpoint, ErrorHandler, Module, Project
from codemods.view.imports import Need
from codemods.view.names import meaning
from codemods.view.rule import Rule, Translation, arguments, code
from codemods.view.rules.json_body import json
from codemods.view.source import Sources

from . import restful, restful_settings, restx_owners
from .restx_documents import API, LAYERS, NAMESPACE, OBJECT_LAYERS, PACKAGE, RESTX_UNREADABLE
from .restx_handlers import error_handlers

HELPER = ".compat.restx"
OWN_ERRORS = Need(".errors", "resource_errors")
"""What answers the errors of resources where functions of the project take part in that."""
OWN_ERRORS_BESIDE = Need(".bridged.errors", "resource_errors")
"""The same for resources that need the Flask application."""
ERRORS = f"{PACKAGE}.errors"
RESOURCES = frozenset({f"{PACKAGE}.Resource", f"{PACKAGE}.resource.Resource"})
PARSE = f"{PACKAGE}.reqparse.RequestParser.parse_args"
OUTPUT = f"{PACKAGE}.api.Api.output.<locals>.wrapper"
URL_FOR = f"{API}.url_for"
OWNERS = (API, NAMESPACE)
DOCUMENTING = frozenset({*LAYERS, *OBJECT_LAYERS}) - {
    f"{owner}.{name}" for owner in (*OWNERS, PACKAGE) for name in ("marshal_with", "marshal_list_with")
}
"""The decorators that resources' classes may have: what they tell holds for each method."""

RESTX_VERSION = Diagnostic(
    "FM778",
    "blocked",
    "a version of Flask-RESTX that is not known",
    "What is copied is the behaviour of versions 1.3.",
    "Update the extension first.",
)
RESTX_ABORT = Diagnostic(
    "FM779",
    "blocked",
    "a call of abort whose meaning for Flask-RESTX cannot be read",
    "It may be given a response, for which it would answer another one, a status that it has no word for, or more than "
    "it takes.",
    "Call it with the status, a message and keywords.",
)

KNOWN = "1.3."
UNKNOWN = (418, 421, 451)
"""Statuses of errors that it has no word for (`flask_restx._http`), so that it fails on them."""
PARAMETERS = (
    "app", "version", "title", "description", "terms_url", "license", "license_url", "contact", "contact_url",
    "contact_email", "authorizations", "security", "doc", "default_id", "default", "default_label", "validate", "tags",
    "prefix", "ordered", "default_mediatype", "decorators", "catch_all_404s", "serve_challenge_on_401",
    "format_checker", "url_scheme", "default_swagger_filename",
)  # fmt: skip
"""The parameters of `Api`, in order."""
DECIDING: dict[str, object] = {
    "validate": None, "ordered": False, "default_mediatype": "application/json", "decorators": None,
    "catch_all_404s": False, "serve_challenge_on_401": False,
}  # fmt: skip
"""Those that decide about answers, with their defaults; the others are about URLs and its own documents."""
ONLY_DEFAULT = ("default_mediatype", "decorators")
FORMATS = "jsonschema.FormatChecker"
SETTINGS = ("RESTX_JSON", "ERROR_INCLUDE_MESSAGE", "HTTP_BASIC_AUTH_REALM")
"""Settings that decide about answers and are understood with their defaults only."""
HELP = "RESTX_ERROR_404_HELP"
OLD_HELP = "ERROR_404_HELP"
"""Its older name, which an `Api` copies to the other one where that is set before it is made."""
MASK_HEADER = "RESTX_MASK_HEADER"
HEADER = "X-Fields"
"""What it has by itself."""
WRITER = "ujson"
"""What `flask_restx.representations` prefers to `json`: it puts no spaces between items, and escapes slashes."""
REPLACED = restful_settings.REPLACED | {"error_handlers", "default_error_handler", "render_root", "validate_payload"}


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """How an `Api` answers errors, and whether it validates what resources expect; None where a setting decides.

    `handlers` are functions of the project that answer some errors (`restx_handlers`), `formats` is the checker for
    formats of texts, as source text.
    """

    validate: bool | None = False
    challenge: bool = False
    catches_404: bool = False
    helps: bool = True
    formats: str = ""
    handlers: tuple[ErrorHandler, ...] = ()


def is_resource(endpoint: Endpoint) -> bool:
    """Whether an endpoint is a resource of an `Api`."""
    return bool(RESOURCES & set(endpoint.view.bases))


def problem(project: Project, sources: Sources, reached: Collection[str]) -> Finding | None:
    """Why the resources of an application stay on Flask."""
    version = project.application.versions.get("flask-restx", KNOWN)
    if not version.startswith(KNOWN):
        return Finding(RESTX_VERSION, None, f"version {version}")
    if not RESOURCES & set(reached):
        return None
    if WRITER in project.application.versions:
        return Finding(RESTX_UNREADABLE, None, f"'{WRITER}', by which it writes JSON where that is installed")
    found = settings_of(project, sources)
    return found if isinstance(found, Finding) else None


def settings_of(project: Project, sources: Sources) -> ApiSettings | Finding:
    """How the application's `Api`s answer, or why that cannot be told."""
    config = project.application.config
    for name in SETTINGS:
        if name in config:
            return Finding(RESTX_UNREADABLE, None, f"the setting {name}")
    if any(one.kind == "got_request_exception" for one in project.hooks):
        return Finding(RESTX_UNREADABLE, None, "a receiver of got_request_exception")
    if all(any(word in one for one in sources.files.values()) for word in (b"Wildcard", b"ordered=True")):
        return Finding(RESTX_UNREADABLE, None, "the order of wildcards")
    if mask_header(project, sources) is None:
        return Finding(RESTX_UNREADABLE, None, f"the setting {MASK_HEADER}")
    found: list[ApiSettings] = []
    words = spelled(project, sources)
    for module in project.modules.values():
        if b"abort(" in sources.files.get(module.file, b""):
            for call in odd_aborts(project, module, sources.tree(module.file)):
                return Finding(RESTX_ABORT, Location(module.file, call.lineno), f"'{ast.unparse(call)}'")
        if (listing := restx_owners.changed(project, sources, module)) is not None:
            return listing
        if not any(word in sources.files.get(module.file, b"") for word in words):
            continue
        for one in apis(project, sources, module):
            if isinstance(one, Finding):
                return one
            found.append(one)
    if len(set(found)) != 1:
        return Finding(RESTX_UNREADABLE, None, f"{len(set(found))} kinds of Api")
    helps, validates = True, bool(found[0].validate)
    if HELP in config:
        given = [one for one in (HELP, OLD_HELP) if constant_setting(sources, one) is not None]
        value = constant_setting(sources, given[0]) if len(given) == 1 else None
        if value is None or (given == [HELP] and OLD_HELP in config):
            return Finding(RESTX_UNREADABLE, None, f"the setting {HELP}")
        helps = bool(ast.literal_eval(value))
    if "RESTX_VALIDATE" in config:
        value = constant_setting(sources, "RESTX_VALIDATE")
        if value is None:
            return Finding(RESTX_UNREADABLE, None, "the setting RESTX_VALIDATE")
        validates = validates if found[0].validate is not None else bool(ast.literal_eval(value))
    of_flask = {
        one
        for module in project.modules.values()
        if b"errorhandler" in sources.files.get(module.file, b"")
        for one in flask_handlers(project, module, sources.tree(module.file))
    }
    handlers = error_handlers(project, sources, of_flask)
    if isinstance(handlers, Finding):
        return handlers
    return replace(found[0], validate=validates, helps=helps, handlers=handlers)


def mask_header(project: Project, sources: Sources) -> str | None:
    """The header by which clients ask for some of the fields; None where the source does not say the one that is."""
    is_named = any(MASK_HEADER.encode() in one for one in sources.files.values())  # Flask-RESTX sets its default
    value = constant_setting(sources, MASK_HEADER) if is_named else ast.Constant(HEADER)
    name = value.value if isinstance(value, ast.Constant) else None
    return name if isinstance(name, str) and name and project.application.flags.get(MASK_HEADER, name) == name else None


def apis(project: Project, sources: Sources, module: Module) -> Iterator[ApiSettings | Finding]:
    """Every `Api` that a module makes, and what in it makes an `Api` or a namespace something else."""
    for node in ast.walk(sources.tree(module.file)):
        place = Location(module.file, getattr(node, "lineno", 1))
        match node:
            case ast.Call(func=ast.Name() | ast.Attribute()):
                maker, call = restx_owners.made(project, sources, module, node)
                computed = maker in OWNERS and restx_owners.listed(project, module, call) is None
                is_odd = maker == NAMESPACE and not (len(call.args) <= 3 and all(one.arg for one in call.keywords))
                if computed or is_odd:
                    yield Finding(RESTX_UNREADABLE, place, f"'{ast.unparse(node)}'")
                elif maker == API:
                    formats = formats_of(project, module, call)
                    odd = Finding(RESTX_UNREADABLE, place, f"'{ast.unparse(node)}'")
                    yield read_api(call, place, formats) if formats is not None else odd
            case ast.ClassDef(name=name, bases=bases) if (
                any(
                    isinstance(one, ast.Name | ast.Attribute)
                    and is_api(project, sources, meaning(project, module, one))
                    for one in bases
                )
                and own_api(project, sources, f"{module.name}.{name}") is None
            ):
                yield Finding(RESTX_UNREADABLE, place, f"the class '{name}'")
            case ast.Attribute(attr=attr, ctx=ast.Store()) if attr in REPLACED and ast.unparse(node.value) != "self":
                yield Finding(RESTX_UNREADABLE, place, f"'{ast.unparse(node)}'")
            case ast.Attribute(attr="representation" | "representations"):
                yield Finding(RESTX_UNREADABLE, place, f"'{ast.unparse(node)}'")


def odd_aborts(project: Project, module: Module, tree: ast.Module) -> Iterator[ast.Call]:
    """The calls of Flask's `abort` that may be given a response, of which an `Api` would keep but the status, and those
    with a status that it fails on."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id="abort") | ast.Attribute(attr="abort"), args=[ast.Constant(value=status), *_]
            ):
                if status in UNKNOWN:
                    yield node
            case ast.Call(func=ast.Name() | ast.Attribute() as func, args=[first, *_]) if not (
                isinstance(first, ast.Constant) or ast.unparse(first).rpartition(".")[0].endswith("HTTPStatus")
            ):
                if meaning(project, module, func) in ("flask.abort", "werkzeug.exceptions.abort"):
                    yield node


def flask_handlers(project: Project, module: Module, tree: ast.Module) -> Iterator[ast.expr]:
    """The `errorhandler` of every decorator by which the application or a blueprint knows a function."""
    own = [one.function for one in project.error_handlers if one.function.location is not None]
    known = {one.qualified.rpartition(".")[2] for one in own if one.location and one.location.file == module.file}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in known:
            called = [one.func for one in node.decorator_list if isinstance(one, ast.Call)]
            handling = [one for one in called if isinstance(one, ast.Attribute) and one.attr == "errorhandler"]
            yield from handling if len(handling) == 1 else ()


def formats_of(project: Project, module: Module, call: ast.Call) -> str | None:
    """The checker for formats of texts that a call of `Api` gives, empty for none; None where it is no plain one."""
    match [one.value for one in call.keywords if one.arg == "format_checker"]:
        case [] | [ast.Constant(value=None)]:
            return ""
        case [ast.Call(func=ast.Name() | ast.Attribute() as func, args=args, keywords=words)] if (
            meaning(project, module, func) == FORMATS
        ):
            values = [*args, *(one.value for one in words if one.arg == "formats")]
            is_plain = len(values) == len(args) + len(words) <= 1 and all(is_literal(one) for one in values)
            return f"FormatChecker({', '.join(map(ast.unparse, [*args, *words]))})" if is_plain else None
    return None


def read_api(call: ast.Call, place: Location, formats: str = "") -> ApiSettings | Finding:
    """The settings that a call of `Api` gives."""
    given: dict[str | None, ast.expr] = dict(zip(PARAMETERS, call.args, strict=False))
    given |= {one.arg: one.value for one in call.keywords}
    values = dict(DECIDING)
    for name, node in given.items():
        is_listed = any(one.value is node for one in call.keywords if one.arg == restx_owners.OPTION)
        if name is not None and (name not in DECIDING or is_listed):
            continue
        try:
            value = ast.literal_eval(node)
        except ValueError:
            name, value = None, None
        if name is None or (name in ONLY_DEFAULT and (value or None) != (DECIDING[name] or None)):
            return Finding(RESTX_UNREADABLE, place, f"'{ast.unparse(call)}'")
        values[name] = value
    validates = None if values["validate"] is None else bool(values["validate"])
    challenge, catches = bool(values["serve_challenge_on_401"]), bool(values["catch_all_404s"])
    return ApiSettings(validates, challenge, catches, formats=formats)


def lifecycle_settings(project: Project, sources: Sources, served: Served) -> Sequence[Setting]:
    """What answers the errors of the resources among these endpoints, as an argument of the lifecycle.

    Functions of the project that take part need the Flask application where one of the resources does; without it only
    the others are served.
    """
    names = sorted(one.name for one in served.endpoints if is_resource(one))
    if not names or isinstance(settings := settings_of(project, sources), Finding):
        return ()
    if settings.handlers and not served.beside:
        names = [one for one in names if one not in served.bridged]
        if not names:
            return ()
    listed = ", ".join([*(f'"{name}"' for name in names), *(["None"] if settings.catches_404 else [])])
    made, need = errors_expression(project, settings), Need(HELPER, "ResourceErrors")
    if settings.handlers:
        need = OWN_ERRORS if served.bridged.isdisjoint(names) else OWN_ERRORS_BESIDE
        made = need.name
    return (Setting("own_errors", f"dict.fromkeys([{listed}], {made})", frozenset({need})),)


def errors_expression(project: Project, settings: ApiSettings, options: Sequence[str] = ()) -> str:
    """What answers the errors of an `Api`."""
    rules = ", ".join(f'"{rule.rule}"' for one in project.endpoints for rule in one.rules) if settings.helps else ""
    given = [*([f"[{rules}]"] if rules else []), *(["challenge=True"] if settings.challenge else []), *options]
    return f"ResourceErrors({', '.join(given)})"


def answer(
    translation: Translation, written: cst.BaseExpression | None, value: cst.BaseExpression | None
) -> cst.BaseExpression:
    """The response for what a method of a resource returns (`Api.output`)."""
    if isinstance(written, cst.Tuple) and len(written.elements) not in (2, 3):
        raise translation.refuse(RESTX_UNREADABLE, written, code(written))
    return restful.answer(translation, written, value)


def marshal(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`marshal(todo, todo_model, skip_none=True)`."""
    return restful.marshal(translation, written, call, RESTX, ("envelope", "skip_none", "mask"))


def abort(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`ns.abort(404, "gone", id=1)`, where the translator makes a `raise` of it, and within an expression."""
    found = arguments(written)
    if found is not None and len(found[0]) > 2:
        raise translation.refuse(RESTX_ABORT, written, code(written))
    if written not in translation.raised:
        return call.with_changes(func=cst.Name(translation.need(HELPER, "abort")))
    first = written.args[0].value if found is not None and found[0] else (found or ((), {}))[1].get("code")
    is_plain = isinstance(first, cst.Integer) and first.evaluated_value in restful.PLAIN_STATUSES
    if is_plain and len(written.args) == 1 and not translation.catches_errors:
        return cst.Call(cst.Name(translation.need("fastapi", "HTTPException")), [cst.Arg(call.args[0].value)])
    return call.with_changes(func=cst.Name(translation.need(HELPER, "api_error")))


MARSHAL = tuple(f"{owner}.marshal" for owner in (PACKAGE, *OWNERS))

RULE = Rule(
    calls={
        **dict.fromkeys((f"{PACKAGE}.abort", f"{ERRORS}.abort", f"{API}.abort", f"{NAMESPACE}.abort"), abort),
        **dict.fromkeys(MARSHAL, marshal),
        URL_FOR: restful.url_for,
    },
    attributes={f"{owner}.payload": json for owner in OWNERS},
    kinds=dict.fromkeys(MARSHAL, "json"),
    made=frozenset({URL_FOR, *(f"{owner}.{name}" for owner in OWNERS for name in ("abort", "marshal", "payload"))}),
    naming={URL_FOR: (0, "resource"), **dict.fromkeys(MARSHAL, (1, "fields"))},
    diagnostics=(RESTX_UNREADABLE, RESTX_VERSION, RESTX_ABORT),
)

EXTENSION = Extension(
    PACKAGE,
    summarises=True,
    helper=HELPER,
    bases={
        RESTX.library: Need(".compat", RESTX.helper.rpartition(".")[2]),
        **{f"{RESTX.library}.{name}": Need(RESTX.helper, name) for name in sorted(RESTX.bases)},
    },
    layers=LAYERS,
    object_layers=OBJECT_LAYERS,
    settings=lifecycle_settings,
    problem=problem,
)
