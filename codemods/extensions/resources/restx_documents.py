"""What decorators of Flask-RESTX's namespaces say of a resource: its answers, what it expects, what documents tell."""

import ast
from collections.abc import Callable, Mapping
from http import HTTPStatus

import libcst as cst

from codemods.extensions.basis.dialects import RESTX
from codemods.extensions.basis.extension import Documented, Expected, Layer, Marshalled, Told
from codemods.extensions.basis.objects import MadeObject
from codemods.extensions.basis.options import constant, status_of
from codemods.findings import Diagnostic
from codemods.literals import as_literal
from codemods.model import Decorator
from codemods.view.names import Names
from codemods.view.refusal import refuse
from codemods.view.rule import arguments, code
from codemods.view.source import Sources

from .named_maps import FIELDS_UNREADABLE

PACKAGE = "flask_restx"
API = f"{PACKAGE}.Api"
NAMESPACE = f"{PACKAGE}.Namespace"

RESTX_UNREADABLE = Diagnostic(
    "FM777",
    "blocked",
    "Flask-RESTX is set up or used in a way that is not converted",
    "It decides what every method of its resources answers, and what clients get on an error.",
    "Make each Api and Namespace by one call with constants and lists of decorators, without representations; let a "
    "class of your own only fix arguments; register error handlers by decorators, and spell out their arguments.",
)

OPTIONS = {"id": "operation_id", "description": "description", "deprecated": "deprecated", "tags": "tags"}
"""What `doc` says that a route of FastAPI's has an option for."""
CHECKING = frozenset({"expect", "validate", "body"})
"""What `doc` may say that decides which requests are answered; a `parser` checks nothing before somebody parses, who
tells of its arguments (`Resource.validate_payload`)."""


def of_class(decorator: ast.expr) -> ast.expr:
    """A decorator of a resource's class as it would stand on each method: what a class expects is never checked."""
    match decorator:
        case ast.Call(func=ast.Attribute(value=owner, attr="expect"), args=inputs):
            words = [ast.keyword("expect", ast.List(inputs)), ast.keyword("validate", ast.Constant(False))]
            return ast.copy_location(ast.Call(ast.Attribute(owner, "doc"), [], words), decorator)
        case _:
            return decorator


