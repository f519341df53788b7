"""flask-smorest: what it dumps around views, its `abort`, and the JSON that it makes of every HTTP error.

@blp.route("/pets", methods=["POST"])          @router.post("/pets", status_code=201, ...)
@blp.response(201, PetOut)               →     @responding(201, PetOut.dump)
def create_pet():                              def create_pet() -> Any:
    abort(409, message="There is one.")            raise error_with(409, message="There is one.")

@blp.arguments(PetIn)                    →     def create_pet(body: Annotated[PetIn, Depends(pet_in)]) -> Any:
def create_pet(pet):                               pet = body.to_dict()
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus

import libcst as cst

from codemods.extensions.basis.extension import (
    Documented,
    Extension,
    ExtensionHandler,
    Output,
    Paged,
    ParsingCall,
    Tagged,
    Told,
)
from codemods.extensions.basis.objects import MadeObject, made_object
from codemods.extensions.basis.options import bound_arguments, constant, option, told, told_content, told_entries
from codemods.extensions.basis.own_blueprints import PAGES, PARSER, SIZES, blueprint_class, library_class
from codemods.extensions.basis.settings import constant_setting
from codemods.findings import Diagnostic, Finding, Location
from codemods.literals import as_literal
from codemods.model import Decorator, ErrorHandler, Module, Project
from codemods.schemas.fields.argument_parsers import (
    ArgumentParser,
    UnreadError,
    argument_parser,
    is_handed,
    made_parser,
)
from codemods.view.error_object import HTTP_ERROR, HTTP_EXCEPTION
from codemods.view.imports import Need
from codemods.view.names import Names, meaning
from codemods.view.refusal import refuse
from codemods.view.rule import Rule, Translation, arguments, bind, code
from codemods.view.rules import errors
from codemods.view.source import Sources

from .webargs import BY_ITSELF, PARSER_OF_ONE, parsed_by

PACKAGE = "flask_smorest"
MAKER = "flask_smorest.Blueprint"
DETAILS = ".compat.error_details"

RESPONSE = Diagnostic(
    "FM741",
    "blocked",
    "a decorator of flask-smorest's in a form that is not converted",
    "What it loads, checks or dumps is decided by arguments that are not spelled out where it stands, or that have no "
    "counterpart.",
    "Give it a schema class and constants, or keep the route on Flask.",
)
ABORT = Diagnostic(
    "FM743",
    "blocked",
    "flask-smorest's abort is called in a way that has no counterpart",
    "Its arguments are spread from a value that is only known when the code runs.",
    "Spell out the status, message, errors and headers.",
)

DEFAULTS = Diagnostic(
    "FM744",
    "blocked",
    "flask-smorest's own defaults are changed",
    "Another parser, other sizes of pages, another header or other methods with ETags would hold for every use of its "
    "decorators.",
    "Give page sizes to `paginate` where it stands, and a blueprint its parser right behind its making; leave ETags as "
    "they are.",
)
CHANGING = frozenset({
    PAGES, PARSER, "PAGINATION_HEADER_NAME", "PAGINATION_ARGUMENTS_PARSER", "METHODS_CHECKING_NOT_MODIFIED",
    "METHODS_NEEDING_CHECK_ETAG", "METHODS_ALLOWING_SET_ETAG", "ETAG_INCLUDE_HEADERS",
})  # fmt: skip
"""What of its classes decides about requests and answers."""
NO_TAGS = "ETAG_DISABLED"
"""The setting that makes its decorator and methods for ETags do nothing; an `Api` may put a prefix before it."""
TAGS = ".compat.entity_tags"
TAGGING = tuple(f"{MAKER}.{name}" for name in ("check_etag", "set_etag"))

HANDLE = '''\
def handle_http_error(request: Request, error: HTTPError) -> Response:
    """An HTTP error as JSON, with what was said where it was raised."""
    body = {"code": error.status_code, "status": error.name, **details(error)}
    return FlaskJSONResponse(body, error.status_code, headers_of(error))
'''

DOCUMENTED = ("content_type", "description", "example", "examples", "headers")
"""The options of answers that only its own pages for OpenAPI read."""
ABOUT_BODIES = frozenset({"content_type", "required", "description", "example", "examples"})
"""The options of arguments that only its own pages for OpenAPI read."""
JSON = "application/json"
NO_DATA = Need(".compat.dumped", "no_data")
PAGE = Need(".compat.paging", "Page")
ROUTE_OPTIONS = {
    "summary": "summary", "description": "description", "tags": "tags", "deprecated": "deprecated",
    "operationId": "operation_id",
}  # fmt: skip
"""What `doc` says that a route of FastAPI's has an option for."""


