"""JSON bodies as FastAPI reads them, where a team adopts its answers to a body that is wrong.

    def create(json_body: JsonBody[CreateBody]):        def create(json_body: CreateBody):
        name = json_body.json()["name"]            →        name = json_body["name"]

    def sign_up(json_body: JsonBody[UserIn]):           def sign_up(json_body: UserIn):
        user = json_body.load().to_dict()          →        user = json_body.to_dict()

What asks for more than the JSON (`is_json`, `force=True`, the bytes, a schema's own messages) keeps the helper; so does
a body for a schema whose errors the application answers itself, or that has Marshmallow's messages.
"""

from collections.abc import Collection
from dataclasses import replace

import libcst as cst

from codemods.app.decorators.around import Decorated
from codemods.app.endpoints.translation import Translated
from codemods.model import Project
from codemods.schemas.basis.errors import ERRORS
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.returns import statements_of
from codemods.view.search import findall
from codemods.view.signature import BODY_MODULE, JSON, Parameter, Signature
from codemods.view.visiting import replaced

KIND = "validation-errors"
PLAIN = "dict[str, Any] | list[Any]"
"""The annotation of a plain body of which nothing is known."""
SILENT = m.Arg(m.Name("True"), keyword=m.Name("silent"))


def with_plain_body(
    translated: Translated, names: Names, around: Decorated, project: Project, adopted: Collection[str]
) -> Translated:
    """The function with the decoded JSON itself, or what a schema makes of it, as its parameter; unchanged unless that
    is all it asks for.

    A body that is asked for `silent=True` may be missing.
    """
    body = translated.signature.find(JSON)
    is_shared = any(need.module == BODY_MODULE for one in around.placed for need in one.needs)
    if KIND not in adopted or body is None or is_shared:
        return translated
    if translated.schemas.bodies:
        return _as_model(translated, body, project) if around.works_first is None else translated
    held = m.Name(body.name)
    method = m.Attribute(value=held, attr=m.Name("json"))
    kinds = [m.Call(func=method, args=[]), m.Call(func=method, args=[SILENT])]
    uses = [findall(translated.body.body, kind) for kind in kinds]
    if sum(map(len, uses)) != len(findall(translated.body.body, held)) or all(uses):
        return translated
    may_miss = bool(uses[1])
    name, function = _as_local(translated.body, kinds[may_miss], names, body.name, translated.signature)
    parameter = Parameter(
        name, PLAIN, "None" if may_miss else None, JSON, frozenset({Need("typing", "Any")})
    )  # fmt: skip
    parameters = translated.signature.parameters
    parameters[name] = parameter
    if name != body.name:
        del parameters[body.name]
    rewritten = replaced(function, kinds[may_miss], lambda _: cst.Name(name))
    return replace(translated, body=rewritten, needs=(translated.needs - body.needs) | parameter.needs)


def _as_model(translated: Translated, body: Parameter, project: Project) -> Translated:
    """The function with its body as a model, which FastAPI validates; as it is where it needs more, or its errors are
    answered by the application."""
    loading = [one for one in translated.schemas.calls.values() if one.loads_body]
    held = m.Name(body.name)
    load = m.Call(func=m.Attribute(value=held, attr=m.Name("load")), args=[])
    uses = findall(translated.body.body, load)
    is_all = (
        len(loading) == len(uses) == len(findall(translated.body.body, held)) == len(translated.schemas.bodies) == 1
    )
    is_caught = any(findall(one, load) for one in findall(translated.body.body, m.Try()))
    is_answered = any(one.exception in ERRORS for one in project.error_handlers)
    if not is_all or is_caught or is_answered or not loading[0].plan.is_idiomatic:
        return translated
    needs = loading[0].rewritten.needs
    parameters = translated.signature.parameters
    parameters[body.name] = Parameter(body.name, loading[0].type, body.default, JSON, needs)
    rewritten = replaced(translated.body, load, lambda _: cst.Name(body.name))
    return replace(translated, body=rewritten, needs=(translated.needs - body.needs) | needs)


def _as_local(
    function: cst.FunctionDef, decoded: m.Pattern, names: Names, name: str, signature: Signature
) -> tuple[str, cst.FunctionDef]:
    """The name of the local that the body is given at once, and the function without that statement; or as it is."""
    assigned = m.SimpleStatementLine([m.Assign(targets=[m.AssignTarget(m.Name())], value=decoded)])
    statements = statements_of(function)
    found = [one for one in statements if m.matches(one, assigned)]
    if len(found) != 1 or len(findall(function.body, decoded)) != 1:
        return name, function
    assign = cst.ensure_type(cst.ensure_type(found[0], cst.SimpleStatementLine).body[0], cst.Assign)
    local = cst.ensure_type(assign.targets[0].target, cst.Name).value
    if names.bindings.get(local) != 1 or local in signature.parameters:
        return name, function
    kept = [one for one in statements if one is not found[0]]
    return local, function.with_changes(body=cst.IndentedBlock(kept))
