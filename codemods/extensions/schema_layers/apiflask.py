"""APIFlask: what it loads and dumps around views, its errors and their JSON.

    @app.post("/pets")                             @router.post("/pets", status_code=201, ...)
    @app.input(PetIn)                              @dumped_by(PetOut.dump, 201)
    @app.output(PetOut, status_code=201)     →     def create_pet(json_body: JsonBody[PetIn]) -> Any:
    def create_pet(json_data):                         json_data = load_json(json_body).to_dict()
        return {"id": 1, **json_data}                  return {"id": 1, **json_data}

Its own pages for OpenAPI stay on Flask: they tell of the routes as Flask has them.
"""

import ast
from collections.abc import Collection, Mapping
from http import HTTPStatus

import libcst as cst

from codemods.extensions.basis.extension import (
    Documented,
    Extension,
    ExtensionHandler,
    Input,
    Output,
    ParsingCall,
    Told,
)
from codemods.extensions.basis.objects import made_object
from codemods.extensions.basis.options import bound_arguments, constant, option, status_of, told_content, told_entries
from codemods.extensions.basis.settings import constant_setting, values
from codemods.findings import Diagnostic, Finding
from codemods.literals import as_literal
from codemods.model import Callee, Decorator, ErrorHandler, Module, Project
from codemods.view.error_object import HTTP_ERROR, HTTP_EXCEPTION
from codemods.view.imports import Need
from codemods.view.names import Names, meaning
from codemods.view.refusal import refuse
from codemods.view.rule import Rule, Translation, bind, code
from codemods.view.rules.errors import NAMES as STATUSES
from codemods.view.source import Piece, Sources

PACKAGE = "apiflask"
INPUTS = ".compat.api_inputs"
ERROR = Need(".compat.api_errors", "APIError")
FLASK_ERROR = Need(f"{PACKAGE}.exceptions", "HTTPError", "FlaskAPIError")
"""What code of the Flask application raises in its place."""
MAKERS = frozenset({"apiflask.APIFlask", "apiflask.APIBlueprint"})
LOCATIONS = frozenset({
    "json", "json_or_form", "query", "querystring", "form", "headers", "cookies", "path", "view_args", "files",
    "form_and_files",
})  # fmt: skip

LAYER = Diagnostic(
    "FM731",
    "blocked",
    "a decorator of APIFlask's in a form that is not converted",
    "What it loads, checks or dumps is decided by arguments that are not spelled out where it stands, or that have no "
    "counterpart.",
    "Give it a schema class and constants; load files and what is made at run time in the view.",
)
SETTINGS = Diagnostic(
    "FM732",
    "blocked",
    "APIFlask is set up in a way that is not converted",
    "The setting changes what every input is answered with that is refused, or wraps every output.",
    "Return the wrapped answer from the views, or keep the application on Flask.",
)
PROCESSOR = Diagnostic(
    "FM733",
    "blocked",
    "APIFlask's errors are answered in a way that cannot be read from the source",
    "The function for `error_processor` is not registered by a decorator, or more than one is.",
    "Register one function by `@app.error_processor`.",
)
ERROR_CALL = Diagnostic(
    "FM734",
    "blocked",
    "an error of APIFlask's is made in a way that has no counterpart",
    "Its arguments are spread from a value that is only known when the code runs.",
    "Spell out status_code, message, detail, headers and extra_data.",
)

BRIDGED = Diagnostic(
    "FM735",
    "blocked",
    "a route that needs the Flask application tells APIFlask's own errors from others",
    "What the route raises is a class of the converted application's, what code of the Flask application raises is "
    "APIFlask's own.",
    "Let the error reach its handler, or make what the route uses independent of the Flask application.",
)

CHANGING: Mapping[str, tuple[str, object]] = {
    "VALIDATION_ERROR_STATUS_CODE": ("status", 422),
    "VALIDATION_ERROR_DESCRIPTION": ("message", "Validation error"),
}
"""The settings that change what routes answer, with APIFlask's defaults; the others are about OpenAPI."""

REFUSED = Told(422, ('"description": "Validation error"',))

EMPTY = frozenset({f"{PACKAGE}.EmptySchema", f"{PACKAGE}.schemas.EmptySchema"})
"""The schema that dumps nothing."""
FILE = frozenset({f"{PACKAGE}.FileSchema", f"{PACKAGE}.schemas.FileSchema"})
"""The schema that only tells of a file."""
ENVELOPE, DATA_KEY = "BASE_RESPONSE_SCHEMA", "BASE_RESPONSE_DATA_KEY"
ERRORS = ("status_code", "message", "detail", "headers", "extra_data")
"""The arguments of `abort` and `HTTPError`."""