def dumps(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Output:
    """`@blp.response(201, PetOut)`; raises `Refused`."""
    bound = bound_arguments(RESPONSE, decorator, written, "status_code", "schema", *DOCUMENTED)
    status = option(RESPONSE, decorator, bound, "status_code", None)
    if not isinstance(status, int):
        raise refuse(RESPONSE, decorator.location, f"'{decorator.text}'")
    schema = bound.get("schema")
    is_none = schema is None or code(schema) == "None"
    entries = told_entries(RESPONSE, decorator, bound)
    helper = Need(".compat.dumped", "responding")
    if (told := documented_schema(bound)) is not None:
        media = str(option(RESPONSE, decorator, bound, "content_type", None) or JSON)
        return Output(None, status, helper, told_content(entries, told, media), NO_DATA, media == JSON)
    return Output(None if is_none else schema, status, helper, entries)


def documented_schema(bound: Mapping[str, cst.BaseExpression]) -> object | None:
    """What stands in the place of a schema and only tells OpenAPI something: an object of it, or the name of one."""
    told = constant(bound["schema"]) if "schema" in bound else None
    return told if isinstance(told, dict) else {} if isinstance(told, str) else None


def tells(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Documented:
    """`@blp.alt_response(404, schema=ErrorOut, description="...")`; raises `Refused`.

    Of a `response` that is only named, nothing is told but its status.
    """
    names = ("status_code", "response", "schema", "success", *DOCUMENTED)
    bound = bound_arguments(RESPONSE, decorator, written, *names)
    status = option(RESPONSE, decorator, bound, "status_code", None)
    if not isinstance(status, int):
        raise refuse(RESPONSE, decorator.location, f"'{decorator.text}'")
    if option(RESPONSE, decorator, bound, "response", None) is not None:
        return Documented(answers=(Told(status, (f'"description": {as_literal(HTTPStatus(status).phrase)}',)),))
    schema = bound.get("schema")
    entries = told_entries(RESPONSE, decorator, bound, HTTPStatus(status).phrase)
    if (told := documented_schema(bound)) is not None:
        media = str(option(RESPONSE, decorator, bound, "content_type", None) or JSON)
        return Documented(answers=(Told(status, told_content(entries, told, media)),))
    return Documented(answers=(Told(status, entries, None if schema is None or code(schema) == "None" else schema),))


def documents(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Documented:
    """`@blp.doc(summary="...", security=[...])`; raises `Refused`."""
    found = arguments(written) if isinstance(written, cst.Call) else None
    if found is None or found[0]:
        raise refuse(RESPONSE, decorator.location, f"'{decorator.text}'")
    given = {name: option(RESPONSE, decorator, found[1], name, None) for name in found[1]}
    options = {ROUTE_OPTIONS[name]: as_literal(value) for name, value in given.items() if name in ROUTE_OPTIONS}
    more = {name: value for name, value in given.items() if name not in ROUTE_OPTIONS}
    return Documented(options, extra=more)


def own_parser(project: Project, sources: Sources, owner: MadeObject) -> ArgumentParser:
    """The parser that a blueprint is given behind the statement that makes it, or by its class; raises `Refused`."""
    for module in project.modules.values():
        if PARSER.encode() not in sources.files.get(module.file, b""):
            continue
        tree = sources.tree(module.file)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == PARSER and isinstance(node.value, ast.Name):
                if meaning(project, module, node.value) != f"{owner.module.name}.{owner.name}":
                    continue
                place = Location(module.file, node.lineno)
                made = [one for one in tree.body if isinstance(one, ast.Assign) and one.value is owner.call]
                follows = tree.body[tree.body.index(made[0]) + 1] if made and made[0] is not tree.body[-1] else None
                if follows is None or not is_handed(follows) or follows.targets[0] is not node:
                    raise refuse(DEFAULTS, place, f"'{ast.unparse(node)}'")
                return _read(project, sources, module, follows.value)
    own = blueprint_class(project, sources, owner.maker)
    return BY_ITSELF if own is None or own.parser is None else _read(project, sources, *own.parser)


def _read(project: Project, sources: Sources, module: Module, value: ast.expr) -> ArgumentParser:
    """The parser that an expression names or makes; raises `Refused`."""
    try:
        if isinstance(value, ast.Call):
            return made_parser(project, sources, module, value)
        return argument_parser(project, sources, meaning(project, module, value))
    except UnreadError as error:
        raise refuse(PARSER_OF_ONE, error.location, f"'{error}'") from None


def loads(
    sources: Sources, owner: MadeObject, decorator: Decorator, written: cst.BaseExpression, names: Names
) -> ParsingCall:
    """`@blp.arguments(PetIn, location="query", as_kwargs=True)`; raises `Refused`."""
    if not isinstance(written, cst.Call):
        raise refuse(RESPONSE, decorator.location, f"'{decorator.text}'")
    parser = replace(own_parser(names.project, sources, owner), location="json")  # that of `arguments` itself
    call = parsed_by(names, written, decorator.location, told=ABOUT_BODIES, parser=parser)
    if call.reader is not None:  # of what such a function reads, OpenAPI could not be told
        raise refuse(PARSER_OF_ONE, call.reader.location, f"'{call.reader.qualified}'")
    given = {one.keyword.value: one.value for one in written.args if one.keyword is not None}
    about = told(RESPONSE, decorator, given) if call.location in ("json", "form") else {}
    status = option(RESPONSE, decorator, given, "error_status_code", parser.status)
    phrase = HTTPStatus(status).phrase if isinstance(status, int) else "Unprocessable Entity"
    refusal = Told(status if isinstance(status, int) else 422, (f'"description": {as_literal(phrase)}',))
    return replace(call, extra={"requestBody": about} if about else {}, answers=(refusal,))


def paginates(
    sources: Sources, owner: MadeObject, decorator: Decorator, written: cst.BaseExpression, names: Names
) -> Paged:
    """`@blp.paginate(page_size=20)` and `@blp.paginate(Page)`; raises `Refused`."""
    bound = bound_arguments(RESPONSE, decorator, written, "pager", *SIZES)
    given = {name: option(RESPONSE, decorator, bound, name, None) for name in SIZES if name in bound}
    if not all(isinstance(one, int | None) for one in given.values()):
        raise refuse(RESPONSE, decorator.location, f"'{decorator.text}'")
    own = blueprint_class(names.project, sources, owner.maker)
    values = {**(own.pages if own is not None else SIZES)}
    values |= {name: one for name, one in given.items() if isinstance(one, int)}
    pager = bound.get("pager")
    return Paged(
        ", ".join(f"{name}={values[name]}" for name in SIZES if values[name] != SIZES[name]),
        None if pager is None or code(pager) == "None" else pager,
    )


def tags(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Tagged:
    """`@blp.etag`; raises `Refused`."""
    if isinstance(written, cst.Call):
        raise refuse(RESPONSE, decorator.location, f"'{decorator.text}'")
    return Tagged()


def problem(project: Project, sources: Sources, reached: Collection[str]) -> Finding | None:
    """Why code that reaches names of this extension stays on Flask: the project changes its defaults."""
    for module in project.modules.values():
        content = sources.files.get(module.file, b"")
        if not any(name.encode() in content for name in CHANGING):
            continue
        known = set(_said_by_classes(project, sources, module))
        for node in ast.walk(sources.tree(module.file)):
            named = CHANGING & {getattr(node, name, None) for name in ("id", "attr", "value") if _is_text(node, name)}
            if named and node not in known and not _is_of_blueprint(project, sources, module, node):
                return Finding(DEFAULTS, Location(module.file, getattr(node, "lineno", 1)), f"'{min(map(str, named))}'")
    return tags_problem(project, sources)


def _is_text(node: ast.AST, name: str) -> bool:
    return isinstance(getattr(node, name, None), str)


def _said_by_classes(project: Project, sources: Sources, module: Module) -> Iterator[ast.AST]:
    """The names to which classes of blueprints assign what is read where these are used."""
    for node in sources.tree(module.file).body:
        if isinstance(node, ast.ClassDef) and blueprint_class(project, sources, f"{module.name}.{node.name}"):
            yield from (one for statement in node.body for one in ast.iter_child_nodes(statement))


def _is_of_blueprint(project: Project, sources: Sources, module: Module, node: ast.AST) -> bool:
    """Whether this is the parser of a blueprint that a module makes: `own_parser` reads what it is given."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name) or node.attr != PARSER:
        return False
    made = made_object(project, sources, meaning(project, module, node.value))
    return made is not None and library_class(project, sources, made.maker) == MAKER


def tags_problem(project: Project, sources: Sources) -> Finding | None:
    """Why it cannot be told that answers are tagged, in a project that uses ETags."""
    if not any(b".etag" in one or b"_etag(" in one for one in sources.files.values()):
        return None
    if any(name.endswith(f"_{NO_TAGS}") for name in project.application.config):
        return Finding(DEFAULTS, None, f"a setting of one Api that ends with '{NO_TAGS}'")
    is_named = NO_TAGS in project.application.config or any(NO_TAGS.encode() in one for one in sources.files.values())
    value = constant_setting(sources, NO_TAGS) if is_named else None
    if is_named and (value is None or ast.literal_eval(value)):
        return Finding(DEFAULTS, None, f"the setting {NO_TAGS}")
    return None


def http_error(
    project: Project, sources: Sources, handler: ErrorHandler, is_native: bool
) -> ExtensionHandler | Finding:
    """The handler that answers every HTTP error.

    One that code of the Flask application raises keeps its details where it is translated (`compat/foreign.py`).
    """
    needs = {Need("fastapi", "Request"), Need("fastapi", "Response"), HTTP_ERROR}
    needs |= {Need(".compat.responses", "FlaskJSONResponse"), Need(DETAILS, "details"), Need(DETAILS, "headers_of")}
    return ExtensionHandler("handle_http_error", HANDLE, frozenset(needs), HTTP_EXCEPTION.name, HTTP_EXCEPTION)


def abort(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`abort(404)` as Flask's own; with details as an error that has them."""
    found = arguments(written)
    if found is None or not found[0]:
        raise translation.refuse(ABORT, written, code(written))
    if len(written.args) == 1:
        return errors.abort(translation, written, call)
    name = "error_with" if written in translation.raised else "abort"
    return call.with_changes(func=cst.Name(translation.need(DETAILS, name)))


def tag(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`blp.check_etag(data)` or `blp.set_etag(data)`, of data that is dumped already."""
    bound = bind(call, "etag_data")
    if bound is None or not isinstance(call.func, cst.Attribute):
        raise translation.refuse(RESPONSE, written, code(written))
    helper = cst.Name(translation.need(TAGS, call.func.attr.value))
    return cst.Call(helper, [cst.Arg(translation.request()), cst.Arg(bound["etag_data"])])


RULE = Rule(
    calls={f"{PACKAGE}.abort": abort, **dict.fromkeys(TAGGING, tag)},
    made=frozenset(TAGGING),
    diagnostics=(RESPONSE, ABORT, DEFAULTS),
)

EXTENSION = Extension(
    PACKAGE,
    summarises=True,
    bases={f"{PACKAGE}.Page": PAGE, f"{PACKAGE}.pagination.Page": PAGE},
    error_handlers={"flask_smorest.error_handler.ErrorHandlerMixin.handle_http_exception": http_error},
    layers={
        f"{MAKER}.{name}": layer
        for name, layer in (
            ("alt_response", tells),
            ("doc", documents),
            ("etag", tags),
            ("response", dumps),
        )
    },
    object_layers={f"{MAKER}.arguments": loads, f"{MAKER}.paginate": paginates},
    problem=problem,
)