def documents(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Documented:
    """`@ns.doc("get_todo", description="...", responses={404: "Not found"})`; raises `Refused`."""
    found = arguments(written) if isinstance(written, cst.Call) else None
    bodies: tuple[cst.BaseExpression, ...] = ()
    match found:
        case ([], {"expect": cst.List(elements=[_, *_] as listed), "validate": cst.Name("False")}):
            bodies = tuple(one.value for one in listed)
        case None | ([_, _, *_], _):
            raise refuse(RESTX_UNREADABLE, decorator.location, f"'{decorator.text}'")
        case (_, words) if CHECKING & words.keys():
            raise refuse(RESTX_UNREADABLE, decorator.location, f"'{decorator.text}'")
    given = {name: value for name, node in found[1].items() if (value := constant(node)) is not None}
    shortcut = constant(found[0][0]) if found[0] else None
    if shortcut is False:
        return Documented({"include_in_schema": "False"})
    if isinstance(shortcut, str):
        given["id"] = shortcut
    options = {OPTIONS[name]: as_literal(value) for name, value in given.items() if name in OPTIONS}
    responses = found[1].get("responses")
    told = [_told(one) for one in responses.elements] if isinstance(responses, cst.Dict) else []
    return Documented(options, tuple(one for one in told if one is not None), bodies=bodies)


def _told(element: cst.BaseDictElement) -> Told | None:
    """What is told of one status: a text, maybe with a model; None where the status is computed."""
    status = status_of(element.key) if isinstance(element, cst.DictElement) else None
    if status is None:
        return None
    parts = [one.value for one in element.value.elements] if isinstance(element.value, cst.Tuple) else [element.value]
    return answer_told(status, constant(parts[0]), parts[1] if len(parts) > 1 else None)


def answer_told(status: int, description: object, model: cst.BaseExpression | None) -> Told:
    """What is told of the answers with a status."""
    text = description if isinstance(description, str) and description else HTTPStatus(status).phrase
    shown = None if model is None or code(model) == "None" else model
    return Told(status, (f'"description": {as_literal(text)}',), fields=shown)


def hides(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Documented:
    """`@ns.hide`."""
    return Documented({"include_in_schema": "False"})


def deprecates(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Documented:
    """`@ns.deprecated`."""
    return Documented({"deprecated": "True"})


def says_nothing(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Documented:
    """`@ns.produces([...])` and others of which FastAPI's documents say nothing, or the same by themselves."""
    return Documented()


def responds(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Documented:
    """`@ns.response(404, "Not found", error)`."""
    found = arguments(written) if isinstance(written, cst.Call) else None
    bound = dict(zip(("code", "description", "model"), found[0], strict=False)) | found[1] if found else {}
    status = status_of(bound["code"]) if "code" in bound else None
    if status is None:
        return Documented()
    description = constant(bound["description"]) if "description" in bound else ""
    return Documented(answers=(answer_told(status, description, bound.get("model")),))


def tags(
    sources: Sources, owner: MadeObject, decorator: Decorator, written: cst.BaseExpression, _: Names
) -> Documented:
    """`@ns.route("/", doc=False)`: the namespace's name is the tag of its routes, which may be hidden or described."""
    found = arguments(written) if isinstance(written, cst.Call) else None
    given_doc = found[1].get("doc") if found is not None else None
    told: dict[str, str] = {}
    match given_doc:
        case cst.Name(value="False"):
            return Documented({"include_in_schema": "False"})
        case cst.Dict(elements=elements):
            pairs = [(constant(one.key), constant(one.value)) for one in elements if isinstance(one, cst.DictElement)]
            told = {OPTIONS[name]: as_literal(value) for name, value in pairs if name in OPTIONS and value is not None}
    is_api = owner.maker == API
    given = {one.arg: one.value for one in owner.call.keywords}
    node = given.get("default") if is_api else owner.call.args[0] if owner.call.args else given.get("name")
    name = node.value if isinstance(node, ast.Constant) else "default" if is_api and node is None else None
    return Documented({**({"tags": f"[{as_literal(name)}]"} if isinstance(name, str) else {}), **told})


def marshals(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Marshalled:
    """`@ns.marshal_with(todo, code=201, skip_none=True)`; raises `Refused`."""
    return _marshals(decorator, written, False)


def marshals_list(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Marshalled:
    """`@ns.marshal_list_with(todo)`; raises `Refused`."""
    return _marshals(decorator, written, True)


def marshals_plainly(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Marshalled:
    """`@marshal_with(todo, "todos", skip_none=True)`; raises `Refused`."""
    names = ("fields", "envelope", "skip_none", "mask", "ordered")
    return _marshalled(decorator, written, names, None)


def _marshals(decorator: Decorator, written: cst.BaseExpression, is_list: bool) -> Marshalled:
    names = ("fields",) if is_list else ("fields", "as_list", "code", "description")
    return _marshalled(decorator, written, names, is_list)


def _marshalled(
    decorator: Decorator, written: cst.BaseExpression, names: tuple[str, ...], is_list: bool | None
) -> Marshalled:
    found = arguments(written) if isinstance(written, cst.Call) else None
    bound = dict(zip(names, found[0], strict=False)) | found[1] if found and len(found[0]) <= len(names) else {}
    status = status_of(bound["code"]) if "code" in bound else 200
    values = {name: constant(node) for name, node in bound.items() if name not in ("fields", "code", "description")}
    known = {"envelope", "skip_none", "mask", "as_list", "ordered"}
    if "fields" not in bound or status is None or not values.keys() <= known:
        raise refuse(FIELDS_UNREADABLE, decorator.location, f"'{decorator.text}'")
    if any(value is None and code(bound[name]) != "None" for name, value in values.items()):
        raise refuse(FIELDS_UNREADABLE, decorator.location, f"'{decorator.text}'")
    description = constant(bound["description"]) if "description" in bound else None
    return Marshalled(
        bound["fields"],
        str(values.get("envelope") or ""),
        dialect=RESTX,
        options=tuple(f"{name}={as_literal(values[name])}" for name in ("skip_none", "mask") if values.get(name)),
        status=status,
        told=(f'"description": {as_literal(description)}',) if isinstance(description, str) else (),
        is_list=bool(values.get("as_list", is_list)) if is_list is not None else None,
    )


def expects(
    sources: Sources, owner: MadeObject, decorator: Decorator, written: cst.BaseExpression, _: Names
) -> Expected:
    """`@ns.expect(todo, validate=True)`; raises `Refused`."""
    found = arguments(written) if isinstance(written, cst.Call) else None
    if found is None or found[1].keys() - {"validate"}:
        raise refuse(RESTX_UNREADABLE, decorator.location, f"'{decorator.text}'")
    of_owner = next((one.value for one in owner.call.keywords if one.arg == "validate"), ast.Constant(None))
    validates = found[1].get("validate", cst.parse_expression(ast.unparse(of_owner)))
    if code(validates) not in ("None", "True", "False"):
        raise refuse(RESTX_UNREADABLE, decorator.location, f"'{decorator.text}'")
    return Expected(tuple(found[0]), {"True": True, "False": False}.get(code(validates)))


_LAYERS: Mapping[str, Callable[[Decorator, cst.BaseExpression, Names], Layer]] = {
    "deprecated": deprecates,
    "doc": documents,
    "header": says_nothing,
    "hide": hides,
    "marshal_list_with": marshals_list,
    "marshal_with": marshals,
    "param": says_nothing,
    "produces": says_nothing,
    "response": responds,
    "vendor": says_nothing,
}
_OBJECT_LAYERS: Mapping[str, Callable[[Sources, MadeObject, Decorator, cst.BaseExpression, Names], Layer]] = {
    "expect": expects,
    "route": tags,
}
LAYERS = {f"{owner}.{name}": layer for owner in (API, NAMESPACE) for name, layer in _LAYERS.items()} | {
    f"{PACKAGE}.marshal_with": marshals_plainly
}
OBJECT_LAYERS = {f"{owner}.{name}": layer for owner in (API, NAMESPACE) for name, layer in _OBJECT_LAYERS.items()}
