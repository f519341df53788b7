"""What OpenAPI says of an endpoint beyond its parameters: the type of its body, and of what it answers with.

    def create(body: JsonBody[Any])    →    @router.post("/users", status_code=201, responses={201: {"model": UserOut}})
                                            def create(body: JsonBody[UserIn])

Nothing here changes what the endpoint does: `JsonBody` validates nothing by itself, and an endpoint that returns a
response has no other model.
"""

import keyword
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import libcst as cst

from codemods.app.decorators.arguments import Placed
from codemods.app.decorators.around import Decorated
from codemods.app.endpoints.translation import Translated
from codemods.carry import Carrier
from codemods.carry.read_names import RequestShape
from codemods.literals import as_literal
from codemods.schemas.views import SchemaUse
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.returns import returns_of
from codemods.view.rule import number
from codemods.view.search import findall
from codemods.view.signature import JSON

from .plain_bodies import PLAIN
from .request_bodies import BODY_METHODS, described, parameters

UNTYPED = "JsonBody[Any]"
OPEN = '@with_config(ConfigDict(extra="allow"))\n'
"""Keeps the keys that FastAPI would drop from a dictionary that it validates."""
OF_A_CALL = m.Assign(targets=[m.AssignTarget(m.Name())], value=m.Call())
BODILESS = ("@router.get(", "@router.head(", "@router.options(", "@router.trace(")
HOOKS = ".hooks"
"""The module of the target that holds what hooks read of every request."""


@dataclass(frozen=True, slots=True)
class Documentation:
    """What is added to a route: options of its decorator, definitions ahead of it, imports, and what stands in another
    module. `request` is the `openapi_extra` for methods that have a body, `query` for the others."""

    options: str = ""
    request: str = ""
    query: str = ""
    definitions: str = ""
    needs: frozenset[Need] = frozenset()
    placed: tuple[Placed, ...] = ()

    def declare(self, decorators: str, around: Decorated, comment: str) -> str:
        """The comment above the route and its decorators, one a line, with what is added to them here and by what
        stands around."""
        lines = []
        for line in decorators.splitlines():
            extra = self.query if line.startswith(BODILESS) else self.request
            own = self.options + (f", openapi_extra={extra}" if extra else "")
            lines.append(f"{line[:-1]}{around.options(own)})\n")
        return self.definitions + comment + "".join(lines)


def document(
    carrier: Carrier,
    names: Names,
    translated: Translated,
    shape: RequestShape,
    methods: Collection[str],
    name: str,
    around: Decorated,
) -> Documentation:
    """Type the body of an endpoint's translated function in its signature, and tell what else the route declares.

    `shape` is what is read of the request. What a decorator around it takes as a value (`Wrapper.takes`) is not what
    the route answers with.
    """
    function, signature, schemas = translated.written, translated.signature, translated.schemas
    options, needs = _answers(function, names, schemas) if around.takes != "value" else ("", frozenset[Need]())
    if around.documented.summarises and (docstring := function.get_docstring()):
        options += f", summary={as_literal(docstring.splitlines()[0].strip())}"
    body = signature.find(JSON)
    query = parameters(shape, signature.query | around.query)
    for key in sorted({key for read in schemas.forms.values() for key in read.keys}):
        shape.note("form", key, False)
    is_told = body is not None or bool(around.documented.body)
    content = "" if is_told else described(function, names, signature, shape, methods)
    extra = _extra(carrier, name, shape, query, content, methods)
    definitions = extra.definitions
    needs |= extra.needs
    if body is not None and body.annotation in (UNTYPED, PLAIN):
        is_plain = body.annotation == PLAIN
        annotation = ""
        if around.documented.body:
            annotation = around.documented.body
            needs |= around.documented.body_needs
        elif schemas.bodies:
            annotation = " | ".join(sorted(schemas.bodies))
            needs |= frozenset().union(*schemas.bodies.values())
        elif (keys := shape.json or shape.item) and not (is_plain and not _are_names(keys)):
            annotation = f"{_camel(name)}{'Body' if shape.json else 'Item'}"
            definitions += (OPEN if is_plain else "") + _typed_dict(annotation, keys, name)
            annotation = annotation if shape.json else f"list[{annotation}]"
            needs |= {Need("typing", "Any"), Need("typing_extensions", "TypedDict")}
            needs |= {Need("pydantic", "ConfigDict"), Need("pydantic", "with_config")} if is_plain else set()
        if is_plain:
            shown = f"{annotation or PLAIN}{' | None' if body.default else ''}"
            signature.parameters[body.name] = replace(body, annotation=shown)
        elif annotation:
            signature.parameters[body.name] = replace(body, annotation=f"JsonBody[{annotation}]")
    if translated.operation and not extra.request:
        extra = replace(extra, request=translated.operation, query=translated.operation)
    return replace(extra, options=options, definitions=definitions, needs=needs)


