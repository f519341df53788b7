"""Flask-RESTful: what methods of a `Resource` return, `abort(status, message=...)`, and errors below an `Api`.

    class Todo(Resource):                                @router.get("/todos/{todo_id:int}", name="todo")
        def get(self, todo_id):                 →        def get_todo(todo_id: int) -> Response:
            if todo_id not in TODOS:                         if todo_id not in TODOS:
                abort(404, message="gone")                       raise api_error(404, message="gone")
            return TODOS[todo_id]                            return APIResponse(TODOS[todo_id])

Every error of these endpoints is answered as the `Api` does (`Lifecycle.own_errors`). Which endpoints are an `Api`'s
the running application tells: its `output` stands around them.
"""

from collections.abc import Collection, Sequence

import libcst as cst

from codemods.extensions.basis.dialects import RESTFUL, Dialect
from codemods.extensions.basis.extension import Extension, Marshalled, Represented, Served, Setting
from codemods.extensions.basis.options import bound_arguments, option
from codemods.findings import Diagnostic, Finding
from codemods.model import Decorator, Endpoint, Project
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import Refused, refuse
from codemods.view.rule import TIGHT, Rule, Translation, bind, code
from codemods.view.source import Sources

from .named_maps import FIELDS_UNREADABLE
from .restful_settings import API, REPRESENTATIONS, settings_for, settings_of

PACKAGE = "flask_restful"
HELPER = ".compat.restful"
URL_FOR = f"{PACKAGE}.Api.url_for"
OUTPUT = f"{PACKAGE}.Api.output.<locals>.wrapper"
RESOURCE = f"{PACKAGE}.Resource"
WRITING = f"{API}.make_response"
REPRESENTED = Need(".compat.representations", "represented_by")

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

PLAIN_STATUSES = frozenset({400, 401, 403, 404, 409, 410, 422, 500, 503})
"""Statuses of which nothing more is said than their description."""


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


def lifecycle_settings(project: Project, sources: Sources, served: Served) -> Sequence[Setting]:
    """What answers the errors of the resources among these endpoints, as an argument of the lifecycle."""
    found = settings_of(project, sources)
    below = sorted((one for one in served.endpoints if is_below_api(one)), key=lambda one: one.name)
    if not below or isinstance(found, Finding):
        return ()
    answered: dict[str, list[str]] = {}
    for endpoint in below:
        settings = settings_for(project, sources, endpoint)
        if not isinstance(settings, Finding):
            answered.setdefault(settings.expression(), []).append(f'"{endpoint.name}"')
    for one in found:
        if one.catches_404:
            answered.setdefault(one.expression(), []).append("None")
    if not answered:
        return ()
    tables = [f"dict.fromkeys([{', '.join(dict.fromkeys(names))}], {text})" for text, names in answered.items()]
    needs = {Need(HELPER, "APIErrors"), *([REPRESENTATIONS] if found[0].is_written else [])}
    text = tables[0] if len(tables) == 1 else f"{{{', '.join(f'**{one}' for one in tables)}}}"
    return (Setting("own_errors", text, frozenset(needs)),)


def decorators(project: Project, sources: Sources, endpoint: Endpoint) -> tuple[Decorator, ...]:
    """What an `Api` puts around all its resources, and around what it makes of their values; outermost first.

    Raises `Refused` where that cannot be told.
    """
    settings = settings_for(project, sources, endpoint)
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
    """`abort(404, message="gone")`, where the translator makes a `raise` of it, and within an expression."""
    first = written.args[0] if written.args else None
    keywords = call.args[1:]
    if first is None or first.star or first.keyword is not None or any(one.star == "*" for one in keywords):
        raise translation.refuse(ABORT_CALL, written, code(written))
    if any(one.keyword is None and not one.star for one in keywords):
        raise translation.refuse(ABORT_CALL, written, code(written))
    if written not in translation.raised:
        return call.with_changes(func=cst.Name(translation.need(HELPER, "abort")))
    is_plain = isinstance(first.value, cst.Integer) and first.value.evaluated_value in PLAIN_STATUSES
    if is_plain and not keywords and not translation.catches_errors:
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


def represents(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Represented:
    """What an `Api` with functions of the project for some media types does around its resources."""
    return Represented(f"represented_by({REPRESENTATIONS.name})", frozenset({REPRESENTED, REPRESENTATIONS}))


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


def marshal(
    translation: Translation,
    written: cst.Call,
    call: cst.Call,
    dialect: Dialect = RESTFUL,
    options: Sequence[str] = ("envelope",),
) -> cst.BaseExpression:
    """`marshal(task, task_fields)`; `options` are what the library takes besides."""
    names = ("data", "fields", *options)
    bound, given = bind(call, *names), bind(written, *names)
    if bound is None or given is None or not {"data", "fields"} <= bound.keys():
        raise translation.refuse(FIELDS_UNREADABLE, written, code(written))
    found = translation.shown_fields(given["fields"])
    if found is None:
        raise translation.refuse(FIELDS_UNREADABLE, written, code(written))
    shown, links = found
    more = [cst.Arg(bound[name], cst.Name(name), equal=TIGHT) for name in options if name in bound]
    if links:
        more.append(cst.Arg(translation.request(), cst.Name("request"), equal=TIGHT))
    helper = cst.Name(translation.need(dialect.helper, "marshal"))
    return cst.Call(helper, [cst.Arg(bound["data"]), cst.Arg(shown), *more])


RULE = Rule(
    calls={f"{PACKAGE}.abort": abort, URL_FOR: url_for, f"{PACKAGE}.marshal": marshal},
    kinds={f"{PACKAGE}.marshal": "json"},
    made=frozenset({URL_FOR}),
    naming={URL_FOR: (0, "resource"), f"{PACKAGE}.marshal": (1, "fields")},
    diagnostics=(RESTFUL_VERSION, ABORT_CALL, RESOURCE_URL, FIELDS_UNREADABLE),
)

EXTENSION = Extension(
    PACKAGE,
    helper=HELPER,
    bases={
        RESTFUL.library: Need(".compat", RESTFUL.helper.rpartition(".")[2]),
        **{f"{RESTFUL.library}.{name}": Need(RESTFUL.helper, name) for name in sorted(RESTFUL.bases)},
    },
    layers={
        WRITING: represents,
        f"{PACKAGE}.marshal_with": marshals,
        f"{PACKAGE}.marshal_with_field": marshals_one,
    },
    settings=lifecycle_settings,
    problem=problem,
)
