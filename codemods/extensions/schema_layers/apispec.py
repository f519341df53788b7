"""flask-apispec: what its decorators load and dump around views, and the JSON that it makes of all that they return.

    @use_kwargs({"name": fields.Str()})          @router.post("/pets", responses={201: {"model": Pet}})
    @marshal_with(PetSchema, code=201)     →     def create(body: Annotated[CreateBody, Depends(create_body)]):
    def create(name): ...                            name = body.to_dict()["name"]
        return {"name": name}, 201                   return FlaskJSONResponse(Pet.dump({"name": name}), 201)

The methods of a `MethodResource` answer so without any decorator. Its own pages for OpenAPI stay on Flask: they tell of
the routes as Flask has them. What is said here is how the decorators are read; `app/decorators/by_status.py` writes the
answers.
"""

import libcst as cst

from codemods.extensions.basis.extension import ByStatus, Documented, Extension, ParsingCall, Told
from codemods.extensions.basis.options import bound_arguments, option, told_entries
from codemods.findings import Diagnostic, Finding
from codemods.literals import as_literal
from codemods.model import Decorator, Endpoint, Project
from codemods.schemas.fields.argument_parsers import SHARED, UnreadError, argument_parser
from codemods.view.names import Names
from codemods.view.refusal import refuse
from codemods.view.rule import Rule, arguments, code
from codemods.view.source import Sources

from .webargs import BY_ITSELF, parsed_by

PACKAGE = "flask_apispec"
RESOURCES = frozenset({f"{PACKAGE}.MethodResource", f"{PACKAGE}.views.MethodResource"})

LAYER = Diagnostic(
    "FM811",
    "blocked",
    "a decorator of flask-apispec's in a form that is not converted",
    "What it loads or dumps is decided by arguments that are not spelled out where it stands, that classes inherit, or "
    "that have no counterpart.",
    "Give each method decorators of its own, next to it, with a schema and constants.",
)
CHANGED = Diagnostic(
    "FM812",
    "blocked",
    "flask-apispec is told to work otherwise than by itself",
    "Another parser, another form of answers or another version decides for every use of its decorators.",
    "Leave APISPEC_WEBARGS_PARSER and APISPEC_FORMAT_RESPONSE as they are, with version 0.11 of the extension.",
)
CHANGING = ("APISPEC_WEBARGS_PARSER", "APISPEC_FORMAT_RESPONSE")
ROUTE_OPTIONS = {
    "summary": "summary", "description": "description", "tags": "tags", "deprecated": "deprecated",
    "operationId": "operation_id",
}  # fmt: skip
"""What `doc` says that a route of FastAPI's has an option for."""
AS_IT_IS = frozenset({"externalDocs", "security"})
"""What `doc` says that stands in any version of OpenAPI as it is."""


def is_resource(endpoint: Endpoint) -> bool:
    """Whether an endpoint is a `MethodResource`."""
    return not RESOURCES.isdisjoint(endpoint.view.bases)


def problem(project: Project, sources: Sources) -> Finding | None:
    """Why nothing around which flask-apispec stands can be converted; None where it works as it does by itself."""
    version = project.application.versions.get("flask-apispec", "0.11.4")
    if not version.startswith("0.11."):
        return Finding(CHANGED, None, f"version {version}")
    found = [name for name in CHANGING if name in project.application.config]
    if found:
        return Finding(CHANGED, None, f"the setting {found[0]}")
    try:
        is_plain = argument_parser(project, sources, SHARED) == BY_ITSELF
    except UnreadError:
        is_plain = False
    return None if is_plain else Finding(CHANGED, None, "what webargs' own parser does is changed")


def loads(decorator: Decorator, written: cst.BaseExpression, names: Names) -> ParsingCall | Documented:
    """`@use_kwargs(PetSchema, location="json")`; raises `Refused`."""
    if not isinstance(written, cst.Call) or any(one.star for one in written.args):
        raise refuse(LAYER, decorator.location, f"'{decorator.text}'")
    bound = bound_arguments(LAYER, decorator, written, "args", "location", "inherit", "apply")
    if "args" not in bound:
        raise refuse(LAYER, decorator.location, f"'{decorator.text}'")
    if not _applies(decorator, bound):
        return Documented()
    place = option(LAYER, decorator, bound, "location", None) or "json"
    args = [cst.Arg(bound["args"]), cst.Arg(cst.SimpleString(f'"{place}"'), cst.Name("location"))]
    return parsed_by(names, cst.Call(cst.Name("use_kwargs"), args), decorator.location, is_kwargs=True)


def dumps(decorator: Decorator, written: cst.BaseExpression, _: Names) -> ByStatus | Documented:
    """`@marshal_with(PetSchema, code=201, description="The pet")`; raises `Refused`."""
    bound = bound_arguments(LAYER, decorator, written, "schema", "code", "description", "inherit", "apply")
    status = option(LAYER, decorator, bound, "code", "default")
    if "schema" not in bound or not (isinstance(status, int) or status == "default"):
        raise refuse(LAYER, decorator.location, f"'{decorator.text}'")
    schema = None if code(bound["schema"]) == "None" else bound["schema"]
    by_status = status if isinstance(status, int) else None
    if option(LAYER, decorator, bound, "description", "") == "":
        bound.pop("description", None)
    applies = _applies(decorator, bound)
    entries = told_entries(LAYER, decorator, {name: one for name, one in bound.items() if name == "description"})
    told = Told(by_status or 200, entries, schema, is_needed=applies)
    answers = (told,) if schema is not None or entries else ()
    return ByStatus(schema, by_status, answers) if applies else Documented(answers=answers)


def documents(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Documented:
    """`@doc(summary="...", tags=["pets"])`; raises `Refused`."""
    found = arguments(written) if isinstance(written, cst.Call) else None
    if found is None or found[0] or "inherit" in found[1]:
        raise refuse(LAYER, decorator.location, f"'{decorator.text}'")
    known = [name for name in found[1] if name in ROUTE_OPTIONS or name in AS_IT_IS]
    given = {name: option(LAYER, decorator, found[1], name, None) for name in known}
    options = {ROUTE_OPTIONS[name]: as_literal(value) for name, value in given.items() if name in ROUTE_OPTIONS}
    more = {name: value for name, value in given.items() if name in AS_IT_IS}
    return Documented(options, extra=more)


def refused(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Documented:
    """`@wrap_with(...)`, which has the project's own class call the view; raises `Refused`."""
    raise refuse(LAYER, decorator.location, f"'{decorator.text}'")


def _applies(decorator: Decorator, bound: dict[str, cst.BaseExpression]) -> bool:
    """Whether a decorator does what it says, and does not only tell OpenAPI of it; raises `Refused`."""
    apply = option(LAYER, decorator, bound, "apply", None)
    if apply not in (None, True, False) or option(LAYER, decorator, bound, "inherit", None) not in (None, True):
        raise refuse(LAYER, decorator.location, f"'{decorator.text}'")
    return apply is not False


LAYERS = {"use_kwargs": loads, "marshal_with": dumps, "doc": documents, "wrap_with": refused}
NAMES = frozenset(f"{place}.{name}" for place in (PACKAGE, f"{PACKAGE}.annotations") for name in LAYERS)
"""Its decorators, by every name that they are imported by."""

RULE = Rule(diagnostics=(LAYER, CHANGED))

EXTENSION = Extension(PACKAGE, layers={name: LAYERS[name.rpartition(".")[2]] for name in NAMES})