def _extra(
    carrier: Carrier,
    name: str,
    shape: RequestShape,
    query: Mapping[str, object],
    content: str,
    methods: Collection[str],
) -> Documentation:
    """What `openapi_extra` tells of the query and of the body; what hooks read of every query is written once."""
    parameters = f'"parameters": {as_literal(list(query.values()))}' if query else ""
    body = f'"requestBody": {{"content": {content}}}' if content else ""
    needs = frozenset({Need("typing", "Any")})
    if query and not content and query.keys() <= shape.hooked:
        text = f'HOOKS_QUERY: dict[str, Any] = {{{parameters}}}\n"""What hooks read of every request."""\n'
        shared = Placed.of(carrier, HOOKS, "HOOKS_QUERY", text, needs)
        return Documentation("", shared.name, shared.name, "", frozenset({Need(HOOKS, shared.name)}), (shared,))
    told = {f"{name.upper()}_QUERY": parameters, f"{name.upper()}_BODY": body}
    if query and content and set(methods) <= BODY_METHODS:
        told = {f"{name.upper()}_REQUEST": f"{parameters}, {body}"}
    written = {constant: text for constant, text in told.items() if text}
    definitions = "".join(f"{constant}: dict[str, Any] = {{{text}}}\n\n\n" for constant, text in written.items())
    return Documentation("", " | ".join(written), next(iter(written), "") if query else "", definitions, needs)


def _typed_dict(name: str, keys: Collection[str], function: str) -> str:
    """A dictionary type with these keys, none of which has to be there."""
    if _are_names(keys):
        fields = "\n".join(f"    {key}: Any" for key in keys)
        about = f'"""What `{function}` reads of its body."""'
        return f"class {name}(TypedDict, total=False):\n    {about}\n\n{fields}\n\n\n"
    fields = ", ".join(f"{key!r}: Any" for key in keys)
    return f'{name} = TypedDict("{name}", {{{fields}}}, total=False)\n\n\n'


def _are_names(keys: Collection[str]) -> bool:
    """Whether all keys can be attributes of a class."""
    return all(key.isidentifier() and not keyword.iskeyword(key) and not key.startswith("__") for key in keys)


def _camel(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("_") if word)


def _answers(function: cst.FunctionDef, names: Names, schemas: SchemaUse) -> tuple[str, frozenset[Need]]:
    """The models of the answers by status, where every answer of that status is the dump of one schema."""
    found: dict[int, set[str]] = {}
    needs: set[Need] = set()
    local = _dumped_locals(function, names, schemas)
    for statement in returns_of(function):
        if statement.value is None or (status := _status(statement.value, names, schemas, local)) is None:
            return "", frozenset()
        shown = _held(local, _body(statement.value))
        if isinstance(shown, cst.Call) and names.qualified(shown.func) == "flask.jsonify" and len(shown.args) == 1:
            shown = _held(local, shown.args[0].value)
        call = schemas.calls.get(shown) if isinstance(shown, cst.Call) else None
        is_dump = call is not None and call.method == "dump" and (call.is_dict or call.plan.is_union)
        found.setdefault(status, set()).add(call.type if call is not None and is_dump else "")
        if call is not None and is_dump:
            needs |= call.rewritten.needs
    models = {status: next(iter(one)) for status, one in found.items() if len(one) == 1 and "" not in one}
    if not models:
        return "", frozenset()
    listed = ", ".join(f'{status}: {{"model": {model}}}' for status, model in sorted(models.items()))
    fine = sorted(status for status in found if 200 <= status < 300)
    own = f", status_code={fine[0]}" if len(fine) == 1 and fine[0] != 200 else ""
    return f"{own}, responses={{{listed}}}", frozenset(needs)


def _held(local: Mapping[str, cst.Call], value: cst.BaseExpression) -> cst.BaseExpression:
    """A local as what it holds."""
    return local.get(value.value, value) if isinstance(value, cst.Name) else value


def _body(value: cst.BaseExpression) -> cst.BaseExpression:
    return value.elements[0].value if isinstance(value, cst.Tuple) and value.elements else value


def _status(value: cst.BaseExpression, names: Names, schemas: SchemaUse, local: Mapping[str, cst.Call]) -> int | None:
    """The status of an answer; None where only its value could tell."""
    match value:
        case cst.Tuple(elements=[_, cst.Element(value=cst.Integer() as status), *_]):
            return number(status)
        case cst.Dict() | cst.List() | cst.ListComp() | cst.DictComp() | cst.SimpleString():
            return 200
        case cst.Call() if value in schemas.calls or names.qualified(value.func) == "flask.jsonify":
            return 200
        case cst.Name(value=name) if name in local:
            return 200
        case _:
            return None


def _dumped_locals(function: cst.FunctionDef, names: Names, schemas: SchemaUse) -> dict[str, cst.Call]:
    """The locals that hold what a schema dumped and nothing else."""
    found = {}
    for assign in findall(function.body, OF_A_CALL):
        assert isinstance(assign, cst.Assign)
        name = cst.ensure_type(assign.targets[0].target, cst.Name).value
        if isinstance(assign.value, cst.Call) and assign.value in schemas.calls and names.bindings.get(name) == 1:
            found[name] = assign.value
    return found
