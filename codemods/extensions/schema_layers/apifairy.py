"""APIFairy: what it loads, dumps, checks and tells around views, and its answer to arguments that a schema refuses.

    @app.route("/pets", methods=["POST"])          @router.post("/pets", status_code=201,
    @authenticate(token_auth)                          dependencies=[Depends(token_auth_required())])
    @body(PetSchema)                         →     @jsonified_by(Pet.dump, 201)
    @response(PetSchema, 201)                      def create_pet(body: Annotated[Pet, Depends(pet_body)]) -> Any:
    def create_pet(data):                              data = body.to_dict()

Its own pages for OpenAPI stay on Flask: they tell of the routes as Flask has them.
"""

import ast
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus

import libcst as cst

from codemods.extensions.basis.extension import (
    Check,
    Documented,
    Extension,
    ExtensionHandler,
    Output,
    ParsingCall,
    Told,
)
from codemods.extensions.basis.objects import given_functions, made_object
from codemods.extensions.basis.options import bound_arguments, option, told_entries
from codemods.extensions.logins.http_auth import told_roles
from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Callee, Decorator, ErrorHandler, Project
from codemods.view.imports import Need
from codemods.view.names import Names, meaning
from codemods.view.refusal import Refused, refuse
from codemods.view.rule import Rule, string
from codemods.view.source import Sources

from .webargs import parsed_by

PACKAGE = "apifairy"
MAKER = f"{PACKAGE}.APIFairy"
ERRORS = ".compat.refused_arguments"
ERROR = Need(ERRORS, "RefusedArguments")
REFUSE = Need(ERRORS, "refuse_arguments")

LAYER = Diagnostic(
    "FM791",
    "blocked",
    "a decorator of APIFairy's in a form that is not converted",
    "What it loads, checks or dumps is decided by arguments that are not spelled out where it stands, or that have no "
    "counterpart.",
    "Give it a schema and constants; read uploaded files in the view.",
)
HANDLER = Diagnostic(
    "FM792",
    "blocked",
    "APIFairy's errors are answered in a way that cannot be read from the source",
    "The function for `error_handler` is not a plain one that takes the status and the messages, or there are several; "
    "or nobody can tell what APIFairy's object is given, since a function makes it, or since there are two.",
    "Make one object at the top of a module (`apifairy = APIFairy()`, with `apifairy.init_app(app)` in the factory), "
    "and register one function by `@apifairy.error_handler`.",
)

HANDLE = '''\
def handle_refused_arguments(request: Request, error: RefusedArguments) -> Response:
    """What is wrong with the arguments, as JSON."""
    return FlaskJSONResponse({"messages": error.messages}, error.status_code)
'''
PLACES = {
    **{one: one for one in ("json", "query", "querystring", "headers", "cookies", "files")},
    "form": "form_and_files",
}
"""The places that its parser reads: as webargs does, but with a form it reads files, too."""


