"""The bodies that Flask-RESTX is told to expect of clients.

@ns.expect(todo, validate=True)            @router.post("/todos/", dependencies=[Depends(valid_todo)])
def post(self):                     →      def post_todos(body: RequestBody) -> Response:
    return create(api.payload)                 return APIResponse(create(body.json()))
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from codemods.carry import Carrier
from codemods.carry.shown_fields import shown_fields
from codemods.extensions import Expected
from codemods.extensions.basis.objects import made_by
from codemods.extensions.resources import restx
from codemods.extensions.resources.schema_models import schema_model
from codemods.findings import Diagnostic, Finding
from codemods.model import Decorator, Module
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import Refused, refuse
from codemods.view.rename import snake_case
from codemods.view.rule import code

from .arguments import Placed
from .guards import Guard
from .layers import fields_model

EXPECTED = Diagnostic(
    "FM793",
    "blocked",
    "Flask-RESTX checks the body against a model that cannot be read",
    "What it refuses, and in which words, is decided by the JSON Schema that it makes of the model when it runs.",
    "Make the model at the top of a module, of constants; or check the body in the view.",
)
HOME = ".dependencies"
ANY = Need("typing", "Any")
SCHEMA_NEEDS = frozenset({ANY, Need("typing", "Annotated"), Need("pydantic", "WithJsonSchema")})
CHECK = '''\
def {name}(body: JsonBody[{kind}]) -> None:
    """Refuse a body that is not what `{model}` says."""
    {check}(body.json(), {model}{formats})
'''


@dataclass(frozen=True, slots=True)
class Shown:
    """A type with its imports."""

    text: str
    needs: frozenset[Need]


def expected_guards(carrier: Carrier, decorator: Decorator, module: Module, layer: Expected) -> Iterator[Guard]:
    """The dependencies that check bodies; raises `Refused` for a model that cannot be read."""
    settings = restx.settings_of(carrier.project, carrier.sources)
    validates = isinstance(settings, restx.ApiSettings) and settings.validate
    if not (validates if layer.validates is None else layer.validates):
        return
    names = Names(carrier.project, module, frozenset(), {})
    for one in layer.inputs:
        parsed = f"{names.qualified(one)}.parse_args"
        if made_by(carrier.project, carrier.sources, parsed) != restx.PARSE:
            yield _guard(carrier, decorator, module, one, settings.formats if not isinstance(settings, Finding) else "")


def _guard(carrier: Carrier, decorator: Decorator, module: Module, node: cst.BaseExpression, formats: str) -> Guard:
    plain = ast.parse(code(node), mode="eval").body
    is_list = isinstance(plain, ast.List) and len(plain.elts) == 1
    model = plain.elts[0] if isinstance(plain, ast.List) and is_list else plain
    check = "check_each" if is_list else "check"
    needs = {Need(".compat.restx_checks", check), Need(".compat.json_body", "JsonBody")}
    needs |= {Need("jsonschema", "FormatChecker")} if formats else set()
    kind, name, ahead = _model(carrier, decorator, module, model)
    needs |= kind.needs
    shown = f"list[{kind.text}]" if is_list else kind.text
    own = f"valid_{name.lower() if ahead else snake_case(name)}{'s' if is_list else ''}"
    given = f", {formats}" if formats else ""
    text = CHECK.format(name=own, kind=shown, model=name, check=check, formats=given)
    placed = Placed.of(carrier, HOME, own, text, frozenset(needs))
    imports = frozenset({Need(HOME, placed.name), Need("fastapi", "Depends")})
    return Guard(placed.name, imports, None, placed, answers=False, ahead=ahead, body="json")


def _model(
    carrier: Carrier, decorator: Decorator, module: Module, node: ast.expr
) -> tuple[Shown, str, tuple[Placed, ...]]:
    """The type of a body, the name of what it is held to, and the definition of that, where it has none of its own."""
    schema = schema_model(carrier.project, carrier.sources, module, node)
    if schema is not None:
        name, value = schema
        typed = Shown(f"Annotated[Any, WithJsonSchema({name})]", SCHEMA_NEEDS)
        made = Placed.of(carrier, HOME, name, f"{name}: dict[str, Any] = {value}\n", frozenset({ANY}))
        if made.name != name:
            raise refuse(EXPECTED, decorator.location, f"'{decorator.text}': the name '{name}' is taken")
        return typed, name, (made,)
    try:
        shown = shown_fields(carrier, module, node, decorator.location)
    except Refused as refused:
        raise refuse(EXPECTED, decorator.location, f"'{decorator.text}': {refused.finding.detail}") from refused
    if not shown.tells_all:
        raise refuse(EXPECTED, decorator.location, f"'{decorator.text}'")
    return Shown(shown.text, shown.needs), shown.text, ()


def body_models(
    carrier: Carrier, decorator: Decorator, module: Module, inputs: Sequence[cst.BaseExpression]
) -> Iterator[tuple[str, frozenset[Need]]]:
    """The types of the bodies with their imports; nothing of what is no model that can be read."""
    for one in inputs:
        try:
            yield fields_model(carrier, decorator, module, one)
        except Refused:
            continue