HANDLE = '''\
def handle_api_error(request: Request, error: APIError) -> Response:
    """An error as JSON."""
    body = {"detail": error.detail, "message": error.message, **error.extra_data}
    return FlaskJSONResponse(body, error.status_code, error.headers)
'''
HANDLE_HTTP = '''\
def handle_http_error(request: Request, error: HTTPError) -> Response:
    """Any other HTTP error, answered like one of the API's own."""
    return {handler}(request, APIError.like(error))
'''


def loads(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Input:
    """`@app.input(PetIn, location="query", arg_name="filters")`; raises `Refused`."""
    bound = bound_arguments(
        LAYER, decorator, written, "schema", "location", "arg_name", "schema_name", "example", "examples"
    )
    location = option(LAYER, decorator, bound, "location", "json")
    name = option(LAYER, decorator, bound, "arg_name", None) or f"{location}_data"
    if location not in LOCATIONS or not isinstance(name, str) or "schema" not in bound:
        raise refuse(LAYER, decorator.location, f"'{decorator.text}'")
    return Input(bound["schema"], str(location), name, INPUTS, (REFUSED,))


def dumps(decorator: Decorator, written: cst.BaseExpression, names: Names) -> Output:
    """`@app.output(PetOut, status_code=201)`; raises `Refused`."""
    every = ("schema", "status_code", "description", "schema_name", "example", "examples", "links", "content_type")
    bound = bound_arguments(LAYER, decorator, written, *every, "headers")
    status = option(LAYER, decorator, bound, "status_code", 200)
    if not isinstance(status, int) or "schema" not in bound:
        raise refuse(LAYER, decorator.location, f"'{decorator.text}'")
    is_empty = code(bound["schema"]) == "{}" or names.qualified(bound["schema"]) in EMPTY
    schema = None if is_empty else bound["schema"]
    told = told_entries(LAYER, decorator, bound)
    if (content := file_content(bound["schema"], names)) is not None:
        media = option(LAYER, decorator, bound, "content_type", None) or "application/json"
        told = told_content(told, content, str(media))
        return Output(None, status, Need(".compat.as_returned", "as_returned"), told, is_json=False)
    return Output(schema, status, Need(".compat.dumped", "dumped_by"), told)


def file_content(node: cst.BaseExpression, names: Names) -> dict[str, object] | None:
    """What OpenAPI is told of `FileSchema(...)`, which dumps nothing; None for another schema, or a computed one."""
    called = node.func if isinstance(node, cst.Call) else node
    if names.qualified(called) not in FILE:
        return None
    bound = bind(node, "type", "format") if isinstance(node, cst.Call) else {}
    return {"type": "string", "format": "binary"} | {name: constant(one) for name, one in (bound or {}).items()}


def documents(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Documented:
    """`@app.doc(summary="...", tags=["..."], responses=[404])`; raises `Refused` for what is computed."""
    names = ("summary", "description", "tags", "deprecated", "hide", "operation_id")
    every = ("summary", "description", "tags", "responses", *names[3:], "security", "extensions")
    bound = bound_arguments(LAYER, decorator, written, *every)
    answers = told_answers(bound.get("responses"))
    extra: dict[str, object] = {}
    if (security := option(LAYER, decorator, bound, "security", None)) is not None:
        listed = security if isinstance(security, list) else [security]
        extra["security"] = [{one: []} if isinstance(one, str) else one for one in listed]
    extensions = option(LAYER, decorator, bound, "extensions", None)
    extra |= extensions if isinstance(extensions, dict) else {}
    found = {name: option(LAYER, decorator, bound, name, None) for name in names if name in bound}
    if found.pop("hide", False):
        found["include_in_schema"] = False
    options = {name: as_literal(value) for name, value in found.items() if value is not None}
    return Documented(options, answers, extra)


def told_answers(responses: cst.BaseExpression | None) -> tuple[Told, ...]:
    """What `responses` tells: a list of statuses, or a description or an object of OpenAPI for each.

    Nothing is told of a status that is computed, and of what is computed for one only that there is such an answer.
    """
    pairs: list[tuple[cst.BaseExpression, cst.BaseExpression | None]] = []
    match responses:
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            pairs = [(one.value, None) for one in elements]
        case cst.Dict(elements=entries):
            pairs = [(one.key, one.value) for one in entries if isinstance(one, cst.DictElement)]
    found = []
    for key, value in pairs:
        status = status_of(key)
        if status is not None:
            said = constant(value) if value is not None else None
            told = dict(said) if isinstance(said, dict) else {"description": said} if isinstance(said, str) else {}
            told = {"description": HTTPStatus(status).phrase} | told
            found.append(Told(status, tuple(f'"{name}": {as_literal(one)}' for name, one in told.items())))
    return tuple(found)


def own_error(project: Project, sources: Sources, handler: ErrorHandler, is_native: bool) -> ExtensionHandler | Finding:
    """The handler of APIFlask's own errors, or what the application has in its place."""
    processor = processor_of(project, sources)
    needs = {Need("fastapi", "Request"), Need("fastapi", "Response"), ERROR}
    if isinstance(processor, Finding):
        return processor
    if processor is not None:
        return ExtensionHandler(
            processor.qualified, "", frozenset(needs), ERROR.name, ERROR, processor, flask_class=FLASK_ERROR
        )
    needs.add(Need(".compat.responses", "FlaskJSONResponse"))
    return ExtensionHandler("handle_api_error", HANDLE, frozenset(needs), ERROR.name, ERROR, flask_class=FLASK_ERROR)


def http_error(
    project: Project, sources: Sources, handler: ErrorHandler, is_native: bool
) -> ExtensionHandler | Finding:
    """The handler that answers Werkzeug's errors like APIFlask's own."""
    processor = processor_of(project, sources)
    if isinstance(processor, Finding):
        return processor
    called = processor.qualified.rpartition(".")[2] if processor is not None else "handle_api_error"
    others = [one.function.qualified for one in project.error_handlers if one.function.owned]
    if any(one.rpartition(".")[2] == called for one in others):
        return Finding(PROCESSOR, None, f"another handler is called '{called}'")
    needs = {Need("fastapi", "Request"), Need("fastapi", "Response"), ERROR, HTTP_ERROR}
    text = HANDLE_HTTP.format(handler=called)
    return ExtensionHandler(
        "handle_http_error", text, frozenset(needs), HTTP_EXCEPTION.name, HTTP_EXCEPTION, calls=processor
    )


def processor_of(project: Project, sources: Sources) -> Callee | Finding | None:
    """The function that the application answers errors with; None where it leaves that to APIFlask."""
    found = []
    for module in project.modules.values():
        content = sources.files.get(module.file, b"")
        if b"error_processor" not in content and b"error_callback" not in content:
            continue
        named = 0
        for node in ast.walk(sources.tree(module.file)):
            if isinstance(node, ast.Attribute) and node.attr in ("error_processor", "error_callback"):
                named += not is_of_auth(project, sources, module, node)
            definition = module.definitions.get(node.name) if isinstance(node, Piece) else None
            if definition is None or not isinstance(node, Piece) or len(node.decorator_list) != 1:
                continue
            decorator = node.decorator_list[0]
            if not isinstance(decorator, ast.Attribute) or is_of_auth(project, sources, module, decorator):
                continue
            if decorator.attr == "error_processor":
                found.append(Callee(definition.qualified, definition.location, True))
                named -= 1
        if named:
            return Finding(PROCESSOR, None, f"in '{module.name}'")
    return found[0] if len(found) == 1 else Finding(PROCESSOR, None, "several functions") if found else None


def is_of_auth(project: Project, sources: Sources, module: Module, node: ast.Attribute) -> bool:
    """Whether this is a method of an object for authentication: its errors are its own."""
    is_named = isinstance(node.value, ast.Name | ast.Attribute)
    made = made_object(project, sources, meaning(project, module, node.value)) if is_named else None
    return made is not None and made.maker.endswith("Auth")


def error_call(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`abort(404, "no such pet")` and `HTTPError(404, "no such pet")`: the same error, and a statement raises it."""
    if bind(written, *ERRORS) is None:
        raise translation.refuse(ERROR_CALL, written, code(written))
    is_abort = (translation.names.qualified(written.func) or "").endswith(".abort")
    name = "abort" if is_abort and written not in translation.raised else ERROR.name
    return call.with_changes(func=cst.Name(translation.need(ERROR.module, name)))


def error_class(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`HTTPError` by itself: raised, caught or inherited from; raises `Refused` where two classes would be meant."""
    if translation.beside_flask and node not in translation.raised:
        raise translation.refuse(BRIDGED, node, code(node))
    return cst.Name(translation.need(ERROR.module, ERROR.name))


def envelope(project: Project, sources: Sources) -> tuple[Module, cst.BaseExpression, str] | None:
    """The schema around every output, with the module that names it, and the key of the data; None where there is none.

    Raises `Refused` where it is not the same wherever it is set.
    """
    flags = project.application.flags
    if project.live and not flags.get(ENVELOPE):
        return None
    found = [
        (module, value)
        for module in project.modules.values()
        if ENVELOPE.encode() in sources.files.get(module.file, b"")
        for value in values(sources.tree(module.file), ENVELOPE)
    ]
    if not found and not flags.get(ENVELOPE):
        return None
    keyed = constant_setting(sources, DATA_KEY)
    is_keyed = any(DATA_KEY.encode() in one for one in sources.files.values())
    if len(found) != 1 or not isinstance(found[0][1], ast.Name | ast.Attribute) or (is_keyed and keyed is None):
        raise refuse(SETTINGS, None, f"the setting {ENVELOPE}")
    key = "data" if keyed is None else str(ast.literal_eval(keyed))
    return found[0][0], cst.parse_expression(ast.unparse(found[0][1])), key


def problem(project: Project, sources: Sources, reached: Collection[str]) -> Finding | None:
    """Why code that reaches names of this extension stays on Flask."""
    wording = refusals(project, sources)
    return wording if isinstance(wording, Finding) else None


def refusals(project: Project, sources: Sources) -> Mapping[str, object] | Finding:
    """What is answered otherwise than by itself where input is refused: a `status`, a `message`; or why that cannot be
    told."""
    flags = project.application.flags
    found: dict[str, object] = {}
    for name, (keyword, normal) in CHANGING.items():
        if not any(name.encode() in one for one in sources.files.values()) and flags.get(name, normal) == normal:
            continue
        node = constant_setting(sources, name)
        value = ast.literal_eval(node) if node is not None else None
        is_true = not project.live or flags.get(name, value) == value
        if type(value) is not type(normal) or not is_true or (keyword == "status" and value not in STATUSES):
            return Finding(SETTINGS, None, f"the setting {name}")
        if value != normal:
            found[keyword] = value
    return found


def as_dependency(project: Project, sources: Sources, layer: Input) -> ParsingCall | None:
    """The same as a dependency, for what has to be loaded before another one runs; None for a form with files, and for
    a dictionary of fields, whose class goes by another name there."""
    wording = refusals(project, sources)
    has_files = layer.location in ("files", "form_and_files")
    if has_files or isinstance(layer.schema, cst.Dict) or isinstance(wording, Finding):
        return None
    told = ", ".join(f"{name}={as_literal(value)}" for name, value in wording.items())
    refuse = Need(".compat.refused_inputs", "refusing_input" if told else "refuse_input")
    options = [f'place="{layer.location}"'] if layer.location in ("querystring", "path") else []
    options.append(f"refuse={refuse.name}({told})" if told else f"refuse={refuse.name}")
    return ParsingCall(
        layer.schema, layer.location, False, layer.name, "", tuple(options), needs=frozenset({refuse})
    )  # fmt: skip


SPELLINGS = (PACKAGE, f"{PACKAGE}.exceptions")

RULE = Rule(
    calls={f"{place}.{name}": error_call for place in SPELLINGS for name in ("abort", "HTTPError")},
    attributes={f"{place}.HTTPError": error_class for place in SPELLINGS},
    kinds={f"{place}.HTTPError": "error" for place in SPELLINGS},
    diagnostics=(LAYER, SETTINGS, PROCESSOR, ERROR_CALL, BRIDGED),
)

_REGISTERED = "apiflask.app.APIFlask._register_error_handlers.<locals>.handle_http_errors"
_APPLIED = "apiflask.app.APIFlask._apply_error_callback_to_werkzeug_errors.<locals>.handle_werkzeug_errors"

EXTENSION = Extension(
    PACKAGE,
    summarises=True,
    handing_on=frozenset({f"{PACKAGE}.scaffold._ensure_sync.<locals>.wrapper"}),
    bases={f"{place}.HTTPError": ERROR for place in SPELLINGS},
    error_handlers={_REGISTERED: own_error, _APPLIED: http_error},
    layers={
        f"{maker}.{name}": layer
        for maker in MAKERS
        for name, layer in (("input", loads), ("output", dumps), ("doc", documents))
    },
    problem=problem,
)