def authenticates(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Check:
    """`@authenticate(token_auth, role="admin")`; raises `Refused`."""
    args = written.args if isinstance(written, cst.Call) else ()
    options = args[1:]
    named = all(one.keyword is not None and one.keyword.value in ("role", "optional") for one in options)
    if not args or args[0].keyword or any(one.star for one in args) or not named:
        raise refuse(LAYER, decorator.location, f"'{decorator.text}'")
    role = next((one.value for one in options if one.keyword and one.keyword.value == "role"), None)
    return Check(args[0].value, tuple(options), told_roles(role))


def loads_body(decorator: Decorator, written: cst.BaseExpression, names: Names) -> ParsingCall:
    """`@body(PetSchema)`; raises `Refused`."""
    return _loads(decorator, written, names, "json", ("location", "media_type"))


def loads_arguments(decorator: Decorator, written: cst.BaseExpression, names: Names) -> ParsingCall:
    """`@arguments(PageSchema)`; raises `Refused`."""
    return _loads(decorator, written, names, "query", ("location",))


def _loads(
    decorator: Decorator, written: cst.BaseExpression, names: Names, place: str, positional: tuple[str, ...]
) -> ParsingCall:
    bound = bound_arguments(
        LAYER, decorator, written, "schema", *positional, "unknown", "error_status_code", "error_headers"
    )
    location = string(bound["location"]) if "location" in bound else place
    if location not in PLACES or "schema" not in bound:
        raise refuse(LAYER, decorator.location, f"'{decorator.text}'")
    given = {name: value for name, value in bound.items() if name not in ("schema", "location", "media_type")}
    args = [cst.Arg(bound["schema"]), cst.Arg(cst.SimpleString(f'"{location}"'), cst.Name("location"))]
    args += [cst.Arg(value, cst.Name(name)) for name, value in given.items()]
    call = parsed_by(names, cst.Call(cst.Name("use_args"), args), decorator.location)
    options = (*call.options, f"refuse={REFUSE.name}")
    return replace(call, location=PLACES[str(location)], options=options, needs=frozenset({REFUSE}))


def dumps(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Output:
    """`@response(PetSchema, 201, "The pet")`; raises `Refused`."""
    bound = bound_arguments(LAYER, decorator, written, "schema", "status_code", "description", "headers")
    status = option(LAYER, decorator, bound, "status_code", 200)
    if not isinstance(status, int) or "schema" not in bound:
        raise refuse(LAYER, decorator.location, f"'{decorator.text}'")
    told = told_entries(LAYER, decorator, bound)
    return Output(bound["schema"], status, Need(".compat.dumped", "jsonified_by"), told)


def tells(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Documented:
    """`@other_responses({404: "There is none", 409: (ErrorSchema, "Taken")})`; raises `Refused`."""
    bound = bound_arguments(LAYER, decorator, written, "responses")
    given = bound.get("responses")
    if not isinstance(given, cst.Dict):
        raise refuse(LAYER, decorator.location, f"'{decorator.text}'")
    return Documented(answers=tuple(_told(decorator, one) for one in given.elements))


def _told(decorator: Decorator, element: cst.BaseDictElement) -> Told:
    """What is told of one status: a text, a schema, or both."""
    key = element.key if isinstance(element, cst.DictElement) else None
    if not isinstance(key, cst.Integer):
        raise refuse(LAYER, decorator.location, f"'{decorator.text}'")
    value = element.value
    parts = [one.value for one in value.elements] if isinstance(value, cst.Tuple | cst.List) else [value]
    texts = [one for one in parts if string(one) is not None]
    schemas = [one for one in parts if string(one) is None]
    if len(texts) > 1 or len(schemas) > 1:
        raise refuse(LAYER, decorator.location, f"'{decorator.text}'")
    status = int(key.value)
    given = {"description": texts[0]} if texts else {}
    entries = told_entries(LAYER, decorator, given, HTTPStatus(status).phrase)
    return Told(status, entries, schemas[0] if schemas else None)


def refused_arguments(
    project: Project, sources: Sources, handler: ErrorHandler, is_native: bool
) -> ExtensionHandler | Finding:
    """What answers arguments that a schema refuses: the project's own function, or APIFairy's."""
    try:
        own = _own_handler(project, sources)
    except Refused as refused:
        return refused.finding
    needs = frozenset({Need("fastapi", "Request"), Need("fastapi", "Response"), ERROR})
    if own is not None:
        return ExtensionHandler(
            "handle_refused_arguments", "", needs, ERROR.name, ERROR, own, ("error.status_code", "error.messages")
        )
    needs |= {Need(".compat.responses", "FlaskJSONResponse")}
    return ExtensionHandler("handle_refused_arguments", HANDLE, needs, ERROR.name, ERROR)


def _own_handler(project: Project, sources: Sources) -> Callee | None:
    """The function that the project gives APIFairy; None for none. Raises `Refused`."""
    objects = [
        definition.qualified
        for module in project.modules.values()
        for definition in module.definitions.values()
        if MAKER in definition.uses and definition.kind not in ("function", "class")
    ]
    made = [one for one in (made_object(project, sources, name) for name in objects) if one is not None]
    calls = list(_making(project, sources))
    if not made and calls and all(is_alone for _, is_alone in calls):
        return None  # an object without a name is given nothing
    if len(made) != 1 or made[0].maker != MAKER or len(calls) > 1:
        what = (
            "another 'APIFairy(...)'" if len(calls) > 1 else "'APIFairy(...)', which is not made at the top of a module"
        )
        raise refuse(HANDLER, calls[-1][0] if calls else None, what)
    given = [one for one in given_functions(project, sources, made[0]) if one.method == "error_handler"]
    if not given:
        return None
    if len(given) > 1 or given[0].callee is None or given[0].takes != 2 or not given[0].is_plain:
        raise refuse(HANDLER, given[0].location, "'error_handler'")
    return given[0].callee


def _making(project: Project, sources: Sources) -> Iterator[tuple[Location, bool]]:
    """Where the project makes APIFairy's objects, and whether it does nothing else with what it made."""
    for module in project.modules.values():
        if b"APIFairy" not in sources.files.get(module.file, b""):
            continue
        tree = sources.tree(module.file)
        alone = [one.value for one in ast.walk(tree) if isinstance(one, ast.Expr)]
        for one in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if isinstance(one.func, ast.Name | ast.Attribute) and meaning(project, module, one.func) == MAKER:
                yield Location(module.file, one.lineno), one in alone


SPELLINGS = (PACKAGE, f"{PACKAGE}.decorators")

RULE = Rule(diagnostics=(LAYER, HANDLER))

EXTENSION = Extension(
    PACKAGE,
    summarises=True,
    handing_on=frozenset({f"{PACKAGE}.decorators._ensure_sync.<locals>.wrapper"}),
    error_handlers={f"{PACKAGE}.core.APIFairy.init_app.<locals>.http_error": refused_arguments},
    layers={
        f"{place}.{name}": layer
        for place in SPELLINGS
        for name, layer in (
            ("authenticate", authenticates),
            ("arguments", loads_arguments),
            ("body", loads_body),
            ("other_responses", tells),
            ("response", dumps),
        )
    },
)
